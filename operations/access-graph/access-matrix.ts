/**
 * Who can call what, computed from synthesized Terraform: what is shown is what is deployed, not what was meant.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import { type CaughtRequests, caughtRequests } from "../../access/access-model";
import { type Context, contextOf, judge } from "./route-judgement";
import {
  type Method,
  methodKey,
  parseStack,
  pathOf,
  publicReasons,
  referenceIn,
  referencesIn,
  resolved,
  type StackResources,
} from "./synthesized-stack";
import { tokenWays } from "./token-ways";

/** Who can call what in one environment. */
export interface AccessMatrix {
  readonly environment: string;
  /** Names of all app clients, sorted. */
  readonly clients: readonly string[];
  /** Clients that get tokens through Cognito's API, without the pool's domain, sorted. Left out when there are none. */
  readonly withoutDomain?: readonly string[];
  /** Sorted by path, then by method. */
  readonly routes: readonly MatrixRoute[];
}

/** Who can call one method of one path. */
export interface MatrixRoute {
  /** Such as `POST /orders`. */
  readonly route: string;
  /** Name of the resource of its REST API; left out where the stack has only one. */
  readonly api?: string;
  /** Whether another REST API has a route of the same name. */
  readonly isAmbiguous?: true;
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
  /**
   * Requests that reach this public route although their path demands a token for other methods, which has no route for
   * theirs: such as `DELETE /orders/{id}`. Left out when there are none.
   */
  readonly catches?: readonly string[];
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
  const methods = Object.values(stack.aws_api_gateway_method)
    .map((method) => ({ api: resolved(method.rest_api_id, stack), path: pathOf(method.resource_id, stack), method }))
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.method.http_method, b.method.http_method));
  const isOneApi = new Set(methods.map(({ api }) => api)).size === 1;
  const isAmbiguous = (one: (typeof methods)[number]) =>
    methods.some(({ api, path, method }) => {
      return api !== one.api && path === one.path && method.http_method === one.method.http_method;
    });
  const preflights = methods.filter(({ method }) => isPreflight(method, context));
  const routes = methods
    .filter((one) => !preflights.includes(one))
    .map((one) => {
      const mark = !isOneApi && isAmbiguous(one) ? { isAmbiguous: true as const } : {};
      return {
        api: one.api,
        route: { ...routeOf(one.path, one.method, context), ...apiOf(one.api, isOneApi), ...mark },
      };
    });
  const catches = [...new Set(routes.map(({ api }) => api))].flatMap((api) => {
    const own = routes
      .filter((one) => one.api === api)
      .map(({ route: { route, access } }) => ({ route, isOpen: access === "public" }));
    const paths = preflights.filter((one) => one.api === api).map(({ path }) => `OPTIONS ${path}`);
    return caughtRequests(own, paths).map((caught) => ({ ...caught, ...apiOf(api, isOneApi) }));
  });
  const withoutDomain = Object.entries(stack.aws_cognito_user_pool_client)
    .filter(([, client]) => tokenWays(client).includes("api"))
    .map(([id]) => names.get(id) ?? id)
    .toSorted();
  return {
    environment,
    clients: [...names.values()].toSorted(),
    ...(withoutDomain.length === 0 ? {} : { withoutDomain }),
    routes: routes.map(({ route }) =>
      withCatches(
        route,
        catches.filter(({ by, api }) => by === route.route && api === route.api),
      ),
    ),
  };
}

function apiOf(id: string | undefined, isOnly: boolean): Pick<MatrixRoute, "api"> {
  if (isOnly || id === undefined) return {};
  return { api: referencesIn(id, "aws_api_gateway_rest_api", "id")[0] ?? id };
}

/** What a route is called by. */
interface NamedRoute {
  readonly route: string;
  readonly api?: string | undefined;
  readonly isAmbiguous?: true;
}

/** The route's name, with its API where another one has the same. */
export function nameOf({ route, api, isAmbiguous }: NamedRoute): string {
  return isAmbiguous ? `${route} (${api})` : route;
}

/** The route with what it catches; an open route only. */
function withCatches(route: MatrixRoute, catches: readonly CaughtRequests[]): MatrixRoute {
  if (route.access !== "public" || catches.length === 0) return route;
  const pathsByMethods = new Map<string, string[]>();
  for (const { methods, path } of catches) {
    const names = methods.join(", ");
    pathsByMethods.set(names, [...(pathsByMethods.get(names) ?? []), path]);
  }
  const notes = [...pathsByMethods].map(([methods, paths]) => {
    return `it also answers ${methods} of ${paths.join(", ")}, without a token: no more specific route has these methods`;
  });
  return {
    ...route,
    catches: catches.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`)),
    notes: [...route.notes, ...notes],
  };
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
