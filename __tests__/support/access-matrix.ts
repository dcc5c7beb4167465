/** Access matrices with only what a test is about. */
import type { AccessMatrix, MatrixRoute } from "../../operations/access-graph/access-matrix";

/** A route that clients can call with its scope, or `anyone` without a token. */
export function routeOf(route: string, caller: string, changes: Partial<MatrixRoute> = {}): MatrixRoute {
  const isPublic = caller === "anyone";
  return {
    route,
    access: isPublic ? "public" : "clients",
    scopes: [],
    function: "orders",
    url: null,
    callerCheck: isPublic ? "none" : "client-id",
    callers: isPublic ? [] : [caller],
    refusedByFunction: [],
    notes: [],
    ...changes,
  };
}

/** @param callers by route: a client, or `anyone` */
export function matrixOf(
  callers: Readonly<Record<string, string>> = {},
  ...more: readonly MatrixRoute[]
): AccessMatrix {
  const routes = Object.entries(callers).map(([route, caller]) => routeOf(route, caller));
  return { environment: "dev", clients: ["audit", "shop"], routes: [...routes, ...more] };
}
