/** Which clients may call which routes, and the constraints of AWS on scopes and secrets. */
import { DEFAULTS, partsOfArn } from "./environment-schema";
import { advice, quote } from "./nearest-name";
import { type Content, SERVER_NAME } from "./schema";
import type { Path, YamlFile } from "./yaml-file";

type Client = Content["clients"][string];
type Routes = Content["routes"];

/** Scopes of a user, which a machine does not have. */
const USER_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/** Reports environments and scopes that do not exist, and secrets that could not be read or encrypted. */
export function checkClients(content: Content, file: YamlFile): void {
  const { resourceServers, clients, routes, environments } = content;
  for (const [identifier, { name }] of Object.entries(resourceServers)) {
    if (name !== undefined || SERVER_NAME.pattern.test(identifier)) continue;
    const needs = `resource server ${quote(identifier)} needs name: ${SERVER_NAME.expected}`;
    const why = "It defaults to the identifier, which has other characters.";
    file.report(file.keyAt(["resourceServers", identifier]), `${needs}. ${why}`);
  }
  for (const [name, client] of Object.entries(clients)) {
    checkEnvironments(name, client, Object.keys(environments), file);
    checkSecret(name, client, environments, file);
    checkLoad(name, client, content, file);
    checkScopes(`client ${quote(name)} requests`, client.scopes, ["clients", name, "scopes"], resourceServers, file);
  }
  for (const [name, { scopes = [] }] of Object.entries(routes)) {
    checkScopes(`route ${quote(name)} requires`, scopes, ["routes", name, "scopes"], resourceServers, file);
  }
}

/** Full names of all scopes. */
export function namesOfScopes(servers: Content["resourceServers"]): readonly string[] {
  return Object.entries(servers).flatMap(([id, { scopes }]) => Object.keys(scopes).map((name) => `${id}/${name}`));
}

/** Scopes that the routes require. */
export function requiredBy(routes: Routes): ReadonlySet<string> {
  return new Set(Object.values(routes).flatMap(({ scopes = [] }) => scopes.filter((scope) => scope !== "")));
}

/** Whether the client, as it is written or in the model, is in the environment. */
export function isIn(
  { environments }: { readonly environments?: readonly string[] | undefined },
  environment: string,
): boolean {
  return environments?.includes(environment) ?? true;
}

/** Routes by the function that answers them. Those with a URL are left out. */
export function routesByFunction(routes: Routes): ReadonlyMap<string, Routes> {
  const groups = new Map<string, Record<string, Routes[string]>>();
  for (const [key, route] of Object.entries(routes)) {
    if (!route.lambda) continue;
    const group = groups.get(route.lambda) ?? {};
    groups.set(route.lambda, group);
    group[key] = route;
  }
  return groups;
}

/**
 * The clients that may call any of the routes, in the environment with the most; its name is `undefined` when there are
 * as many in all of them.
 */
export function callersOf(routes: Routes, { clients, environments }: Content) {
  const required = requiredBy(routes);
  const callers = Object.entries(clients).filter(([, { scopes }]) => scopes.some((scope) => required.has(scope)));
  const byEnvironment = Object.keys(environments).map((environment) => {
    const own = callers.filter(([, client]) => isIn(client, environment));
    return { environment, callers: own.map(([name, { scopes }]) => ({ name, scopes })) };
  });
  const [most = { environment: "", callers: [] }] = byEnvironment.toSorted(
    (a, b) => b.callers.length - a.callers.length,
  );
  const isSame = byEnvironment.every((other) => other.callers.length === most.callers.length);
  return { callers: most.callers, environment: isSame ? undefined : most.environment };
}

function checkEnvironments(name: string, client: Client, known: readonly string[], file: YamlFile): void {
  for (const [index, environment] of (client.environments ?? []).entries()) {
    if (environment === "" || known.length === 0 || known.includes(environment)) continue;
    const limit = `client ${quote(name)} is limited to environment ${quote(environment)}, which does not exist`;
    const at = file.at(["clients", name, "environments", index]);
    file.report(at, `${limit}.${advice(environment, known, "Environments")}`);
  }
}

/** How long the tokens of a client are valid in an environment; not a number where that is wrong. */
export function writtenTokenMinutes(
  { environments, defaults }: Content,
  environment: string,
  { tokenMinutes }: Pick<Client, "tokenMinutes">,
): number {
  return tokenMinutes ?? environments[environment]?.tokenMinutes ?? defaults?.tokenMinutes ?? DEFAULTS.tokenMinutes;
}

/** A token cannot be kept for longer than it is valid, in any environment of the client. */
function checkLoad(name: string, client: Client, content: Content, file: YamlFile): void {
  const { tokenSeconds } = client.load ?? {};
  if (tokenSeconds === undefined) return;
  for (const environment of Object.keys(content.environments)) {
    const minutes = writtenTokenMinutes(content, environment, client);
    if (!isIn(client, environment) || !(tokenSeconds > minutes * 60)) continue;
    const keeps = `tokenSeconds of load of client ${quote(name)} is ${tokenSeconds}`;
    const but = `but its tokens are valid for ${minutes * 60} seconds in environment ${quote(environment)}`;
    file.report(file.at(["clients", name, "load", "tokenSeconds"]), `${keeps}, ${but}. Lower it.`);
    return;
  }
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html */
function checkSecret(name: string, client: Client, all: Content["environments"], file: YamlFile): void {
  const { readers = [], kmsKeyArn } = client.secret ?? {};
  const environments = Object.entries(all).filter(([environment]) => isIn(client, environment));
  const path = ["clients", name, "secret"];
  const owner = `of secret of client ${quote(name)}`;
  for (const [index, reader] of readers.entries()) {
    const { account } = partsOfArn(reader);
    const other = environments.find(([, { accountId }]) => accountId && accountId !== account);
    if (account === "" || kmsKeyArn !== undefined || other === undefined) continue;
    const where = `environment ${quote(other[0])} belongs to account ${other[1].accountId}`;
    const why = "whose default key other accounts cannot use. Add kmsKeyArn with a key that they can use.";
    const at = file.at([...path, "readers", index]);
    file.report(at, `reader ${owner} belongs to account ${account}, but ${where}, ${why}`);
  }
  const { region } = partsOfArn(kmsKeyArn ?? "");
  const other = environments.find(([, { region: home }]) => home !== "" && home !== region);
  if (region === "" || other === undefined) return;
  const where = `environment ${quote(other[0])} is in ${other[1].region}`;
  const why =
    "and a secret requires a key in its own region. Limit the client to environments there, or name another key.";
  file.report(file.at([...path, "kmsKeyArn"]), `kmsKeyArn ${owner} is in ${region}, but ${where}, ${why}`);
}

function checkScopes(
  caller: string,
  scopes: readonly string[],
  path: Path,
  servers: Content["resourceServers"],
  file: YamlFile,
): void {
  for (const [index, scope] of scopes.entries()) {
    const refusal = refusalOfScope(scope, servers);
    if (refusal === undefined || scopes.indexOf(scope) < index) continue;
    file.report(file.at([...path, index]), `${caller} scope ${quote(scope)}, ${refusal}`);
  }
}

/** The identifier of a resource server may have slashes itself: the scope's name is what follows the last one. */
function refusalOfScope(full: string, servers: Content["resourceServers"]): string | undefined {
  if (full === "") return undefined;
  if (USER_SCOPES.includes(full)) return "which is not supported with client_credentials. Name a custom scope.";
  const slash = Math.max(full.lastIndexOf("/"), 0);
  const [identifier, name] = [full.slice(0, slash), full.slice(slash + 1)];
  const hint = () => advice(full, namesOfScopes(servers), "Scopes");
  if (identifier === "" || name === "") return `but a scope has the form <identifier>/<scope>.${hint()}`;
  if (Object.keys(servers).length === 0) return undefined;
  if (!Object.hasOwn(servers, identifier)) return `but resource server ${quote(identifier)} does not exist.${hint()}`;
  const names = Object.keys(servers[identifier]?.scopes ?? {});
  if (names.length === 0 || names.includes(name)) return undefined;
  const ofServer = advice(name, names, "Its scopes", `${identifier}/`);
  return `which resource server ${quote(identifier)} does not have.${ofServer}`;
}
