/** What Terraform's state tells beside the outputs: who may call what it made, its stages, and where secrets are kept. Pure. */
import { type AccessMatrix, accessMatrix } from "../access-graph/access-matrix";
import { clientOfSecret } from "../access-graph/secret-description";
import { leftMethods } from "../deployed/api-method";
import { ofType, regionOf, textIn, textsIn } from "../deployed/left-state";
import type { Stage } from "../deployed/snapshot";
import { stackOfState } from "../deployed/stack-of-state";
import { managedResources, type StateValues } from "../plan-file/state-json";

/** A client's secret of Secrets Manager, and what must be in it. */
export interface SecretStore {
  readonly arn: string;
  readonly region: string;
  /** Full names. */
  readonly scopes: readonly string[];
}

/** A deployed stack. */
export interface DeployedStack {
  /** In the form of a `cdk.tf.json`. */
  readonly json: unknown;
  readonly matrix: AccessMatrix;
  readonly stages: readonly Stage[];
  /** Routes that Terraform manages, preflights as well, such as `OPTIONS /orders`. */
  readonly routes: ReadonlySet<string>;
  /** By client. */
  readonly stores: ReadonlyMap<string, SecretStore>;
}

export function deployedStack(environment: string, state: StateValues): DeployedStack {
  const left = managedResources(state);
  const stages = ofType(left, "stage").map((stage) => ({
    region: regionOf(stage),
    restApiId: textIn(stage, "rest_api_id"),
    stageName: textIn(stage, "stage_name"),
  }));
  const clients = left.filter(({ type }) => type === "aws_cognito_user_pool_client");
  const scopes = new Map(clients.map((client) => [textIn(client, "name"), textsIn(client, "allowed_oauth_scopes")]));
  const stores = left
    .filter(({ type }) => type === "aws_secretsmanager_secret")
    .flatMap((one) => {
      const client = clientOfSecret(one.values["description"]);
      if (client === undefined) return [];
      const store = { arn: textIn(one, "arn"), region: regionOf(one), scopes: scopes.get(client) ?? [] };
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
