/** The client whose secret is rotated, as Terraform's state tells it. */
import { z } from "zod";
import { OUTPUT } from "../../constructs/contract/contract";
import { UsageError, UserError } from "../../platform/user-error";
import { clientOfSecret } from "../access-graph/secret-description";
import { managedResources, type StateResource, type StateValues } from "../plan-file/state-json";

/** An app client, and where its credentials are kept. */
export interface RotatedClient {
  readonly name: string;
  readonly id: string;
  readonly userPoolId: string;
  readonly region: string;
  readonly tokenUrl: string;
  /** Full names, separated by spaces. */
  readonly scope: string;
  /** Terraform's address of the app client. */
  readonly address: string;
  /** The secret that Terraform knows; empty once that was rotated away. */
  readonly knownSecret: string;
  /** Its secret in Secrets Manager; `undefined` when there is none. */
  readonly store: SecretStore | undefined;
}

/** A secret of Secrets Manager. */
export interface SecretStore {
  readonly arn: string;
  readonly name: string;
  /** Name of Terraform's resource that holds the value; `undefined` when Terraform lost it. */
  readonly versionName: string | undefined;
}

const outputs = z.object({ [OUTPUT.tokenUrl]: z.string(), [OUTPUT.clientIds]: z.record(z.string(), z.string()) });
const appClient = z.object({
  id: z.string(),
  user_pool_id: z.string(),
  generate_secret: z.boolean().nullish(),
  client_secret: z.string().nullish(),
  allowed_oauth_scopes: z.array(z.string()).nullish(),
});
const store = z.object({ id: z.string(), arn: z.string(), name: z.string(), description: z.string().nullish() });
const version = z.object({ secret_id: z.string() });

/**
 * Finds a client in the state.
 * @param environment name of the stack, for people
 * @throws {UserError} when nothing is deployed, there is no such client, or it has no secret
 */
export function findClient(environment: string, state: StateValues, name: string): RotatedClient {
  const values = Object.fromEntries(Object.entries(state.outputs).map(([output, { value }]) => [output, value]));
  const told = outputs.safeParse(values);
  if (!told.success) throw new UserError(`nothing is deployed to ${environment}, as far as its state tells.`);
  const { [OUTPUT.tokenUrl]: tokenUrl, [OUTPUT.clientIds]: ids } = told.data;
  const id = ids[name];
  const resources = managedResources(state);
  const found = resources.find(({ type, values }) => type === "aws_cognito_user_pool_client" && values["id"] === id);
  if (id === undefined || found === undefined) {
    throw new UsageError(`${environment} has no client "${name}". It has ${Object.keys(ids).join(", ")}.`);
  }
  const { user_pool_id, generate_secret, client_secret, allowed_oauth_scopes } = appClient.parse(found.values);
  if (generate_secret !== true) {
    throw new UsageError(`client "${name}" of ${environment} has no secret, so there is none to rotate.`);
  }
  return {
    name,
    id,
    userPoolId: user_pool_id,
    region: user_pool_id.split("_")[0] ?? "",
    tokenUrl,
    scope: (allowed_oauth_scopes ?? []).join(" "),
    address: found.address,
    knownSecret: client_secret ?? "",
    store: storeOf(name, resources),
  };
}

/** The stack describes each secret by whose credentials it holds. */
function storeOf(client: string, resources: readonly StateResource[]): SecretStore | undefined {
  const secrets = resources.filter(({ type }) => type === "aws_secretsmanager_secret");
  const found = secrets
    .map(({ values }) => store.parse(values))
    .find(({ description }) => clientOfSecret(description) === client);
  if (found === undefined) return undefined;
  const value = resources.find(
    ({ type, values }) => type === "aws_secretsmanager_secret_version" && version.parse(values).secret_id === found.id,
  );
  return { arn: found.arn, name: found.name, versionName: value?.name };
}
