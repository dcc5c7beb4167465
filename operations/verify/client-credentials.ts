/**
 * What AWS has of a client's credentials: the app client, and the secret in Secrets Manager that its service reads. Both
 * are looked up where the AWS credentials may.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */

import { z } from "zod";
import { type Aws, AwsError, aws, poolRegion, unlessMissing } from "../../platform/aws";
import { jsonIn } from "../../platform/json";
import { quoted } from "../../platform/shell";
import { UserError } from "../../platform/user-error";
import { rotateCommand } from "../deployed/client-secret";
import { type Deployment, poolIdOf } from "../deployed/deployment";
import { type Advice, type Result, replaceCommand } from "./check";
import type { SecretStore } from "./deployed-stack";

const content = z.object({
  client_id: z.string(),
  client_secret: z.string().nullish(),
  token_url: z.string(),
  scope: z.string(),
});

/** Never printed. */
export type StoredCredentials = z.infer<typeof content>;

/** Why a secret holds no credentials, for people. */
export const DEFECTS = {
  deleted: "the secret is scheduled for deletion",
  missing: "the secret does not exist",
  empty: "the secret has no value",
  malformed: "the value is not credentials",
} as const;

/** @param clients AWS clients of the secret's region; tests give others */
export async function storedCredentials(
  { arn, region }: SecretStore,
  clients: Pick<Aws, "secretsManager"> = aws(region),
): Promise<StoredCredentials | keyof typeof DEFECTS | "unreadable"> {
  try {
    const manager = await clients.secretsManager();
    const value = await manager.getSecretValue({ SecretId: arn }).catch(async (error: unknown) => {
      if (!(error instanceof AwsError) || error.isAccessDenied) throw error;
      // AWS refuses a deleted secret as an invalid request, and a missing version as a missing secret.
      const secret = await unlessMissing(manager.describeSecret({ SecretId: arn }));
      if (secret === undefined) return "missing";
      if (secret.DeletedDate !== undefined) return "deleted";
      if (error.isNotFound) return "empty";
      throw error;
    });
    if (typeof value === "string") return value;
    return content.safeParse(jsonIn(value.SecretString ?? "")).data ?? "malformed";
  } catch (error) {
    if (error instanceof UserError) return "unreadable";
    throw error;
  }
}

/** Compares what services read with what is deployed. Names attributes that differ. @param folder of the stack */
export function judgeStored(
  client: string,
  stored: StoredCredentials | keyof typeof DEFECTS,
  { environment, clientIds, clientSecrets, tokenUrl }: Deployment,
  { arn, region, version, scopes }: SecretStore,
  folder: string,
): Result {
  const verdict = "wrong-credentials";
  if (stored === "deleted") {
    const text = `The secret of ${client} in Secrets Manager was deleted with a recovery window. Restore it; no deployment can create it again before the window ends`;
    const commands = [`aws secretsmanager restore-secret --region ${region} --secret-id ${quoted(arn)}`];
    return { verdict, found: DEFECTS[stored], advice: { text, commands } };
  }
  if (stored === "missing") {
    const text = `The secret of ${client} in Secrets Manager was deleted. A deployment creates it again`;
    return { verdict, found: DEFECTS[stored], advice: { text, commands: [`npx access deploy ${environment}`] } };
  }
  if (typeof stored === "string" && version !== undefined && clientSecrets[client]) {
    // rotate does not overwrite what is not credentials.
    const text = `The secret of ${client} in Secrets Manager does not hold its credentials. Write them again`;
    return { verdict, found: DEFECTS[stored], advice: { text, commands: [replaceCommand(folder, version)] } };
  }
  const found = typeof stored === "string" ? DEFECTS[stored] : differences(stored, clientIds[client], tokenUrl, scopes);
  if (found === "") return { verdict: "as-expected", found: "as deployed" };
  if (typeof stored !== "string" && !stored.client_secret) {
    // Cognito does not return a rotated secret, so a deployment that creates the secret in Secrets Manager writes none.
    const command = rotateCommand(client, environment, true);
    const text = `Secrets Manager has an empty secret for ${client}, because Cognito does not return a rotated one. Create another one, and finish once its service has it`;
    return { verdict, found, advice: { text, commands: [command, `${command} --finish`] } };
  }
  const text = `Services of ${client} read other credentials than are deployed. Deliver them again`;
  return { verdict, found, advice: { text, commands: [rotateCommand(client, environment, true, "--deliver")] } };
}

function differences(
  { client_id, token_url, scope, client_secret }: StoredCredentials,
  clientId: string | undefined,
  tokenUrl: string,
  scopes: readonly string[],
): string {
  const sorted = (names: readonly string[]) => [...new Set(names)].filter(Boolean).toSorted().join(" ");
  const names = [
    ...(client_id === clientId ? [] : ["client_id"]),
    ...(token_url === tokenUrl ? [] : ["token_url"]),
    ...(sorted(scope.split(" ")) === sorted(scopes) ? [] : ["scope"]),
    ...(client_secret ? [] : ["client_secret"]),
  ];
  return names.length === 0 ? "" : `another ${names.join(", ")}`;
}

/** Of a client whose id or secret Cognito does not know. @param isStored whether its secret is in Secrets Manager */
export async function unknownClientAdvice(
  client: string,
  { environment, clientIds, ...deployment }: Deployment,
  isStored: boolean,
): Promise<Advice> {
  const isThere = await hasClient(poolIdOf(deployment), clientIds[client] ?? "");
  if (isThere === false) {
    const text = `The client ${client} was deleted. A deployment creates it with a new id`;
    return { text, commands: [`npx access deploy ${environment}`] };
  }
  const command = rotateCommand(client, environment, isStored);
  if (isThere) {
    const text = `Cognito does not know the secret of ${client}: it was deleted or replaced outside Terraform. Create another one, and finish once its service has it`;
    return { text, commands: [command, `${command} --finish`] };
  }
  const text = `Cognito does not know the id or the secret of ${client}. If drift reports that the client is gone, deploy; else create another secret`;
  return { text, commands: [`npx access drift ${environment}`, command] };
}

/** Whether the pool has the client; `undefined` when the AWS credentials do not reveal it. */
async function hasClient(pool: string, id: string): Promise<boolean | undefined> {
  try {
    const cognito = await aws(poolRegion(pool)).cognito();
    return (await unlessMissing(cognito.describeUserPoolClient({ UserPoolId: pool, ClientId: id }))) !== undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
