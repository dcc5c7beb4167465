/** What is asked of all that could be. Pure. */

import { UsageError } from "../../platform/user-error";
import type { AccessMatrix } from "../access-graph/access-matrix";
import { parseStack } from "../access-graph/synthesized-stack";
import { tokenWays } from "../access-graph/token-ways";
import type { Grants } from "./token-checks";

/** Those that were asked for, or all. @throws {UserError} with exit code 2 when one is not known */
export function chosen(
  what: string,
  known: readonly string[],
  asked: readonly string[] | undefined,
): readonly string[] {
  const unknown = asked?.find((name) => !known.includes(name));
  if (unknown === undefined) return asked ?? known;
  throw new UsageError(`there is no ${what} "${unknown}". There is ${known.join(", ")}.`);
}

/** A preflight is asked with any route of its path. */
export function isAskedAt(route: string, routes: readonly string[]): boolean {
  const preflight = /^OPTIONS( .*)$/.exec(route)?.[1];
  return routes.includes(route) || (preflight !== undefined && routes.some((one) => one.endsWith(preflight)));
}

/** @param json content of a `cdk.tf.json` */
export function grantsIn(json: unknown): Grants {
  const clients = Object.values(parseStack(json).aws_cognito_user_pool_client);
  return new Map(
    clients.map((client) => [client.name, { scopes: client.allowed_oauth_scopes, ways: tokenWays(client) }]),
  );
}

/** What the code no longer has is asked as it was deployed, until it is gone. */
export function withRemoved(code: AccessMatrix, deployed: AccessMatrix | undefined): AccessMatrix {
  const known = new Set(code.routes.map(({ route }) => route));
  const removed = deployed?.routes.filter(({ route }) => !known.has(route)) ?? [];
  return { ...code, routes: [...code.routes, ...removed] };
}
