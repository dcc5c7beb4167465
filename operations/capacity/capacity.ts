/** What an environment takes before something breaks, and what its load costs. Pure: nothing of AWS is read. */
import { type AccessModel, type Environment, functionSettingsOf } from "../../access/access-model";
import { accountQuotas } from "../../access/quotas";
import {
  type ClientLoad,
  callsByRoute,
  callsIn,
  fullest,
  KEPT_SHARE,
  loadsOf,
  type Measure,
  tokenTraffic,
  usagesOf,
} from "../../access/usage";
import { MONTH_HOURS, MONTHLY, PRICE_DATE, PRICE_REGION, TRAFFIC } from "../../platform/prices";

/** Bytes of a line of the access log, with a path, client id and scopes of usual length. */
export const LOG_LINE_BYTES = 400;

/** The token cache that is compared where access.yaml has none: up to an hour, and half of the shortest validity. */
const MAX_CACHE_MINUTES = 60;

const MONTH_SECONDS = MONTH_HOURS * 3600;

/** A way to get tokens. */
export interface TokenWay {
  /** `as-configured` is what access.yaml has; `never` and `always` are about all clients. */
  readonly clientsKeepTokens: "as-configured" | "never" | "always";
  /** Minutes of the token cache; `null` without one. */
  readonly cacheMinutes: number | null;
  /** To Cognito. */
  readonly requestsPerSecond: number;
  /** US dollars for token requests and token cache. */
  readonly usdPerMonth: number;
}

/** What is used of a limit; of routes, functions, clients and resource servers, that of the fullest one. */
export interface LimitUse {
  readonly limit: Measure;
  /** Name of the route, function, client or resource server; `null` for the environment as a whole. */
  readonly of: string | null;
  readonly used: number;
  readonly max: number;
  /** By which factor it may grow until it breaks, below 1 where it is exceeded; `null` where nothing is used. */
  readonly breaksAt: number | null;
}

/** What a month costs. */
export interface CapacityCost {
  readonly label: string;
  readonly quantity: number;
  /** US dollars. */
  readonly usd: number;
}

/** `access capacity --json` */
export interface Capacity {
  readonly environment: string;
  readonly region: string;
  readonly load: {
    readonly clients: number;
    readonly instances: number;
    readonly callsPerSecond: number;
    /** Of the clients, to Cognito or to the token cache. */
    readonly tokenRequestsPerSecond: number;
  };
  readonly assumed: {
    /** Clients that have no load in access.yaml. */
    readonly clients: readonly string[];
    readonly functionMilliseconds: number;
    readonly logLineBytes: number;
  };
  /** Token requests a second that the account may make. */
  readonly tokenQuota: number;
  /** The first one is what access.yaml has. */
  readonly tokens: readonly TokenWay[];
  /** The fullest first. */
  readonly limits: readonly LimitUse[];
  readonly costs: {
    /** When the prices were looked up, and for which region. */
    readonly date: string;
    readonly region: string;
    readonly lines: readonly CapacityCost[];
    /** US dollars. */
    readonly usdPerMonth: number;
  };
  /** Whether a limit is exceeded. */
  readonly isExceeded: boolean;
}

/** @param milliseconds how long a function runs, on average */
export function capacityOf(model: AccessModel, environment: Environment, milliseconds: number): Capacity {
  const loads = loadsOf(model, environment);
  const limits = fullest(usagesOf(model, environment, loads, milliseconds / 1000))
    .toSorted((a, b) => b.share - a.share)
    .map(({ measure, of, used, limit: max, share }) => {
      const breaksAt = used === 0 ? null : rounded(1 / share);
      return { limit: measure, of, used: rounded(used), max, breaksAt, isExceeded: used > max };
    });
  const lines = costLines(model, environment, loads, milliseconds / 1000);
  return {
    environment: environment.name,
    region: environment.region,
    load: {
      clients: loads.length,
      instances: loads.reduce((sum, { instances }) => sum + instances, 0),
      callsPerSecond: rounded(callsIn(loads)),
      tokenRequestsPerSecond: rounded(tokenTraffic(loads, environment.tokenCache).fromClients),
    },
    assumed: {
      clients: loads.filter(({ isAssumed }) => isAssumed).map(({ client }) => client),
      functionMilliseconds: milliseconds,
      logLineBytes: LOG_LINE_BYTES,
    },
    tokenQuota: environment.quotas?.tokenRequestsPerSecond ?? accountQuotas(environment.region).tokenRequestsPerSecond,
    tokens: tokenWays(loads, environment),
    limits: limits.map(({ isExceeded: _, ...limit }) => limit),
    costs: {
      date: PRICE_DATE,
      region: PRICE_REGION,
      lines,
      usdPerMonth: cents(lines.reduce((sum, { usd }) => sum + usd, 0)),
    },
    isExceeded: limits.some(({ isExceeded }) => isExceeded),
  };
}

/** What access.yaml has, and what it would be with and without keeping tokens and a token cache. */
function tokenWays(loads: readonly ClientLoad[], { tokenCache }: Environment): readonly TokenWay[] {
  const shortest = Math.min(...loads.map(({ validSeconds }) => validSeconds / 60), 2 * MAX_CACHE_MINUTES);
  const cache = tokenCache ?? { minutes: Math.floor(shortest / 2) };
  const never = loads.map((load) => ({ ...load, tokenSeconds: 0 }));
  const always = loads.map((load) => {
    return { ...load, tokenSeconds: load.tokenSeconds || load.validSeconds * KEPT_SHARE };
  });
  const way = (clientsKeepTokens: TokenWay["clientsKeepTokens"], of: typeof loads, used: typeof tokenCache) => {
    const traffic = tokenTraffic(of, used);
    return {
      clientsKeepTokens,
      cacheMinutes: used?.minutes ?? null,
      requestsPerSecond: rounded(traffic.toCognito),
      usdPerMonth: cents(tokenCosts(traffic, used !== undefined).reduce((sum, { usd }) => sum + usd, 0)),
    };
  };
  return [
    way("as-configured", loads, tokenCache),
    way("never", never, undefined),
    way("never", never, cache),
    way("always", always, undefined),
    way("always", always, cache),
  ];
}

function tokenCosts(
  { fromClients, toCognito }: ReturnType<typeof tokenTraffic>,
  isCached: boolean,
): readonly CapacityCost[] {
  const tokens = traffic("tokenRequests", toCognito);
  return isCached
    ? [tokens, monthly("cache0.5", 1), traffic("calls", fromClients, "requests to the cache, ")]
    : [tokens];
}

function costLines(
  model: AccessModel,
  environment: Environment,
  loads: readonly ClientLoad[],
  seconds: number,
): readonly CapacityCost[] {
  const { tokenCache, firewall, accessLog } = environment;
  const requests = tokenTraffic(loads, tokenCache);
  const calls = callsIn(loads);
  const logged = accessLog ? calls + (tokenCache === undefined ? 0 : requests.fromClients) : 0;
  const secrets = model.clients.filter(
    ({ name, secret }) => secret !== undefined && loads.some(({ client }) => client === name),
  ).length;
  let functionCalls = 0;
  const gigabytes = { arm64: 0, x86_64: 0 };
  for (const [{ backend }, rate] of callsByRoute(model.routes, loads)) {
    if (backend.kind !== "lambda") continue;
    const { memoryMegabytes, architecture } = functionSettingsOf(environment, backend.lambda);
    functionCalls += rate;
    gigabytes[architecture ?? "arm64"] += rate * seconds * ((memoryMegabytes ?? 0) / 1024);
  }
  return [
    ...tokenCosts(requests, tokenCache !== undefined),
    traffic("calls", calls),
    traffic("functionCalls", functionCalls),
    traffic("gigabyteSecondsArm", gigabytes.arm64),
    traffic("gigabyteSecondsX86", gigabytes.x86_64),
    traffic("logBytes", logged * LOG_LINE_BYTES),
    ...(firewall === undefined
      ? []
      : [monthly("webAcl", 1), monthly("webAclRule", 1), traffic("firewallRequests", calls)]),
    monthly("secret", secrets),
  ].filter(({ quantity }) => quantity > 0);
}

function traffic(name: keyof typeof TRAFFIC, perSecond: number, prefix = ""): CapacityCost {
  const { label, usd, units } = TRAFFIC[name];
  const quantity = (perSecond * MONTH_SECONDS) / units;
  return { label: `${prefix}${label}`, quantity: rounded(quantity), usd: cents(quantity * usd) };
}

function monthly(name: keyof typeof MONTHLY, quantity: number): CapacityCost {
  const { label, usd } = MONTHLY[name];
  return { label, quantity, usd: cents(quantity * usd) };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}

/** Six digits: the figures are estimates. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
