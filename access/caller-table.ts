/**
 * Who may call each route of a function: text in the function's environment, which the check around its handler and the
 * access matrix read. Pure, and small: it is a part of every function.
 */
import { shapeOf } from "./route-table";

/** Names of the environment variables. */
export const ALLOWED = {
  /**
   * Stage, and routes by their callers: a bit mask in hexadecimal digits over the clients of `ids` or the scopes of
   * `scopes`, the lowest bit for the first, or `*` for public routes. Names of path parameters are left out.
   *
   * @example dev;3=GET /orders,GET /orders/{};1=POST /orders;*=GET /status
   */
  byRoute: "ALLOWED_BY_ROUTE",
  /** Ids of clients that may call any of the routes, separated by commas. */
  ids: "ALLOWED_CLIENT_IDS",
  /** Names of the same clients, separated by semicolons; left out where they do not fit. */
  names: "ALLOWED_CLIENT_NAMES",
  /** In place of ids that do not fit: full names of the scopes of the routes, separated by spaces. */
  scopes: "ALLOWED_SCOPES",
} as const;

/** The mask of public routes. */
export const ANYONE = "*";

/** A route, as far as its callers go. */
export interface CalledRoute {
  readonly method: string;
  readonly path: string;
  readonly scopes: readonly string[];
  /** `undefined` for a route that is not public. */
  readonly publicReason: string | undefined;
}

/** @param allowed for each client or scope, the scopes of which a route has at least one to be called by it */
export function callerTable(
  stage: string,
  routes: readonly CalledRoute[],
  allowed: readonly (readonly string[])[],
): string {
  const byMask = new Map<string, string[]>();
  for (const { method, path, scopes, publicReason } of routes) {
    const own = new Set(scopes);
    const bits = allowed.map((held) => (held.some((scope) => own.has(scope)) ? "1" : "0"));
    const mask = publicReason !== undefined ? ANYONE : BigInt(`0b0${bits.reverse().join("")}`).toString(16);
    byMask.set(mask, [...(byMask.get(mask) ?? []), `${method} ${shapeOf(path)}`]);
  }
  const groups = [...byMask].map(([mask, keys]) => `${mask}=${keys.toSorted().join()}`);
  return [stage, ...groups.toSorted()].join(";");
}

/** A table, taken apart. */
export interface CallerTable {
  readonly stage: string;
  /** Masks by route, such as `GET /orders/{}`. */
  readonly masks: ReadonlyMap<string, string>;
}

export function parseCallerTable(text: string): CallerTable {
  const [stage = "", ...groups] = text.split(";");
  const masks = groups.flatMap((group) => {
    const [mask = "", keys = ""] = group.split("=");
    return keys.split(",").map((key) => [key, mask] as const);
  });
  return { stage, masks: new Map(masks) };
}

/** The mask of the route that has the method or `ANY`; `undefined` for a route that is not in the table. */
export function maskOf({ masks }: CallerTable, method: string, path: string): string | undefined {
  const shape = shapeOf(path);
  return masks.get(`${method} ${shape}`) ?? masks.get(`ANY ${shape}`);
}

/** Whether the client or scope at the index may call; -1 for one that is not listed. */
export function isInMask(mask: string, index: number): boolean {
  return index >= 0 && ((BigInt(`0x${mask}`) >> BigInt(index)) & 1n) === 1n;
}
