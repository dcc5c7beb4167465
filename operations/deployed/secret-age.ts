/**
 * The age of clients' secrets: Cognito has the date of each secret that it accepts, whether or not services read it from
 * Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClientSecrets.html
 */
import type { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { unlessMissing } from "../../platform/aws";

export const DAY_MS = 86_400_000;

/** The app client. */
interface AppClient {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/**
 * When the oldest secret that Cognito accepts was created: a rotation that was not finished makes no secret younger.
 * @returns `undefined` when the client is gone, or has no secret
 * @throws {AwsError} when AWS refuses
 */
export async function oldestSecret(cognito: CognitoIdentityProvider, client: AppClient): Promise<Date | undefined> {
  const found = await unlessMissing(cognito.listUserPoolClientSecrets(client));
  const dates = (found?.ClientSecrets ?? []).flatMap(({ ClientSecretCreateDate: date }) => date?.getTime() ?? []);
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
