/**
 * Who can call what, computed from synthesized Terraform: what is deployed, not what access.yaml means.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html
 */
import { caughtRequests } from "../../access/access-model";
import { referencesIn } from "../../constructs/contract/stack-json";
import { type Context, contextOf, type Judgement, judge } from "./route-judgement";
import {
  clientOwners,
  type Method,
  methodKey,
  parseStack,
  pathOf,
  publicReasons,
  referenceIn,
  resolved,
  type StackResources,
} from "./synthesized-stack";
import { type TokenWay, tokenWays } from "./token-ways";

/** Who can call what in one environment. */
export interface AccessMatrix {
  readonly environment: string;
  /** Names of all app clients, sorted. */
  readonly clients: readonly string[];
  /** Clients that get no tokens, as they are disabled or expired, sorted. Left out when there are none. */
  readonly disabled?: readonly string[];
  /** Clients that get tokens through Cognito's API, without the pool's domain, sorted. Left out when there are none. */
  readonly withoutDomain?: readonly string[];
  /** Owner and purpose of clients that have either, sorted by client. Left out when there are none. */
  readonly owners?: readonly MatrixOwner[];
  /** Sorted by path, then by method. */
  readonly routes: readonly MatrixRoute[];
}

/** Who answers for a client, and what it is for. */
export interface MatrixOwner {
  readonly client: string;
  /** Name of an owner in access.yaml; `null` without one. */
  readonly owner: string | null;
  readonly purpose: string | null;
}

/** Who can call one method of one path. */
export interface MatrixRoute extends Judgement {
  /** Such as `POST /orders`. */
  readonly route: string;
  /** Name of the resource of its REST API; left out where the stack has only one. */
  readonly api?: string;
  /** Whether another REST API has a route of the same name. */
  readonly isAmbiguous?: true;
  /** Scopes of which the method demands any, sorted. */
  readonly scopes: readonly string[];
  /** Name of the function behind it; `null` without one. */
  readonly function: string | null;
  /** URL of the HTTP backend behind it; `null` without one. */
  readonly url: string | null;
  /**
   * Requests that reach this public route although their path demands a token for other methods, which has no route for
   * theirs: such as `DELETE /orders/{id}`. Left out when there are none.
   */
  readonly catches?: readonly string[];
}

/**
 * Computes the matrix.
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
    .map((method) => {
      const path = pathOf(method.resource_id, stack);
      return { api: resolved(method.rest_api_id, stack), path, method, name: `${method.http_method} ${path}` };
    })
    .toSorted((a, b) => compare(a.path, b.path) || compare(a.method.http_method, b.method.http_method));
  const apis = new Set(methods.map(({ api }) => api));
  const preflights = methods.filter(({ method }) => isPreflight(method, context));
  const all = methods
    .filter((one) => !preflights.includes(one))
    .map(({ api, method, name }) => {
      const isAmbiguous = methods.some((other) => other.api !== api && other.name === name);
      const mark = { ...(apis.size > 1 ? apiOf(api) : {}), ...(isAmbiguous ? { isAmbiguous: true as const } : {}) };
      return { api, route: { ...routeOf(name, method, context), ...mark } };
    });
  const catches = [...apis].flatMap((api) => {
    const own = all.filter((one) => one.api === api);
    const routes = own.map(({ route: { route, access } }) => ({ route, isOpen: access === "public" }));
    const paths = preflights.filter((one) => one.api === api).map(({ path }) => `OPTIONS ${path}`);
    return caughtRequests(routes, paths).map((caught) => ({ ...caught, api }));
  });
  const clientsWith = (isRight: (ways: readonly TokenWay[]) => boolean) =>
    Object.entries(stack.aws_cognito_user_pool_client)
      .filter(([, client]) => isRight(tokenWays(client)))
      .map(([id]) => names.get(id) ?? id)
      .toSorted();
  const disabled = clientsWith((ways) => ways.length === 0);
  const withoutDomain = clientsWith((ways) => ways.includes("api"));
  const owners = [...clientOwners(json)].map(([client, { owner = null, purpose = null }]) => ({
    client,
    owner,
    purpose,
  }));
  return {
    environment,
    clients: [...names.values()].toSorted(),
    ...(disabled.length === 0 ? {} : { disabled }),
    ...(withoutDomain.length === 0 ? {} : { withoutDomain }),
    ...(owners.length === 0 ? {} : { owners: owners.toSorted((a, b) => compare(a.client, b.client)) }),
    routes: [
      ...all.map(({ api, route }) => {
        const own = catches.filter((caught) => caught.by === route.route && caught.api === api);
        return route.access !== "public" || own.length === 0 ? route : withCatches(route, own);
      }),
      ...httpApiRoutes(stack),
    ],
  };
}

/** Routes of HTTP APIs, apart from those of REST APIs. Only guards look into their authorizers. */
function httpApiRoutes({ aws_apigatewayv2_route }: StackResources): readonly MatrixRoute[] {
  const access = { callers: [], refusedByFunction: [], callerCheck: "none" } as const;
  return Object.values(aws_apigatewayv2_route)
    .toSorted((a, b) => compare(a.route_key, b.route_key))
    .map(({ route_key, authorization_type: type }): MatrixRoute => {
      const route = route_key === "$default" ? "ANY /{default+}" : route_key;
      const at = {
        route,
        api: "HTTP API",
        isAmbiguous: true,
        scopes: [],
        function: null,
        url: null,
        ...access,
      } as const;
      return type === "NONE"
        ? { ...at, access: "public", notes: ["callable without a token"] }
        : { ...at, access: "unknown", notes: [`authorization ${type} of an HTTP API is not analyzed`] };
    });
}

function apiOf(id: string | undefined): Pick<MatrixRoute, "api"> {
  return id === undefined ? {} : { api: referencesIn(id, "aws_api_gateway_rest_api", "id")[0] ?? id };
}

/** How a route is called in a matrix. */
interface RouteName {
  readonly route: string;
  readonly api?: string | undefined;
  readonly isAmbiguous?: true;
}

/** The route's name, with its API where another API has a route of the same name. */
export function nameOf({ route, api, isAmbiguous }: RouteName): string {
  return isAmbiguous ? `${route} (${api})` : route;
}

function withCatches(
  route: MatrixRoute,
  catches: readonly { readonly methods: readonly string[]; readonly path: string }[],
): MatrixRoute {
  const groups = [...new Set(catches.map(({ methods }) => methods.join(", ")))];
  const notes = groups.map((group) => {
    const paths = catches.filter(({ methods }) => methods.join(", ") === group).map(({ path }) => path);
    return `it also answers ${group} of ${paths.join(", ")}, without a token: no more specific route has these methods`;
  });
  const requests = catches.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));
  return { ...route, catches: requests, notes: [...route.notes, ...notes] };
}

/** Names by resource; the resource is added where two clients have the same name. */
export function clientNames(stack: StackResources): ReadonlyMap<string, string> {
  const clients = Object.entries(stack.aws_cognito_user_pool_client);
  const isUnique = (name: string) => clients.filter(([, client]) => client.name === name).length === 1;
  return new Map(clients.map(([id, { name }]) => [id, isUnique(name) ? name : `${name} (${id})`]));
}

/** Whether API Gateway answers a browser's preflight request itself: it reaches no function or backend. */
function isPreflight(method: Method, { integrations, stack }: Context): boolean {
  if (method.http_method !== "OPTIONS" || method.authorization !== "NONE") return false;
  return (integrations.get(methodKey(method, stack))?.type ?? "MOCK") === "MOCK";
}

function routeOf(route: string, method: Method, context: Context): MatrixRoute {
  const { stack, integrations } = context;
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
    ...judge(method, route, name, context),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
