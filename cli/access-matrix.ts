/**
 * Who can call what, computed from synthesized Terraform: what is shown is what is deployed, not what was meant.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import { type Context, contextOf, judge } from "./route-judgement";
import {
  type Method,
  methodKey,
  parseStack,
  pathOf,
  publicReasons,
  referenceIn,
  resolved,
  type StackResources,
} from "./synthesized-stack";

/** Who can call what in one environment. */
export interface AccessMatrix {
  readonly environment: string;
  /** Names of all app clients, sorted. */
  readonly clients: readonly string[];
  /** Sorted by path, then by method. */
  readonly routes: readonly MatrixRoute[];
}

/** Who can call one method of one path. */
export interface MatrixRoute {
  /** Such as `POST /orders`. */
  readonly route: string;
  /** `public`: anybody, without a token. `unknown`: decided by something that is not looked into, which a note names. */
  readonly access: "clients" | "public" | "unknown";
  /** Scopes of which the method demands any, sorted. */
  readonly scopes: readonly string[];
  /** Name of the function behind it; `null` when there is none. */
  readonly function: string | null;
  /** What it is passed on to by HTTP; `null` when it is not. */
  readonly url: string | null;
  /** Whether the function is told which clients may call; else the scope alone decides. */
  readonly isCheckedByFunction: boolean;
  /** Clients that can call, sorted. */
  readonly callers: readonly string[];
  /** Clients that API Gateway would let in, but that the function does not list, sorted. */
  readonly refusedByFunction: readonly string[];
  /** What is not as usual: sentences without a full stop. */
  readonly notes: readonly string[];
}

/**
 * Who can call what.
 *
 * @param environment name of the stack
 * @param json content of its `cdk.tf.json`
 * @throws {Error} it is not what Terraform reads, or refers to a resource that it does not have
 */
export function accessMatrix(environment: string, json: unknown): AccessMatrix {
  const stack = parseStack(json);
  const names = clientNames(stack);
  const context = contextOf(stack, names, publicReasons(json));
  const routes = Object.values(stack.aws_api_gateway_method)
    .filter((method) => !isPreflight(method, context))
    .map((method) => ({ path: pathOf(method.resource_id, stack), method }))
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.method.http_method, b.method.http_method))
    .map(({ path, method }) => routeOf(path, method, context));
  return { environment, clients: [...names.values()].toSorted(), routes };
}

/** Names for people, by the resources' names, which are added where two clients have the same. */
function clientNames(stack: StackResources): ReadonlyMap<string, string> {
  const clients = Object.entries(stack.aws_cognito_user_pool_client);
  const counts = new Map<string, number>();
  for (const [, { name }] of clients) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(clients.map(([id, { name }]) => [id, counts.get(name) === 1 ? name : `${name} (${id})`]));
}

/** A browser's question before it calls, which API Gateway answers by itself: it leads to nothing. */
function isPreflight(method: Method, { integrations, stack }: Context): boolean {
  if (method.http_method !== "OPTIONS" || method.authorization !== "NONE") return false;
  return (integrations.get(methodKey(method, stack))?.type ?? "MOCK") === "MOCK";
}

function routeOf(path: string, method: Method, context: Context): MatrixRoute {
  const { stack, integrations, told } = context;
  const route = `${method.http_method} ${path}`;
  const integration = integrations.get(methodKey(method, stack));
  const uri = resolved(integration?.uri, stack);
  const name = referenceIn(uri, "aws_lambda_function");
  const fn = name === undefined ? undefined : stack.aws_lambda_function[name];
  if (name !== undefined && fn === undefined) {
    throw new Error(`There is no aws_lambda_function.${name}, but "${route}" refers to it.`);
  }
  const isHttp = integration?.type === "HTTP_PROXY" || integration?.type === "HTTP";
  return {
    route,
    scopes: method.authorization_scopes.toSorted(),
    function: fn?.function_name ?? null,
    url: isHttp ? (uri ?? null) : null,
    isCheckedByFunction: told.get(name ?? "")?.by === "client",
    ...judge(method, route, name, context),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
