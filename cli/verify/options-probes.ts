/** OPTIONS at each path: browsers' preflights where there are some, and a refusal where there are none. Pure. */
import type { MatrixRoute } from "../access-matrix";
import type { Probe } from "./probe";
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

/** Without a preflight of its own, a path answers OPTIONS as its `ANY` does, or not at all. */
export function optionsProbes({ matrix, routeUrls, preflights }: Surface): readonly Probe[] {
  const known = new Map(matrix.routes.map((one) => [one.route, one]));
  const paths = [...new Set(matrix.routes.map(({ route }) => route.slice(route.indexOf(" ") + 1)))];
  return paths.flatMap((path) => {
    const any = known.get(`ANY ${path}`);
    const one = any ?? matrix.routes.find(({ route, access }) => route.endsWith(` ${path}`) && access !== "unknown");
    const template = routeUrls[one?.route ?? ""];
    const isKnown = preflights.has(path) || known.has(`OPTIONS ${path}`) || one?.access === "unknown";
    if (isKnown || template === undefined) return [];
    const at = { route: `OPTIONS ${path}`, method: "OPTIONS", caller: "no token", token: undefined } as const;
    const behind = any === undefined || any.url === null ? "function" : "HTTP backend";
    return [{ ...at, url: filledIn(template), behind, expected: expectedOf(any?.access) }];
  });
}

function expectedOf(access: MatrixRoute["access"] | undefined): Probe["expected"] {
  if (access === undefined) return "no such method";
  return access === "public" ? "let in" : "refused by API Gateway";
}
