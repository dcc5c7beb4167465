/**
 * Values of secrets, and the staging labels that move from one to the next.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/secretsmanager_secret_version
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, text, texts } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { uniqueName } from "../../terraform/unique-name";
import {
  CURRENT,
  changeSecret,
  hasStage,
  invalidParameter,
  invalidRequest,
  named,
  notFound,
  requireAnySecret,
  requireSecret,
  type SecretRecord,
  type SecretVersion,
  secondsOf,
  secrets,
  unlessDeleted,
  withStage,
} from "./records";

const MAX_BYTES = 65_536;
const MAX_PAGE = 100;
const DAY = 86_400;

type Value = Pick<
  Wire<sdk.PutSecretValueRequest>,
  "ClientRequestToken" | "SecretString" | "SecretBinary" | "VersionStages"
>;

/** The request's token, which becomes the id of the version. @throws {AwsError} `InvalidRequestException` */
export function requireToken({ ClientRequestToken }: Value): string {
  if (ClientRequestToken !== undefined) return ClientRequestToken;
  throw invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

/**
 * Gives a secret another value, which is the current one when no labels are given. The same request again changes
 * nothing.
 * @throws {AwsError} when there is no value, it is too long, or the token stands for another one
 */
export function addVersion(context: OperationContext, secret: SecretRecord, input: Value): SecretVersion {
  const { SecretString, SecretBinary, VersionStages = [CURRENT] } = input;
  const id = requireToken(input);
  if ((SecretString === undefined) === (SecretBinary === undefined)) {
    throw invalidRequest("You must provide either SecretString or SecretBinary.");
  }
  if (Buffer.byteLength(SecretString ?? "") > MAX_BYTES) {
    // The wording for a value that is too large is unconfirmed. The constraint of the member counts characters.
    throw invalidParameter(
      `The secret value is ${Buffer.byteLength(SecretString ?? "")} bytes long, at most ${MAX_BYTES}.`,
    );
  }
  const value = present({
    text: SecretString,
    binary: SecretBinary && Buffer.from(SecretBinary).toString("base64"),
  });
  const existing = secret.versions.find((version) => version.id === id);
  if (existing !== undefined && existing.text === value.text && existing.binary === value.binary) return existing;
  if (existing !== undefined && hasValue(existing)) {
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.ARN}.`,
    );
  }
  const version: SecretVersion = { id, stages: [], createdAt: secondsOf(context), ...existing, ...value };
  // The first version is the current one, whatever else it is.
  const labels = secret.versions.length === 0 ? new Set([...VersionStages, CURRENT]) : VersionStages;
  const versions = [...labels].reduce(
    (labelled: readonly SecretVersion[], label) => withStage(labelled, label, id),
    [...secret.versions.filter((other) => other !== existing), version],
  );
  changeSecret(context, secret, { versions });
  return { ...version, stages: [...labels] };
}

export function putSecretValue(context: OperationContext, input: Wire<sdk.PutSecretValueRequest>) {
  requireToken(input);
  const secret = requireSecret(context, input);
  const { id, stages } = addVersion(context, secret, input);
  return { ...named(secret), VersionId: id, VersionStages: stages };
}

/** The value; AWS notes the day of the access. */
export function getSecretValue(context: OperationContext, input: Wire<sdk.GetSecretValueRequest>) {
  const secret = requireSecret(context, input);
  const version = findVersion(secret, input);
  noteAccess(context, secret, version);
  const { id, text: SecretString, binary, stages, createdAt } = version;
  return present({
    ...named(secret),
    VersionId: id,
    SecretString,
    SecretBinary: binary === undefined ? undefined : new Uint8Array(Buffer.from(binary, "base64")),
    VersionStages: stages.length === 0 ? undefined : stages,
    CreatedDate: createdAt,
  });
}

function findVersion(
  { versions }: SecretRecord,
  { VersionId, VersionStage }: Wire<sdk.GetSecretValueRequest>,
): SecretVersion {
  const stage = VersionStage ?? CURRENT;
  const version = versions
    .filter(hasValue)
    .find((one) => (VersionId === undefined ? hasStage(one, stage) : one.id === VersionId));
  if (version === undefined) {
    throw noValue(VersionId === undefined ? `staging label: ${stage}` : `VersionId: ${VersionId}`);
  }
  if (VersionStage === undefined || hasStage(version, stage)) return version;
  throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
}

function hasValue({ text, binary }: SecretVersion): boolean {
  return text !== undefined || binary !== undefined;
}

function noValue(what: string): AwsError {
  const { name, message } = notFound();
  return new AwsError(name, message.replace(/\.$/, ` value for ${what}`));
}

function noteAccess(context: OperationContext, secret: SecretRecord, version: SecretVersion): void {
  const today = Math.floor(secondsOf(context) / DAY) * DAY;
  if (secret.LastAccessedDate === today && version.accessedAt === today) return;
  const versions = secret.versions.map((one) => (one === version ? { ...one, accessedAt: today } : one));
  secrets.put(context, { ...secret, LastAccessedDate: today, versions });
}

export function listSecretVersionIds(context: OperationContext, input: Wire<sdk.ListSecretVersionIdsRequest>) {
  const { IncludeDeprecated = false, MaxResults = MAX_PAGE, NextToken } = input;
  const secret = requireAnySecret(context, input);
  const listed = secret.versions.filter(({ stages }) => IncludeDeprecated || stages.length > 0);
  const { items, next } = pageOf(listed, MaxResults, NextToken, "InvalidNextTokenException");
  const Versions = items.map(({ id, stages, createdAt, accessedAt }) =>
    present({
      VersionId: id,
      VersionStages: stages.length === 0 ? undefined : stages,
      LastAccessedDate: accessedAt,
      CreatedDate: createdAt,
      KmsKeyIds: [secret.KmsKeyId ?? "DefaultEncryptionKey"],
    }),
  );
  return present({ Versions, NextToken: next, ...named(secret) });
}

/** A label is only taken from the version that is named, so that two callers cannot both have it. */
export function updateSecretVersionStage(context: OperationContext, input: Wire<sdk.UpdateSecretVersionStageRequest>) {
  const { VersionStage: label = "", RemoveFromVersionId: from, MoveToVersionId: to } = input;
  const secret = requireSecret(context, input);
  const missing = [from, to].find((id) => id !== undefined && !secret.versions.some((version) => version.id === id));
  if (missing !== undefined) throw noValue(`VersionId: ${missing}`);
  checkHolder(secret, label, from, to);
  changeSecret(context, secret, { versions: withStage(secret.versions, label, to) });
  return named(secret);
}

function checkHolder({ versions }: SecretRecord, label: string, from: string | undefined, to: string | undefined) {
  const holder = versions.find((version) => hasStage(version, label))?.id;
  if (from !== undefined && from !== holder) {
    throw invalidParameter(`Staging label ${label} is not attached to version ${from}.`);
  }
  if (holder !== undefined && from === undefined && to !== holder) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (label === CURRENT && to === undefined) {
    throw invalidParameter(
      `You can only move staging label ${CURRENT} to a different secret version. It can't be completely removed.`,
    );
  }
}

export const secretVersionResource = defineResource("aws_secretsmanager_secret_version", {
  service: "secretsmanager",
  names: { secret_string_wo: null, secret_string_wo_version: null, has_secret_string_wo: null },
  id: "<secret_id>|<version_id>",
  importId: "<secret_id>|<version_id>",
  relations: {
    conflictsWith: {
      secret_binary: ["secret_string", "secret_string_wo"],
      secret_string: ["secret_binary", "secret_string_wo"],
      secret_string_wo: ["secret_binary", "secret_string"],
    },
    requiredWith: { secret_string_wo: ["secret_string_wo_version"], secret_string_wo_version: ["secret_string_wo"] },
  },
  forceNew: ["secret_binary", "secret_id", "secret_string", "secret_string_wo_version"],
  sensitive: ["secret_binary", "secret_string", "secret_string_wo"],
  writeOnly: ["secret_string_wo"],
  changesOnRead: true,
  create: async (planned, aws) => {
    const input = aws.inputOf("PutSecretValue", planned);
    const { secret_string_wo: hidden } = planned;
    const value = hidden ? { SecretString: hidden } : {};
    const ClientRequestToken = uniqueName(aws.account);
    const { VersionId } = await aws.call("PutSecretValue", { ...input, ...value, ClientRequestToken });
    return { version_id: String(VersionId), has_secret_string_wo: hidden ? true : null };
  },
  read: async (known, aws) => {
    const value = await unlessDeleted(() =>
      aws.call("GetSecretValue", { SecretId: known["secret_id"], VersionId: known["version_id"] }),
    );
    if (value === null) return null;
    const found = aws.attributesOf("GetSecretValue", value, known);
    const isHidden = known["has_secret_string_wo"] === true;
    return { ...found, has_secret_string_wo: isHidden || null, ...(isHidden ? { secret_string: "" } : {}) };
  },
  update: async (planned, prior, aws) => {
    const [now, before] = [texts(planned, "version_stages"), texts(prior, "version_stages")];
    const { secret_id: SecretId, version_id: id } = prior;
    const added = now.filter((stage) => !before.includes(stage));
    for (const VersionStage of added) {
      const from = VersionStage === CURRENT ? await currentOf(prior, aws) : {};
      await aws.call("UpdateSecretVersionStage", { SecretId, VersionStage, MoveToVersionId: id, ...from });
    }
    const removed = before.filter((stage) => !now.includes(stage));
    const isMoved = added.includes(CURRENT);
    await removeStages(
      prior,
      removed.filter((stage) => !(isMoved && stage === "AWSPREVIOUS")),
      aws,
    );
  },
  // The current value stays: the label AWSCURRENT can be moved, but not removed.
  delete: async (prior, aws) => {
    await unlessDeleted(() => removeStages(prior, texts(prior, "version_stages"), aws));
  },
});

async function currentOf(prior: Attributes, aws: Aws): Promise<object> {
  const { Versions } = await aws.call("ListSecretVersionIds", { SecretId: text(prior, "secret_id") });
  const versions = Versions as readonly Wire<sdk.SecretVersionsListEntry>[];
  return { RemoveFromVersionId: versions.find(({ VersionStages }) => VersionStages?.includes(CURRENT))?.VersionId };
}

async function removeStages(prior: Attributes, stages: readonly string[], aws: Aws): Promise<void> {
  const { secret_id: SecretId, version_id: RemoveFromVersionId } = prior;
  for (const VersionStage of stages.filter((stage) => stage !== CURRENT)) {
    await aws.call("UpdateSecretVersionStage", { SecretId, VersionStage, RemoveFromVersionId });
  }
}
