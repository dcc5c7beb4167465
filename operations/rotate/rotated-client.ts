/** The client whose secret is rotated, as Terraform's state has it. */
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import { poolRegion } from "../../platform/aws";
import { UsageError, UserError } from "../../platform/user-error";
import { storedSecret } from "../deployed/client-secret";
import { unknownClient } from "../deployed/deployment";
import { managedResources, type StateResource, type StateValues } from "../plan-file/state-json";

export interface RotatedClient {
  readonly name: string;
  /** Cognito's id of the app client. */
  readonly id: string;
  readonly userPoolId: string;
  readonly region: string;
  readonly tokenUrl: string;
  /** Full names, separated by spaces. */
  readonly scope: string;
  /** Terraform's address of the app client. */
  readonly address: string;
  /** The secret in Terraform's state; empty once that was rotated. */
  readonly knownSecret: string;
  /** Its secret in Secrets Manager; `undefined` when it has none. */
  readonly store: StoredSecret | undefined;
}

/** A secret of Secrets Manager. */
export interface StoredSecret {
  readonly arn: string;
  readonly name: string;
  /** Name of Terraform's resource of the value; `undefined` when it is not in the state. */
  readonly versionName: string | undefined;
}

const outputs = z.object({
  [OUTPUT.tokenUrl]: z.object({ value: z.string() }),
  [OUTPUT.clientIds]: z.object({ value: z.record(z.string(), z.string()) }),
});
const appClient = z.object({
  id: z.string(),
  user_pool_id: z.string(),
  generate_secret: z.boolean().nullish(),
  client_secret: z.string().nullish(),
  allowed_oauth_scopes: z.array(z.string()).nullish(),
});
const secret = z.object({ id: z.string(), arn: z.string(), name: z.string() });

/** Names of the environment's clients. @throws {UserError} when nothing is deployed */
export function deployedClients(environment: string, state: StateValues): readonly string[] {
  return Object.keys(outputsOf(environment, state)[OUTPUT.clientIds].value);
}

function outputsOf(environment: string, state: StateValues): z.infer<typeof outputs> {
  const { data: deployed } = outputs.safeParse(state.outputs);
  if (deployed === undefined) throw new UserError(`nothing is deployed to ${environment}: its state has no outputs.`);
  return deployed;
}

/** @throws {UserError} when nothing is deployed, or the environment has no such client, or that has no secret */
export function findClient(environment: string, state: StateValues, name: string): RotatedClient {
  const { [OUTPUT.tokenUrl]: tokenUrl, [OUTPUT.clientIds]: clientIds } = outputsOf(environment, state);
  const ids = clientIds.value;
  const resources = managedResources(state);
  const isClient = ({ type, values }: StateResource) =>
    type === "aws_cognito_user_pool_client" && values["id"] === ids[name];
  const found = resources.find(isClient);
  if (found === undefined) {
    throw unknownClient(environment, name, Object.keys(ids));
  }
  const { id, user_pool_id, generate_secret, client_secret, allowed_oauth_scopes } = appClient.parse(found.values);
  if (generate_secret !== true) throw new UsageError(`client "${name}" of ${environment} has no secret to rotate.`);
  return {
    name,
    id,
    userPoolId: user_pool_id,
    region: poolRegion(user_pool_id),
    tokenUrl: tokenUrl.value,
    scope: (allowed_oauth_scopes ?? []).join(" "),
    address: found.address,
    knownSecret: client_secret ?? "",
    store: storeOf(name, resources),
  };
}

function storeOf(client: string, resources: readonly StateResource[]): StoredSecret | undefined {
  const found = storedSecret(resources, client);
  if (found === undefined) return undefined;
  const { id, arn, name } = secret.parse(found.values);
  const version = resources.find(
    ({ type, values }) => type === "aws_secretsmanager_secret_version" && values["secret_id"] === id,
  );
  return { arn, name, versionName: version?.name };
}
