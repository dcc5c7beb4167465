/**
 * Log streams. What writes lines begins a stream without creating it, as Lambda does: such a stream is there as long as
 * its lines are.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html
 */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { LogEvent } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import {
  checkLength,
  type GroupRecord,
  INVALID_TOKEN,
  invalid,
  linesOf,
  notFound,
  requireGroup,
  requireIdentifiedGroup,
  sequenceToken,
  streams,
} from "./records";

const MAX_PAGE = 50;

/** Streams of the group by name. */
function describe(context: OperationContext, group: GroupRecord): readonly Wire<sdk.LogStream>[] {
  const lines = linesOf(context, group);
  const created = streams.where(context, { logGroupName: group.logGroupName });
  const byStream = new Map<string, LogEvent[]>();
  for (const line of lines) {
    const its = byStream.get(line.logStream);
    if (its === undefined) byStream.set(line.logStream, [line]);
    else its.push(line);
  }
  const names = new Set([...created.map(({ logStreamName }) => logStreamName), ...byStream.keys()]);
  return [...names].sort().map((logStreamName) => {
    const its = byStream.get(logStreamName) ?? [];
    const times = its.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    const record = created.find((stream) => stream.logStreamName === logStreamName);
    const ofLines = {
      firstEventTimestamp: times[0],
      lastEventTimestamp: times.at(-1),
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

/** @throws {AwsError} `ResourceNotFoundException` */
export function requireStream(context: OperationContext, group: GroupRecord, name: string | undefined): void {
  checkLength(name);
  const isThere =
    streams.get(context, `${group.logGroupName}|${name}`) !== undefined ||
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
