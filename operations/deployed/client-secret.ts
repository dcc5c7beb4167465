/**
 * The secrets of clients: how old they are, where services read them, and the command that rotates them. Cognito has the
 * date of each secret that it accepts, whether or not services read it from Secrets Manager.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClientSecrets.html
 */
import type { ClientSecretDescriptorType, CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { DAY_MS } from "../../access/access-model";
import { clientOfSecret } from "../../constructs/contract/contract";
import { unlessMissing } from "../../platform/aws";
import { quoted } from "../../platform/shell";

/** The app client. */
interface AppClient {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/**
 * The secrets that Cognito accepts; none when the client is gone.
 * @throws {AwsError} when AWS refuses
 */
export async function acceptedSecrets(
  cognito: CognitoIdentityProvider,
  client: AppClient,
): Promise<readonly ClientSecretDescriptorType[]> {
  return (await unlessMissing(cognito.listUserPoolClientSecrets(client)))?.ClientSecrets ?? [];
}

/** When the oldest of them was created: a rotation that was not finished makes no secret younger. */
export function oldestOf(secrets: readonly ClientSecretDescriptorType[]): Date | undefined {
  const dates = secrets.flatMap(({ ClientSecretCreateDate: date }) => date?.getTime() ?? []);
  return dates.length === 0 ? undefined : new Date(Math.min(...dates));
}

/** When a secret becomes too old, in milliseconds since 1970. @param createdAt in the same unit */
export function rotationDueAt(createdAt: number, rotateAfterDays: number): number {
  return createdAt + rotateAfterDays * DAY_MS;
}

/** The secret of Secrets Manager with the credentials of a client, which the stack describes by the client's name. */
export function storedSecret<
  Resource extends { readonly type: string; readonly values: Readonly<Record<string, unknown>> },
>(resources: readonly Resource[], client: string): Resource | undefined {
  return resources.find(
    ({ type, values }) => type === "aws_secretsmanager_secret" && clientOfSecret(values["description"]) === client,
  );
}

/** The command that rotates the secret. @param isStored whether Secrets Manager has it; if not, a file gets the new one */
export function rotateCommand(client: string, environment: string, isStored: boolean, option = ""): string {
  const to = isStored ? "" : " --to <file>";
  return `npx access rotate ${quoted(client)} --env ${environment}${to} ${option}`.trimEnd();
}
