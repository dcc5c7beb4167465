/**
 * Secrets with all that belongs to them. A deleted one keeps its name, its versions and its policy until its deletion
 * date.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { addVersion, requireToken } from "./secret-version";

const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const SUFFIX_LENGTH = 6;
const DAY = 86_400;
/** How long a deleted secret can be restored, in days, when the call does not say. */
export const DEFAULT_DAYS = 30;
const [MIN_DAYS, MAX_DAYS] = [7, 30];

/** A secret as the account keeps it; times are in seconds since 1970. */
export interface SecretRecord {
  readonly ARN: string;
  readonly Name: string;
  readonly Description?: string | undefined;
  readonly KmsKeyId?: string | undefined;
  readonly CreatedDate: number;
  readonly LastChangedDate: number;
  /** The day of the last access. */
  readonly LastAccessedDate?: number;
  /** When the secret will be gone; left out for one that is not deleted. */
  readonly DeletedDate?: number;
  /** Left out for a secret that never had any. */
  readonly Tags?: readonly Wire<sdk.Tag>[] | undefined;
  readonly RotationEnabled?: boolean;
  readonly RotationLambdaARN?: string | undefined;
  readonly RotationRules?: Wire<sdk.RotationRulesType> | undefined;
  readonly LastRotatedDate?: number;
  readonly NextRotationDate?: number;
  /** The resource policy as it was put. */
  readonly policy?: string;
  /** Newest last. A version without stages is deprecated. */
  readonly versions: readonly SecretVersion[];
}

/** One value of a secret; a version that a rotation has begun has none yet. */
export interface SecretVersion {
  readonly id: string;
  readonly text?: string | undefined;
  /** Bytes in Base64, for a value that is not text. */
  readonly binary?: string | undefined;
  readonly stages: readonly string[];
  readonly createdAt: number;
  /** The day of the last access. */
  readonly accessedAt?: number;
}

type Id = { readonly SecretId: string | undefined };

export const secrets = new Table<SecretRecord>("secretsmanager/Secret", ({ ARN }) => ARN);

export const secondsOf = ({ account }: TablePlace): number => account.now() / 1000;
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const notFound = (what = "") =>
  new AwsError("ResourceNotFoundException", `Secrets Manager can't find the specified secret${what}.`);

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new AwsError(
    "ValidationException",
    "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
  );
}

/** Secrets that are not gone, those that are deleted included. */
export function existingSecrets(place: TablePlace): readonly SecretRecord[] {
  const isGone = ({ DeletedDate = Number.POSITIVE_INFINITY }: SecretRecord) => DeletedDate <= secondsOf(place);
  return secrets.list(place).filter((secret) => !isGone(secret));
}

/**
 * The secret of the name or ARN, which may leave out its last hyphen and six characters; an ARN that ends like that is
 * taken for a whole one.
 */
export function findSecret(place: TablePlace, id: string): SecretRecord | undefined {
  if (!id.startsWith("arn:")) {
    checkName(id);
    return existingSecrets(place).find(({ Name }) => Name === id);
  }
  const isWhole = /-[A-Za-z0-9]{6}$/.test(id);
  return existingSecrets(place).find(({ ARN }) => ARN === id || (!isWhole && ARN.slice(0, -SUFFIX_LENGTH - 1) === id));
}

/** The secret, deleted or not. @throws {AwsError} `ResourceNotFoundException` */
export function requireAnySecret(place: TablePlace, { SecretId = "" }: Id): SecretRecord {
  const found = findSecret(place, SecretId);
  if (found === undefined) throw notFound();
  return found;
}

/** The secret. @throws {AwsError} when there is no such secret, or it is deleted */
export function requireSecret(place: TablePlace, id: Id): SecretRecord {
  const found = requireAnySecret(place, id);
  if (found.DeletedDate === undefined) return found;
  throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}

/** What the call of a Terraform face returns, or `null` when the secret is deleted. */
export async function unlessDeleted<Result>(call: () => Promise<Result>): Promise<Result | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsError && error.message.includes("because it was marked for deletion")) return null;
    throw error;
  }
}

/** Keeps the changed secret, and when it was changed. */
export function changeSecret(place: TablePlace, secret: SecretRecord, changes: Partial<SecretRecord>): SecretRecord {
  return secrets.put(place, present({ ...secret, ...changes, LastChangedDate: secondsOf(place) }));
}

/** What identifies the secret in outputs. */
export function named({ ARN, Name }: SecretRecord) {
  return { ARN, Name };
}

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
export function describe({ policy: _, versions, ...secret }: SecretRecord) {
  return secret;
}

/** Labels by the id of their version. */
export function stagesOf({ versions }: SecretRecord): Readonly<Record<string, readonly string[]>> | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return labelled.length === 0 ? undefined : Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}

export function describeSecret(context: OperationContext, input: Wire<sdk.DescribeSecretRequest>) {
  const secret = requireAnySecret(context, input);
  return present({ ...describe(secret), VersionIdsToStages: stagesOf(secret) });
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

/** Deletes a secret for good, or schedules it. By force, a secret that is deleted already or does not exist is no error. */
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
