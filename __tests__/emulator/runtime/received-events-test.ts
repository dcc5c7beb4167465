/** Events that functions received: what is kept of them, and where. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeployedFunction } from "../../../emulator/protocols/runtime";
import { LogEvents } from "../../../emulator/runtime/log-events";
import { ReceivedEvents } from "../../../emulator/runtime/received-events";

const region = "eu-west-1";
const group = { region, logGroup: "/aws/lambda/orders" };
const fn = (name: string) => ({ ...group, name }) as DeployedFunction;

let now: number;
let folder: string;
let kept: LogEvents;
let events: ReceivedEvents;
beforeEach(() => {
  now = 1000;
  folder = mkdtempSync(join(tmpdir(), "events-"));
  kept = new LogEvents({ clock: () => now, folder, groups: [group] });
  events = new ReceivedEvents(kept, () => ["a-client's-secret", "short", ""]);
});
afterEach(() => {
  kept.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("ReceivedEvents", () => {
  it("returns the events of one function since a time, with the ids of their requests", () => {
    events.add(fn("orders"), "r1", '{"n":1}');
    events.add(fn("invoices"), "r2", '{"n":2}');
    now = 2000;
    events.add(fn("orders"), "r3", "null");

    expect(events.of(group, "orders", 0)).toEqual([
      { id: expect.any(Number), timestamp: 1000, requestId: "r1", event: { n: 1 } },
      { id: expect.any(Number), timestamp: 2000, requestId: "r3", event: null },
    ]);
    expect(events.of(group, "orders", 1001)).toMatchObject([{ requestId: "r3" }]);
    events.forget(group);
    expect(events.of(group, "orders", 0)).toEqual([]);
  });

  it("has no secret on disk", () => {
    const event = {
      headers: { Authorization: "Bearer abcdefghijklmnop" },
      note: "a-client's-secret, short",
      isBase64Encoded: true,
      body: Buffer.from("it is a-client's-secret").toString("base64"),
    };
    events.add(fn("orders"), "r1", JSON.stringify(event));
    kept.close();
    const [file = ""] = readdirSync(folder);
    const text = readFileSync(join(folder, file), "utf8");

    expect(text).not.toMatch(/abcdefghijklmnop|a-client's-secret/);
    expect(text).not.toContain(event.body);
    expect(text).toContain("***, short");
  });

  it("keeps only the length of an event that is too long", () => {
    events.add(fn("orders"), "r1", JSON.stringify({ items: Array(200_000).fill("x".repeat(10)) }));

    expect(events.of(group, "orders", 0)).toMatchObject([{ event: "(2600011 characters)" }]);
  });
});
