/**
 * Records of secrets. A deleted secret keeps its name, its versions and its policy until its deletion date.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
 */
import type * as sdk from "@aws-sdk/client-secrets-manager";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { present, type Wire } from "../../protocols/values";

const NAME = /^[A-Za-z0-9/_+=.@!-]+$/;
/** Characters that AWS adds to the name in an ARN, after a hyphen. */
export const SUFFIX_LENGTH = 6;

/** A secret; times are in seconds since 1970. */
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
  /** The resource policy as it was put. */
  readonly policy?: string;
  /** Newest last. A version without stages is deprecated. */
  readonly versions: readonly SecretVersion[];
}

/** One value of a secret. */
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

export const secrets = new Table<SecretRecord>("secretsmanager/Secret", ({ ARN }) => ARN);

export const secondsOf = ({ account }: TablePlace): number => account.now() / 1000;
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const notFound = (what = "") =>
  new AwsError("ResourceNotFoundException", `Secrets Manager can't find the specified secret${what}.`);

export function checkName(name: string): void {
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

type Id = { readonly SecretId: string | undefined };

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

/** Stores the changed secret with the time of the change. */
export function changeSecret(place: TablePlace, secret: SecretRecord, changes: Partial<SecretRecord>): SecretRecord {
  return secrets.put(place, present({ ...secret, ...changes, LastChangedDate: secondsOf(place) }));
}

export function named({ ARN, Name }: SecretRecord) {
  return { ARN, Name };
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

/** Staging label of the version that is read by default; each label is on one version at a time. */
export const CURRENT = "AWSCURRENT";
const PREVIOUS = "AWSPREVIOUS";
const PENDING = "AWSPENDING";

/** Whether the version has the label. */
export function hasStage({ stages }: SecretVersion, label: string): boolean {
  return stages.includes(label);
}

/**
 * The versions once one of them has the label, which all others lose. The one that was the current before becomes the
 * previous, and is not pending any more.
 * @param id version that gets it; `undefined` takes it away
 */
export function withStage(
  versions: readonly SecretVersion[],
  label: string,
  id: string | undefined,
): readonly SecretVersion[] {
  const replaced = label === CURRENT ? versions.find((version) => hasStage(version, CURRENT)) : undefined;
  const isReplaced = (version: SecretVersion) => version === replaced && version.id !== id;
  const moved = versions.map((version) => {
    const others = version.stages.filter((stage) => stage !== label && !(stage === PENDING && isReplaced(version)));
    return { ...version, stages: version.id === id ? [...others, label] : others };
  });
  return replaced === undefined || replaced.id === id ? moved : withStage(moved, PREVIOUS, replaced.id);
}
