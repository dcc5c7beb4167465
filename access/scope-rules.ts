/** What AWS demands of the scopes that clients and routes name. */
import type { AccessFile } from "./file";
import { advice, quote } from "./nearest-name";
import type { AccessContent } from "./settings";
import type { Located } from "./shape";

type ResourceServers = AccessContent["resourceServers"];

/** Scopes that speak of a user, of which a machine has none. */
const USER_SCOPES = ["openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"];

/** Reports scopes that no resource server has. */
export function checkScopes({ resourceServers, clients, routes }: AccessContent, file: AccessFile): void {
  const check = (asker: string, scopes: readonly Located[]) => {
    for (const { text: full, at } of scopes) {
      const refusal = refusalOfScope(full, resourceServers);
      if (refusal !== undefined) file.report(at, `${asker} scope ${quote(full)}, ${refusal}`);
    }
  };
  for (const { name, value } of clients) check(`client ${quote(name)} asks for`, value.scopes);
  for (const { name, value } of routes) check(`route ${quote(name)} demands`, value.scopes ?? []);
}

/** Returns the full names of all scopes. */
export function namesOfScopes(servers: ResourceServers): readonly string[] {
  return servers.flatMap(({ name, value }) => value.scopes.map((custom) => `${name}/${custom.name}`));
}

/** The identifier of a resource server may have slashes itself: the scope's name is what follows the last one. */
function refusalOfScope(full: string, servers: ResourceServers): string | undefined {
  if (full === "") return undefined;
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
