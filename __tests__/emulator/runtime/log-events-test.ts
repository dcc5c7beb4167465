/** Lines of log groups: which of them are kept, and what of them survives a restart. */
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LogEvents, type LogEventsOptions } from "../../../emulator/runtime/log-events";

const GROUPS = ["orders", "invoices", "small", "large", "a", "b", "c", "d"];
const NOW = Date.UTC(2026, 0, 31);
const region = "eu-west-1";

let parent: string;
let folder: string;
let logs: LogEvents;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "logs-"));
  folder = join(parent, "logs");
  logs = open();
});
afterEach(() => {
  logs.close();
  rmSync(parent, { recursive: true, force: true });
});

function open(options: Partial<LogEventsOptions> = {}): LogEvents {
  const groups = GROUPS.map((logGroup) => ({ region, logGroup }));
  return new LogEvents({ clock: () => NOW, folder, groups, segmentBytes: 500, maxBytes: 4000, ...options });
}

function reopen(options: Partial<LogEventsOptions> = {}): void {
  logs.close();
  logs = open(options);
}

const add = (logGroup: string, message: string, logStream = "s", timestamp?: number) =>
  logs.add({ region, logGroup, logStream }, message, timestamp);
const eventsOf = (logGroup: string) => logs.of({ region, logGroup });
const messages = (logGroup: string) => eventsOf(logGroup).map(({ message }) => message);
const files = () => readdirSync(folder).map((name) => join(folder, name));
const size = () => files().reduce((sum, file) => sum + statSync(file).size, 0);

describe("LogEvents", () => {
  it("has the lines of full files in these files alone", () => {
    for (let line = 0; line < 20; line += 1) add("orders", String(line));
    const [oldest = ""] = files().sort();
    writeFileSync(oldest, `${JSON.stringify([1, NOW, NOW, "s", "from the file"])}\n`);
    expect(messages("orders")[0]).toBe("from the file");
    expect(messages("orders").at(-1)).toBe("19");
    const { id = 0 } = eventsOf("orders").at(-2) ?? {};
    expect(logs.of({ region, logGroup: "orders" }, id).map(({ message }) => message)).toEqual(["19"]);
  });

  it("keeps the newest lines of a group", () => {
    for (let line = 0; line < 200; line += 1) add("orders", String(line));
    const kept = messages("orders").map(Number);

    expect(kept.at(-1)).toBe(199);
    expect(kept).toEqual(kept.map((_, index) => 200 - kept.length + index));
    // A group has a quarter of all bytes.
    logs.close();
    expect(size()).toBeLessThanOrEqual(1000);
    expect(size()).toBeGreaterThan(500);
  });

  it("keeps a number of bytes, at the expense of the largest group", () => {
    reopen({ maxGroupBytes: 4000 });
    add("small", "a line");
    for (let line = 0; line < 60; line += 1) add("large", `${line}${"é".repeat(60)}`);

    expect(messages("small")).toEqual(["a line"]);
    expect(messages("large").at(-1)).toMatch(/^59é/);
    logs.close();
    expect(size()).toBeLessThanOrEqual(4000);
    expect(size()).toBeGreaterThan(3000);
  });

  it("keeps no line that is larger than all of them may be", () => {
    add("orders", "x".repeat(4000));
    add("orders", "next");

    expect(messages("orders")).toEqual(["next"]);
  });

  it("keeps a number of groups, those with the newest lines", () => {
    let now = NOW;
    reopen({ maxGroups: 2, clock: () => (now += 1) });
    for (const group of ["a", "b", "a", "c"]) add(group, "x");

    expect(["a", "b", "c"].map((group) => messages(group).length)).toEqual([2, 0, 1]);
    logs.close();
    expect(files()).toHaveLength(2);
  });

  it("numbers a later line higher, also after a restart and with a clock that was set back", () => {
    const runUntil = (time: number) => {
      logs.close();
      for (const file of files()) utimesSync(file, new Date(time), new Date(time));
    };
    add("orders", "first");
    add("invoices", "second");
    runUntil(NOW + 10);
    logs = open({ clock: () => NOW + 20 });
    add("orders", "third");
    runUntil(NOW + 30);
    logs = open({ clock: () => NOW - 60_000 });
    add("orders", "fourth");

    const ids = eventsOf("orders").map(({ id }) => id);
    expect(messages("orders")).toEqual(["first", "third", "fourth"]);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set([...ids, ...eventsOf("invoices").map(({ id }) => id)]).size).toBe(4);
  });
});

describe("LogEvents, after a restart", () => {
  it("has every line as it was, of one group as of another region's", () => {
    add("orders", 'a "line"\nof two \u2028 lines, é 🙂', "2026/01/31/[$LATEST]1", NOW - 5);
    logs.add({ region: "us-east-1", logGroup: "orders", logStream: "s" }, "elsewhere");
    const before = eventsOf("orders");
    reopen({ groups: [region, "us-east-1"].map((of) => ({ region: of, logGroup: "orders" })) });

    expect(eventsOf("orders")).toEqual(before);
    expect(before).toMatchObject([{ timestamp: NOW - 5, ingestedAt: NOW, logStream: "2026/01/31/[$LATEST]1" }]);
    expect(logs.of({ region: "us-east-1", logGroup: "orders" })).toMatchObject([{ message: "elsewhere" }]);
  });

  it("has the lines of a process that was killed, except a torn last one, and goes on behind it", () => {
    add("orders", "whole");
    add("orders", "torn");
    logs.close();
    const [file = ""] = files();
    truncateSync(file, statSync(file).size - 5);
    logs = open();
    add("orders", "next");
    expect(messages("orders")).toEqual(["whole", "next"]);
    reopen();
    expect(messages("orders")).toEqual(["whole", "next"]);
  });

  it("leaves out what is not a line", () => {
    add("orders", "whole");
    logs.close();
    appendFileSync(files()[0] ?? "", '\0\0\0\0\n{}\n[1,2,3]\n["1",2,3,"s","m"]\n7\n');
    logs = open();

    expect(messages("orders")).toEqual(["whole"]);
  });

  it("reads a file only when its group is read, or gets a line", () => {
    add("orders", "whole");
    add("invoices", "whole");
    logs.close();
    logs = open();
    for (const file of files()) writeFileSync(file, "");

    expect([messages("orders"), messages("invoices")]).toEqual([[], []]);
  });

  it("does not read lines of earlier runs for those after a line of this run", () => {
    for (let line = 0; line < 10; line += 1) add("orders", "x".repeat(60));
    reopen();
    const before = logs.newest;
    add("orders", "new");
    const oldest = files().sort()[0] ?? "";
    writeFileSync(oldest, "");

    expect(logs.of({ region, logGroup: "orders" }, before)).toMatchObject([{ message: "new" }]);
    expect(messages("orders").length).toBeLessThan(10);
  });

  it("keeps within the bounds, with what it found", () => {
    for (const group of GROUPS) for (let line = 0; line < 9; line += 1) add(group, "x".repeat(60));
    reopen({ maxBytes: 1000, maxGroupBytes: 600 });

    expect(size()).toBeLessThanOrEqual(1000);
    expect(size()).toBeGreaterThan(0);
  });

  it("has no file of a group that does not exist", () => {
    add("orders", "kept");
    add("invoices", "gone");
    reopen({ groups: [{ region, logGroup: "orders" }] });

    expect(files()).toHaveLength(1);
    expect(messages("orders")).toEqual(["kept"]);
  });
});

describe("LogEvents.forget", () => {
  it("removes the lines of a stream from memory and disk", () => {
    reopen({ maxBytes: 8000 });
    for (let line = 0; line < 9; line += 1) add("orders", `${line} ${"x".repeat(60)}`, line % 2 === 0 ? "even" : "odd");
    logs.forget({ region, logGroup: "orders", logStream: "odd" });
    const isEven = (text: string) => Number(text[0]) % 2 === 0;

    expect(messages("orders").every(isEven)).toBe(true);
    reopen();
    expect(messages("orders")).toHaveLength(5);
    logs.forget({ region, logGroup: "orders", logStream: "even" });
    add("orders", "next");
    reopen();
    expect(messages("orders")).toEqual(["next"]);
  });

  it("removes the files of a group, also with lines that were not written yet", () => {
    add("orders", "secret");
    reopen();
    add("orders", "secret");
    add("invoices", "kept");
    logs.forget({ region, logGroup: "orders" });
    expect(messages("orders")).toEqual([]);
    reopen();

    expect(files().map((file) => readFileSync(file, "utf8"))).toEqual([expect.stringContaining("kept")]);
  });
});

describe("LogEvents, with a retention", () => {
  const retention = () => 1000;

  it("has no older lines", () => {
    reopen({ retention });
    add("orders", "old", "s", NOW - 1001);
    add("orders", "new", "s", NOW - 1000);

    expect(messages("orders")).toEqual(["new"]);
  });

  it("deletes a file when all of its lines are older, at the start and when another is begun", () => {
    const line = "x".repeat(60);
    for (let count = 0; count < 5; count += 1) add("orders", line);
    add("invoices", line);
    logs.close();
    expect(files()).toHaveLength(2);
    for (const file of files()) utimesSync(file, new Date(NOW - 1001), new Date(NOW - 1001));
    let now = NOW;
    logs = open({ retention, clock: () => now });
    expect(files()).toEqual([]);

    for (let count = 0; count < 5; count += 1) add("orders", line);
    now += 1001;
    add("orders", "new");
    logs.close();
    expect(files().map((file) => readFileSync(file, "utf8"))).toEqual([expect.stringContaining("new")]);
  });
});

describe("LogEvents, on disk", () => {
  it("is for this user only", () => {
    add("orders", "x");
    logs.forget({ region, logGroup: "orders", logStream: "other" });
    logs.close();

    expect([folder, ...files()].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(["700", "600"]);
  });

  it("writes after a short time, or once there is enough", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick"] });
    try {
      add("orders", "soon");
      expect(files()).toEqual([]);
      jest.advanceTimersByTime(1000);
      expect(files().map((file) => readFileSync(file, "utf8"))).toEqual([expect.stringContaining("soon")]);
      reopen({ maxBytes: 64 << 20, segmentBytes: 1 << 20 });
      add("invoices", "x".repeat(300_000));
      expect(size()).toBeGreaterThan(300_000);
    } finally {
      jest.useRealTimers();
    }
  });

  it("goes on in memory when its folder is deleted, and does not make it again", () => {
    const onLost = jest.fn();
    let isOurs = true;
    reopen({ isOurs: () => isOurs, onLost });
    add("orders", "before");
    rmSync(parent, { recursive: true });
    isOurs = false;
    add("orders", "x".repeat(300));
    logs.forget({ region, logGroup: "orders", logStream: "other" });
    logs.forget({ region, logGroup: "invoices" });

    expect(messages("orders")[0]).toBe("before");
    logs.close();
    expect(existsSync(parent)).toBe(false);
    expect(onLost).not.toHaveBeenCalled();
  });

  it("reports once that files cannot be written, and goes on in memory", () => {
    const onLost = jest.fn();
    reopen({ onLost });
    rmSync(folder, { recursive: true });
    for (const line of ["1", "2"]) {
      add("orders", line);
      expect(messages("orders").at(-1)).toBe(line);
      // Reads what is not in memory, and so writes before.
      logs.forget({ region, logGroup: "orders", logStream: line });
    }
    for (let line = 0; line < 20; line += 1) add("orders", "x".repeat(60));
    logs.close();

    expect(onLost).toHaveBeenCalledTimes(1);
    expect(onLost).toHaveBeenCalledWith(expect.objectContaining({ code: "ENOENT" }));
  });
});
