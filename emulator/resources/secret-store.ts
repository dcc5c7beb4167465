/** What an account keeps of secrets: their values and, for a while, those that are deleted. */
import type { Account } from "../account";
import { type Attributes, text } from "../attributes";
import { AwsError } from "../errors";
import type { Place } from "../provider/kind";

const SECRET = "aws_secretsmanager_secret";
/** Where deleted secrets are kept whose names are not free yet; no resource type, so that they are not left behind. */
const DELETED = "secretsmanager/deleted";

/** What an account keeps of a secret besides its attributes. */
export interface SecretState {
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Newest last. A version without stages is deprecated. */
  readonly versions: readonly SecretVersion[];
  /** When it will be gone, in milliseconds since 1970; only for a deleted secret. */
  readonly goneAt?: number;
}

/** One value of a secret. */
export interface SecretVersion {
  readonly id: string;
  readonly value: string;
  readonly stages: readonly string[];
  readonly createdAt: number;
}

/** A secret with what the account keeps of it. */
export interface FoundSecret {
  readonly attributes: Attributes;
  readonly state: SecretState;
}

/**
 * The secret of that name or ARN, or `undefined`.
 * @param idOrName also finds one that is deleted but not gone yet; its state says so
 */
export function findSecret(account: Account, region: string, idOrName: string): FoundSecret | undefined {
  const isMeant = (found: Attributes) => found["region"] === region && [found["arn"], found["name"]].includes(idOrName);
  const attributes = account.list(SECRET).find(isMeant);
  const entry = attributes && account.get(SECRET, `${region}/${text(attributes, "id")}`);
  if (entry !== undefined) return { attributes: entry.attributes, state: entry.internal as SecretState };
  const name = text(account.list(DELETED).find(isMeant) ?? { name: idOrName }, "name");
  return findDeleted(account, region, name);
}

/** @throws {AwsError} when there is no such secret, or it is deleted */
export function requireSecret(account: Account, region: string, idOrName: string): FoundSecret {
  const found = findSecret(account, region, idOrName);
  if (found === undefined) {
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  }
  if (found.state.goneAt === undefined) return found;
  throw new AwsError(
    "InvalidRequestException",
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

/** @throws {AwsError} when a secret has the name, or a deleted one still keeps it */
export function requireFreeName(name: string, { account, region }: Pick<Place, "account" | "region">): void {
  const ofRegion = account.list(SECRET).filter((other) => other["region"] === region);
  if (ofRegion.some((other) => other["name"] === name)) {
    throw new AwsError("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
  }
  if (findDeleted(account, region, name) === undefined) return;
  throw new AwsError(
    "InvalidRequestException",
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
}

function findDeleted(account: Account, region: string, name: string): FoundSecret | undefined {
  const entry = account.get(DELETED, `${region}/${name}`);
  if (entry === undefined) return undefined;
  const state = entry.internal as SecretState;
  return (state.goneAt ?? 0) > account.now() ? { attributes: entry.attributes, state } : undefined;
}

/** Keeps a deleted secret, and with it its name, until the moment that its state says. */
export function keepDeleted(account: Account, region: string, { attributes, state }: FoundSecret): void {
  account.put(DELETED, `${region}/${text(attributes, "name")}`, { attributes, internal: state });
}

/** Lets go of a deleted secret, and of its name. */
export function dropDeleted(account: Account, region: string, name: string): void {
  account.delete(DELETED, `${region}/${name}`);
}
