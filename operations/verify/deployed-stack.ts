/** What the Terraform state says about a deployed stack, and where the code differs from it. */

import { clientOfSecret } from "../../constructs/contract/contract";
import { type AccessMatrix, accessMatrix } from "../access-graph/access-matrix";
import { parseStack } from "../access-graph/synthesized-stack";
import { type TokenWay, tokenWays } from "../access-graph/token-ways";
import { leftMethods } from "../deployed/api-method";
import type { Deployment } from "../deployed/deployment";
import { ofType, regionOf, textIn, textsIn } from "../deployed/left-state";
import type { Stage } from "../deployed/snapshot";
import { stackOfState } from "../deployed/stack-of-state";
import { managedResources, type StateValues } from "../plan-file/state-json";

/** A client's secret in Secrets Manager. */
export interface SecretStore {
  readonly arn: string;
  readonly region: string;
  /** Terraform address of its value; `undefined` when Terraform does not manage one. */
  readonly version?: string | undefined;
  /** Full names of the scopes that its value must list. */
  readonly scopes: readonly string[];
}

/** What a client may get. */
export interface Grant {
  /** Full names. */
  readonly scopes: readonly string[];
  readonly ways: readonly TokenWay[];
}

/** By client. */
export type Grants = ReadonlyMap<string, Grant>;

export interface DeployedStack {
  /** In the form of `cdk.tf.json`. */
  readonly json: unknown;
  readonly matrix: AccessMatrix;
  /** Each with the Terraform address of the deployment of its API. */
  readonly stages: readonly (Stage & { readonly deployment: string })[];
  /** Routes that Terraform manages, preflights included, such as `OPTIONS /orders`. */
  readonly routes: ReadonlySet<string>;
  /** By client. */
  readonly stores: ReadonlyMap<string, SecretStore>;
}

export function deployedStack(environment: string, state: StateValues): DeployedStack {
  const left = managedResources(state);
  const stages = ofType(left, "stage").map((stage) => {
    const restApiId = textIn(stage, "rest_api_id");
    const [deployment] = ofType(left, "deployment", restApiId);
    const stageName = textIn(stage, "stage_name");
    return { region: regionOf(stage), restApiId, stageName, deployment: deployment?.address ?? "" };
  });
  const clients = left.filter(({ type }) => type === "aws_cognito_user_pool_client");
  const scopes = new Map(clients.map((client) => [textIn(client, "name"), textsIn(client, "allowed_oauth_scopes")]));
  const stores = left
    .filter(({ type }) => type === "aws_secretsmanager_secret")
    .flatMap((secret) => {
      const client = clientOfSecret(secret.values["description"]);
      if (client === undefined) return [];
      const arn = textIn(secret, "arn");
      const version = left.find(
        (one) => one.type === "aws_secretsmanager_secret_version" && textIn(one, "secret_id") === arn,
      )?.address;
      const store = { arn, region: regionOf(secret), version, scopes: scopes.get(client) ?? [] };
      return [[client, store] as const];
    });
  const json = stackOfState(state);
  return {
    json,
    matrix: accessMatrix(environment, json),
    stages,
    routes: new Set(stages.flatMap(({ restApiId }) => [...leftMethods(left, restApiId).keys()])),
    stores: new Map(stores),
  };
}

/** @param json content of a `cdk.tf.json` */
export function grantsIn(json: unknown): Grants {
  const clients = Object.values(parseStack(json).aws_cognito_user_pool_client);
  return new Map(
    clients.map((client) => [client.name, { scopes: client.allowed_oauth_scopes, ways: tokenWays(client) }]),
  );
}

/** Names of routes and clients. */
export interface Names {
  readonly routes: readonly string[];
  readonly clients: readonly string[];
}

/** In which names access.yaml and the deployment differ. @param written names in access.yaml */
export function differenceOf(written: Names, { routeUrls, clientIds }: Deployment) {
  const deployed = { routes: Object.keys(routeUrls), clients: Object.keys(clientIds) };
  return { notDeployed: onlyIn(written, deployed), notInCode: onlyIn(deployed, written) };
}

function onlyIn(one: Names, other: Names): Names {
  return {
    routes: one.routes.filter((route) => !other.routes.includes(route)),
    clients: one.clients.filter((client) => !other.clients.includes(client)),
  };
}

/** Grants as deployed, of the clients that the code has; as in the code, of those that are not deployed. */
export function appliedGrants(code: Grants, deployed: Grants): Grants {
  return new Map([...code, ...deployed].filter(([client]) => code.has(client)));
}

/** Clients whose scopes or ways to a token will change with the next deployment. */
export function changingClients(code: Grants, applied: Grants): readonly string[] {
  const text = (grant: Grant | undefined) => JSON.stringify([grant?.scopes.toSorted(), grant?.ways]);
  return [...code].filter(([client, grant]) => text(grant) !== text(applied.get(client))).map(([client]) => client);
}

/** The matrix of the code with the routes that are deployed and no longer in the code. */
export function withRemovedRoutes(code: AccessMatrix, deployed: AccessMatrix): AccessMatrix {
  const known = new Set(code.routes.map(({ route }) => route));
  return { ...code, routes: [...code.routes, ...deployed.routes.filter(({ route }) => !known.has(route))] };
}
