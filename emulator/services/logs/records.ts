/** Records of log groups and streams. The lines themselves are kept by the runtime. */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { LogEvent } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";

const MAX_NAME_LENGTH = 512;

/** A log group. */
export interface GroupRecord extends Wire<sdk.LogGroup> {
  readonly logGroupName: string;
  readonly logGroupArn: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether a service made it for lines of its own. */
  readonly isOwn?: boolean;
}

/** A stream that was created by a call. */
export interface StreamRecord {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
}

export const logGroups = new Table<GroupRecord>("logs/LogGroup", ({ logGroupName }) => logGroupName);
export const streams = new Table<StreamRecord>(
  "logs/LogStream",
  (stream) => `${stream.logGroupName}|${stream.logStreamName}`,
);

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);
export const notFound = (what: string) =>
  new AwsError("ResourceNotFoundException", `The specified log ${what} does not exist.`);
export const INVALID_TOKEN = ["InvalidParameterException", "The specified nextToken is invalid."] as const;

/** Checks the length of names, which AWS does in words of its own. */
export function checkLength(...names: readonly (string | undefined)[]): void {
  if (names.every((name = "") => name.length <= MAX_NAME_LENGTH)) return;
  throw invalid(`Invalid LogGroup or LogStream, both must have length less than or equal to ${MAX_NAME_LENGTH}.`);
}

/** The group of the name. @throws {AwsError} `ResourceNotFoundException` */
export function requireGroup(place: TablePlace, name: string | undefined): GroupRecord {
  checkLength(name);
  return logGroups.getOr(place, name, () => notFound("group"));
}

/** The group that is given by its name, or by an identifier: its name as well, or its ARN. */
export function requireIdentifiedGroup(
  place: TablePlace,
  { logGroupName, logGroupIdentifier }: Pick<Wire<sdk.FilterLogEventsRequest>, "logGroupName" | "logGroupIdentifier">,
): GroupRecord {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw new AwsError("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  const arn = /^arn:aws:logs:[a-z0-9-]+:\d{12}:log-group:([^:*]+)(?::\*)?$/.exec(logGroupIdentifier ?? "");
  const name = logGroupName ?? arn?.[1] ?? logGroupIdentifier;
  if (name !== undefined) return requireGroup(place, name);
  throw invalid(
    "1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must not be null",
  );
}

/** Lines of the group, oldest first. Those of a deleted group that had its name are not among them. */
export function linesOf(context: OperationContext, { logGroupName, creationTime }: GroupRecord): readonly LogEvent[] {
  const lines = context.runtime.logs.of({ region: context.region, logGroup: logGroupName });
  return lines.filter(({ ingestedAt }) => ingestedAt >= creationTime);
}

/** The number of a line as AWS writes it in ids and tokens. */
export function sequenceToken(id = 0): string {
  return String(id).padStart(56, "0");
}
