/** The requests to the routes: every client at every route, callers without a valid token, and OPTIONS. */
import { randomBytes } from "node:crypto";
import { RouteTable, routeKeyOf } from "../../access/access-model";
import type { AccessMatrix, MatrixRoute } from "../access-graph/access-matrix";
import type { Expectation, Probe } from "./check";
import type { OriginHeaders } from "./preflights";

/** What the probes are made from. */
export interface ProbeSources {
  readonly matrix: AccessMatrix;
  /** URL by route, with path parameters in braces. */
  readonly routeUrls: Readonly<Record<string, string>>;
  /** Responses to preflights by path. */
  readonly preflights: ReadonlyMap<string, readonly OriginHeaders[]>;
  /** Access token by client, of the clients that have one. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Whether requests that a function or backend would answer are left out. */
  readonly refusalsOnly: boolean;
}

/**
 * The value of path parameters: random in each run, so that it is neither part of another route's path nor the id of
 * something that a function would change or delete.
 */
export const PLACEHOLDER = `verify-${randomBytes(8).toString("hex")}`;

/** Methods that stand for `ANY`, as far as the path has no route of their own. */
const METHODS_FOR_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const MAX_METHODS_FOR_ANY = 2;

/** Something that is not a JWT. */
const GARBAGE = "this.is.garbage";

/** An origin that cannot exist. @see https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
const FOREIGN_ORIGIN = "https://verify.invalid";

/** What a function or backend answers. */
const ANSWERED_BEHIND: readonly Expectation[] = ["allow", "deny-by-function"];

/** All probes, those of a route together. */
export function probesOf(sources: ProbeSources): readonly Probe[] {
  const routes = sources.matrix.routes.flatMap((route) => routeProbes(route, sources));
  const probes = [...routes, ...preflightProbes(sources), ...optionsProbes(sources)];
  return sources.refusalsOnly ? probes.filter(({ expected }) => !ANSWERED_BEHIND.includes(expected)) : probes;
}

/** The URL with the placeholder for each path parameter. */
export function filledIn(template: string): string {
  return template.replace(/\{[^}]*\}/g, PLACEHOLDER);
}

/** The methods by which a route is tested. @param routes names of all routes */
export function methodsOf(route: string, routes: readonly string[]): readonly string[] {
  const { method, path } = routeKeyOf(route);
  if (method !== "ANY") return [method];
  return METHODS_FOR_ANY.filter((one) => !routes.includes(`${one} ${path}`)).slice(0, MAX_METHODS_FOR_ANY);
}

/** None where the matrix does not decide, or without a URL, as for the route of a token cache. */
function routeProbes(route: MatrixRoute, { matrix, routeUrls, tokens }: ProbeSources): readonly Probe[] {
  const template = routeUrls[route.route];
  if (template === undefined || route.access === "unknown") return [];
  const url = filledIn(template);
  const callers = [
    ...invalidCallers(route, tokens),
    ...[...tokens].map(([caller, token]) => ({ caller, token, expected: expectationOf(route, caller) })),
  ];
  const methods = methodsOf(
    route.route,
    matrix.routes.map((one) => one.route),
  );
  return methods.flatMap((method) =>
    callers.map((caller) => ({ route: route.route, method, url, behind: behind(route), ...caller })),
  );
}

/** Callers without a valid token of the pool. */
function invalidCallers(route: MatrixRoute, tokens: ReadonlyMap<string, string>) {
  if (route.access === "public") return [{ caller: "no token", token: undefined, expected: "allow" } as const];
  const valid = [...tokens].find(([client]) => route.callers.includes(client))?.[1] ?? [...tokens.values()][0];
  const forged: readonly (readonly [caller: string, token: string])[] =
    valid === undefined
      ? []
      : [
          ["changed payload", withOtherPayload(valid, route.scopes)],
          ["changed signature", withOtherSignature(valid)],
        ];
  const callers = [["no token", undefined], ["garbage", GARBAGE], ...forged] as const;
  return callers.map(([caller, token]) => ({ caller, token, expected: "deny-by-gateway" }) as const);
}

function expectationOf({ access, callers, refusedByFunction }: MatrixRoute, client: string): Expectation {
  if (access === "public" || callers.includes(client)) return "allow";
  return refusedByFunction.includes(client) ? "deny-by-function" : "deny-by-gateway";
}

/** One for each origin, and one for a foreign origin where not every origin is allowed. */
function preflightProbes({ matrix, routeUrls, preflights }: ProbeSources): readonly Probe[] {
  return [...preflights].flatMap(([path, origins]) => {
    const route = matrix.routes.find((one) => one.route.endsWith(` ${path}`) && routeUrls[one.route] !== undefined);
    const template = routeUrls[route?.route ?? ""];
    if (template === undefined) return [];
    const at = { route: `OPTIONS ${path}`, method: "OPTIONS", url: filledIn(template), token: undefined };
    const allowed = origins.map(({ origin, headers }): Probe => {
      const from = origin === "*" ? { caller: "any origin", origin: FOREIGN_ORIGIN } : { caller: origin, origin };
      return { ...at, ...from, expected: "preflight", headers };
    });
    if (origins.some(({ origin }) => origin === "*")) return allowed;
    return [...allowed, { ...at, caller: "foreign origin", origin: FOREIGN_ORIGIN, expected: "deny-origin" }];
  });
}

/**
 * OPTIONS at each path without a preflight of its own: the path's `ANY` answers it, or a route of a less specific path,
 * or none. A preflight of a less specific path is tested at that path.
 */
function optionsProbes({ matrix, routeUrls, preflights }: ProbeSources): readonly Probe[] {
  const known = new Map(matrix.routes.map((one) => [one.route, one]));
  const ofPreflights = [...preflights.keys()].map((path) => `OPTIONS ${path}`);
  const table = new RouteTable([...known.keys(), ...ofPreflights]);
  const paths = [...new Set(matrix.routes.map(({ route }) => routeKeyOf(route).path))];
  return paths.flatMap((path): readonly Probe[] => {
    const own = matrix.routes.filter(({ route }) => routeKeyOf(route).path === path);
    const template = own.map(({ route }) => routeUrls[route]).find((url) => url !== undefined);
    const answering = table.answering("OPTIONS", path);
    const route = known.get(answering ?? "");
    const isUnknown = own.every(({ access }) => access === "unknown") || route?.access === "unknown";
    const isTested = known.has(`OPTIONS ${path}`) || ofPreflights.includes(answering ?? "");
    if (isUnknown || isTested || template === undefined) return [];
    const expected = route === undefined ? "deny-method" : route.access === "public" ? "allow" : "deny-by-gateway";
    const at = { route: `OPTIONS ${path}`, method: "OPTIONS", caller: "no token", token: undefined };
    return [{ ...at, url: filledIn(template), behind: behind(route), expected }];
  });
}

function behind(route: MatrixRoute | undefined) {
  return route === undefined || route.url === null ? "function" : "HTTP backend";
}

/** The token with other claims under the same signature. @param scopes scopes that it then claims to have */
export function withOtherPayload(token: string, scopes: readonly string[]): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, scope: scopes.join(" "), forged: true }));
  return [header, forged.toString("base64url"), signature].join(".");
}

/** The token with the first character of its signature changed; bits of the last one may have no meaning. */
export function withOtherSignature(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  return [header, payload, (signature.startsWith("A") ? "B" : "A") + signature.slice(1)].join(".");
}
