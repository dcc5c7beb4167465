/** Who gains and who loses which call: two matrices compared by the names of clients and routes. Pure. */
import type { AccessMatrix, MatrixRoute } from "../access-matrix";

/** Whether somebody can call a route; `unknown` where something decides that is not looked into. */
export type Call = "yes" | "no" | "unknown";

/** A call that somebody could make and cannot any more, or the other way round. */
export interface AccessChange {
  /** Name of the client; `null` stands for anybody, without a token. */
  readonly client: string | null;
  /** Such as `POST /orders`. */
  readonly route: string;
  readonly before: Call;
  readonly after: Call;
}

/**
 * What changes between two matrices, by route, and by client in order of their names. Where a route becomes public, that
 * anybody gains it says it of all clients.
 */
export function accessChanges(before: AccessMatrix, after: AccessMatrix): readonly AccessChange[] {
  const clients = [...new Set([...before.clients, ...after.clients])].toSorted();
  const [old, now] = [routesOf(before), routesOf(after)];
  const routes = [...new Set([...now.keys(), ...old.keys()])];
  return routes.flatMap((route) =>
    (now.get(route)?.access === "public" ? [null] : [null, ...clients])
      .map((client) => ({
        client,
        route,
        before: mayCall(old.get(route), client),
        after: mayCall(now.get(route), client),
      }))
      .filter((change) => change.before !== change.after),
  );
}

function routesOf({ routes }: AccessMatrix): ReadonlyMap<string, MatrixRoute> {
  return new Map(routes.map((route) => [route.route, route]));
}

function mayCall(route: MatrixRoute | undefined, client: string | null): Call {
  if (route === undefined) return "no";
  if (route.access === "unknown") return "unknown";
  if (route.access === "public") return "yes";
  return client !== null && route.callers.includes(client) ? "yes" : "no";
}
