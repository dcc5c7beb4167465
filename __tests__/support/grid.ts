/** Access models of any size, always the same for the same size, in which clients can call some routes and not others. */
import { copyFileSync, cpSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How large a model is. */
export interface GridSize {
  readonly resourceServers: number;
  readonly clients: number;
  readonly routes: number;
  readonly functions: number;
}

const SCOPES = ["read", "write", "audit", "admin"];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/** What the paths below a resource server end in; a parameter in some, the rest of the path in one. */
const TAILS = ["items", "items/{id}", "items/{id}/notes", "reports/{rest+}"];

const project = join(__dirname, "..", "..");

/** Writes the model into a new folder, with its functions, as somebody would have it who deploys it from there. */
export function writeGrid(size: GridSize): string {
  const folder = mkdtempSync(join(tmpdir(), "grid-"));
  const lambda = join(folder, "lambda");
  cpSync(join(project, "lambda"), lambda, { recursive: true });
  for (const name of functionNames(size)) copyFileSync(join(lambda, "access.ts"), join(lambda, `${name}.ts`));
  writeFileSync(join(folder, "access.yaml"), gridYaml(size));
  symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** The model's text. */
export function gridYaml(size: GridSize): string {
  const servers = range(size.resourceServers).map((server) => {
    const scopes = SCOPES.map((scope) => `${scope}: Of server ${server}`).join(", ");
    return `  ${serverName(server)}: { scopes: { ${scopes} } }`;
  });
  const clients = range(size.clients).map(
    (client) => `  client-${client}: { scopes: [${scopesOfClient(client, size)}] }`,
  );
  return [
    "environments:",
    "  dev: { region: eu-west-1, domainPrefix: grid-dev, ephemeral: true }",
    "resourceServers:",
    ...servers,
    "clients:",
    ...clients,
    "routes:",
    ...range(size.routes).map((route) => routeLine(route, size)),
    "",
  ].join("\n");
}

function routeLine(route: number, size: GridSize): string {
  const server = route % size.resourceServers;
  const ofServer = Math.floor(route / size.resourceServers);
  const method = METHODS[Math.floor(ofServer / TAILS.length) % METHODS.length];
  const tail = TAILS[ofServer % TAILS.length];
  const scopes = [
    SCOPES[ofServer % SCOPES.length],
    ...(ofServer % 3 === 0 ? [SCOPES[(ofServer + 1) % SCOPES.length]] : []),
  ];
  const names = scopes.map((scope) => `${serverName(server)}/${scope}`).join(", ");
  const lambda = functionNames(size)[functionOf(server, ofServer, size)];
  return `  ${method} /${serverName(server)}/${tail}: { lambda: ${lambda}, scopes: [${names}] }`;
}

/** A server has a function of its own and, as long as there are more functions than servers, a second one. */
function functionOf(server: number, ofServer: number, { resourceServers, functions }: GridSize): number {
  const second = resourceServers + server;
  return ofServer % 2 === 1 && second < functions ? second : server % functions;
}

/**
 * One to three scopes, spread over the servers. Every other client has the first scope of all as well, so that its
 * functions have more callers than most.
 */
function scopesOfClient(client: number, size: GridSize): string {
  const scopes = range(1 + (client % 3)).map((which) => {
    const mixed = (client + 1) * 7919 + which * 104_729;
    return `${serverName(mixed % size.resourceServers)}/${SCOPES[Math.floor(mixed / 31) % SCOPES.length]}`;
  });
  const popular = client % 2 === 0 ? [`${serverName(0)}/${SCOPES[0]}`] : [];
  return [...new Set([...popular, ...scopes])].join(", ");
}

function serverName(server: number): string {
  return `server-${server}`;
}

function functionNames({ functions }: GridSize): readonly string[] {
  return range(functions).map((name) => `function-${name}`);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
