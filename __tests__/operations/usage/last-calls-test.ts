/** Last calls from the access log: what counts, how far back it is known, and what it costs to read a long log. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { CloudWatchLogs, FilterLogEventsCommandInput } from "@aws-sdk/client-cloudwatch-logs";
import { DAY_MS } from "../../../access/access-model";
import { Pace } from "../../../operations/deployed/pace";
import { verifyHeaders } from "../../../operations/deployed/verify-requests";
import { type LogRequest, readLastCalls } from "../../../operations/usage/last-calls";
import { AwsError } from "../../../platform/aws";

const NOW = Date.parse("2026-11-30T12:00:00Z");
const GROUP = "/aws/apigateway/orders/dev";

interface Line {
  readonly timestamp: number;
  readonly message: string;
}

const line = (timestamp: number, fields: object = {}): Line => {
  const usual = { requestId: "1", method: "GET", resourcePath: "/orders", status: "200", clientId: "shop-id" };
  return { timestamp, message: JSON.stringify({ ...usual, ...fields }) };
};

/** A group that returns the lines of each time, a few a page. */
function logsOf(lines: readonly Line[], group: object | null = { creationTime: 0 }, pageSize = 2) {
  const asked: FilterLogEventsCommandInput[] = [];
  const logs = {
    describeLogGroups: async () => ({ logGroups: group === null ? [] : [{ logGroupName: GROUP, ...group }] }),
    filterLogEvents: async (input: FilterLogEventsCommandInput) => {
      asked.push(input);
      const { startTime = 0, endTime = 0, nextToken = "0" } = input;
      const found = lines.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime);
      const end = Number(nextToken) + pageSize;
      return { events: found.slice(Number(nextToken), end), nextToken: end < found.length ? String(end) : undefined };
    },
  };
  return { logs: logs as unknown as CloudWatchLogs, asked };
}

const request = (given: Partial<LogRequest> = {}): LogRequest => ({
  logGroup: GROUP,
  from: NOW - 10 * DAY_MS,
  until: NOW,
  granted: new Map([
    ["shop-id", ["GET /orders", "ANY /jobs", "POST /orders"]],
    ["idle-id", ["GET /orders"]],
  ]),
  pace: new Pace(1, async () => undefined),
  ...given,
});

describe("readLastCalls", () => {
  it("finds the last call of each route that a client may call, of all pages and days", async () => {
    const lines = [9, 8, 7, 0.5, 0.4, 0.1].map((days) => line(NOW - days * DAY_MS));
    const others = [
      line(NOW - 3 * DAY_MS, { method: "PUT", resourcePath: "/jobs" }),
      line(NOW - 2 * DAY_MS, { clientId: "-" }),
      line(NOW - 1 * DAY_MS, { clientId: "other" }),
      line(NOW - 1 * DAY_MS, { resourcePath: "/other" }),
      { timestamp: NOW - 1000, message: "not JSON" },
      { timestamp: NOW - 1000, message: "null" },
    ];
    const { logs } = logsOf([...lines, ...others]);

    const { found, source } = await readLastCalls(logs, request());

    expect([...(found.get("shop-id") ?? [])]).toEqual(
      expect.arrayContaining([
        ["GET /orders", NOW - 0.1 * DAY_MS],
        ["ANY /jobs", NOW - 3 * DAY_MS],
      ]),
    );
    expect(found.get("shop-id")?.size).toBe(2);
    expect(found.get("idle-id")?.size).toBe(0);
    expect(source.completeSince).toBe(new Date(NOW - 9 * DAY_MS).toISOString());
  });

  it("leaves out the calls of verify", async () => {
    const requestId = verifyHeaders()["x-amzn-RequestId"];
    const { found } = await readLastCalls(logsOf([line(NOW - 1000, { requestId })]).logs, request());

    expect(found.get("shop-id")?.size).toBe(0);
  });

  it("reads no older days once each route was found", async () => {
    const granted = new Map([["shop-id", ["GET /orders"]]]);
    const lines = Array.from({ length: 90 }, (_, days) => line(NOW - days * DAY_MS));
    const { logs, asked } = logsOf(lines);

    const { source } = await readLastCalls(logs, request({ granted, from: NOW - 90 * DAY_MS }));

    expect(asked.length).toBeLessThan(20);
    expect(source).toEqual({ status: "read", completeSince: new Date(NOW - 90 * DAY_MS).toISOString(), reason: null });
  });

  it("knows nothing of the time before the first line, whatever the retention is", async () => {
    const { source } = await readLastCalls(logsOf([line(NOW - 4 * DAY_MS)]).logs, request());

    const completeSince = new Date(NOW - 4 * DAY_MS).toISOString();
    expect(source).toEqual({ status: "read", completeSince, reason: "The access log has no earlier lines." });
  });

  it("names the retention that is shorter than the time, and reads only what is kept", async () => {
    const { logs, asked } = logsOf([line(NOW - DAY_MS)], { creationTime: 0, retentionInDays: 3 });

    const { source } = await readLastCalls(logs, request());

    expect(source.reason).toBe("The access log keeps lines for 3 days. For more, set retentionDays in access.yaml.");
    expect(Math.min(...asked.map(({ startTime = 0 }) => startTime))).toBe(NOW - 3 * DAY_MS);
  });

  it("knows nothing without lines, and without the group", async () => {
    const empty = await readLastCalls(logsOf([]).logs, request());
    const gone = await readLastCalls(logsOf([], null).logs, request());

    expect(empty.source).toMatchObject({ status: "not-available", reason: expect.stringContaining("has no lines") });
    expect(gone.source).toMatchObject({ status: "not-available", reason: expect.stringContaining("was deleted") });
  });

  it("goes on where AWS refuses to describe the group, and fails where it refuses the lines", async () => {
    const refuse = (operation: string) => () =>
      Promise.reject(new AwsError(operation, "AccessDeniedException", 400, `AWS refused ${operation}`));
    const { logs } = logsOf([line(NOW - DAY_MS)]);

    const described = { ...logs, describeLogGroups: refuse("logs:DescribeLogGroups") } as unknown as CloudWatchLogs;
    expect((await readLastCalls(described, request())).found.get("shop-id")?.size).toBe(1);
    const denied = { ...logs, filterLogEvents: refuse("logs:FilterLogEvents") } as unknown as CloudWatchLogs;
    await expect(readLastCalls(denied, request())).rejects.toThrow("AWS refused logs:FilterLogEvents");
  });

  it("reads 60,000 lines in bounded memory", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const [pages, pageSize] = [20, 3000];
    const heaps: number[] = [];
    let count = 0;
    const logs = {
      describeLogGroups: async () => ({ logGroups: [{ logGroupName: GROUP, creationTime: NOW - 1000 }] }),
      filterLogEvents: async () => {
        collect();
        heaps.push(process.memoryUsage().heapUsed);
        const requestId = `${count}-`.padEnd(200, "x");
        const events = Array.from({ length: pageSize }, (_, index) =>
          line(NOW - index, { requestId: `${requestId}${index}` }),
        );
        count += 1;
        return { events, nextToken: count < pages ? String(count) : undefined };
      },
    };
    let lines = 0;
    const startedAt = performance.now();

    await readLastCalls(logs as unknown as CloudWatchLogs, request({ onLines: (read) => (lines = read) }));

    expect(lines).toBe(pages * pageSize);
    // All lines would take more than 18 MB.
    expect(Math.max(...heaps) - (heaps[0] ?? 0)).toBeLessThan(6 << 20);
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });
});
