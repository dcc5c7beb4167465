/** What is allowed in an access model, but probably not meant: grants without effect, and open routes that take more. */
import { callersOf, clientsByScope, demandedBy, isIn, routesByFunction } from "./callers";
import { caughtRequests } from "./caught-requests";
import type { AccessFile } from "./file";
import { CLIENTS_OF_A_FUNCTION } from "./limits";
import { quote } from "./nearest-name";
import { corsOf, splitRouteKey } from "./route";
import { FULL_NAME } from "./scope";
import { namesOfScopes } from "./scope-rules";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

type Warn = (at: number, message: string) => void;
type Client = AccessContent["clients"][number];
type Route = AccessContent["routes"][number];

/** Warns, or reports with `strict: true`. What may only look odd because of a mistake elsewhere is passed over. */
export function checkSense(content: AccessContent, file: AccessFile): void {
  const warn: Warn = (at, message) => (content.strict ? file.report(at, message) : file.warn(at, message));
  const { clients, routes } = content;
  const scopes = new Set(namesOfScopes(content.resourceServers));
  const environments = new Set(content.environments.map(({ name }) => name));
  const rightClients = clients.filter((client) => isClientRight(client, scopes, environments));
  const rightRoutes = routes.filter((route) => isRouteRight(route, scopes));
  if (rightRoutes.length === routes.length && routes.length > 0) {
    warnOfIdleScopes(content, warn);
    warnOfIdleClients(rightClients, routes, warn);
  }
  if (rightClients.length === clients.length && clients.length > 0) {
    warnOfClosedRoutes(rightRoutes, content, warn);
  }
  warnOfCrowds(content, warn);
  warnOfCaughtRequests(routes, warn);
}

/** Whether all is known of what the client may do, and where. */
function isClientRight({ value }: Client, scopes: ReadonlySet<string>, environments: ReadonlySet<string>): boolean {
  return areAll(value.scopes, scopes) && (value.environments === undefined || areAll(value.environments, environments));
}

/** Whether all is known of what the route demands. */
function isRouteRight({ value }: Route, scopes: ReadonlySet<string>): boolean {
  return value.public || areAll(value.scopes ?? [], scopes);
}

function areAll(names: readonly Located[], known: ReadonlySet<string>): boolean {
  return names.length > 0 && names.every(({ text }) => known.has(text));
}

function warnOfIdleScopes({ resourceServers, routes }: AccessContent, warn: Warn): void {
  const demanded = demandedBy(routes);
  for (const server of resourceServers) {
    for (const { name, at } of server.value.scopes) {
      const full = `${server.name}/${name}`;
      if (demanded.has(full) || !FULL_NAME.test(full)) continue;
      warn(at, `scope ${quote(full)} is demanded by no route. Demand it somewhere, or remove it.`);
    }
  }
}

function warnOfIdleClients(clients: readonly Client[], routes: readonly Route[], warn: Warn): void {
  const demanded = demandedBy(routes);
  for (const { name, at, value } of clients) {
    if (value.scopes.some(({ text }) => demanded.has(text))) continue;
    const why = `no route demands ${anyOf(value.scopes)}`;
    warn(at, `client ${quote(name)} can call nothing: ${why}. Give it another scope, or remove it.`);
  }
}

function warnOfClosedRoutes(routes: readonly Route[], { clients, environments }: AccessContent, warn: Warn): void {
  const clientsOf = clientsByScope(clients);
  for (const { name: key, at, value } of routes) {
    if (value.public) continue;
    const scopes = value.scopes ?? [];
    const callers = scopes.flatMap(({ text }) => clientsOf.get(text) ?? []);
    const closed = environments.filter(({ name }) => !callers.some((client) => isIn(client, name)));
    if (closed.length === 0) continue;
    const where = closed.length === environments.length ? "" : ` in ${environmentsOf(closed.map(({ name }) => name))}`;
    const why = `none has ${anyOf(scopes)}${where === "" ? "" : " there"}`;
    warn(at, `route ${quote(key)} can be called by no client${where}: ${why}. Give one a scope, or remove the route.`);
  }
}

/** The function then takes every client with a scope for one that it knows, as API Gateway does. */
function warnOfCrowds(content: AccessContent, warn: Warn): void {
  for (const [lambda, routes] of routesByFunction(content.routes)) {
    const { count, environment } = callersOf(routes, content);
    if (count <= CLIENTS_OF_A_FUNCTION) continue;
    const where = environment === undefined ? "" : ` in environment ${quote(environment)}`;
    const has = `lambda ${quote(lambda)} has ${count.toLocaleString("en")} clients that may call it${where}`;
    const room = `but Lambda's 4 KB of environment have room for ${CLIENTS_OF_A_FUNCTION} ids: it is told their scopes`;
    warn(routes[0]?.value.lambda?.at ?? 0, `${has}, ${room} instead. Split it in two to have it told the ids.`);
  }
}

/** API Gateway leaves a method that a path lacks to a less specific path, before it asks for a token. */
function warnOfCaughtRequests(routes: readonly Route[], warn: Warn): void {
  const preflights = routes.filter(({ value }) => corsOf(value) !== undefined);
  const caught = caughtRequests(
    routes.map(({ name, value }) => ({ route: name, isOpen: value.public })),
    preflights.map(({ name }) => `OPTIONS ${splitRouteKey(name).path}`),
  );
  for (const { by, path, methods } of caught) {
    const at = routes.find(({ name }) => name === by)?.at ?? 0;
    const what = `route ${quote(by)} is public and also answers ${methods.join(", ")} of ${quote(path)} without a token`;
    warn(at, `${what}. Give that path routes for these methods or ANY, or make the public route more specific.`);
  }
}

function anyOf(scopes: readonly Located[]): string {
  return `${scopes.length === 1 ? "" : "any of "}${scopes.map(({ text }) => text).join(", ")}`;
}

function environmentsOf(names: readonly string[]): string {
  const quoted = names.map(quote);
  const [last = "", ...others] = quoted.toReversed();
  return others.length === 0 ? `environment ${last}` : `environments ${others.toReversed().join(", ")} and ${last}`;
}
