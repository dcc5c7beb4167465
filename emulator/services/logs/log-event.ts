/**
 * Lines of log groups: of each group, only the newest ones are there.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { LogEvent } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { requireStream } from "./log-stream";
import { INVALID_TOKEN, invalid, linesOf, requireGroup, requireIdentifiedGroup, sequenceToken } from "./records";

const MAX_PAGE = 10_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** How far the time of a line may be from the time of the call. */
const [MAX_AGE, MAX_AHEAD] = [14 * DAY, 2 * HOUR];

/** Adds lines. Those that are too old or too far in the future are left out, and the answer says which. */
export function putLogEvents(context: OperationContext, input: Wire<sdk.PutLogEventsRequest>) {
  const { logStreamName = "", logEvents = [] } = input;
  const group = requireGroup(context, input.logGroupName);
  requireStream(context, group, logStreamName);
  const times = logEvents.map(({ timestamp = 0 }) => timestamp);
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) {
    throw invalid("Log events in a single PutLogEvents request must be in chronological order.");
  }
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > DAY) {
    throw invalid("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  const { runtime, account, region } = context;
  const now = account.now();
  const isOld = (time: number) => time < now - Math.min(MAX_AGE, (group.retentionInDays ?? 14) * DAY);
  const isNew = (time: number) => time > now + MAX_AHEAD;
  for (const { timestamp = 0, message = "" } of logEvents) {
    if (isOld(timestamp) || isNew(timestamp)) continue;
    const { logGroupName: logGroup } = group;
    runtime.logs.add({ region, logGroup, logStream: logStreamName }, message, timestamp);
  }
  const [old, first] = [times.filter(isOld).length, times.findIndex(isNew)];
  const rejected = present({
    tooNewLogEventStartIndex: first === -1 ? undefined : first,
    tooOldLogEventEndIndex: old === 0 ? undefined : old,
  });
  return present({
    nextSequenceToken: sequenceToken(runtime.logs.newest),
    rejectedLogEventsInfo: Object.keys(rejected).length === 0 ? undefined : rejected,
  });
}

/** Lines of one stream, from its end or its beginning, in both directions from there. */
export function getLogEvents(context: OperationContext, input: Wire<sdk.GetLogEventsRequest>) {
  const group = requireIdentifiedGroup(context, input);
  requireStream(context, group, input.logStreamName);
  const { startFromHead = false, limit = MAX_PAGE, nextToken } = input;
  const isWanted = inTime(input);
  const lines = linesOf(context, group).filter((line) => line.logStream === input.logStreamName && isWanted(line));
  const [, direction = startFromHead ? "f" : "b", digits] = /^([fb])\/(\d{56})\/s$/.exec(nextToken ?? "") ?? [];
  if (nextToken !== undefined && digits === undefined) throw new AwsError(...INVALID_TOKEN);
  const from = digits === undefined ? undefined : Number(digits);
  const events =
    direction === "f"
      ? lines.filter(({ id }) => id > (from ?? 0)).slice(0, limit)
      : lines.filter(({ id }) => id < (from ?? Number.POSITIVE_INFINITY)).slice(-limit);
  const token = (of: "b" | "f", line: LogEvent | undefined) => `${of}/${sequenceToken(line?.id ?? from)}/s`;
  return {
    events: events.map(({ timestamp, message, ingestedAt }) => ({ timestamp, message, ingestionTime: ingestedAt })),
    nextBackwardToken: token("b", events[0]),
    nextForwardToken: token("f", events.at(-1)),
  };
}

/** Lines of one group, oldest first. */
export function filterLogEvents(context: OperationContext, input: Wire<sdk.FilterLogEventsRequest>) {
  const { logStreamNamePrefix: prefix, logStreamNames: names, limit = MAX_PAGE, nextToken } = input;
  const group = requireIdentifiedGroup(context, input);
  if (prefix !== undefined && names !== undefined) {
    throw invalid("LogStream names and LogStream name prefix are mutually exclusive parameters.");
  }
  const [isInTime, fits] = [inTime(input), logFilter(input.filterPattern ?? "")];
  const events = linesOf(context, group)
    .filter(isInTime)
    .filter(({ logStream }) => logStream.startsWith(prefix ?? "") && names?.includes(logStream) !== false)
    .filter(({ message }) => fits(message))
    .sort((a, b) => a.timestamp - b.timestamp);
  const { items, next } = pageOf(events, limit, nextToken, ...INVALID_TOKEN);
  const described = items.map(({ id, logStream, timestamp, message, ingestedAt }) => ({
    logStreamName: logStream,
    timestamp,
    message,
    ingestionTime: ingestedAt,
    eventId: sequenceToken(id),
  }));
  return present({ events: described, searchedLogStreams: [], nextToken: next });
}

function inTime({ startTime = 0, endTime = Number.POSITIVE_INFINITY }: Wire<sdk.FilterLogEventsRequest>) {
  return ({ timestamp }: LogEvent) => timestamp >= startTime && timestamp <= endTime;
}

/**
 * Whether a line matches a filter pattern for plain text: terms that are required, optional (`?`) or excluded (`-`).
 *
 * @param pattern empty for every line
 * @throws {AwsError} `InvalidParameterException` for a pattern that AWS cannot parse
 * @throws {UnsupportedError} for a pattern of JSON, columns or a regular expression
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function logFilter(pattern: string): (message: string) => boolean {
  const trimmed = pattern.trim();
  if (/^[{[%]/.test(trimmed)) {
    throw new UnsupportedError("filterPattern is not emulated for JSON, columns and regular expressions: use words");
  }
  const terms = [...trimmed.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)\s*/gy)];
  if (terms.map(([whole]) => whole).join("") !== trimmed) {
    throw new AwsError("InvalidParameterException", "Invalid filter pattern");
  }
  const of = (sign: string) =>
    terms
      .filter(([, found]) => found === sign)
      .map(([, , quoted, word]) => quoted?.replace(/\\(.)/g, "$1") ?? word ?? "");
  const [all, none] = [of(""), of("-")];
  // With other words beside it, AWS ignores what has a question mark.
  const any = all.length + none.length > 0 ? [] : of("?");
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}
