/**
 * Which route answers a request before and after a plan, as API Gateway chooses: a route that goes away may leave its
 * requests to another one. Names of parameters make no difference. Pure.
 */
import { fits, meetingOf, type RouteKey, RouteTable, routeKeyOf, shapeOf } from "../../constructs/access-model";
import type { AccessMatrix, MatrixRoute } from "../access-matrix";

/** Requests that are answered by the same two routes. */
export interface ResolvedRequest {
  /** Such as `POST /orders`; `ANY` stands for all methods that have no line of their own. */
  readonly route: string;
  /** `undefined` when nothing answers. */
  readonly before: MatrixRoute | undefined;
  readonly after: MatrixRoute | undefined;
  /** Whether the route that answered goes away and no other one takes its place. */
  readonly isGone: boolean;
}

/** Each pair of routes once, those after the plan first, in their order. */
export function resolvedRequests(before: AccessMatrix, after: AccessMatrix): readonly ResolvedRequest[] {
  const [old, now] = [new Routes(before), new Routes(after)];
  const own = [...after.routes, ...before.routes].map(({ route }) => routeKeyOf(route));
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
    return [{ route: `${method} ${path}`, before: one, after: two, isGone }];
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

  constructor({ routes }: AccessMatrix) {
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
