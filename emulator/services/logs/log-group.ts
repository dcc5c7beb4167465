/**
 * Log groups, how long their lines are kept, and their tags.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
 */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Account } from "../../account/account";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import type { LogDestination, LogEvents } from "../../runtime/log-events";
import { deleteStreamsOf } from "./log-stream";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MAX_NAME_LENGTH = 512;
const MAX_PAGE = 50;

type Tags = Readonly<Record<string, string>>;

/** A log group as the account keeps it. */
export interface GroupRecord extends Wire<sdk.LogGroup> {
  readonly logGroupName: string;
  readonly logGroupArn: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  readonly tags: Tags;
  /** Whether a service made it for lines of its own. */
  readonly isOwn?: boolean;
}

export const logGroups = new Table<GroupRecord>("logs/LogGroup", ({ logGroupName }) => logGroupName);

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
  const group = logGroups.get(place, name ?? "");
  if (group === undefined) throw notFound("group");
  return group;
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

function requireTagged(place: TablePlace, { resourceArn }: { readonly resourceArn: string | undefined }): GroupRecord {
  const group = logGroups.list(place).find(({ logGroupArn }) => logGroupArn === resourceArn);
  if (group === undefined) throw notFound("group");
  return group;
}

export function createLogGroup(context: OperationContext, input: Wire<sdk.CreateLogGroupRequest>) {
  const { logGroupName = "", logGroupClass = "STANDARD", kmsKeyId, tags = {} } = input;
  checkLength(logGroupName);
  if (/^aws\//i.test(logGroupName)) throw invalid("Log groups starting with AWS/ are reserved for AWS.");
  if (input.deletionProtectionEnabled === true) throw new UnsupportedError("deletion protection is not emulated");
  if (logGroups.get(context, logGroupName) !== undefined) {
    throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
  }
  const group = newGroup(context, logGroupName, context.account.now());
  logGroups.put(context, present({ ...group, kmsKeyId, logGroupClass, tags }));
  return {};
}

function newGroup(
  { accountId, region }: Pick<OperationContext, "accountId" | "region">,
  logGroupName: string,
  creationTime: number,
): GroupRecord {
  const logGroupArn = `arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
  return {
    logGroupName,
    creationTime,
    metricFilterCount: 0,
    arn: `${logGroupArn}:*`,
    storedBytes: 0,
    logGroupClass: "STANDARD",
    logGroupArn,
    deletionProtectionEnabled: false,
    tags: {},
  };
}

/**
 * Writes a line of a service that makes its log group when it is missing, as Lambda and API Gateway do. Whether the
 * service's role permits that is not checked.
 */
export function writeOwnLine(account: Account, logs: LogEvents, to: LogDestination, line: string): void {
  const [place, since] = [{ account, region: to.region, accountId: account.id }, account.now()];
  logs.add(to, line);
  if (logGroups.get(place, to.logGroup) !== undefined) return;
  const made = account.change(async () => {
    if (logGroups.get(place, to.logGroup) === undefined) {
      logGroups.put(place, { ...newGroup(place, to.logGroup, since), isOwn: true });
    }
    return { result: undefined, operation: null };
  });
  // An account that can no longer be written has no reader of the group either.
  made.catch(() => undefined);
}

export function describeLogGroups(context: OperationContext, input: Wire<sdk.DescribeLogGroupsRequest>) {
  const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupClass } = input;
  if (prefix !== undefined && pattern !== undefined) {
    throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  const groups = logGroups
    .list(context)
    .filter(({ logGroupName: name }) => name.startsWith(prefix ?? "") && name.includes(pattern ?? ""))
    .filter((group) => logGroupClass === undefined || group.logGroupClass === logGroupClass)
    .sort((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
  const { items, next } = pageOf(groups, input.limit ?? MAX_PAGE, input.nextToken, ...INVALID_TOKEN);
  const described = items.map(({ tags: _, isOwn: __, ...group }) => group);
  // What is found by a pattern comes from an index, as recorded, and lacks what changes often.
  const found = described.map(({ storedBytes: _, deletionProtectionEnabled: __, ...group }) => group);
  return present({ logGroups: pattern === undefined ? described : found, nextToken: next });
}

/** The pattern is a regular expression of alternatives, each a part of a name or, after `^`, its beginning. */
export function listLogGroups(context: OperationContext, input: Wire<sdk.ListLogGroupsRequest>) {
  const { logGroupNamePattern = "", logGroupClass, limit = MAX_PAGE, nextToken } = input;
  const parts = logGroupNamePattern.split("|");
  const fits = (name: string) =>
    parts.some((part) => (part.startsWith("^") ? name.startsWith(part.slice(1)) : name.includes(part)));
  const groups = logGroups
    .list(context)
    .filter((group) => fits(group.logGroupName) && (logGroupClass ?? group.logGroupClass) === group.logGroupClass)
    .map(({ logGroupName, logGroupArn, logGroupClass }) => present({ logGroupName, logGroupArn, logGroupClass }))
    .sort((a, b) => (a.logGroupName < b.logGroupName ? -1 : 1));
  const { items, next } = pageOf(groups, limit, nextToken, ...INVALID_TOKEN);
  return present({ logGroups: items, nextToken: next });
}

export function deleteLogGroup(context: OperationContext, { logGroupName }: Wire<sdk.DeleteLogGroupRequest>) {
  const group = requireGroup(context, logGroupName);
  deleteStreamsOf(context, group.logGroupName);
  logGroups.delete(context, group);
  return {};
}

function change(context: OperationContext, name: string | undefined, changes: Partial<GroupRecord>) {
  logGroups.put(context, present({ ...requireGroup(context, name), ...changes }));
  return {};
}

export function putRetentionPolicy(context: OperationContext, input: Wire<sdk.PutRetentionPolicyRequest>) {
  const { logGroupName, retentionInDays = 0 } = input;
  if (RETENTION_DAYS.includes(retentionInDays)) return change(context, logGroupName, { retentionInDays });
  throw invalid(
    `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
  );
}

export function deleteRetentionPolicy(context: OperationContext, input: Wire<sdk.DeleteRetentionPolicyRequest>) {
  const { retentionInDays: _, ...group } = requireGroup(context, input.logGroupName);
  logGroups.put(context, group);
  return {};
}

export function associateKmsKey(context: OperationContext, input: Wire<sdk.AssociateKmsKeyRequest>) {
  return change(context, input.logGroupName, { kmsKeyId: input.kmsKeyId });
}

export function disassociateKmsKey(context: OperationContext, input: Wire<sdk.DisassociateKmsKeyRequest>) {
  const { kmsKeyId: _, ...group } = requireGroup(context, input.logGroupName);
  logGroups.put(context, group);
  return {};
}

const tagged = (context: OperationContext, group: GroupRecord) => ({
  tags: group.tags,
  put: (tags: Tags) => void logGroups.put(context, { ...group, tags }),
});

export const {
  tag: tagResource,
  untag: untagResource,
  list: listTagsForResource,
} = tagOperations(
  (context, input: { readonly resourceArn: string | undefined }) => tagged(context, requireTagged(context, input)),
  { tags: "tags", keys: "tagKeys" },
);

/** Older operations on the same tags. */
export const {
  tag: tagLogGroup,
  untag: untagLogGroup,
  list: listTagsLogGroup,
} = tagOperations(
  (context, input: { readonly logGroupName?: string }) => tagged(context, requireGroup(context, input.logGroupName)),
  { tags: "tags", keys: "tags" },
);
