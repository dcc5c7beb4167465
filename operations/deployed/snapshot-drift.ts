/** Differences between the deployed snapshot of an API and the methods that Terraform left. Pure. */
import { RouteTable, routeKeyOf } from "../../access/access-model";
import type { Finding } from "../plan-file/finding";
import type { ApiMethod, LeftMethod } from "./api-method";

/**
 * Compares them method by method; the OPTIONS methods of browsers' preflights are methods like any other.
 *
 * @param left the methods that Terraform left, by route
 * @param live the methods that the stage answers with, by route
 */
export function driftOfSnapshot(
  left: ReadonlyMap<string, LeftMethod>,
  live: ReadonlyMap<string, ApiMethod>,
): readonly Finding[] {
  const known = [...left].flatMap(([route, { address, ...expected }]) => {
    const found = live.get(route);
    const at = { address, route, verdict: "not-live" } as const;
    if (found === undefined)
      return [{ ...at, attribute: null, expected: "deployed", ...insteadOf(route, expected, live) }];
    return differencesBetween(route, expected, found).map((difference) => ({ ...at, ...difference }));
  });
  const others = [...live].filter(([route]) => !left.has(route));
  return [...known, ...others.map(([route, method]) => stillLive(route, method))];
}

/** What a route's requests meet that is not deployed: API Gateway leaves them to a less specific route that has the method. */
function insteadOf(
  route: string,
  expected: ApiMethod,
  live: ReadonlyMap<string, ApiMethod>,
): Pick<Finding, "found" | "severity" | "effect"> {
  const { method, path } = routeKeyOf(route);
  const answering = new RouteTable(live.keys()).answering(method, path);
  const answeredBy = live.get(answering ?? "");
  if (answering === undefined || answeredBy === undefined) return { found: "not deployed", severity: "warning" };
  const isOpen = answeredBy.authorization === "NONE" && !isPreflight(answering, answeredBy);
  const found = `not deployed, answered by ${answering}`;
  return isOpen && expected.authorization !== "NONE"
    ? { found: `${found}, PUBLIC`, ...publicly(route) }
    : { found, severity: "warning" };
}

const OF_AUTHORIZATION: readonly (keyof ApiMethod)[] = ["authorization_scopes", "token_header", "provider_arns"];

type MethodDifference = Pick<Finding, "attribute" | "expected" | "found" | "severity" | "effect">;

function differencesBetween(route: string, expected: ApiMethod, found: ApiMethod): readonly MethodDifference[] {
  const names = Object.keys(expected) as readonly (keyof ApiMethod)[];
  // Another kind of authorization has another header, other pools and other scopes.
  const isOtherKind = expected.authorization !== found.authorization;
  return names
    .filter((name) => !(isOtherKind && OF_AUTHORIZATION.includes(name)))
    .filter((name) => JSON.stringify(expected[name]) !== JSON.stringify(found[name]))
    .map((name) => ({
      attribute: name,
      expected: JSON.stringify(expected[name]),
      found: JSON.stringify(found[name]),
      ...(name === "authorization" && found.authorization === "NONE"
        ? publicly(route)
        : { severity: "warning" as const }),
    }));
}

function stillLive(route: string, method: ApiMethod): Finding {
  const { authorization, authorization_scopes } = method;
  const at = { address: route, route, attribute: null, expected: "not deployed", verdict: "still-live" } as const;
  if (authorization === "NONE" && !isPreflight(route, method)) {
    return { ...at, found: "deployed, PUBLIC", ...publicly(route) };
  }
  const scopes = authorization === "NONE" ? "" : `, for ${authorization_scopes.join(", ") || "no scope"}`;
  return { ...at, found: `deployed${scopes}`, severity: "warning" };
}

function publicly(route: string) {
  return { severity: "critical", effect: `PUBLIC: anyone can call ${route} without a token` } as const;
}

/** A preflight leads to nothing. */
function isPreflight(route: string, { integration_type }: ApiMethod): boolean {
  return route.startsWith("OPTIONS ") && integration_type === "MOCK";
}
