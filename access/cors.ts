/** Which pages of other origins may call, and what their browsers receive. Pure. */

import { METHODS_OF_ANY } from "./route-table";

/**
 * Request headers that every page may set: those of "enable CORS" in the console. Spelled out, as `*` would not cover
 * Authorization.
 *
 * @see https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
 */
export const DEFAULT_HEADERS = [
  "Content-Type",
  "X-Amz-Date",
  "Authorization",
  "X-Api-Key",
  "X-Amz-Security-Token",
] as const;

/** What `ANY` stands for, but for OPTIONS: that is what asks. */
const METHODS = METHODS_OF_ANY.filter((method) => method !== "OPTIONS");

/** What a browser sends in `Origin`, and nothing that would mean something in a header, a quotation or a template. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]+$/;
const HEADER = /^[A-Za-z0-9_-]+$/;

/** Pages of other origins that may call from a browser. */
export interface Cors {
  /** `["*"]`, or origins such as `https://app.example.com`, sorted. */
  readonly origins: readonly string[];
  /** Request headers that pages may set besides the usual ones, sorted; never `*`. */
  readonly headers: readonly string[];
}

/** A route as far as CORS goes. */
export interface CorsRoute {
  readonly method: string;
  readonly path: string;
  readonly cors: Cors | undefined;
}

/** What pages of one origin may do at one path. */
export interface OriginPolicy {
  /** `*` for pages of every origin that has no policy of its own, or an origin such as `https://app.example.com`. */
  readonly origin: string;
  /** Methods, sorted, without OPTIONS. */
  readonly methods: readonly string[];
  /** Request headers: the usual ones, then those of the routes, sorted. */
  readonly headers: readonly string[];
}

/** The setting `cors` of a route; `undefined` where pages of no other origin may call. */
export function corsOf(
  setting: boolean | { readonly origins: readonly string[]; readonly headers?: readonly string[] | undefined } = false,
): Cors | undefined {
  if (typeof setting === "boolean") return setting ? { origins: ["*"], headers: [] } : undefined;
  const { origins, headers = [] } = setting;
  return { origins: [...new Set(origins)].sort(), headers: [...new Set(headers)].sort() };
}

/**
 * What each origin may do at a path: exactly the methods whose routes allow it. A browser remembers every method that a
 * preflight's answer names, so an answer with the methods of all origins would open those of the others too.
 *
 * @param routes all routes of one path, those without CORS as well
 * @returns a policy for each origin that is named, `*` first, then sorted; empty when no route has CORS
 */
export function originPolicies(routes: readonly CorsRoute[]): readonly OriginPolicy[] {
  const routeOf = (wanted: string) =>
    routes.find(({ method }) => method === wanted) ?? routes.find(({ method }) => method === "ANY");
  return allowedOrigins(routes).map((origin) => {
    const methods = METHODS.filter((method) => allows(routeOf(method), origin));
    const cors = methods.flatMap((method) => routeOf(method)?.cors ?? []);
    return { origin, methods, headers: [...DEFAULT_HEADERS, ...extraHeaders(cors)] };
  });
}

/** Every origin that a route allows, `*` first, then sorted. */
export function allowedOrigins(routes: readonly CorsRoute[]): readonly string[] {
  const origins = new Set(routes.flatMap(({ cors }) => cors?.origins ?? []));
  const listed = [...origins].filter((origin) => origin !== "*").sort();
  return origins.has("*") ? ["*", ...listed] : listed;
}

/**
 * `CORS_ORIGINS` of a function: JSON with the origins of each of its routes that has CORS, by method and path. A method
 * without CORS beside an `ANY` that has some is there with no origins, or it would be taken for one of the `ANY`.
 *
 * @param routes routes of one function
 * @returns `undefined` when none has CORS
 */
export function corsOrigins(routes: readonly CorsRoute[]): string | undefined {
  const isOpenByAny = (path: string) => routes.some((route) => route.path === path && isAnyWithCors(route));
  const entries = routes
    .filter(({ cors, path }) => cors !== undefined || isOpenByAny(path))
    .map(({ method, path, cors }) => [`${method} ${path}`, [...(cors?.origins ?? [])].sort()] as const);
  return entries.length === 0 ? undefined : JSON.stringify(Object.fromEntries(entries.sort(byKey)));
}

/** What is wrong with the settings, or `undefined`: they end up in headers and in a template. */
export function corsMistake({ origins, headers }: Cors): string | undefined {
  if (origins.length === 0) return 'has no origin: expected "*" or a list such as https://app.example.com';
  const isMixed = origins.includes("*") && origins.length > 1;
  if (isMixed) return `allows "*" and other origins (${origins.join(", ")}): write one or the other`;
  const origin = origins.find((one) => one !== "*" && !ORIGIN.test(one));
  if (origin !== undefined) return `allows origin "${origin}": expected "*" or one such as https://app.example.com`;
  const header = headers.find((one) => !HEADER.test(one));
  if (header === undefined) return undefined;
  return `allows header "${header}": expected names such as X-Request-Id; "*" would not cover Authorization`;
}

function allows(route: CorsRoute | undefined, origin: string): boolean {
  const origins = route?.cors?.origins ?? [];
  return origins.includes("*") || origins.includes(origin);
}

function extraHeaders(cors: readonly Cors[]): readonly string[] {
  const usual = new Set(DEFAULT_HEADERS.map((name) => name.toLowerCase()));
  const byName = new Map(cors.flatMap(({ headers }) => headers.map((name) => [name.toLowerCase(), name] as const)));
  return [...byName]
    .filter(([name]) => !usual.has(name))
    .map(([, name]) => name)
    .sort();
}

function isAnyWithCors({ method, cors }: CorsRoute): boolean {
  return method === "ANY" && cors !== undefined;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
