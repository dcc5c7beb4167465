/** Everything that is asked of the routes: each client at each route, and callers who have no business there. Pure. */
import type { AccessMatrix, MatrixRoute } from "../access-graph/access-matrix";
import type { Expectation, Probe } from "../deployed/probe";
import { GARBAGE, withOtherPayload, withOtherSignature } from "./forged-tokens";
import { optionsProbes, preflightProbes } from "./options-probes";
import type { OriginHeaders } from "./preflights";
import { filledIn } from "./probe-url";

/** What the probes are made of. */
export interface Surface {
  readonly matrix: AccessMatrix;
  /** URL by route, with braces where a caller fills in. */
  readonly routeUrls: Readonly<Record<string, string>>;
  /** What preflights must hear, by path. */
  readonly preflights: ReadonlyMap<string, readonly OriginHeaders[]>;
  /** Token by client, of those that got one. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Whether nothing is asked that a function would answer. */
  readonly refusalsOnly: boolean;
}

/** Methods that stand for `ANY`; at most so many of them, and none that has a method of its own. */
const OF_ANY = ["GET", "POST", "PUT", "PATCH", "DELETE"];
const ANY_AT_MOST = 2;

/** What a function answers, if all is right. */
const REACH_FUNCTIONS: readonly Probe["expected"][] = ["let in", "refused by the function"];

/** The probes, those of a route together. */
export function probesOf(surface: Surface): readonly Probe[] {
  const routes = surface.matrix.routes.flatMap((route) => probesOfRoute(route, surface));
  const probes = [...routes, ...preflightProbes(surface), ...optionsProbes(surface)];
  return surface.refusalsOnly ? probes.filter(({ expected }) => !REACH_FUNCTIONS.includes(expected)) : probes;
}

function probesOfRoute(route: MatrixRoute, surface: Surface): readonly Probe[] {
  const template = surface.routeUrls[route.route];
  // Decided by something that is not looked into, or no route of access.yaml, such as a token cache.
  if (template === undefined || route.access === "unknown") return [];
  const names = surface.matrix.routes.map((one) => one.route);
  return methodsOf(route.route, names).flatMap((method) => {
    const behind = route.url === null ? "function" : "HTTP backend";
    const url = filledIn(template);
    const at = { route: route.route, method, url, behind } as const;
    const clients = [...surface.tokens].map(([caller, token]) => ({
      ...at,
      caller,
      token,
      expected: expectedOf(route, caller),
    }));
    return [...strangers(route, surface).map((stranger) => ({ ...at, ...stranger })), ...clients];
  });
}

type Stranger = Pick<Probe, "caller" | "token" | "expected">;

/** Callers without a token of the pool; at an open route, whoever they are, they are let in. */
function strangers(route: MatrixRoute, { tokens }: Surface): readonly Stranger[] {
  if (route.access === "public") return [{ caller: "no token", token: undefined, expected: "let in" }];
  const refused = { expected: "refused by API Gateway" } as const;
  const real = [...tokens].find(([client]) => route.callers.includes(client))?.[1] ?? [...tokens.values()][0];
  const forged =
    real === undefined
      ? []
      : [
          { caller: "changed payload", token: withOtherPayload(real, route.scopes), ...refused },
          { caller: "changed signature", token: withOtherSignature(real), ...refused },
        ];
  return [
    { caller: "no token", token: undefined, ...refused },
    { caller: "garbage", token: GARBAGE, ...refused },
    ...forged,
  ];
}

function expectedOf({ access, callers, refusedByFunction }: MatrixRoute, client: string): Expectation {
  if (access === "public" || callers.includes(client)) return "let in";
  return refusedByFunction.includes(client) ? "refused by the function" : "refused by API Gateway";
}

/** The methods to ask a route by. @param routes names of all routes that there are */
export function methodsOf(route: string, routes: readonly string[]): readonly string[] {
  const [method = "", path = ""] = route.split(" ");
  if (method !== "ANY") return [method];
  return OF_ANY.filter((one) => !routes.includes(`${one} ${path}`)).slice(0, ANY_AT_MOST);
}
