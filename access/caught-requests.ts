/**
 * Requests that an open route catches: a path that demands a token and lacks a method leaves that method to a less
 * specific path, and where that one is open, the request reaches what is behind it without a token. Pure.
 */
import { compareSpecificity, METHODS_OF_ANY, meetingOf, RouteTable, routeKeyOf, shapeOf } from "./route-table";

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
