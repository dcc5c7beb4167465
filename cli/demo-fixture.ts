/** Fixture of the demo: a client and a route of access.yaml that it may call. */
import type { AccessModel, Client, Environment, Route } from "../access/access-model";
import { UserError } from "../platform/user-error";

/** A client that may call a route. */
export interface Fixture {
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
export function chooseFixture({ clients, routes }: AccessModel, environment: Environment): Fixture {
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
