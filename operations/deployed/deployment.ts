/** The outputs of a deployed stack: how its tokens and routes are reached. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type AccessModel, isIn } from "../../access/access-model";
import { namesInstead } from "../../access/nearest-name";
import { OUTPUT } from "../../constructs/contract/contract";
import { copyable, isEmbeddedAws, thisCommandLocally } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { isDeployedLocally, shownPath, stackFolder } from "../../platform/project";
import { quoted } from "../../platform/shell";
import { requireTerraform, terraform } from "../../platform/terraform";
import { UsageError, UserError } from "../../platform/user-error";
import { managedResources, readState, type StateValues } from "../plan-file/state-json";
import { rotateCommand } from "./client-secret";

const byName = z.record(z.string(), z.string());
const output = <Shape extends z.ZodType>(shape: Shape) => z.object({ value: shape });

const outputs = z.object({
  [OUTPUT.tokenUrl]: output(z.string()),
  [OUTPUT.issuer]: output(z.string()),
  [OUTPUT.routeUrls]: output(byName),
  [OUTPUT.clientIds]: output(byName),
  // Terraform does not know a secret that was rotated.
  [OUTPUT.clientSecrets]: output(z.record(z.string(), z.string().nullable())),
});

export interface Deployment {
  readonly environment: string;
  readonly tokenUrl: string;
  readonly issuer: string;
  /** URL by route, such as `POST /access`. */
  readonly routeUrls: Readonly<Record<string, string>>;
  /** App client id by client name. */
  readonly clientIds: Readonly<Record<string, string>>;
  /** By client name; empty where the secret was rotated. */
  readonly clientSecrets: Readonly<Record<string, string>>;
}

/** The id of the user pool, with which the issuer ends. */
export function poolIdOf({ issuer }: Pick<Deployment, "issuer">): string {
  return issuer.split("/").at(-1) ?? "";
}

/** An app client's credentials. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

/** A deployment, and Terraform's state of it. */
export interface DeployedState {
  readonly deployment: Deployment;
  readonly state: StateValues;
}

/** Nothing is deployed, or only a part, or another machine knows it. */
class NotDeployedError extends UserError {}

/** Clients that the user named, and access.yaml, which has names if nothing is deployed. */
export interface NamedClients {
  readonly names: readonly string[];
  readonly model: Pick<AccessModel, "clients">;
}

/**
 * The result of reading a deployment. A client that access.yaml does not have either is reported before that nothing is
 * deployed.
 * @throws {UsageError} for an unknown client when nothing is deployed
 */
export async function readForClients<Result>(
  environment: string,
  named: NamedClients,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const known = writtenClients(environment, named);
    const unknown = named.names.find((name) => !known.includes(name));
    throw error instanceof NotDeployedError && unknown !== undefined
      ? unknownClient(environment, unknown, known)
      : error;
  }
}

/** Reads the outputs. @throws {UserError} as {@link readDeployment}, or when a named client is not deployed */
export async function readDeploymentOf(environment: string, named: NamedClients): Promise<Deployment> {
  const deployment = await readForClients(environment, named, () => readDeployment(environment));
  requireClients(deployment, named);
  return deployment;
}

/** Reads outputs and state. @throws {UserError} as {@link readDeploymentOf} */
export async function readDeployedStateOf(environment: string, named: NamedClients): Promise<DeployedState> {
  const found = await readForClients(environment, named, () => readDeployedState(environment));
  requireClients(found.deployment, named);
  return found;
}

function requireClients({ environment, clientIds }: Deployment, named: NamedClients): void {
  const deployed = Object.keys(clientIds);
  const unknown = named.names.find((name) => !deployed.includes(name));
  if (unknown === undefined) return;
  if (!writtenClients(environment, named).includes(unknown)) throw unknownClient(environment, unknown, deployed);
  const deploy = copyable(`npx access deploy ${environment}`);
  throw new UserError(`the client "${unknown}" is in access.yaml, but not deployed to ${environment}.\n  ${deploy}`);
}

function writtenClients(environment: string, { model }: NamedClients): readonly string[] {
  return model.clients.filter((client) => isIn(client, environment)).map(({ name }) => name);
}

/** Reads the outputs. @throws {UserError} when nothing is deployed, or only a part */
export async function readDeployment(environment: string): Promise<Deployment> {
  await requireTerraform();
  const folder = requireStack(environment);
  const { data, error } = outputs.safeParse(JSON.parse(await terraform(folder, ["output", "-json"])));
  if (data === undefined) throw notDeployed(environment, await readState(folder), error);
  return deploymentOf(environment, data);
}

/** Reads outputs and state, which takes longer than the outputs alone. @throws {UserError} as {@link readDeployment} */
export async function readDeployedState(environment: string): Promise<DeployedState> {
  await requireTerraform();
  const state = await readState(requireStack(environment));
  const { data, error } = outputs.safeParse(state.outputs);
  if (data === undefined) throw notDeployed(environment, state, error);
  return { deployment: deploymentOf(environment, data), state };
}

/** Reads the state, of a partial deployment as well. @throws {UserError} when it is empty */
export async function readResources(environment: string): Promise<StateValues> {
  await requireTerraform();
  const state = await readState(requireStack(environment));
  if (managedResources(state).length === 0) throw nothingDeployed(environment);
  return state;
}

function deploymentOf(environment: string, values: z.infer<typeof outputs>): Deployment {
  return {
    environment,
    tokenUrl: values[OUTPUT.tokenUrl].value,
    issuer: values[OUTPUT.issuer].value,
    routeUrls: namesAlone(values[OUTPUT.routeUrls].value),
    clientIds: namesAlone(values[OUTPUT.clientIds].value),
    clientSecrets: namesAlone(values[OUTPUT.clientSecrets].value, (secret) => secret ?? ""),
  };
}

/** The same without a prototype, so that a client is not taken for `constructor` and what else every object has. */
function namesAlone<Given>(
  given: Readonly<Record<string, Given>>,
  write: (value: Given) => string = String,
): Readonly<Record<string, string>> {
  const entries = Object.entries(given).map(([name, value]) => [name, write(value)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/** The folder of a stack that is synthesized and initialized. @throws {UserError} when it is not */
export function requireStack(environment: string): string {
  const folder = stackFolder(environment);
  if (existsSync(join(folder, "cdk.tf.json")) && existsSync(join(folder, ".terraform"))) return folder;
  if (isEmbeddedAws()) {
    throw new NotDeployedError(
      `nothing is deployed to ${environment} on the embedded AWS of this folder.\n${deployLine(environment)}`,
    );
  }
  const place = shownPath(folder);
  const isLocal = isDeployedLocally(environment);
  throw new NotDeployedError(
    [
      isLocal
        ? `${environment} is deployed on the embedded AWS, and not on AWS from this folder.`
        : `nothing is deployed to ${environment} from this folder: ${place} is not initialized.`,
      ...(isLocal ? [`  On the embedded AWS:            ${thisCommandLocally()}`] : []),
      `  On AWS:                         npx access deploy ${environment}`,
      `  If another machine deployed it: npx cdktf synth && terraform -chdir=${quoted(place)} init`,
      ...(isLocal
        ? []
        : [
            `  On the embedded AWS:            npx access local npx access deploy ${environment}`,
            `                                  and then: ${thisCommandLocally()}`,
          ]),
    ].join("\n"),
  );
}

function nothingDeployed(environment: string): UserError {
  return new NotDeployedError(`nothing is deployed to ${environment}: its state is empty.\n${deployLine(environment)}`);
}

function deployLine(environment: string): string {
  return `  ${copyable(`npx access deploy ${environment}`)}`;
}

/** @param error of reading the outputs, some of which the state lacks */
function notDeployed(environment: string, state: StateValues, { issues }: z.ZodError): UserError {
  const { length } = managedResources(state);
  if (length === 0) return nothingDeployed(environment);
  const missing = [...new Set(issues.map(({ path }) => String(path[0])))];
  const what = `${environment} is partially deployed: its state has ${counted(length, "resource")}, but no ${missing.join(", ")}`;
  return new NotDeployedError(
    `${what}. Complete the deployment, or destroy it:\n${deployLine(environment)}\n  ${copyable(`npx access teardown ${environment}`)}`,
  );
}

/** The client's credentials. @throws {UserError} when there is no such client, or Terraform does not know its secret */
export function credentialsOf(deployment: Deployment, client: string): ClientCredentials {
  const id = deployment.clientIds[client];
  const secret = deployment.clientSecrets[client];
  if (id !== undefined && (secret ?? "") === "") {
    throw new UserError(
      `the secret of "${client}" was rotated, and the new one is not in Terraform's state. If no service has it, create another one: ${copyable(rotateCommand(client, deployment.environment, true))}`,
    );
  }
  if (id !== undefined && secret !== undefined) return { id, secret };
  throw unknownClient(deployment.environment, client, Object.keys(deployment.clientIds));
}

/** Names the nearest one, or all. */
export function unknownClient(environment: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`${environment} has no client "${name}".${namesInstead(name, known)}`);
}
