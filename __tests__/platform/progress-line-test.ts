import { ProgressLine } from "../../platform/progress-line";
import { rendered } from "../support/rendered";

let written = "";
const stream = {
  columns: 60,
  write: (text: unknown) => {
    written += String(text);
    return true;
  },
};
const shown = () => rendered(written, stream.columns);
const listeners = () => ["SIGINT", "SIGTERM", "SIGHUP", "exit"].map((name) => process.listenerCount(name));
const before = listeners();
/** Lets timers run, and what waits for them. */
const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);
let line: ProgressLine;

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  written = "";
  stream.columns = 60;
  line = new ProgressLine(stream, () => Date.now());
});
afterEach(() => {
  line.end();
  jest.useRealTimers();
});

/** Something that takes that long. */
function work(milliseconds: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve("done"), milliseconds));
}

describe("a step", () => {
  it("is shown at once, with the seconds so far after the first one", async () => {
    line.begin("Planning dev");
    expect(shown()).toEqual(["Planning dev …"]);
    await pass(900);
    expect(shown()).toEqual(["Planning dev …"]);
    await pass(2300);
    expect(shown()).toEqual(["Planning dev … 3 s"]);
    await pass(62_000);
    expect(shown()).toEqual(["Planning dev … 1 min 5 s"]);
  });

  it("stays with the time that it took when the next one begins", async () => {
    line.begin("Planning dev");
    await pass(3240);
    line.begin("Applying to dev");
    await pass(100);
    line.end();

    expect(shown()).toEqual(["Planning dev … 3.2 s", "Applying to dev …", ""]);
  });

  it("is a plain line when it took less than a second, with nothing written twice", async () => {
    line.begin("Planning dev");
    await pass(990);
    line.end();

    expect(written).toBe("Planning dev …\n");
  });

  it("shows how far it is", async () => {
    line.begin("Applying to dev");
    line.detail("1 of 30");
    expect(shown()).toEqual(["Applying to dev … 1 of 30"]);
    await pass(14_000);
    line.detail("12 of 30");
    expect(shown()).toEqual(["Applying to dev … 12 of 30, 14 s"]);
    line.end();
    expect(shown()).toEqual(["Applying to dev … 14.0 s", ""]);
  });

  it("continues below what is written meanwhile", async () => {
    line.begin("Applying to dev");
    await pass(2000);
    line.above(() => stream.write("✓ create a\n"));
    await pass(2000);

    expect(shown()).toEqual(["✓ create a", "Applying to dev … 4 s"]);
  });

  it("writes only when there is something else to show", async () => {
    const write = jest.spyOn(stream, "write");
    line.begin("Planning dev");
    await pass(10_000);

    expect(write).toHaveBeenCalledTimes(11);
  });

  it.each([60, 20, 12, 3])(
    "does not wrap in %d columns, in which it could not be written again, and is whole at its end",
    async (columns) => {
      stream.columns = columns;
      const text = `Lifting the deletion protection of ${"eu-west-1_a1B2c3D4e, ".repeat(3)}日本語の名前`;
      line.begin(text);
      for (let second = 0; second < 65; second++) await pass(1000);
      line.detail("12 of 30");
      await pass(1000);

      expect(shown()).toHaveLength(1);
      expect(shown()[0]).toMatch(columns === 60 ? /^Lifting the .*… 12 of 30, 1 min 6 s$/ : /…/);
      line.end();
      expect(shown().join("").replaceAll(" ", "")).toBe(`${text}…1min6s`.replaceAll(" ", ""));
    },
  );
});

describe("what is waited for", () => {
  it("is shown after a second, and leaves nothing", async () => {
    const waited = line.wait("Reading the log", work(3500));
    await pass(900);
    expect(written).toBe("");
    await pass(2200);
    expect(shown()).toEqual(["Reading the log … 3 s"]);
    await pass(1000);
    expect(shown()).toEqual([""]);
    await expect(waited).resolves.toBe("done");
  });

  it("is not shown when it fails or is over within a second", async () => {
    await expect(line.wait("Reading", Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    const waited = line.wait("Reading", work(800));
    await pass(900);
    await waited;

    expect(written).toBe("");
  });

  it("is shown when several together take more than a second", async () => {
    for (let index = 0; index < 3; index++) {
      const waited = line.wait(`Part ${index}`, work(600));
      await pass(600);
      await waited;
    }
    expect(written).toContain("Part 1 … 1 s");
    expect(shown()).toEqual([""]);
  });

  it("is not shown when short waits are far apart, as those of a command that follows a log", async () => {
    for (let index = 0; index < 5; index++) {
      const waited = line.wait("Waiting for logs:FilterLogEvents", work(100));
      await pass(1100);
      await waited;
    }
    expect(written).toBe("");
  });

  it("is the outer one, which says what for", async () => {
    const waited = line.wait("Reading the access log", line.wait("Waiting for logs:FilterLogEvents", work(3000)));
    line.detail("12,345 log lines");
    await pass(2100);
    // The inner one was begun first here.
    expect(shown()).toEqual(["Waiting for logs:FilterLogEvents … 12,345 log lines, 2 s"]);
    await pass(1000);
    await waited;
  });

  it("is hidden by a step, and shown a second after something was printed", async () => {
    line.begin("Planning dev");
    const waited = line.wait("Running terraform init", work(5000));
    await pass(2000);
    expect(shown()).toEqual(["Planning dev … 2 s"]);
    line.end();
    stream.write("warning: a\n");
    await pass(900);
    expect(shown()).toEqual(["Planning dev … 2.0 s", "warning: a", ""]);
    await pass(1200);
    expect(shown()).toEqual(["Planning dev … 2.0 s", "warning: a", "Running terraform init … 2 s"]);
    await pass(1000);
    await waited;
    expect(shown()).toEqual(["Planning dev … 2.0 s", "warning: a", ""]);
  });
});

describe("the end of the process", () => {
  it("is listened for before anything is shown, as a signal may come at once", () => {
    let listening: readonly number[] = [];
    jest.spyOn(stream, "write").mockImplementationOnce(() => {
      listening = listeners();
      return true;
    });
    line.begin("Planning dev");

    expect(listening).toEqual(before.map((count) => count + 1));
  });

  it("ends the line, and nothing listens when there is none", async () => {
    line.begin("Planning dev");
    expect(listeners()).toEqual(before.map((count) => count + 1));
    await pass(2000);
    process.listeners("exit").at(0)?.(0);

    expect(shown()).toEqual(["Planning dev … 2.0 s", ""]);
    expect(listeners()).toEqual(before);
    await line.wait("Reading", Promise.resolve());
    expect(listeners()).toEqual(before);
  });
});
