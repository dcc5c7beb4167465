/** What AWS demands of an access model beyond its single settings. */

import type { AccessFile } from "./access-file";
import { checkLimits } from "./access-limits";
import { type AccessContent, METHODS, PATH_PART, SERVER_NAME } from "./access-settings";
import type { Located } from "./access-shape";
import { advice, nearestName, quote } from "./nearest-name";

const PATH_PART_WORDS = 'letters, digits or any of ._:- or a parameter such as "{id}" or, at the end, "{rest+}"';

/** Scopes that speak of a user, of which a machine has none. */
const USER_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/**
 * Reports what is wrong between settings that are right by themselves. What was wrong by itself is empty here, and
 * passed over.
 *
 * @param functions names of the functions that there are
 */
export function checkRules(content: AccessContent, functions: readonly string[], file: AccessFile): void {
  checkHosts(content.environments, file);
  for (const server of content.resourceServers) checkDefaultName(server, file);
  for (const { name, value } of content.clients) {
    checkScopes(`client ${quote(name)} asks for`, value.scopes, content.resourceServers, file);
  }
  for (const { name, at, value } of content.routes) {
    checkRouteKey(name, at, file);
    checkLambda(name, value.lambda, functions, file);
    checkScopes(`route ${quote(name)} demands`, value.scopes, content.resourceServers, file);
  }
  checkParameters(content.routes, file);
  checkLimits(content, file);
}

/** Returns the two parts of a route's key. */
export function splitRouteKey(key: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = key.split(" ");
  return { method, path };
}

function checkHosts(environments: AccessContent["environments"], file: AccessFile): void {
  const taken = new Map<string, string>();
  for (const { name, at, value } of environments) {
    const { region, domainPrefix } = value;
    const host = `${domainPrefix.text} in ${region.text}`;
    const other = taken.get(host);
    if (other === undefined) taken.set(host, name);
    else if (region.text !== "" && domainPrefix.text !== "") {
      const both = `environments ${quote(other)} and ${quote(name)} both have the domainPrefix ${host}`;
      file.report(at, `${both}, but it is unique in a region. Give one of them another.`);
    }
  }
}

function checkDefaultName({ name, at, value }: AccessContent["resourceServers"][number], file: AccessFile): void {
  if (value.name !== undefined || SERVER_NAME.pattern.test(name)) return;
  const why = "Left out it is the identifier, which has other characters";
  file.report(at, `resource server ${quote(name)} needs name: ${SERVER_NAME.expected}. ${why}.`);
}

function checkScopes(
  asker: string,
  scopes: readonly Located[],
  servers: AccessContent["resourceServers"],
  file: AccessFile,
): void {
  for (const { text: full, at } of scopes) {
    const refusal = refusalOfScope(full, servers);
    if (refusal !== undefined) file.report(at, `${asker} scope ${quote(full)}, ${refusal}`);
  }
}

/** The identifier of a resource server may have slashes itself: the scope's name is what follows the last one. */
function refusalOfScope(full: string, servers: AccessContent["resourceServers"]): string | undefined {
  if (USER_SCOPES.includes(full)) return "which is not supported with client_credentials. Name a custom scope.";
  const slash = Math.max(full.lastIndexOf("/"), 0);
  const [identifier, name] = [full.slice(0, slash), full.slice(slash + 1)];
  if (identifier === "" || name === "") {
    return `but a scope has the form <identifier>/<scope>.${advice(full, namesOfScopes(servers), "Scopes")}`;
  }
  if (servers.length === 0) return undefined;
  const names = servers.find((server) => server.name === identifier)?.value.scopes.map((custom) => custom.name);
  if (names === undefined) {
    return `but there is no resource server ${quote(identifier)}.${advice(full, namesOfScopes(servers), "Scopes")}`;
  }
  if (names.length === 0 || names.includes(name)) return undefined;
  const hint = advice(name, names, "Its scopes", `${identifier}/`);
  return `which resource server ${quote(identifier)} does not have.${hint}`;
}

function namesOfScopes(servers: AccessContent["resourceServers"]): readonly string[] {
  return servers.flatMap(({ name, value }) => value.scopes.map((custom) => `${name}/${custom.name}`));
}

function checkLambda(key: string, lambda: Located, functions: readonly string[], file: AccessFile): void {
  if (lambda.text === "" || functions.includes(lambda.text)) return;
  const missing = `there is no lambda/${lambda.text}.ts`;
  const hint = advice(lambda.text, functions, "Functions") || " Write it.";
  file.report(lambda.at, `route ${quote(key)} names lambda ${quote(lambda.text)}, but ${missing}.${hint}`);
}

function checkRouteKey(key: string, at: number, file: AccessFile): void {
  const { method, path } = splitRouteKey(key);
  if (method === "" || path === "") return;
  const refusals = [refusalOfMethod(method), refusalOfPath(path)];
  for (const refusal of refusals) if (refusal !== undefined) file.report(at, `route ${quote(key)} has ${refusal}`);
}

function refusalOfMethod(method: string): string | undefined {
  if (METHODS.includes(method)) return undefined;
  if (method === "OPTIONS") {
    return 'method OPTIONS, which "cors: true" on the other routes of its path makes. Remove it.';
  }
  const near = nearestName(method, METHODS);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return `method ${quote(method)}, but must have one of ${METHODS.join(", ")}.${hint}`;
}

function refusalOfPath(path: string): string | undefined {
  if (!path.startsWith("/")) return `path ${quote(path)}, but a path begins with "/". Write ${quote(`/${path}`)}.`;
  if (path === "/") return undefined;
  const parts = path.slice(1).split("/");
  if (parts.includes("")) {
    return `path ${quote(path)} with an empty part. Write ${quote(`/${parts.filter(Boolean).join("/")}`)}.`;
  }
  const odd = parts.find((part) => !PATH_PART.test(part));
  if (odd !== undefined) return `path part ${quote(odd)}, but a part is ${PATH_PART_WORDS}.`;
  const greedy = parts.slice(0, -1).find((part) => part.endsWith("+}"));
  return greedy && `path part ${quote(greedy)} before the end, but only the last part may take the rest of the path.`;
}

/** In API Gateway, a resource has at most one child that is a parameter. */
function checkParameters(routes: AccessContent["routes"], file: AccessFile): void {
  const taken = new Map<string, { readonly part: string; readonly key: string }>();
  for (const { name: key, at } of routes) {
    const parts = splitRouteKey(key).path.split("/");
    for (const [depth, part] of parts.entries()) {
      if (!part.startsWith("{")) continue;
      const parent = parts.slice(0, depth).join("/");
      const other = taken.get(parent) ?? { part, key };
      taken.set(parent, other);
      if (other.part === part) continue;
      const both = `route ${quote(key)} has ${part} where route ${quote(other.key)} has ${other.part}`;
      file.report(at, `${both}, but API Gateway takes one parameter at a place. Write ${other.part}.`);
    }
  }
}
