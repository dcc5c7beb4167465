/** The functions behind the routes, each with the callers that it accepts and the pages that may read its answers. */
import { join } from "node:path";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { Construct } from "constructs";
import type { Client, Environment, Route } from "../../access/access-model";
import { corsOrigins } from "../../access/cors";
import { CLIENTS_OF_A_FUNCTION } from "../../access/limits";
import { CALLERS } from "../contract/contract";
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
  const names = props.routes.flatMap(({ backend }) => (backend.kind === "lambda" ? [backend.lambda] : []));
  return new Map([...new Set(names)].map((name) => [name, createFunction(scope, name, props)]));
}

function createFunction(scope: Construct, name: string, props: RouteFunctionsProps): LambdaFunction {
  const { prefix, region, functions, retentionDays, tracing } = props.environment;
  const routes = props.routes.filter(({ backend }) => backend.kind === "lambda" && backend.lambda === name);
  const origins = corsOrigins(routes);
  return new NodeFunction(scope, name, {
    ...functions,
    entry: join(props.folder, `${name}.ts`),
    name: [prefix, name],
    region,
    environment: { ...allowedCallers(routes, props), ...(origins === undefined ? {} : { CORS_ORIGINS: origins }) },
    retentionDays,
    tracing,
  }).resource;
}

/**
 * Environment variables by which `lambda/shared/caller.ts` accepts callers: the ids of all clients that have a scope of
 * the function's routes or, when those are more than fit into a function's environment, the scopes themselves. None for
 * a function of public routes only, which accepts no caller by a token.
 */
function allowedCallers(
  routes: readonly Route[],
  { clients, clientIdOf }: RouteFunctionsProps,
): Readonly<Record<string, string>> {
  const demanded = [...new Set(routes.flatMap(({ scopes }) => scopes))].toSorted();
  if (demanded.length === 0) return {};
  const callers = clients.filter(({ scopes }) => scopes.some((scope) => demanded.includes(scope)));
  if (callers.length > CLIENTS_OF_A_FUNCTION) return { [CALLERS.scopes]: demanded.join(" ") };
  // Sorted: a line that moves within the file must not change the function.
  const names = callers.map(({ name }) => name).toSorted();
  return { [CALLERS.ids]: names.map(clientIdOf).join(",") };
}
