/** An example from access.yaml: a client, and a route that it may call. */
import { type AccessModel, type Client, type Environment, isEnabled, isIn, type Route } from "../access/access-model";
import { quoted } from "../platform/shell";
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
export function chooseFixture(model: AccessModel, environment: Environment): Fixture {
  const found = findFixture(model, environment, isPlain);
  if (found !== undefined) return found;
  const needed = "a route with a function and without path parameters, and a client that may call it";
  throw new UserError(`the demo needs ${needed}; access.yaml has none for ${environment.name}`);
}

/** A client's name and a route, such as `POST /orders`. */
export interface PossibleCall {
  readonly client: string | null;
  readonly route: string;
}

/**
 * The command that calls a route as a client that may; `undefined` where there is none.
 * @param gained calls that are preferred, such as those that a deployment made possible
 */
export function exampleCall(
  model: AccessModel,
  environment: Environment,
  gained: readonly PossibleCall[] = [],
): string | undefined {
  const isGained = ({ method, path }: Route, { name }: Client) =>
    gained.some(({ client, route }) => client === name && route === `${method} ${path}`);
  const found =
    findFixture(model, environment, (route, client) => isPlain(route) && isGained(route, client)) ??
    findFixture(model, environment, isGained) ??
    findFixture(model, environment, isPlain) ??
    findFixture(model, environment, () => true);
  if (found === undefined) return undefined;
  const { method, path } = found.route;
  const words = [method === "ANY" ? "GET" : method, path.replace(/\{[^}]*\}/g, "1"), "--client", found.client.name];
  const env = model.environments.length > 1 ? ["--env", environment.name] : [];
  return ["npx access call", ...[...words, ...env].map(quoted)].join(" ");
}

function findFixture(
  { clients, routes }: AccessModel,
  environment: Environment,
  isUsable: (route: Route, client: Client) => boolean,
): Fixture | undefined {
  const here = clients.filter((client) => isIn(client, environment.name) && isEnabled(client, environment.name));
  for (const route of routes) {
    const client = here.find((one) => one.scopes.some((scope) => route.scopes.includes(scope)) && isUsable(route, one));
    if (client !== undefined) return { environment, client, route };
  }
  return undefined;
}

function isPlain({ path, backend }: Route): boolean {
  return backend.kind === "lambda" && !path.includes("{");
}
