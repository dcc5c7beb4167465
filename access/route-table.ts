/**
 * Which route answers a request, as API Gateway chooses: of the routes whose path fits, the most specific path that has
 * the method or `ANY` answers. Part by part, a literal goes before a parameter before a greedy parameter. A path that
 * lacks the method leaves the request to a less specific one, and all this comes before any token is looked at. Names of
 * parameters make no difference, nor do slashes before the first and after the last part. Pure.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 * @see https://github.com/ministackorg/ministack/pull/1423
 */

/** The methods that `ANY` stands for; a request cannot have another one. */
export const METHODS_OF_ANY: readonly string[] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** A route's key, taken apart. */
export interface RouteKey {
  readonly method: string;
  readonly path: string;
}

/** Takes a key such as `POST /orders/{id}` apart. */
export function routeKeyOf(route: string): RouteKey {
  const [method = "", path = "/"] = route.split(" ");
  return { method, path };
}

/** A path without the names of its parameters, by which two paths can be compared: `/orders/{}`, `/files/{+}`. */
export function shapeOf(path: string): string {
  return path.replace(/\{[^}]*\+\}/g, "{+}").replace(/\{[^}+]*\}/g, "{}");
}

/** A path and what it has: route by method. */
interface Entry {
  readonly parts: readonly string[];
  readonly methods: Map<string, string>;
}

/** The routes of one API. */
export class RouteTable {
  /** By the shape of the path, the most specific one first. */
  private readonly byShape: ReadonlyMap<string, Entry>;

  /** @param routes keys such as `GET /orders/{id}`, OPTIONS of preflights included */
  constructor(routes: Iterable<string>) {
    const byShape = new Map<string, Entry>();
    for (const route of routes) {
      const { method, path } = routeKeyOf(route);
      const shape = shapeOf(path);
      const entry = byShape.get(shape) ?? { parts: partsOf(shape) ?? [], methods: new Map<string, string>() };
      entry.methods.set(method, route);
      byShape.set(shape, entry);
    }
    this.byShape = new Map([...byShape].toSorted(([a], [b]) => compareSpecificity(a, b)));
  }

  /**
   * The route that answers; `undefined` when there is none.
   *
   * @param method a method, or `ANY` for every method that no fitting path has a route of its own for
   * @param path as a caller sends it below the stage, or the path of a route, which stands for all requests that fit it
   */
  answering(method: string, path: string): string | undefined {
    const sent = partsOf(shapeOf(path));
    if (sent === undefined || (method !== "ANY" && !METHODS_OF_ANY.includes(method))) return undefined;
    for (const { parts, methods } of this.byShape.values()) {
      const route = methods.get(method) ?? methods.get("ANY");
      if (route !== undefined && areFitting(parts, sent)) return route;
    }
    return undefined;
  }

  /** Whether there is a route of this method at this very path, or at one that differs in names of parameters only. */
  has(method: string, path: string): boolean {
    return this.byShape.get(shapeOf(path))?.methods.has(method) ?? false;
  }
}

/** Whether a path, and with it every request that fits that, fits another path. */
export function fits(pattern: string, path: string): boolean {
  const [wanted, sent] = [partsOf(shapeOf(pattern)), partsOf(shapeOf(path))];
  return wanted !== undefined && sent !== undefined && areFitting(wanted, sent);
}

function areFitting(wanted: readonly string[], sent: readonly string[]): boolean {
  for (const [index, part] of wanted.entries()) {
    const given = sent[index];
    if (given === undefined) return false;
    if (part === "{+}") return sent.slice(index).join("/") !== "";
    if (part === "{}" ? given === "{+}" || given === "" : part !== given) return false;
  }
  return wanted.length === sent.length;
}

/**
 * The path whose requests fit both paths, parameters named as in the first where both have one; `undefined` when no
 * request fits both.
 */
export function meetingOf(one: string, other: string): string | undefined {
  const [left, right] = [partsOf(one) ?? [], partsOf(other) ?? []];
  const met: string[] = [];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [mine, others] = [left[index], right[index]];
    if (mine === undefined || others === undefined) return undefined;
    if (isGreedy(mine)) return `/${[...met, ...right.slice(index)].join("/")}`;
    if (isGreedy(others)) return `/${[...met, ...left.slice(index)].join("/")}`;
    if (isLiteral(mine) && isLiteral(others) && mine !== others) return undefined;
    met.push(isLiteral(mine) ? mine : isLiteral(others) ? others : mine);
  }
  return `/${met.join("/")}`;
}

/** Negative when the first path goes before the second; a total order of shapes. */
export function compareSpecificity(a: string, b: string): number {
  const rank = (part: string | undefined) => (part === undefined ? -1 : isGreedy(part) ? 2 : Number(!isLiteral(part)));
  const [left, right] = [partsOf(a) ?? [], partsOf(b) ?? []];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = rank(left[index]) - rank(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The root has none; `undefined` for what is not a path. */
function partsOf(path: string): readonly string[] | undefined {
  if (path !== "" && !path.startsWith("/")) return undefined;
  const inner = path.replace(/^\/+|\/+$/g, "");
  return inner === "" ? [] : inner.split("/");
}

function isLiteral(part: string): boolean {
  return !part.startsWith("{");
}

function isGreedy(part: string): boolean {
  return part.endsWith("+}");
}

/** A route, and whether it takes requests without a token. */
export interface RouteAccess {
  /** Such as `POST /orders`. */
  readonly route: string;
  readonly isOpen: boolean;
}

/** Requests to one path with a token that one open route answers. */
export interface CaughtRequests {
  /** The open route, such as `ANY /{rest+}`. */
  readonly by: string;
  /** The path or, where the open route takes only some of its requests, the path of those. */
  readonly path: string;
  /** Sorted. */
  readonly methods: readonly string[];
}

/**
 * What the open routes of one API catch, in the order of the open routes and then of the paths.
 * @param preflights OPTIONS that API Gateway answers itself: they take requests, and lead to nothing
 */
export function caughtRequests(
  routes: readonly RouteAccess[],
  preflights: readonly string[] = [],
): readonly CaughtRequests[] {
  const table = new RouteTable([...routes.map(({ route }) => route), ...preflights]);
  const open = routes.filter(({ isOpen }) => isOpen).map(({ route }) => route);
  const guarded = pathsOf(routes.filter(({ isOpen }) => !isOpen));
  const lacking = new Map(
    guarded.map((path) => [path, METHODS_OF_ANY.filter((method) => !takes(table, method, path))]),
  );
  return open.flatMap((by) =>
    guarded.flatMap((path): readonly CaughtRequests[] => {
      const wider = routeKeyOf(by).path;
      const met = compareSpecificity(path, wider) < 0 ? meetingOf(path, wider) : undefined;
      if (met === undefined) return [];
      const methods = (lacking.get(path) ?? []).filter((method) => table.answering(method, met) === by);
      return methods.length === 0 ? [] : [{ by, path: met, methods }];
    }),
  );
}

function takes(table: RouteTable, method: string, path: string): boolean {
  return table.has(method, path) || table.has("ANY", path);
}

/** Each path once, whatever its parameters are called. */
function pathsOf(routes: readonly RouteAccess[]): readonly string[] {
  const paths = routes.map(({ route }) => routeKeyOf(route).path);
  return [...new Map(paths.toReversed().map((path) => [shapeOf(path), path])).values()].toReversed();
}
