/**
 * The age of clients' secrets: Cognito has the date of each secret that it accepts, whether or not services read it from
 * Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClientSecrets.html
 */
import type { ClientSecretDescriptorType, CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../../platform/aws";

export const DAY_MS = 86_400_000;

/** The app client. */
interface AppClient {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/**
 * Reads the secrets that Cognito accepts, without their values, once for each client: AWS answers five such calls a second
 * for a user pool.
 */
export class SecretReader {
  private readonly known = new Map<string, Promise<readonly ClientSecretDescriptorType[]>>();

  /** @returns none when the client is gone, or has no secret @throws {AwsError} when AWS refuses */
  of(cognito: CognitoIdentityProvider, client: AppClient): Promise<readonly ClientSecretDescriptorType[]> {
    const key = `${client.UserPoolId} ${client.ClientId}`;
    const found = this.known.get(key) ?? read(cognito, client);
    this.known.set(key, found);
    return found;
  }
}

async function read(cognito: CognitoIdentityProvider, client: AppClient) {
  return (await unlessMissing(cognito.listUserPoolClientSecrets(client)))?.ClientSecrets ?? [];
}

/**
 * When the oldest secret that Cognito accepts was created: a rotation that was not finished makes no secret younger.
 * @param secrets those that were read already are not read again
 * @returns `undefined` when the client is gone, or has no secret
 * @throws {AwsError} when AWS refuses
 */
export async function oldestSecret(
  cognito: CognitoIdentityProvider,
  client: AppClient,
  secrets = new SecretReader(),
): Promise<Date | undefined> {
  const found = await secrets.of(cognito, client);
  const dates = found.flatMap(({ ClientSecretCreateDate: date }) => date?.getTime() ?? []);
  return dates.length === 0 ? undefined : new Date(Math.min(...dates));
}

/** When a secret becomes too old, in milliseconds since 1970. @param createdAt in the same unit */
export function rotationDueAt(createdAt: number, rotateAfterDays: number): number {
  return createdAt + rotateAfterDays * DAY_MS;
}

/** Whole days from one time to another, both in milliseconds since 1970. */
export function daysBetween(from: number, until: number): number {
  return Math.floor((until - from) / DAY_MS);
}
