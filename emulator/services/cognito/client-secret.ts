/**
 * Secrets of an app client: one, or two while callers move from the old one to the new one.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import type { Account } from "../../account/account";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { type ClientRecord, type ClientSecret, clients, invalid, requireClient } from "./records";

const MAX_SECRETS = 2;
const SECRET_LENGTH = 51;
const CALLER_SECRET = /^[A-Za-z0-9_+]{24,64}$/;

/** A secret that Cognito generates. */
export function generateSecret(account: Account, createdAt: number): ClientSecret {
  return { value: account.randomId(SECRET_LENGTH), createdAt };
}

/**
 * Whether the secret is one of the client's. Compares as many times whether there are two secrets, one or none, and
 * whichever matches.
 */
export function hasSecret(client: ClientRecord | undefined, secret: string): boolean {
  const [first, second] = (client?.secrets ?? []).map(({ value }) => value);
  const right = [first, second].map((expected) => isSameSecret(secret, expected ?? "") && expected !== undefined);
  return right.includes(true);
}

/** Compares in a time that says nothing of how much was right. */
function isSameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash("sha256").update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Adds a second secret. A generated one is in the output, one that the caller supplies is not. */
export function addUserPoolClientSecret(context: OperationContext, input: Wire<sdk.AddUserPoolClientSecretRequest>) {
  const client = requireClient(context, input);
  const { account } = context;
  const newest = client.secrets.at(-1);
  if (newest === undefined) throw invalid("Client secrets cannot be added to a public client.");
  if (client.secrets.length >= MAX_SECRETS) {
    throw new AwsError("LimitExceededException", `A client can have at most ${MAX_SECRETS} secrets.`);
  }
  const createdAt = Math.max(account.now(), newest.createdAt + 1);
  const supplied = checkSupplied(input.ClientSecret);
  if (newest.value === supplied) throw invalid("The client secret is in use already.");
  const secret = supplied === undefined ? generateSecret(account, createdAt) : { value: supplied, createdAt };
  clients.put(context, { ...client, secrets: [...client.secrets, secret] });
  const ClientSecretValue = supplied === undefined ? secret.value : undefined;
  return { ClientSecretDescriptor: present({ ...descriptorOf(client, secret), ClientSecretValue }) };
}

/** Lists the secrets without their values. */
export function listUserPoolClientSecrets(
  context: OperationContext,
  input: Wire<sdk.ListUserPoolClientSecretsRequest>,
) {
  const client = requireClient(context, input);
  return { ClientSecrets: client.secrets.map((secret) => descriptorOf(client, secret)) };
}

export function deleteUserPoolClientSecret(
  context: OperationContext,
  input: Wire<sdk.DeleteUserPoolClientSecretRequest>,
) {
  const client = requireClient(context, input);
  const others = client.secrets.filter(
    (secret) => descriptorOf(client, secret).ClientSecretId !== input.ClientSecretId,
  );
  if (others.length === client.secrets.length) {
    throw new AwsError("ResourceNotFoundException", "The client secret does not exist.");
  }
  if (others.length === 0) throw invalid("The last secret of a client cannot be deleted.");
  clients.put(context, { ...client, secrets: others });
  return {};
}

/** Unlike those of other members, the refusal does not repeat the value. */
function checkSupplied(value: string | undefined): string | undefined {
  if (value === undefined || CALLER_SECRET.test(value)) return value;
  throw invalid(
    "1 validation error detected: Value at 'clientSecret' failed to satisfy constraint: Member must be 24 to 64 characters and satisfy regular expression pattern: [\\w+]+",
  );
}

/** A secret without its value; its id is `<client id>--<milliseconds since 1970>`. */
function descriptorOf({ ClientId }: ClientRecord, { createdAt }: ClientSecret) {
  return { ClientSecretId: `${ClientId}--${createdAt}`, ClientSecretCreateDate: createdAt / 1000 };
}
