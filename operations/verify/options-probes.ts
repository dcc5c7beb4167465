/** OPTIONS at each path: browsers' preflights where there are some, and a refusal where there are none. Pure. */
import { RouteTable, routeKeyOf } from "../../access/access-model";
import type { MatrixRoute } from "../access-graph/access-matrix";
import type { Probe } from "../deployed/probe";
import { filledIn } from "./probe-url";
import type { Surface } from "./probes";

/** A page that nobody allows. The name is reserved, so it is nobody's. @see https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
const OTHER_ORIGIN = "https://verify.invalid";

/** They are answered by API Gateway itself, so they are asked in any case. */
export function preflightProbes({ matrix, routeUrls, preflights }: Surface): readonly Probe[] {
  return [...preflights].flatMap(([path, origins]) => {
    const route = matrix.routes.find((one) => one.route.endsWith(` ${path}`) && routeUrls[one.route] !== undefined);
    const template = routeUrls[route?.route ?? ""];
    if (template === undefined) return [];
    const url = filledIn(template);
    const at = { route: `OPTIONS ${path}`, method: "OPTIONS", url, token: undefined };
    const allowed = origins.map(({ origin, headers }): Probe => {
      const isAny = origin === "*";
      const caller = isAny ? "a browser" : `a page of ${origin}`;
      return { ...at, caller, origin: isAny ? OTHER_ORIGIN : origin, expected: "preflight", headers };
    });
    if (origins.some(({ origin }) => origin === "*")) return allowed;
    const other = { ...at, caller: "a page of another origin", origin: OTHER_ORIGIN } as const;
    return [...allowed, { ...other, expected: "no page of another origin" }];
  });
}

/**
 * Without a preflight of its own, a path leaves OPTIONS to the route that API Gateway finds next: its own `ANY`, or a
 * route of a less specific path, or none. A preflight of a less specific path is asked at that path.
 */
export function optionsProbes({ matrix, routeUrls, preflights }: Surface): readonly Probe[] {
  const known = new Map(matrix.routes.map((one) => [one.route, one]));
  const ofPreflights = [...preflights.keys()].map((path) => `OPTIONS ${path}`);
  const table = new RouteTable([...known.keys(), ...ofPreflights]);
  const paths = [...new Set(matrix.routes.map(({ route }) => routeKeyOf(route).path))];
  return paths.flatMap((path) => {
    const own = matrix.routes.filter(({ route }) => routeKeyOf(route).path === path);
    const template = own.map(({ route }) => routeUrls[route]).find((url) => url !== undefined);
    const answering = table.answering("OPTIONS", path);
    const answeredBy = known.get(answering ?? "");
    const isUnknown = own.every(({ access }) => access === "unknown") || answeredBy?.access === "unknown";
    const isAsked = isUnknown || known.has(`OPTIONS ${path}`) || ofPreflights.includes(answering ?? "");
    if (isAsked || template === undefined) return [];
    const at = { route: `OPTIONS ${path}`, method: "OPTIONS", caller: "no token", token: undefined } as const;
    const behind = answeredBy === undefined || answeredBy.url === null ? "function" : "HTTP backend";
    return [{ ...at, url: filledIn(template), behind, expected: expectedOf(answeredBy?.access) }];
  });
}

function expectedOf(access: MatrixRoute["access"] | undefined): Probe["expected"] {
  if (access === undefined) return "no such method";
  return access === "public" ? "let in" : "refused by API Gateway";
}
