/**
 * Log groups, how long their lines are kept, and their tags.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_log_group
 */
import type * as sdk from "@aws-sdk/client-cloudwatch-logs";
import type { Account } from "../../account/account";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { LogDestination, Runtime } from "../../protocols/runtime";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { isSame, text } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { nameOf, prefixOf } from "../../terraform/unique-name";
import {
  checkLength,
  type GroupRecord,
  INVALID_TOKEN,
  invalid,
  logGroups,
  notFound,
  requireGroup,
  streams,
} from "./records";

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MAX_PAGE = 50;

type Tags = Readonly<Record<string, string>>;

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
export function writeOwnLine(account: Account, logs: Runtime["logs"], to: LogDestination, line: string): void {
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

export function deleteLogGroup(context: OperationContext, { logGroupName }: Wire<sdk.DeleteLogGroupRequest>) {
  const group = requireGroup(context, logGroupName);
  const { logGroupName: name } = group;
  for (const stream of streams.where(context, { logGroupName: name })) streams.delete(context, stream);
  logGroups.delete(context, group);
  const { region, runtime } = context;
  for (const kept of [runtime.logs, runtime.events]) kept?.forget({ region, logGroup: name });
  return {};
}

/** What is `undefined` is removed. */
interface Changes {
  readonly retentionInDays?: number | undefined;
  readonly kmsKeyId?: string | undefined;
}

function change(context: OperationContext, name: string | undefined, changes: Changes) {
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
  return change(context, input.logGroupName, { retentionInDays: undefined });
}

export function associateKmsKey(context: OperationContext, input: Wire<sdk.AssociateKmsKeyRequest>) {
  return change(context, input.logGroupName, { kmsKeyId: input.kmsKeyId });
}

export function disassociateKmsKey(context: OperationContext, input: Wire<sdk.DisassociateKmsKeyRequest>) {
  return change(context, input.logGroupName, { kmsKeyId: undefined });
}

export const {
  tag: tagResource,
  untag: untagResource,
  list: listTagsForResource,
} = tagOperations(
  (context, { resourceArn }: { readonly resourceArn: string | undefined }) => {
    const [group] = logGroups.where(context, { logGroupArn: resourceArn ?? "" });
    if (group === undefined) throw notFound("group");
    return { tags: group.tags, put: (tags: Tags) => void logGroups.put(context, { ...group, tags }) };
  },
  { tags: "tags", keys: "tagKeys" },
);

export const logGroupResource = defineResource("aws_cloudwatch_log_group", {
  service: "logs",
  names: { arn: "logGroupArn", name: "logGroupName", tags: null, tags_all: "tags" },
  output: "logGroups",
  id: "<name>",
  importId: "<name>",
  tagging: { tag: "TagResource", untag: "UntagResource", list: "ListTagsForResource" },
  forceNew: ["log_group_class", "name", "name_prefix"],
  defaults: { retention_in_days: 0, skip_destroy: false },
  refused: ["deletion_protection_enabled"],
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  create: async (planned, aws) => {
    const group = { ...planned, name: nameOf(planned, aws.account) };
    await aws.call("CreateLogGroup", aws.inputOf("CreateLogGroup", group));
    if (planned["retention_in_days"] !== 0)
      await aws.call("PutRetentionPolicy", aws.inputOf("PutRetentionPolicy", group));
    return { name: group.name };
  },
  // The group whose name is the whole prefix comes first.
  read: async (known, aws) => {
    const found = await aws.call("DescribeLogGroups", { logGroupNamePrefix: text(known, "name") });
    const group = aws.attributesOf("DescribeLogGroups", found, known);
    if (group["name"] !== known["name"]) return null;
    return {
      ...group,
      name_prefix: prefixOf(text(group, "name")),
      skip_destroy: known["skip_destroy"] ?? false,
    };
  },
  update: async (planned, prior, aws) => {
    const set = async (name: string, put: string, remove: string) => {
      if (isSame(planned[name], prior[name])) return;
      const operation = planned[name] ? put : remove;
      await aws.call(operation, aws.inputOf(operation, planned));
    };
    await set("retention_in_days", "PutRetentionPolicy", "DeleteRetentionPolicy");
    await set("kms_key_id", "AssociateKmsKey", "DisassociateKmsKey");
  },
  delete: async (prior, aws) => {
    if (prior["skip_destroy"] === true) return;
    await aws.call("DeleteLogGroup", aws.inputOf("DeleteLogGroup", prior));
  },
});
