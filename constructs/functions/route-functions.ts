/** The functions behind the routes, each told who may call it and which pages may read its answers. */
import { join } from "node:path";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import type { Client, Environment, Route } from "../../access/access-model";
import { corsOrigins } from "../../access/cors";
import { allowedCallers } from "./allowed-callers";
import { NodeFunction } from "./node-function";

/** What the functions are made for. */
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
  const names = props.routes.flatMap(({ backend }) => (backend.kind === "lambda" ? [backend.lambda] : []));
  return new Map([...new Set(names)].map((name) => [name, createFunction(scope, name, props)]));
}

function createFunction(
  scope: Construct,
  name: string,
  { environment, routes, clients, clientIdOf, folder }: RouteFunctionsProps,
): LambdaFunction {
  const its = routes.filter(({ backend }) => backend.kind === "lambda" && backend.lambda === name);
  const { prefix, region, functions, retentionDays, tracing } = environment;
  const origins = corsOrigins(its);
  return new NodeFunction(scope, name, {
    ...functions,
    entry: join(folder, `${name}.ts`),
    name: [prefix, name],
    region,
    environment: {
      ...allowedCallers(its, clients, clientIdOf),
      ...(origins === undefined ? {} : { CORS_ORIGINS: origins }),
    },
    retentionDays,
    tracing,
  }).resource;
}
