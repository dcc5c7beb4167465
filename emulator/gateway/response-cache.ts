/**
 * Responses of integrations that a stage keeps for a while, in memory only: errors too, but not what API Gateway itself
 * refuses.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
 */
import type { Account } from "../account/account";
import { type HttpResponse, headerValues, withHeaders } from "../protocols/http";
import { settingsOf } from "../services/apigateway/method-settings";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import { idHeaders, type RequestIds } from "./headers";
import { type MappingSource, mappedValue, sentValues } from "./parameter-mapping";
import type { StageCall } from "./stage-call";

const MAX_ENTRY_BYTES = 1_048_576;
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 64 * MAX_ENTRY_BYTES;
const DEFAULT_SECONDS = 300;
const IGNORED = "199 Cache-control headers were ignored because the caller was unauthorized.";

/** How a call uses the cache. */
export interface CachePlan {
  readonly key: string;
  /** How long the response is kept. */
  readonly seconds: number;
  /** Whether the caller accepts a response that is kept. */
  readonly mayRead: boolean;
  /** Headers that every response gets, kept or not. */
  readonly headers: HttpResponse["headers"];
}

/** Responses that are kept until a moment. The oldest go first when there are too many. */
export class ResponseCache {
  private readonly kept = new Map<string, { readonly until: number; readonly response: HttpResponse }>();
  private bytes = 0;

  /** @param clock milliseconds since 1970 */
  constructor(private readonly clock: () => number) {}

  /** The response that is kept, with the ids of the new request. */
  read({ key, mayRead, headers }: CachePlan, ids: RequestIds): HttpResponse | undefined {
    const found = mayRead ? this.kept.get(key) : undefined;
    if (found === undefined) return undefined;
    if (found.until <= this.clock()) {
      this.drop(key);
      return undefined;
    }
    return { ...found.response, headers: withHeaders(found.response.headers, [...idHeaders(ids), ...headers]) };
  }

  /** Keeps the response, unless it is too large. */
  keep({ key, seconds }: CachePlan, response: HttpResponse): void {
    this.drop(key);
    const bytes = Buffer.byteLength(response.body);
    if (bytes > MAX_ENTRY_BYTES) return;
    this.kept.set(key, { until: this.clock() + seconds * 1000, response });
    this.bytes += bytes;
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_ENTRIES && this.bytes <= MAX_BYTES) return;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    const found = this.kept.get(key);
    if (found === undefined) return;
    this.kept.delete(key);
    this.bytes -= Buffer.byteLength(found.response.body);
  }
}

const caches = new WeakMap<Account, ResponseCache>();

/** The cache of everything in the account; it lasts as long as the account is open. */
export function cacheOf(account: Account): ResponseCache {
  const cache = caches.get(account) ?? new ResponseCache(() => account.now());
  caches.set(account, cache);
  return cache;
}

/**
 * How the call uses the cache; `undefined` when its method has none, a refusal when the caller wants what needs a
 * permission. No caller has it here: it takes a signed request.
 */
export function cachePlan(
  call: StageCall,
  method: DeployedMethod,
  source: MappingSource,
): CachePlan | Refusal | undefined {
  const { request, stage } = call;
  const settings = settingsOf(stage, method.resourcePath, request.method);
  // Settings for all methods switch on the cache of GET alone.
  const isOwn = settings !== settingsOf(stage, "/*", "*");
  const isOn = stage.cacheClusterEnabled === true && settings?.cachingEnabled === true;
  if (settings === undefined || !isOn || (request.method !== "GET" && !isOwn)) return undefined;
  const seconds = settings.cacheTtlInSeconds ?? DEFAULT_SECONDS;
  if (seconds === 0) return undefined;
  const plan = { key: keyOf(call, method, source), seconds, mayRead: true, headers: [] };
  const directives = headerValues(request, "Cache-Control").flatMap((value) => value.split(","));
  if (directives.every((directive) => directive.trim().toLowerCase() !== "max-age=0")) return plan;
  if (settings.requireAuthorizationForCacheControl === false) return { ...plan, mayRead: false };
  const strategy = settings.unauthorizedCacheControlHeaderStrategy;
  if (strategy === "FAIL_WITH_403") return { type: "ACCESS_DENIED", message: "Unauthorized" };
  return strategy === "SUCCEED_WITHOUT_RESPONSE_HEADER" ? plan : { ...plan, headers: [["Warning", IGNORED]] };
}

/**
 * The key of a response: the method, and the values of exactly the key parameters. Resources that share a namespace share
 * responses. All values of a parameter count, and one that was not sent is another thing than an empty one.
 */
function keyOf(
  { region, api, stage, request, isCanary = false }: StageCall,
  { integration, resourceId }: DeployedMethod,
  source: MappingSource,
): string {
  const hasOwnCache = isCanary && stage.canarySettings?.useStageCache !== true;
  const namespace = integration.cacheNamespace ?? resourceId;
  const where = [region, api.id, stage.stageName, stage.cacheGeneration ?? 0, hasOwnCache, namespace, request.method];
  const values = (integration.cacheKeyParameters ?? [])
    .toSorted()
    .map((name) => [name, valuesOf(name, integration, source)]);
  return JSON.stringify([...where, ...values]);
}

function valuesOf(name: string, integration: DeployedMethod["integration"], source: MappingSource): readonly string[] {
  if (name.startsWith("method.request.")) return sentValues(name, source);
  const value = mappedValue(integration.requestParameters?.[name] ?? "", source);
  return value === undefined ? [] : [value];
}
