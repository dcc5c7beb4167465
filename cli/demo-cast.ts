/** Who plays in the demo, chosen from whatever access.yaml holds. */
import type { AccessModel, Client, Environment, Route } from "../access/access-model";
import { UserError } from "../platform/user-error";

/** What the demo is about: a client that may call a route. */
export interface Cast {
  readonly environment: Environment;
  readonly client: Client;
  readonly route: Route;
}

/**
 * The first route that a function answers and that has no path parameters, with a client of the environment that may
 * call it.
 *
 * @throws {UserError} when there is none
 */
export function chooseCast({ clients, routes }: AccessModel, environment: Environment): Cast {
  const here = clients.filter(({ environments }) => environments?.includes(environment.name) ?? true);
  for (const route of routes.filter(isPlain)) {
    const client = here.find(({ scopes }) => scopes.some((scope) => route.scopes.includes(scope)));
    if (client !== undefined) return { environment, client, route };
  }
  const needed = "a route with a function and without path parameters, and a client that may call it";
  throw new UserError(`the demo needs ${needed}; access.yaml has none for ${environment.name}`);
}

function isPlain({ path, backend }: Route): boolean {
  return backend.kind === "lambda" && !path.includes("{");
}
