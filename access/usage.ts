/**
 * How much of AWS's quotas, and of the throttling in access.yaml, an environment uses with a load. Pure. Calls are spread
 * evenly over the routes that a client may call.
 */
import type { CalledRoute } from "./caller-table";
import { isIn } from "./client-rules";
import type { CorsRoute } from "./cors";
import { bytesLeft, functionEnvironment } from "./function-environment";
import type { FunctionInput } from "./function-schema";
import { isEnabled } from "./lifetime";
import { countResources, functionName, MAX_STATEMENTS_LENGTH, policySize } from "./limits";
import { type AccountQuotas, accountQuotas, QUOTAS } from "./quotas";

/** How much a client calls at its peak. */
export interface Load {
  readonly instances: number;
  /** Of all instances together. */
  readonly callsPerSecond: number;
  /** How long an instance keeps a token; 0 means a token for each call. */
  readonly tokenSeconds?: number;
}

/** The load of a client in an environment. */
export interface ClientLoad extends Required<Load> {
  readonly client: string;
  readonly scopes: readonly string[];
  /** How long its tokens are valid. */
  readonly validSeconds: number;
  /** Whether access.yaml does not have its load. */
  readonly isAssumed: boolean;
}

/** The load of a client that has none in access.yaml. */
export const DEFAULT_LOAD: Load = { instances: 1, callsPerSecond: 1 };

/**
 * Share of its validity for which a token is used.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-caching-tokens.html
 */
export const KEPT_SHARE = 0.75;

/** The parts of an access model that use quotas. */
export interface UsedModel {
  readonly resourceServers: readonly { readonly identifier: string; readonly scopes: readonly unknown[] }[];
  readonly clients: readonly UsedClient[];
  readonly routes: readonly UsedRoute[];
}

interface UsedClient {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly tokenMinutes: number | undefined;
  readonly environments: readonly string[] | undefined;
  readonly isExpired: boolean;
  readonly disabledIn: readonly string[];
  readonly load?: Load | undefined;
}

interface UsedRoute extends CalledRoute, CorsRoute {
  readonly backend: { readonly kind: "lambda"; readonly lambda: string } | { readonly kind: "http" };
  readonly throttling: { readonly requestsPerSecond: number } | undefined;
}

/** The parts of an environment that use quotas, or limit their use. */
export interface UsedEnvironment {
  readonly name: string;
  readonly region: string;
  readonly prefix: string;
  readonly isEphemeral: boolean;
  readonly tokenMinutes: number;
  readonly throttling: { readonly requestsPerSecond: number } | undefined;
  readonly quotas?: AccountQuotas | undefined;
  readonly tokenCache: { readonly minutes: number } | undefined;
  readonly firewall: { readonly requestsPerFiveMinutes: number } | undefined;
  readonly ownFunctions: Readonly<Record<string, FunctionInput>>;
}

/** What is used of one quota. */
export interface Usage {
  readonly measure: Measure;
  /** Name of the route, function, client or resource server; `null` for the environment as a whole. */
  readonly of: string | null;
  readonly used: number;
  readonly limit: number;
  /** `used` by `limit`. */
  readonly share: number;
}

export type Measure =
  | "token-requests"
  | "calls"
  | "route-calls"
  | "address-calls"
  | "executions"
  | "reserved-executions"
  | "clients"
  | "resource-servers"
  | "server-scopes"
  | "client-scopes"
  | "resources"
  | "policy-bytes"
  | "variable-bytes"
  | "statement-characters";

interface Context {
  readonly model: UsedModel;
  readonly environment: UsedEnvironment;
  readonly clients: readonly UsedClient[];
  readonly loads: readonly ClientLoad[];
  readonly quotas: Required<AccountQuotas>;
  /** Calls a second by route. */
  readonly calls: ReadonlyMap<UsedRoute, number>;
  readonly functions: ReadonlyMap<string, readonly UsedRoute[]>;
  /** Concurrent executions for each call a second. */
  readonly executionsPerCall: number;
}

type Measured = readonly [of: string | null, used: number, limit: number];

interface MeasureWords {
  /** What is counted. */
  readonly label: string;
  /** Whether more of it grows with the load, or with what is in access.yaml. */
  readonly growsWith: "load" | "access.yaml";
  /** Whether AWS refuses what is beyond it. */
  readonly isRefused: boolean;
  /** Where access.yaml has it. */
  readonly at: "environment" | "clients" | "resourceServers" | "routes";
  readonly remedy: string;
  readonly measure: (context: Context) => readonly Measured[];
}

const ofLoad = { growsWith: "load", isRefused: true, at: "environment" } as const;
const ofFile = (at: "clients" | "resourceServers" | "routes") =>
  ({ growsWith: "access.yaml", isRefused: true, at }) as const;

/** By the name of the measure in JSON, the account's quotas first. */
export const MEASURES: Readonly<Record<Measure, MeasureWords>> = {
  "token-requests": {
    ...ofLoad,
    label: "token requests a second",
    remedy:
      "Let the clients keep their tokens longer, or add a tokenCache. The quota is that of the account in the Region: a second pool needs another account or Region.",
    measure: ({ loads, environment: { tokenCache }, quotas }) => [
      [null, tokenTraffic(loads, tokenCache).toCognito, quotas.tokenRequestsPerSecond],
    ],
  },
  calls: {
    ...ofLoad,
    label: "calls a second of all APIs",
    remedy: "Request a quota increase for API Gateway's throttle rate, or use a second account or Region.",
    measure: ({ loads, environment: { tokenCache }, quotas }) => [
      [null, callsIn(loads) + (tokenCache ? tokenTraffic(loads, tokenCache).fromClients : 0), quotas.callsPerSecond],
    ],
  },
  "route-calls": {
    ...ofLoad,
    label: "calls a second of a route",
    remedy: "Raise requestsPerSecond of its throttling.",
    measure: ({ model, calls, environment }) =>
      model.routes.flatMap((route) => {
        const limit = (route.throttling ?? environment.throttling)?.requestsPerSecond;
        return limit === undefined ? [] : [[keyOf(route), calls.get(route) ?? 0, limit] as const];
      }),
  },
  "address-calls": {
    ...ofLoad,
    label: "calls in 5 minutes from an address",
    remedy: "Raise requestsPerFiveMinutes of the firewall.",
    measure: ({ loads, environment: { firewall } }) =>
      firewall === undefined
        ? []
        : loads.map(({ client, callsPerSecond, instances }) => [
            client,
            (300 * callsPerSecond) / instances,
            firewall.requestsPerFiveMinutes,
          ]),
  },
  executions: {
    ...ofLoad,
    label: "concurrent executions",
    remedy: "Request a quota increase for Lambda's concurrent executions, reserve fewer, or make the functions faster.",
    measure: (context) => {
      const reserved = [...context.functions.keys()].map((name) => reservedOf(context, name));
      const shared = [...context.functions].filter(([name]) => reservedOf(context, name) === undefined);
      if (shared.length === 0) return [];
      const used = shared.reduce((sum, [, routes]) => sum + executionsOf(context, routes), 0);
      const limit = context.quotas.concurrentExecutions - reserved.reduce<number>((sum, one = 0) => sum + one, 0);
      return [[null, used, Math.max(0, limit)]];
    },
  },
  "reserved-executions": {
    ...ofLoad,
    label: "reserved executions of a function",
    remedy: "Raise its reservedConcurrency, or make it faster.",
    measure: (context) =>
      [...context.functions].flatMap(([name, routes]) => {
        const limit = reservedOf(context, name);
        return limit === undefined ? [] : [[name, executionsOf(context, routes), limit] as const];
      }),
  },
  clients: {
    ...ofFile("clients"),
    label: "clients of the user pool",
    remedy: "Move some to a second user pool, in a separate access.yaml.",
    measure: ({ clients }) => [[null, clients.length, QUOTAS.clients.value]],
  },
  "resource-servers": {
    ...ofFile("resourceServers"),
    label: "resource servers of the user pool",
    remedy: "Merge some, or move some to a second user pool, in a separate access.yaml.",
    measure: ({ model }) => [[null, model.resourceServers.length, QUOTAS.resourceServers.value]],
  },
  "server-scopes": {
    ...ofFile("resourceServers"),
    label: "scopes of a resource server",
    remedy: "Split it in two.",
    measure: ({ model }) =>
      model.resourceServers.map(({ identifier, scopes }) => [identifier, scopes.length, QUOTAS.scopesOfServer.value]),
  },
  "client-scopes": {
    ...ofFile("clients"),
    label: "scopes of a client",
    remedy: "Split it in two.",
    measure: ({ clients }) => clients.map(({ name, scopes }) => [name, scopes.length, QUOTAS.scopesOfClient.value]),
  },
  resources: {
    ...ofFile("routes"),
    label: "resources of the API",
    remedy: "Move some routes to a second API, in a separate access.yaml.",
    measure: ({ model }) => [[null, countResources(model.routes.map(keyOf)), QUOTAS.resources.value]],
  },
  "policy-bytes": {
    ...ofFile("routes"),
    label: "bytes of a function's policy",
    remedy: "Split the function in two.",
    measure: ({ functions, environment: { name: stage, region, prefix } }) =>
      [...functions].map(([name, routes]) => {
        const size = policySize(routes.map(keyOf), stage, region, functionName(prefix, name));
        return [name, size, QUOTAS.policyBytes.value];
      }),
  },
  "variable-bytes": {
    ...ofFile("routes"),
    isRefused: false,
    label: "bytes of a function's variables",
    remedy: "Split the function in two: with more callers, it checks scopes in place of ids.",
    measure: ({ functions, clients, environment }) =>
      [...functions].map(([name, routes]) => {
        const { variables } = ownOf(environment, name);
        const left = bytesLeft(functionEnvironment(environment.name, routes, clients, undefined, variables));
        return [name, QUOTAS.variableBytes.value - left, QUOTAS.variableBytes.value];
      }),
  },
  "statement-characters": {
    ...ofFile("routes"),
    label: "characters of a function's statements",
    remedy: "Merge some statements.",
    measure: ({ functions, environment }) =>
      [...functions.keys()].map((name) => {
        const { statements } = ownOf(environment, name);
        return [name, statements === undefined ? 0 : JSON.stringify(statements).length, MAX_STATEMENTS_LENGTH];
      }),
  },
};

/** The loads of the environment's clients that get tokens, in the order of the file. */
export function loadsOf({ clients }: Pick<UsedModel, "clients">, environment: UsedEnvironment): readonly ClientLoad[] {
  return clients
    .filter((client) => isIn(client, environment.name) && isEnabled(client, environment.name))
    .map(({ name, scopes, tokenMinutes = environment.tokenMinutes, load }) => {
      const validSeconds = tokenMinutes * 60;
      const { tokenSeconds = validSeconds * KEPT_SHARE, ...others } = load ?? DEFAULT_LOAD;
      return { ...others, tokenSeconds, client: name, scopes, validSeconds, isAssumed: load === undefined };
    });
}

/**
 * What is measured: of the environment as a whole, or of each route, function, client or resource server.
 *
 * @param loads those of the environment's clients that count
 * @param durationSeconds how long a function runs, on average; left out, the fastest that Lambda counts
 * @param measures left out, all
 */
export function usagesOf(
  model: UsedModel,
  environment: UsedEnvironment,
  loads: readonly ClientLoad[],
  durationSeconds = 0,
  measures = Object.keys(MEASURES) as readonly Measure[],
): readonly Usage[] {
  const functions = new Map<string, UsedRoute[]>();
  for (const route of model.routes) {
    if (route.backend.kind !== "lambda") continue;
    const { lambda } = route.backend;
    functions.set(lambda, [...(functions.get(lambda) ?? []), route]);
  }
  const context: Context = {
    model,
    environment,
    clients: model.clients.filter((client) => isIn(client, environment.name)),
    loads,
    quotas: { ...accountQuotas(environment.region), ...environment.quotas },
    calls: callsByRoute(model.routes, loads),
    functions,
    executionsPerCall: Math.max(durationSeconds, 1 / QUOTAS.callsPerSecondOfExecution.value),
  };
  return measures.flatMap((measure) =>
    MEASURES[measure].measure(context).map(([of, used, limit]) => {
      return { measure, of, used, limit, share: used === 0 ? 0 : used / limit };
    }),
  );
}

/** Of each measure the one with the highest share, which is the first that breaks. */
export function fullest(usages: readonly Usage[]): readonly Usage[] {
  const found = new Map<Measure, Usage>();
  for (const usage of usages) {
    const known = found.get(usage.measure);
    if (known === undefined || known.share < usage.share) found.set(usage.measure, usage);
  }
  return [...found.values()];
}

/** Calls a second of each route. Public routes may get more, from callers without a token. */
export function callsByRoute<R extends Pick<CalledRoute, "scopes">>(
  routes: readonly R[],
  loads: readonly ClientLoad[],
): ReadonlyMap<R, number> {
  const calls = new Map<R, number>();
  if (loads.length === 0) return calls;
  const byScope = new Map<string, R[]>();
  for (const route of routes) {
    for (const scope of route.scopes) {
      const known = byScope.get(scope);
      if (known === undefined) byScope.set(scope, [route]);
      else known.push(route);
    }
  }
  // Many clients may have the same scopes.
  const byScopes = new Map<string, { readonly scopes: readonly string[]; callsPerSecond: number }>();
  for (const { scopes, callsPerSecond } of loads) {
    const key = scopes.join(" ");
    const known = byScopes.get(key);
    if (known === undefined) byScopes.set(key, { scopes, callsPerSecond });
    else known.callsPerSecond += callsPerSecond;
  }
  for (const { scopes, callsPerSecond } of byScopes.values()) {
    const callable = new Set(scopes.flatMap((scope) => byScope.get(scope) ?? []));
    for (const route of callable) calls.set(route, (calls.get(route) ?? 0) + callsPerSecond / callable.size);
  }
  return calls;
}

/** Token requests a second. */
interface TokenTraffic {
  readonly fromClients: number;
  /** Those that are answered by Cognito, and paid for. */
  readonly toCognito: number;
}

/**
 * An instance requests a token with its first call after the last one's time, which is on average one interval between
 * calls later. A token cache sends on one request of a client at most in each of its periods, as long as all instances
 * request the same scopes; the tokens that it hands out are valid for less time.
 */
export function tokenTraffic(loads: readonly ClientLoad[], cache?: { readonly minutes: number }): TokenTraffic {
  let [fromClients, toCognito] = [0, 0];
  const cacheSeconds = (cache?.minutes ?? 0) * 60;
  for (const { instances, callsPerSecond, tokenSeconds, validSeconds } of loads) {
    const left = validSeconds - cacheSeconds - QUOTAS.integrationSeconds.value;
    const kept = cache === undefined ? tokenSeconds : Math.min(tokenSeconds, Math.max(0, left));
    const rate = instances / (kept + instances / callsPerSecond);
    fromClients += rate;
    toCognito += cache === undefined ? rate : Math.min(rate, 1 / cacheSeconds);
  }
  return { fromClients, toCognito };
}

export function callsIn(loads: readonly ClientLoad[]): number {
  return loads.reduce((sum, { callsPerSecond }) => sum + callsPerSecond, 0);
}

function keyOf({ method, path }: Pick<UsedRoute, "method" | "path">): string {
  return `${method} ${path}`;
}

function ownOf({ ownFunctions }: UsedEnvironment, name: string): FunctionInput {
  return (Object.hasOwn(ownFunctions, name) ? ownFunctions[name] : undefined) ?? {};
}

function reservedOf({ environment }: Context, name: string): number | undefined {
  return ownOf(environment, name).reservedConcurrency;
}

function executionsOf({ calls, executionsPerCall }: Context, routes: readonly UsedRoute[]): number {
  return executionsPerCall * routes.reduce((sum, route) => sum + (calls.get(route) ?? 0), 0);
}
