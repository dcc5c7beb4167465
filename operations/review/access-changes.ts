/** Who gains and who loses which call: two matrices compared by the names of clients and by requests. Pure. */
import { fits, meetingOf, type RouteKey, RouteTable, routeKeyOf, shapeOf } from "../../access/access-model";
import { type AccessMatrix, type MatrixRoute, nameOf } from "../access-graph/access-matrix";
import type { PlanContext } from "./plan-context";

/** Whether a route can be called; `unknown` where an authorization decides that is not evaluated. */
export type Call = "yes" | "no" | "unknown";

/** A call that is possible only before or only after a plan. */
export interface AccessChange {
  /** Name of the client; `null` for callers without a token. */
  readonly client: string | null;
  /** Such as `POST /orders`. */
  readonly route: string;
  readonly before: Call;
  readonly after: Call;
  /** Set where a removed route still answers: it stays in the deployed snapshot until the next deployment. */
  readonly isStillLive?: true;
}

export type Access = Pick<PlanContext, "before" | "after" | "reasons" | "isApiKept">;

/** By request, and by client in order of their names. That a route becomes public is one change for all clients. */
export function accessChanges({ before, after, isApiKept }: Access): readonly AccessChange[] {
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

/**
 * Requests that the same two routes answer before and after a plan, as API Gateway chooses: those of a removed route may
 * go to another one.
 */
export interface ResolvedRequest {
  /** Such as `POST /orders`; `ANY` stands for all methods without a request of their own. */
  readonly route: string;
  /** The REST API, where another one has a route of the same name. */
  readonly api?: string | undefined;
  readonly isAmbiguous?: true;
  /** `undefined` when nothing answers. */
  readonly before: MatrixRoute | undefined;
  readonly after: MatrixRoute | undefined;
  /** Whether the route that answered is removed and nothing answers instead. */
  readonly isGone: boolean;
}

/** Each pair of routes once, those after the plan first, in their order; of each REST API on its own. */
export function resolvedRequests(before: AccessMatrix, after: AccessMatrix): readonly ResolvedRequest[] {
  return pairedApis(before, after).flatMap(([old, now]) => requestsOf(old, now));
}

type MatrixRoutes = AccessMatrix["routes"];

/** The routes of each API before and after; an API that only one side has is the same as the only one of the other side. */
function pairedApis(before: AccessMatrix, after: AccessMatrix): readonly (readonly [MatrixRoutes, MatrixRoutes])[] {
  const [old, now] = [routesByApi(before), routesByApi(after)];
  const [gone, added] = [
    [...old.keys()].filter((api) => !now.has(api)),
    [...now.keys()].filter((api) => !old.has(api)),
  ];
  if (gone.length === 1 && added.length === 1) {
    old.set(added[0], old.get(gone[0]) ?? []);
    old.delete(gone[0]);
  }
  return [...new Set([...now.keys(), ...old.keys()])].map((api) => [old.get(api) ?? [], now.get(api) ?? []]);
}

function routesByApi({ routes }: AccessMatrix): Map<string | undefined, MatrixRoutes> {
  const byApi = new Map<string | undefined, MatrixRoutes>();
  for (const route of routes) byApi.set(route.api, [...(byApi.get(route.api) ?? []), route]);
  return byApi;
}

function requestsOf(before: MatrixRoutes, after: MatrixRoutes): readonly ResolvedRequest[] {
  const [old, now] = [new Routes(before), new Routes(after)];
  const own = [...after, ...before].map(({ route }) => routeKeyOf(route));
  const ownPaths = new Set(own.map(({ path }) => shapeOf(path)));
  const seen = new Set<string>();
  return [...own, ...othersThan(own)].flatMap(({ method, path }) => {
    const [one, two] = [old.answering(method, path), now.answering(method, path)];
    // Where nothing answers any more, requests of different paths are different.
    const shape = shapeOf(path);
    const place = two === undefined && ownPaths.has(shape) ? shape : "";
    const key = JSON.stringify([one?.route, two?.route, place]);
    if ((one === undefined && two === undefined) || seen.has(key)) return [];
    seen.add(key);
    const isGone = one !== undefined && two === undefined && !now.has(one);
    const { api, isAmbiguous } = two ?? one ?? {};
    return [{ route: `${method} ${path}`, ...(isAmbiguous && { api, isAmbiguous }), before: one, after: two, isGone }];
  });
}

/** Requests that have no route of their own and that one may answer: other methods at a path, and where paths meet. */
function othersThan(own: readonly RouteKey[]): readonly RouteKey[] {
  const paths = [...new Map(own.map(({ path }) => [shapeOf(path), path])).values()];
  const meetings = paths.flatMap((one, index) => paths.slice(index + 1).flatMap((other) => meeting(one, other)));
  return [...new Map([...paths, ...meetings].map((path) => [shapeOf(path), path])).values()].flatMap((path) => {
    const methods = own.filter((request) => fits(request.path, path)).map(({ method }) => method);
    return ["ANY", ...new Set(methods)].map((method) => ({ method, path }));
  });
}

/** The path whose requests fit two paths, neither of which includes the other. */
function meeting(one: string, other: string): readonly string[] {
  const met = meetingOf(one, other);
  return met === undefined || [one, other].map(shapeOf).includes(shapeOf(met)) ? [] : [met];
}

/** Routes of one matrix. */
class Routes {
  private readonly table: RouteTable;
  private readonly byName: ReadonlyMap<string, MatrixRoute>;

  constructor(routes: MatrixRoutes) {
    this.table = new RouteTable(routes.map(({ route }) => route));
    this.byName = new Map(routes.map((route) => [route.route, route]));
  }

  has({ route }: MatrixRoute): boolean {
    const { method, path } = routeKeyOf(route);
    return this.table.has(method, path);
  }

  answering(method: string, path: string): MatrixRoute | undefined {
    return this.byName.get(this.table.answering(method, path) ?? "");
  }
}
