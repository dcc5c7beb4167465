/** What is deployed, as the commands read it: read again when the state's file has changed. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Client } from "../../access/access-model";
import { localStatePath } from "../../constructs/contract/local-state";
import { type AccessMatrix, accessMatrix } from "../../operations/access-graph/access-matrix";
import type { ClientAccess } from "../../operations/access-graph/access-matrix-text";
import { type Deployment, poolIdOf, readDeployedState } from "../../operations/deployed/deployment";
import { stackOfState } from "../../operations/deployed/stack-of-state";
import { managedResources, type StateResource } from "../../operations/plan-file/state-json";
import { poolRegion } from "../../platform/aws";
import { projectModel, stackFolder } from "../../platform/project";

/** An environment that is deployed. */
export interface DeployedEnvironment {
  readonly deployment: Deployment;
  /** Who can call what, computed from the state. */
  readonly matrix: AccessMatrix;
  readonly resources: readonly StateResource[];
  readonly region: string;
  /** Full names of the scopes that a client has, sorted, and why it gets no tokens. */
  accessOf(client: string): ClientAccess;
}

/** Reads environments. */
export class DeployedReader {
  private readonly kept = new Map<string, { readonly version: string; readonly read: Promise<DeployedEnvironment> }>();

  /** @throws {UserError} when nothing is deployed, or only a part */
  async read(environment: string): Promise<DeployedEnvironment> {
    const version = versionOf(environment);
    const known = this.kept.get(environment);
    if (known?.version === version) return await known.read;
    const read = readEnvironment(environment);
    this.kept.set(environment, { version, read });
    // The next page tries again.
    read.catch(() => this.kept.delete(environment));
    return await read;
  }
}

function versionOf(environment: string): string {
  const found = statSync(resolve(stackFolder(environment), localStatePath(environment)), { throwIfNoEntry: false });
  return `${found?.mtimeMs} ${found?.size}`;
}

async function readEnvironment(environment: string): Promise<DeployedEnvironment> {
  const { deployment, state } = await readDeployedState(environment);
  const resources = managedResources(state);
  const matrix = accessMatrix(environment, stackOfState(state));
  const access = accessByClient(deployment, resources, matrix);
  return {
    deployment,
    matrix,
    resources,
    region: poolRegion(poolIdOf(deployment)),
    accessOf: (client) => access.get(client) ?? { scopes: [] },
  };
}

function accessByClient(
  { environment, clientIds }: Deployment,
  resources: readonly StateResource[],
  { disabled = [] }: AccessMatrix,
) {
  const clients = resources.filter(({ type }) => type === "aws_cognito_user_pool_client");
  const byId = new Map(clients.map(({ values }) => [values["id"], values]));
  const known = clientsOfFile();
  return new Map(
    Object.entries(clientIds).map(([name, id]): [string, ClientAccess] => {
      const scopes = byId.get(id)?.["allowed_oauth_scopes"];
      return [
        name,
        {
          scopes: Array.isArray(scopes) ? scopes.map(String).toSorted() : [],
          ...(disabled.includes(name) && { ended: endOf(known.get(name), environment) }),
        },
      ];
    }),
  );
}

/** Clients of access.yaml by their names; none when it has mistakes. */
function clientsOfFile(): ReadonlyMap<string, Client> {
  try {
    return new Map(projectModel().clients.map((client) => [client.name, client]));
  } catch {
    return new Map();
  }
}

/** Why a client that is switched off gets no tokens, as far as access.yaml has it. */
function endOf(client: Client | undefined, environment: string): string {
  if (client?.isExpired) return client.expires === undefined ? "its grants expired" : `expired after ${client.expires}`;
  return client?.disabledIn.includes(environment) ? "disabled" : "switched off";
}
