/**
 * When each client last called each route, from the API's access log. The lines of a page are dropped once they are read:
 * memory does not grow with their number.
 */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DAY_MS } from "../../access/access-model";
import { AwsError } from "../../platform/aws";
import { jsonIn } from "../../platform/json";
import { inParallel } from "../deployed/in-parallel";
import type { Pace } from "../deployed/pace";
import { isVerifyRequest } from "../deployed/verify-requests";
import { notAvailable, type Reading, readSince } from "./source";

/** What is read. Times are in milliseconds since 1970. */
export interface LogRequest {
  readonly logGroup: string;
  readonly from: number;
  readonly until: number;
  /** Routes by the ids of the clients that may call them. */
  readonly granted: ReadonlyMap<string, readonly string[]>;
  /** Before each call of AWS. */
  readonly pace: Pace;
  /** Called after each page, with the lines that were read so far. */
  readonly onLines?: (lines: number) => void;
}

/** Last calls: milliseconds since 1970 by client id and route. */
export type LastCalls = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** @throws {AwsError} when AWS refuses to return lines */
export async function readLastCalls(logs: CloudWatchLogs, request: LogRequest): Promise<Reading<LastCalls>> {
  const { logGroup, from, until, pace } = request;
  const group = await describeGroup(logs, logGroup, pace);
  if (group === "missing") {
    return { found: new Map(), source: notAvailable(`The access log ${logGroup} does not exist: it was deleted.`) };
  }
  const { createdAt = from, keptDays } = group ?? {};
  const keptSince = keptDays === undefined ? from : until - keptDays * DAY_MS;
  const start = Math.max(from, Math.min(createdAt, until), keptSince);
  const calls = new CallCollector(request);
  await inParallel(daysOf(start, until), (day) => readDay(logs, request, day, calls));
  return { found: calls.last, source: sourceOf(calls, { logGroup, from, keptSince, keptDays }) };
}

interface Limits {
  readonly logGroup: string;
  readonly from: number;
  /** From when on lines are kept. */
  readonly keptSince: number;
  readonly keptDays: number | undefined;
}

/** Before the first line, it is unknown whether there was a log: its retention may have been longer or shorter then. */
function sourceOf(calls: CallCollector, { logGroup, from, keptSince, keptDays }: Limits) {
  if (calls.isDone) return readSince(from);
  if (calls.firstAt === undefined) return notAvailable(`The access log ${logGroup} has no lines of that time.`);
  if (keptSince > from) {
    const kept = `The access log keeps lines for ${keptDays} days.`;
    return readSince(calls.firstAt, `${kept} For more, set retentionDays in access.yaml.`);
  }
  return readSince(calls.firstAt, "The access log has no earlier lines.");
}

/** @returns `undefined` when AWS refuses to describe it */
async function describeGroup(logs: CloudWatchLogs, name: string, pace: Pace) {
  try {
    await pace.turn();
    const { logGroups = [] } = await logs.describeLogGroups({ logGroupNamePrefix: name });
    const found = logGroups.find(({ logGroupName }) => logGroupName === name);
    return found === undefined ? "missing" : { createdAt: found.creationTime, keptDays: found.retentionInDays };
  } catch (error) {
    if (error instanceof AwsError && error.isAccessDenied) return undefined;
    throw error;
  }
}

/** A part of the time that is read: both ends are included. */
interface Day {
  readonly from: number;
  readonly to: number;
}

/** Newest first. */
function daysOf(from: number, until: number): readonly Day[] {
  const count = Math.max(1, Math.ceil((until - from) / DAY_MS));
  return Array.from({ length: count }, (_, index) => {
    const to = until - index * DAY_MS;
    return { from: index === count - 1 ? from : to - DAY_MS + 1, to };
  });
}

async function readDay(logs: CloudWatchLogs, { logGroup, pace }: LogRequest, { from, to }: Day, calls: CallCollector) {
  let nextToken: string | undefined;
  do {
    // Days that have not begun are older than all that were read.
    if (calls.isDone && nextToken === undefined) return;
    await pace.turn();
    const page = await logs.filterLogEvents({ logGroupName: logGroup, startTime: from, endTime: to, nextToken });
    calls.add(page.events ?? []);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** A line of CloudWatch Logs. */
interface Line {
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

class CallCollector {
  readonly last: ReadonlyMap<string, Map<string, number>>;
  /** Time of the first line; `undefined` when there is none. */
  firstAt: number | undefined;
  private lines = 0;
  private missing: number;

  constructor(private readonly request: LogRequest) {
    const { granted } = request;
    this.last = new Map([...granted.keys()].map((id) => [id, new Map<string, number>()]));
    this.missing = [...granted.values()].reduce((sum, routes) => sum + new Set(routes).size, 0);
  }

  /** Whether a call was found of each route that each client may call. */
  get isDone(): boolean {
    return this.missing === 0;
  }

  add(lines: readonly Line[]): void {
    for (const { timestamp = 0, message = "" } of lines) {
      this.firstAt = Math.min(this.firstAt ?? timestamp, timestamp);
      this.addCall(message, timestamp);
    }
    this.lines += lines.length;
    this.request.onLines?.(this.lines);
  }

  private addCall(message: string, timestamp: number): void {
    const { clientId, method, resourcePath, requestId } = fieldsOf(message);
    const routes = this.request.granted.get(clientId);
    const calls = this.last.get(clientId);
    if (routes === undefined || calls === undefined || isVerifyRequest(requestId)) return;
    const route = [`${method} ${resourcePath}`, `ANY ${resourcePath}`].find((one) => routes.includes(one));
    if (route === undefined) return;
    const before = calls.get(route);
    if (before === undefined) this.missing -= 1;
    calls.set(route, Math.max(before ?? timestamp, timestamp));
  }
}

/** As much of a line as is used: see the format of the access log. Empty where the line is another one. */
function fieldsOf(message: string) {
  const json = jsonIn(message);
  const fields = typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  const textOf = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  return {
    clientId: textOf("clientId"),
    method: textOf("method"),
    resourcePath: textOf("resourcePath"),
    requestId: textOf("requestId"),
  };
}
