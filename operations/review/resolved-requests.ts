/**
 * Which route answers a request before and after a plan, as API Gateway chooses: a route that goes away may leave its
 * requests to another one. Names of parameters make no difference. Pure.
 */
import { fits, meetingOf, type RouteKey, RouteTable, routeKeyOf, shapeOf } from "../../access/access-model";
import type { AccessMatrix, MatrixRoute } from "../access-graph/access-matrix";

/** Requests that are answered by the same two routes. */
export interface ResolvedRequest {
  /** Such as `POST /orders`; `ANY` stands for all methods that have no line of their own. */
  readonly route: string;
  /** The REST API, where another one has a route of the same name. */
  readonly api?: string | undefined;
  readonly isAmbiguous?: true;
  /** `undefined` when nothing answers. */
  readonly before: MatrixRoute | undefined;
  readonly after: MatrixRoute | undefined;
  /** Whether the route that answered goes away and no other one takes its place. */
  readonly isGone: boolean;
}

/** Each pair of routes once, those after the plan first, in their order. Each REST API answers its own requests. */
export function resolvedRequests(before: AccessMatrix, after: AccessMatrix): readonly ResolvedRequest[] {
  return pairedApis(before, after).flatMap(([old, now]) => requestsOf(old, now));
}

type MatrixRoutes = AccessMatrix["routes"];

/** The routes of each API before and after; the one that is left on each side is taken for the same. */
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
    // Where nothing answers any more, it counts at which path; else the two routes say it all.
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

/** Requests that no route is named after, but that another one may answer: other methods at a path, and where paths meet. */
function othersThan(own: readonly RouteKey[]): readonly RouteKey[] {
  const paths = [...new Map(own.map(({ path }) => [shapeOf(path), path])).values()];
  const meetings = paths.flatMap((one, index) => paths.slice(index + 1).flatMap((other) => meeting(one, other)));
  return [...new Map([...paths, ...meetings].map((path) => [shapeOf(path), path])).values()].flatMap((path) => {
    const methods = own.filter((request) => fits(request.path, path)).map(({ method }) => method);
    return ["ANY", ...new Set(methods)].map((method) => ({ method, path }));
  });
}

/** The path that two paths both take, where each has something that the other has not. */
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
