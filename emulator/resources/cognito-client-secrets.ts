/**
 * Secrets of an app client: one, or two while callers move from the old one to the new one.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
import type { Account, Entry } from "../account";
import { optionalText } from "../attributes";
import { AwsError } from "../errors";

const MOST_SECRETS = 2;
const SECRET_LENGTH = 51;

/** A secret that a token is given for. */
export interface ClientSecret {
  readonly value: string;
  /** Milliseconds since 1970; no two of a client have the same. */
  readonly createdAt: number;
}

/** What the account keeps of an app client besides its attributes. Times are in milliseconds since 1970. */
export interface ClientState {
  readonly createdAt: number;
  readonly modifiedAt: number;
  /** Oldest first; left out by an account of before there could be two: then the attribute has the only one. */
  readonly secrets?: readonly ClientSecret[];
}

/** Secrets of the client, oldest first; none when it is public. */
export function secretsOf({ attributes, internal }: Entry): readonly ClientSecret[] {
  const { createdAt, secrets } = internal as ClientState;
  const value = optionalText(attributes, "client_secret");
  return secrets ?? (value === undefined ? [] : [{ value, createdAt }]);
}

/**
 * The secret that the client was made with: the only one that AWS tells again. `undefined` once it is deleted; the one
 * that is left does not take its place.
 * @see https://github.com/floci-io/floci/pull/345
 */
export function originalSecretOf(client: Entry): string | undefined {
  const { createdAt } = client.internal as ClientState;
  return secretsOf(client).find((secret) => secret.createdAt === createdAt)?.value;
}

/** A secret of Cognito's own making. */
export function drawSecret(account: Account): string {
  return account.randomId(SECRET_LENGTH);
}

/**
 * Secrets of the client with one more.
 * @throws {AwsError} when it is public or has as many as it may
 */
export function withAnother(client: Entry, value: string, now: number): readonly ClientSecret[] {
  const secrets = secretsOf(client);
  const newest = secrets.at(-1);
  if (newest === undefined) {
    throw new AwsError("InvalidParameterException", "Client secrets cannot be added to a public client.");
  }
  if (secrets.length >= MOST_SECRETS) {
    throw new AwsError("LimitExceededException", `A client can have at most ${MOST_SECRETS} secrets.`);
  }
  if (newest.value === value) {
    throw new AwsError("InvalidParameterException", "The client secret is in use already.");
  }
  return [...secrets, { value, createdAt: Math.max(now, newest.createdAt + 1) }];
}

/**
 * Secrets of the client without the one that was made at that time.
 * @throws {AwsError} when there is none, or it is the last
 */
export function without(client: Entry, createdAt: number): readonly ClientSecret[] {
  const secrets = secretsOf(client);
  const others = secrets.filter((secret) => secret.createdAt !== createdAt);
  if (others.length === secrets.length) {
    throw new AwsError("ResourceNotFoundException", "The client secret does not exist.");
  }
  if (others.length > 0) return others;
  throw new AwsError("InvalidParameterException", "The last secret of a client cannot be deleted.");
}
