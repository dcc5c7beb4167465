/** Who plays in the demo, chosen from whatever access.yaml holds. */
import type { AccessModel, Client, Environment, Route } from "../constructs/access-model";
import { UserError } from "./user-error";

/** What the demo is about: a client that may call a route. */
export interface Cast {
  readonly environment: Environment;
  readonly client: Client;
  readonly route: Route;
}

/** The first environment, and the first route without path parameters with a client that may call it. */
export function chooseCast({ environments, clients, routes }: AccessModel): Cast {
  const [environment] = environments;
  for (const route of routes.filter(({ path }) => !path.includes("{"))) {
    const client = clients.find(({ scopes }) => scopes.some((scope) => route.scopes.includes(scope)));
    if (environment !== undefined && client !== undefined) return { environment, client, route };
  }
  throw new UserError("the demo needs a route without path parameters in access.yaml, and a client that may call it");
}
