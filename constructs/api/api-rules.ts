/** Rules that every route of a REST API must pass at synth. */

import type { Route } from "../../access/access-model";
import { corsMistake } from "../../access/cors";

/** A route as far as the rules go. */
export type RuledRoute = Pick<Route, "method" | "path" | "scopes" | "publicReason" | "cors">;

/**
 * @param api construct path, which every message starts with
 * @throws {Error} naming the route, what is wrong with it, and the way out
 */
export function checkRoutes(routes: readonly RuledRoute[], api: string): void {
  for (const route of routes) {
    const mistake = accessMistake(route) ?? corsMistakeOf(route) ?? preflightMistake(route, routes);
    if (mistake !== undefined) throw new Error(`${api}: route "${nameOf(route)}" ${mistake}`);
  }
}

/** Without scopes on a method API Gateway would take ID tokens instead of access tokens; open it is by a reason only. */
function accessMistake({ scopes, publicReason }: RuledRoute): string | undefined {
  if (publicReason === undefined) {
    return scopes.length > 0 ? undefined : "has no scopes, so it would refuse every access token. Name one.";
  }
  if (scopes.length > 0)
    return `is public, but names scopes (${scopes.join(", ")}). Remove the scopes, or require a token.`;
  return publicReason.trim() === "" ? "is public without a reason. Write down why it needs no token." : undefined;
}

function corsMistakeOf({ cors }: RuledRoute): string | undefined {
  const mistake = cors && corsMistake(cors);
  return mistake && `${mistake}.`;
}

/** A path has one OPTIONS only. */
function preflightMistake(route: RuledRoute, routes: readonly RuledRoute[]): string | undefined {
  if (route.method !== "OPTIONS") return undefined;
  const other = routes.find(({ path, cors }) => path === route.path && cors !== undefined);
  if (other === undefined) return undefined;
  const why = `API Gateway already answers OPTIONS there for the CORS of "${nameOf(other)}"`;
  return `is a duplicate: ${why}. Remove the route or the CORS.`;
}

function nameOf({ method, path }: RuledRoute): string {
  return `${method} ${path}`;
}
