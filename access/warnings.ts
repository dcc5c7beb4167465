/** What is allowed in an access model, but probably not meant: grants without effect, and open routes that take more. */
import { callersOf, namesOfScopes, requiredBy, routesByFunction } from "./client-rules";
import { corsOf } from "./cors";
import { REGIONS } from "./environment-schema";
import { checksScopes } from "./limits";
import { quote, suggestion } from "./nearest-name";
import { caughtRequests, routeKeyOf } from "./route-table";
import { type Content, FULL_NAME } from "./schema";
import { fullest, loadsOf, MEASURES, type Measure, type UsedEnvironment, type UsedModel, usagesOf } from "./usage";
import type { YamlFile } from "./yaml-file";

type Warn = (at: number, message: string) => void;
type Client = Content["clients"][string];
type Route = Content["routes"][string];
type Named<T> = readonly (readonly [name: string, value: T])[];

/** Warns, or reports with `strict: true`. What only follows from a mistake elsewhere is passed over. */
export function checkSense(content: Content, file: YamlFile): void {
  const warn: Warn = (at, message) => (content.strict ? file.report(at, message) : file.warn(at, message));
  const { clients, routes } = content;
  const scopes = new Set(namesOfScopes(content.resourceServers));
  const environments = new Set(Object.keys(content.environments));
  const rightClients = Object.entries(clients).filter(([, client]) => isClientRight(client, scopes, environments));
  const rightRoutes = Object.entries(routes).filter(([, route]) => isRouteRight(route, scopes));
  if (rightRoutes.length === Object.keys(routes).length && rightRoutes.length > 0) {
    warnOfUnusedScopes(content, file, warn);
    warnOfIdleClients(rightClients, content, file, warn);
  }
  if (rightClients.length === Object.keys(clients).length && rightClients.length > 0) {
    warnOfClosedRoutes(rightRoutes, content, file, warn);
  }
  warnOfCrowds(content, file, warn);
  warnOfCaughtRequests(routes, file, warn);
}

/** It is meant for one deployment, and needed for that: it is never refused. */
export function warnOfAllowedDestruction(content: Content, file: YamlFile): void {
  for (const [name, { allowDestroy = [], protected: isProtected, ephemeral }] of Object.entries(content.environments)) {
    const where = `environment ${quote(name)}`;
    for (const [index, one] of allowDestroy.entries()) {
      const allows = `${where} allows ${quote(one)} to be destroyed or replaced`;
      const missing = missingIn(content, one);
      const message = !(isProtected ?? !ephemeral)
        ? `${quote(one)} in allowDestroy has no effect, as ${where} is not protected. Remove it.`
        : missing === undefined
          ? `${allows}. Remove it from allowDestroy once it is deployed.`
          : `${allows}, but ${missing} If that was removed, remove the entry from allowDestroy once it is deployed.`;
      if (one !== "") file.warn(file.at(["environments", name, "allowDestroy", index]), message);
    }
  }
}

/** Says that the file lacks what an entry of `allowDestroy` names; `undefined` when it has that, or cannot tell. */
function missingIn({ clients, resourceServers }: Content, entry: string): string | undefined {
  const [, kind = "", name = ""] = /^(client|secret|resource-server)\/(.*)$/.exec(entry) ?? [];
  const withSecret = Object.entries(clients).filter(([, { secret }]) => secret !== undefined);
  const kinds: Readonly<Record<string, readonly [label: string, known: readonly string[]]>> = {
    client: ["client", Object.keys(clients)],
    secret: ["secret of a client", withSecret.map(([client]) => client)],
    "resource-server": ["resource server", Object.keys(resourceServers)],
  };
  const [label, known = []] = kinds[kind] ?? [];
  if (label === undefined || known.includes(name)) return undefined;
  return `access.yaml has no ${label} ${quote(name)}.${suggestion(name, known, `${kind}/`)}`;
}

/** A region may be newer than the list: it is never refused. */
export function warnOfUnknownRegions({ environments }: Content, file: YamlFile): void {
  for (const [name, { region, backend }] of Object.entries(environments)) {
    const regions: Readonly<Record<string, string>> = { region, "backend.s3.region": backend?.s3?.region ?? "" };
    for (const [setting, one] of Object.entries(regions)) {
      if (one === "" || REGIONS.includes(one)) continue;
      const path = setting.split(".");
      const subject = `${path.toReversed().join(" of ")} of environment ${quote(name)}`;
      const message = `${subject} is ${quote(one)}, which is not a known AWS region.${suggestion(one, REGIONS)}`;
      file.warn(file.at(["environments", name, ...path]), message);
    }
  }
}

/** Share of a quota from which there is a warning. */
const NEAR = 0.8;

const REFUSED = Object.entries(MEASURES).flatMap(([name, { isRefused }]) => (isRefused ? [name as Measure] : []));

/**
 * It still fits, and a quota may have been raised: it is never refused. The load is that of clients which have one, and
 * counts in environments that are not ephemeral.
 */
export function warnOfQuotas(model: UsedModel & { environments: readonly UsedEnvironment[] }, file: YamlFile): void {
  const seen = new Set<string>();
  const [longest] = model.environments.toSorted((a, b) => namesIn(b) - namesIn(a));
  for (const environment of model.environments) {
    const isLoaded = !environment.isEphemeral;
    const loads = loadsOf(model, environment).filter(({ isAssumed }) => isLoaded && !isAssumed);
    const measures = REFUSED.filter((measure) =>
      MEASURES[measure].growsWith === "load"
        ? loads.length > 0
        : environment === longest || !["resources", "policy-bytes"].includes(measure),
    );
    for (const usage of fullest(usagesOf(model, environment, loads, 0, measures))) {
      const { label, at, remedy } = MEASURES[usage.measure];
      if (usage.share < NEAR) continue;
      const subject = `${label}${usage.of === null ? "" : ` (${quote(usage.of)})`} of environment ${quote(environment.name)}`;
      const [used, limit] = [usage.used, usage.limit].map((one) => one.toLocaleString("en"));
      const path = at === "environment" ? ["environments", environment.name] : [at];
      const key = `${path.join()} ${usage.measure} ${usage.of}`;
      if (seen.has(key)) continue;
      seen.add(key);
      file.warn(file.keyAt(path), `${subject}: ${used} of ${limit}, ${Math.floor(usage.share * 100)} %. ${remedy}`);
    }
  }
}

/** The names that a function's policy has, in each statement. */
function namesIn({ name, region, prefix }: UsedEnvironment): number {
  return name.length + 2 * region.length + prefix.length;
}

/** Whether it is known what the client may do, and where. */
function isClientRight(client: Client, scopes: ReadonlySet<string>, environments: ReadonlySet<string>): boolean {
  return (
    areAll(client.scopes, scopes) && (client.environments === undefined || areAll(client.environments, environments))
  );
}

/** Whether it is known what the route requires. */
function isRouteRight(route: Route, scopes: ReadonlySet<string>): boolean {
  return route.public || areAll(route.scopes ?? [], scopes);
}

function areAll(names: readonly string[], known: ReadonlySet<string>): boolean {
  return names.length > 0 && names.every((name) => known.has(name));
}

function warnOfUnusedScopes({ resourceServers, routes }: Content, file: YamlFile, warn: Warn): void {
  const required = requiredBy(routes);
  for (const [identifier, { scopes }] of Object.entries(resourceServers)) {
    for (const name of Object.keys(scopes)) {
      const full = `${identifier}/${name}`;
      if (required.has(full) || !FULL_NAME.test(full)) continue;
      const at = file.keyAt(["resourceServers", identifier, "scopes", name]);
      warn(at, `no route requires scope ${quote(full)}. Require it in a route, or remove it.`);
    }
  }
}

function warnOfIdleClients(clients: Named<Client>, { routes }: Content, file: YamlFile, warn: Warn): void {
  const required = requiredBy(routes);
  for (const [name, { scopes }] of clients) {
    if (scopes.some((scope) => required.has(scope))) continue;
    const why = `no route requires ${anyOf(scopes)}`;
    const message = `client ${quote(name)} cannot call any route: ${why}. Give it another scope, or remove it.`;
    warn(file.keyAt(["clients", name]), message);
  }
}

function warnOfClosedRoutes(
  routes: Named<Route>,
  { clients, environments }: Content,
  file: YamlFile,
  warn: Warn,
): void {
  const names = Object.keys(environments);
  const open = environmentsByScope(Object.values(clients), names);
  for (const [key, { scopes = [], public: isPublic }] of routes) {
    const closed = names.filter((name) => !scopes.some((scope) => open.get(scope)?.has(name)));
    if (isPublic || closed.length === 0) continue;
    const where = closed.length === names.length ? "" : ` in ${environmentsOf(closed)}`;
    const why = `none has ${anyOf(scopes)}${where === "" ? "" : " there"}`;
    const message = `no client can call route ${quote(key)}${where}: ${why}. Give one a scope, or remove the route.`;
    warn(file.keyAt(["routes", key]), message);
  }
}

/** Where any client has the scope. */
function environmentsByScope(clients: readonly Client[], all: readonly string[]) {
  const found = new Map<string, Set<string>>();
  for (const { scopes, environments = all } of clients) {
    for (const scope of scopes) {
      const known = found.get(scope) ?? new Set();
      found.set(scope, known);
      if (known.size < all.length) for (const name of environments) known.add(name);
    }
  }
  return found;
}

/** The function then checks scopes as API Gateway does, not ids of clients. */
function warnOfCrowds(content: Content, file: YamlFile, warn: Warn): void {
  for (const [lambda, routes] of routesByFunction(content.routes)) {
    if (!checksScopes(lambda, routes, content)) continue;
    const { callers, environment } = callersOf(routes, content);
    const where = environment === undefined ? "" : ` in environment ${quote(environment)}`;
    const has = `lambda ${quote(lambda)} has ${callers.length.toLocaleString("en")} clients that may call it${where}`;
    const room = "but Lambda's 4 KB of environment variables do not hold their ids: it checks scopes instead";
    const at = file.at(["routes", Object.keys(routes)[0] ?? "", "lambda"]);
    warn(at, `${has}, ${room}. Split it in two to check ids.`);
  }
}

/** API Gateway leaves a method that a path lacks to a less specific path, before it requires a token. */
function warnOfCaughtRequests(routes: Content["routes"], file: YamlFile, warn: Warn): void {
  const all = Object.entries(routes);
  const preflights = all.filter(([, { cors }]) => corsOf(cors) !== undefined);
  const caught = caughtRequests(
    all.map(([route, { public: isOpen = false }]) => ({ route, isOpen })),
    preflights.map(([key]) => `OPTIONS ${routeKeyOf(key).path}`),
  );
  for (const { by, path, methods } of caught) {
    const what = `route ${quote(by)} is public and also answers ${methods.join(", ")} of ${quote(path)} without a token`;
    const remedy = "Give that path routes for these methods or ANY, or make the public route more specific.";
    warn(file.keyAt(["routes", by]), `${what}. ${remedy}`);
  }
}

function anyOf(scopes: readonly string[]): string {
  const names = [...new Set(scopes)];
  return `${names.length === 1 ? "" : "any of "}${names.join(", ")}`;
}

function environmentsOf(names: readonly string[]): string {
  const [last = "", ...others] = names.map(quote).toReversed();
  return others.length === 0 ? `environment ${last}` : `environments ${others.toReversed().join(", ")} and ${last}`;
}
