/** Secrets of clients that are older than access.yaml allows. */
import { clientOfSecret } from "../../constructs/contract/contract";
import { type Aws, AwsError, poolRegion } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import { inParallel } from "../deployed/in-parallel";
import { type LeftResource, textIn } from "../deployed/left-state";
import { oldestSecret, rotationDueAt, type SecretReader } from "../deployed/secret-age";
import type { UnmanagedResources } from "../deployed/unmanaged";

/** How old the secrets may become. */
export interface SecretAges {
  readonly environment: string;
  /** In days, by the names of clients; of one that is left out, the age does not matter. */
  readonly rotateAfterDays: ReadonlyMap<string, number>;
  readonly clients: (region: string) => Aws;
  /** Those of clients that were read already are not read again; left out means none. */
  readonly secrets?: SecretReader;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const ATTRIBUTE = "secret age";

/** @throws {AwsError} when AWS cannot be reached */
export async function findOldSecrets(left: readonly LeftResource[], ages: SecretAges): Promise<UnmanagedResources> {
  const isLimited = (one: LeftResource) =>
    one.type === "aws_cognito_user_pool_client" && ages.rotateAfterDays.has(textIn(one, "name"));
  const found = await inParallel(left.filter(isLimited), (client) => look(client, left, ages));
  return { findings: found.flatMap((one) => one.findings), notChecked: found.flatMap((one) => one.notChecked) };
}

async function look(
  client: LeftResource,
  left: readonly LeftResource[],
  { environment, rotateAfterDays, clients, secrets, now }: SecretAges,
): Promise<UnmanagedResources> {
  const { address } = client;
  const name = textIn(client, "name");
  const UserPoolId = textIn(client, "user_pool_id");
  const limit = rotateAfterDays.get(name) ?? Number.POSITIVE_INFINITY;
  try {
    const cognito = await clients(poolRegion(UserPoolId)).cognito();
    const createdAt = await oldestSecret(cognito, { UserPoolId, ClientId: textIn(client, "id") }, secrets);
    if (createdAt === undefined || now < rotationDueAt(createdAt.getTime(), limit)) return NOTHING;
    const isStored = left.some(
      ({ type, values }) => type === "aws_secretsmanager_secret" && clientOfSecret(values["description"]) === name,
    );
    const finding = {
      address,
      attribute: ATTRIBUTE,
      expected: JSON.stringify(`rotated after ${limit} days`),
      // The same every day, so that the issue about it stays the same.
      found: JSON.stringify(`created ${createdAt.toISOString().slice(0, 10)}`),
      verdict: "rotation-due",
      severity: "warning",
      undo: `npx access rotate ${quoted(name)} --env ${quoted(environment)}${isStored ? "" : " --to <file>"}`,
    } as const;
    return { findings: [finding], notChecked: [] };
  } catch (error) {
    if (!(error instanceof AwsError) || error.status === undefined) throw error;
    const { operation, code } = error;
    return { findings: [], notChecked: [{ address, attribute: ATTRIBUTE, operation, code }] };
  }
}

const NOTHING: UnmanagedResources = { findings: [], notChecked: [] };
