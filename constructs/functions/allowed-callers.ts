/** What a function is told of who may call it. */

import type { Client, Route } from "../../access/access-model";
import { CLIENTS_OF_A_FUNCTION } from "../../access/limits";
import { CALLERS } from "../contract/contract";

/**
 * Environment variables that `lambda/shared/caller.ts` judges callers by: the ids of all clients that have a scope of
 * the function's routes or, when those are more than fit into a function's environment, the scopes themselves. None for
 * a function of public routes only, which lets nobody in by a token.
 *
 * @param routes those of the function
 * @param clients those of the environment
 * @param idOf id of the client of that name
 */
export function allowedCallers(
  routes: readonly Route[],
  clients: readonly Client[],
  idOf: (client: string) => string,
): Readonly<Record<string, string>> {
  const demanded = [...new Set(routes.flatMap(({ scopes }) => scopes))].toSorted();
  if (demanded.length === 0) return {};
  const callers = clients.filter(({ scopes }) => scopes.some((scope) => demanded.includes(scope)));
  if (callers.length > CLIENTS_OF_A_FUNCTION) return { [CALLERS.scopes]: demanded.join(" ") };
  // The order of the file is nobody's business: moving a line must not change the function.
  const names = callers.map(({ name }) => name).toSorted();
  return { [CALLERS.ids]: names.map(idOf).join(",") };
}
