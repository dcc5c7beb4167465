/**
 * Secrets: their settings, deletion, tags and lists.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { AwsError, UnsupportedError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { isSame, text } from "../../terraform/attributes";
import { POLICY } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { nameOf, prefixOf, uniqueName } from "../../terraform/unique-name";
import {
  changeSecret,
  checkName,
  existingSecrets,
  findSecret,
  invalidParameter,
  invalidRequest,
  named,
  requireAnySecret,
  requireSecret,
  type SecretRecord,
  SUFFIX_LENGTH,
  secondsOf,
  secrets,
} from "./records";
import { addVersion, requireToken } from "./secret-version";

const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const MAX_PAGE = 100;
const DAY = 86_400;
/** Days for which a deleted secret can be restored. */
const [MIN_DAYS, DEFAULT_DAYS, MAX_DAYS] = [7, 30, 30];

export function createSecret(context: OperationContext, input: Wire<sdk.CreateSecretRequest>) {
  const { Name = "", Description, KmsKeyId, Tags, SecretString, SecretBinary } = input;
  checkName(Name);
  const hasValue = SecretString !== undefined || SecretBinary !== undefined;
  if (hasValue) requireToken(input);
  const other = existingSecrets(context).find((secret) => secret.Name === Name);
  if (other?.DeletedDate !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (other !== undefined) {
    throw new AwsError("ResourceExistsException", `The operation failed because the secret ${Name} already exists.`);
  }
  for (const gone of secrets.list(context).filter((secret) => secret.Name === Name)) secrets.delete(context, gone);
  const now = secondsOf(context);
  const secret = secrets.put(
    context,
    present({
      ARN: newArn(context, Name),
      Name,
      Description: Description || undefined,
      KmsKeyId: KmsKeyId || undefined,
      CreatedDate: now,
      LastChangedDate: now,
      Tags: Tags?.length === 0 ? undefined : Tags,
      versions: [],
    }),
  );
  return hasValue ? { ...named(secret), VersionId: addVersion(context, secret, input).id } : named(secret);
}

function newArn({ account, accountId, region }: OperationContext, name: string): string {
  const suffix = account.randomId(SUFFIX_LENGTH, SUFFIX_ALPHABET);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`;
}

/** The secret as AWS describes and lists it. */
function describe({ policy: _, versions, ...secret }: SecretRecord) {
  return secret;
}

/** Labels by the id of their version. */
function stagesOf({ versions }: SecretRecord): Readonly<Record<string, readonly string[]>> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return labelled.length === 0 ? undefined : Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}

export function describeSecret(context: OperationContext, input: Wire<sdk.DescribeSecretRequest>) {
  const secret = requireAnySecret(context, input);
  return present({ ...describe(secret), VersionIdsToStages: stagesOf(secret) });
}

export function listSecrets(context: OperationContext, input: Wire<sdk.ListSecretsRequest>) {
  const { Filters = [], IncludePlannedDeletion = false, SortOrder, MaxResults, NextToken } = input;
  const found = existingSecrets(context)
    .filter(({ DeletedDate }) => IncludePlannedDeletion || DeletedDate === undefined)
    .filter((secret) => Filters.every((filter) => fits(secret, filter)));
  const listed = SortOrder === "desc" ? [...found].reverse() : found;
  const { items, next } = pageOf(listed, MaxResults ?? MAX_PAGE, NextToken, "InvalidNextTokenException");
  const SecretList = items.map((secret) => present({ ...describe(secret), SecretVersionsToStages: stagesOf(secret) }));
  return present({ SecretList, NextToken: next });
}

/** Whether the name begins with one of the values. */
function fits({ Name }: SecretRecord, { Key, Values = [] }: Wire<sdk.Filter>): boolean {
  if (Key !== "name") throw new UnsupportedError(`the filter "${Key}" is not emulated. Emulated: name.`);
  return Values.some((value) => (value.startsWith("!") ? !Name.startsWith(value.slice(1)) : Name.startsWith(value)));
}

export function updateSecret(context: OperationContext, input: Wire<sdk.UpdateSecretRequest>) {
  const { Description, KmsKeyId, SecretString, SecretBinary } = input;
  const hasValue = SecretString !== undefined || SecretBinary !== undefined;
  if (hasValue) requireToken(input);
  const secret = requireSecret(context, input);
  const changes = {
    Description: Description === undefined ? secret.Description : Description || undefined,
    KmsKeyId: KmsKeyId === undefined ? secret.KmsKeyId : KmsKeyId || undefined,
  };
  const changed = changeSecret(context, secret, changes);
  return hasValue ? { ...named(secret), VersionId: addVersion(context, changed, input).id } : named(secret);
}

/** Deletes a secret for good, or schedules it. With force, a secret that is deleted already or does not exist is not an error. */
export function deleteSecret(context: OperationContext, input: Wire<sdk.DeleteSecretRequest>) {
  const { SecretId = "" } = input;
  const [days, now] = [recoveryDays(input), secondsOf(context)];
  if (days > 0) {
    const secret = requireSecret(context, input);
    const DeletionDate = now + days * DAY;
    changeSecret(context, secret, { DeletedDate: DeletionDate });
    return { ...named(secret), DeletionDate };
  }
  const secret = findSecret(context, SecretId);
  if (secret === undefined) return { ARN: newArn(context, SecretId), Name: SecretId, DeletionDate: now };
  secrets.delete(context, secret);
  return { ...named(secret), DeletionDate: now };
}

/** 0 means at once. */
function recoveryDays(input: Wire<sdk.DeleteSecretRequest>): number {
  const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced = false } = input;
  if (isForced && days !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  if (isForced) return 0;
  if (days === undefined || (days >= MIN_DAYS && days <= MAX_DAYS)) return days ?? DEFAULT_DAYS;
  throw invalidParameter(
    `The RecoveryWindowInDays value must be between ${MIN_DAYS} and ${MAX_DAYS} days (inclusive).`,
  );
}

/** Removes the deletion date; everything else is as it was. */
export function restoreSecret(context: OperationContext, input: Wire<sdk.RestoreSecretRequest>) {
  const { DeletedDate: _, ...secret } = requireAnySecret(context, input);
  return named(secrets.put(context, secret));
}

export const { tag: tagResource, untag: untagResource } = tagOperations(
  (context, input: Wire<sdk.TagResourceRequest>) => {
    const secret = requireSecret(context, input);
    return {
      tags: secret.Tags ?? [],
      put: (Tags: NonNullable<SecretRecord["Tags"]>) => changeSecret(context, secret, { Tags }),
    };
  },
);

export const secretResource = defineResource("aws_secretsmanager_secret", {
  service: "secretsmanager",
  names: { id: ["SecretId", "ARN"], policy: null, replica: null, tags: null, tags_all: "Tags" },
  tagging: { tag: "TagResource", untag: "UntagResource", id: "id" },
  relations: { conflictsWith: { name: ["name_prefix"], name_prefix: ["name"] } },
  forceNew: ["name", "name_prefix"],
  defaults: { force_overwrite_replica_secret: false, recovery_window_in_days: DEFAULT_DAYS },
  computedBlocks: ["replica"],
  json: { policy: POLICY },
  refused: ["force_overwrite_replica_secret", "replica"],
  create: async (planned, aws) => {
    const named = { ...planned, name: nameOf(planned, aws.account) };
    const ClientRequestToken = uniqueName(aws.account);
    const { ARN } = await aws.call("CreateSecret", { ...aws.inputOf("CreateSecret", named), ClientRequestToken });
    if (hasPolicy(planned["policy"])) {
      await aws.call("PutResourcePolicy", { SecretId: ARN, ResourcePolicy: planned["policy"] });
    }
    return { id: String(ARN) };
  },
  read: async (known, aws) => {
    const secret = await aws.call("DescribeSecret", aws.inputOf("DescribeSecret", known));
    if (secret["DeletedDate"] !== undefined) return null;
    const { ResourcePolicy } = await aws.call("GetResourcePolicy", { SecretId: secret["ARN"] });
    return {
      ...aws.attributesOf("DescribeSecret", secret, known),
      name_prefix: prefixOf(String(secret["Name"])),
      policy: String(ResourcePolicy ?? ""),
    };
  },
  update: async (planned, prior, aws) => {
    const SecretId = text(prior, "id");
    const isChanged = (name: string) => !isSame(planned[name], prior[name]);
    if (isChanged("description") || isChanged("kms_key_id")) {
      const { description, kms_key_id } = planned;
      const input = { SecretId, ClientRequestToken: uniqueName(aws.account), Description: description ?? "" };
      await aws.call("UpdateSecret", kms_key_id ? { ...input, KmsKeyId: kms_key_id } : input);
    }
    if (!isChanged("policy")) return;
    const { policy } = planned;
    if (hasPolicy(policy)) await aws.call("PutResourcePolicy", { SecretId, ResourcePolicy: policy });
    else await aws.call("DeleteResourcePolicy", { SecretId });
  },
  delete: async ({ id, recovery_window_in_days: days }, aws) => {
    const how = days === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: days ?? DEFAULT_DAYS };
    await aws.call("DeleteSecret", { SecretId: id, ...how });
  },
});

function hasPolicy(policy: unknown): boolean {
  return typeof policy === "string" && policy !== "" && policy !== "{}";
}
