/**
 * Log streams. What writes lines begins a stream without creating it, as Lambda does: such a stream is there as long as
 * its lines are.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
 */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { Table } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { LogEvent } from "../../runtime/log-events";
import {
  checkLength,
  type GroupRecord,
  INVALID_TOKEN,
  invalid,
  notFound,
  requireGroup,
  requireIdentifiedGroup,
} from "./log-group";

const MAX_PAGE = 50;

/** A stream that was created by a call. */
interface StreamRecord {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
}

const keyOf = (group: string, stream: string) => `${group}|${stream}`;
const streams = new Table<StreamRecord>("logs/LogStream", (stream) => keyOf(stream.logGroupName, stream.logStreamName));

const streamsOf = (context: OperationContext, group: string) =>
  streams.list(context).filter(({ logGroupName }) => logGroupName === group);

export function deleteStreamsOf(context: OperationContext, group: string): void {
  for (const stream of streamsOf(context, group)) streams.delete(context, stream);
}

/** Lines of the group, oldest first. Those of a deleted group that had its name are not among them. */
export function linesOf(context: OperationContext, { logGroupName, creationTime }: GroupRecord): readonly LogEvent[] {
  const lines = context.runtime.logs.of({ region: context.region, logGroup: logGroupName });
  return lines.filter(({ ingestedAt }) => ingestedAt >= creationTime);
}

/** Streams of the group by name. */
function describe(context: OperationContext, group: GroupRecord): readonly Wire<sdk.LogStream>[] {
  const lines = linesOf(context, group);
  const created = streamsOf(context, group.logGroupName);
  const names = new Set([...created, ...lines].map((of) => ("logStreamName" in of ? of.logStreamName : of.logStream)));
  return [...names].sort().map((logStreamName) => {
    const its = lines.filter(({ logStream }) => logStream === logStreamName);
    const times = its.map(({ timestamp }) => timestamp);
    const record = created.find((stream) => stream.logStreamName === logStreamName);
    const ofLines = {
      firstEventTimestamp: Math.min(...times),
      lastEventTimestamp: Math.max(...times),
      lastIngestionTime: its.at(-1)?.ingestedAt,
      uploadSequenceToken: sequenceToken(its.at(-1)?.id),
    };
    return {
      logStreamName,
      creationTime: record?.creationTime ?? its[0]?.ingestedAt,
      ...(its.length === 0 ? {} : ofLines),
      arn: `${group.logGroupArn}:log-stream:${logStreamName}`,
      storedBytes: 0,
    };
  });
}

/** The number of a line as AWS writes it in ids and tokens. */
export function sequenceToken(id = 0): string {
  return String(id).padStart(56, "0");
}

/** @throws {AwsError} `ResourceNotFoundException` */
export function requireStream(context: OperationContext, group: GroupRecord, name: string | undefined): void {
  checkLength(name);
  const isThere =
    streams.get(context, keyOf(group.logGroupName, name ?? "")) !== undefined ||
    linesOf(context, group).some(({ logStream }) => logStream === name);
  if (!isThere) throw notFound("stream");
}

export function createLogStream(context: OperationContext, input: Wire<sdk.CreateLogStreamRequest>) {
  const { logGroupName, logStreamName = "" } = input;
  checkLength(logStreamName);
  const group = requireGroup(context, logGroupName);
  if (describe(context, group).some((stream) => stream.logStreamName === logStreamName)) {
    throw new AwsError("ResourceAlreadyExistsException", "The specified log stream already exists");
  }
  const creationTime = context.account.now();
  streams.put(context, { logGroupName: group.logGroupName, logStreamName, creationTime });
  return {};
}

export function describeLogStreams(context: OperationContext, input: Wire<sdk.DescribeLogStreamsRequest>) {
  const { logStreamNamePrefix: prefix, orderBy = "LogStreamName", descending = false } = input;
  const group = requireIdentifiedGroup(context, input);
  if (orderBy === "LastEventTime" && prefix !== undefined) {
    throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const all = describe(context, group).filter(({ logStreamName = "" }) => logStreamName.startsWith(prefix ?? ""));
  const byTime = (stream: Wire<sdk.LogStream>) => stream.lastEventTimestamp ?? 0;
  const ordered = orderBy === "LogStreamName" ? all : [...all].sort((a, b) => byTime(a) - byTime(b));
  const listed = descending ? [...ordered].reverse() : ordered;
  const { items, next } = pageOf(listed, input.limit ?? MAX_PAGE, input.nextToken, ...INVALID_TOKEN);
  return present({ logStreams: items, nextToken: next });
}

/** Deletes the stream and its lines. */
export function deleteLogStream(context: OperationContext, input: Wire<sdk.DeleteLogStreamRequest>) {
  const { logStreamName = "" } = input;
  const group = requireGroup(context, input.logGroupName);
  requireStream(context, group, logStreamName);
  const { logGroupName } = group;
  streams.delete(context, { logGroupName, logStreamName, creationTime: 0 });
  context.runtime.logs.forget({ region: context.region, logGroup: logGroupName, logStream: logStreamName });
  return {};
}
