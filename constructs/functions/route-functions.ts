/** The functions behind the routes, each with the callers that it accepts and the pages that may read its answers. */
import { join } from "node:path";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import { type Client, type Environment, functionSettingsOf, type Route } from "../../access/access-model";
import { functionEnvironment } from "../../access/function-environment";
import { expectFunctions } from "./esbuild";
import { NodeFunction } from "./node-function";

export interface RouteFunctionsProps {
  readonly environment: Environment;
  readonly routes: readonly Route[];
  /** Those of the environment. */
  readonly clients: readonly Client[];
  /** Id of the client of that name in the access model. */
  readonly clientIdOf: (name: string) => string;
  /** Folder of the functions, `<name>.ts` each. */
  readonly folder: string;
}

/** Makes every function that a route names. @returns them by their names in the access model */
export function createRouteFunctions(
  scope: Construct,
  props: RouteFunctionsProps,
): ReadonlyMap<string, LambdaFunction> {
  const names = new Set(props.routes.flatMap(({ backend }) => (backend.kind === "lambda" ? [backend.lambda] : [])));
  expectFunctions(names.size);
  return new Map([...names].map((name) => [name, createFunction(scope, name, props)]));
}

function createFunction(scope: Construct, name: string, props: RouteFunctionsProps): LambdaFunction {
  const { name: stage, prefix, region, accountId, retentionDays, tracing } = props.environment;
  const routes = props.routes.filter(({ backend }) => backend.kind === "lambda" && backend.lambda === name);
  const settings = functionSettingsOf(props.environment, name);
  return new NodeFunction(scope, name, {
    ...settings,
    entry: join(props.folder, `${name}.ts`),
    name: [prefix, name],
    region,
    accountId,
    environment: functionEnvironment(stage, routes, props.clients, props.clientIdOf, settings.variables),
    retentionDays,
    tracing,
  }).resource;
}
