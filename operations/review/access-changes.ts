/** Who gains and who loses which call: two matrices compared by the names of clients and routes. Pure. */
import { type AccessMatrix, type MatrixRoute, nameOf } from "../access-graph/access-matrix";
import { resolvedRequests } from "./resolved-requests";

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
  /** Set where the route goes away and yet goes on answering: it stays in the deployed snapshot until the next one. */
  readonly isStillLive?: true;
}

/**
 * What changes between two matrices, by request, and by client in order of their names. Where a route becomes public,
 * that anybody gains it says it of all clients.
 *
 * @param isApiKept whether the API that was deployed is still there afterwards, with its snapshot
 */
export function accessChanges(before: AccessMatrix, after: AccessMatrix, isApiKept = true): readonly AccessChange[] {
  const clients = [...new Set([...before.clients, ...after.clients])].toSorted();
  return resolvedRequests(before, after).flatMap(({ before: old, after: now, isGone, ...request }) =>
    (now?.access === "public" ? [null] : [null, ...clients])
      .map((client) => ({
        client,
        route: nameOf(request),
        before: mayCall(old, client),
        after: mayCall(now, client),
        ...(isGone && isApiKept ? { isStillLive: true as const } : {}),
      }))
      .filter((change) => change.before !== change.after),
  );
}

function mayCall(route: MatrixRoute | undefined, client: string | null): Call {
  if (route === undefined) return "no";
  if (route.access === "unknown") return "unknown";
  if (route.access === "public") return "yes";
  return client !== null && route.callers.includes(client) ? "yes" : "no";
}
