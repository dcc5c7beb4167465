/** Who can call what: for a terminal, as Markdown, as JSON. */
import { oneLine } from "../../access/visible";
import { CLIENT_TOKEN_FLOW } from "../../constructs/contract/contract";
import { jsonText } from "../../platform/json";
import { code, counted, prose, table } from "../../platform/markdown";
import { aligned, hanging, widthOf } from "../../platform/terminal-table";
import { type AccessMatrix, type MatrixRoute, nameOf } from "./access-matrix";

export interface TerminalStyle {
  /** Columns of the terminal; `undefined` for a file or a program, for which nothing is wrapped. */
  readonly width: number | undefined;
  readonly alarm: (text: string) => string;
  readonly heading: (text: string) => string;
}

/** Columns that a grid may take where there is no terminal. */
const DEFAULT_WIDTH = 120;

/** With more clients, the callers of each route are listed instead of a column for each. */
export const MAX_COLUMNS = 20;

const WITHOUT_DOMAIN = `can get tokens without the domain, through Cognito's API: ${CLIENT_TOKEN_FLOW}`;

const DISABLED = "is disabled or has expired: it gets no tokens, and can call no route";

const INTRODUCTION = `# Who can call what

Computed from the synthesized Terraform. Do not edit: run \`npx access matrix --write\`.

\`✓\` can get a token with a scope that the route demands, and the function behind the route accepts it.
`;

/** How names are written. */
type Write = (name: string) => string;

/** The matrices as JSON, the same for the same Terraform. Ends with a line break. */
export function matrixJson(matrices: readonly AccessMatrix[]): string {
  return `${jsonText(matrices)}\n`;
}

/** The matrices as a Markdown document, the content of `access-matrix.md`. Ends with a line break. */
export function matrixMarkdown(matrices: readonly AccessMatrix[]): string {
  return [INTRODUCTION, ...matrices.map(sectionOf)].join("\n");
}

function sectionOf(matrix: AccessMatrix): string {
  const { environment, clients, routes } = matrix;
  const [head = [], ...rows] = clients.length <= MAX_COLUMNS ? gridOf(matrix, code) : listOf(matrix, code);
  const ways = (matrix.withoutDomain ?? []).map((client) => `- ${code(client)} ${WITHOUT_DOMAIN}`);
  const disabled = (matrix.disabled ?? []).map((client) => `- ${code(client)} ${DISABLED}`);
  const notes = [...ways, ...disabled, ...notesOf(routes, code).map((note) => `- ${note}`)];
  const [titles = [], ...owners] = ownersOf(matrix, prose);
  const lines = [
    `## ${prose(environment)}`,
    "",
    ...table(head, rows),
    ...(owners.length > 0 ? ["", ...table(titles, owners)] : []),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** One environment's matrix: a grid or, when that is too wide, the callers of each route. Public routes come first. */
export function matrixText(matrix: AccessMatrix, { width, alarm, heading }: TerminalStyle): string {
  const { environment, clients, routes } = matrix;
  const title = `${oneLine(environment)}: ${counted(clients.length, "client")}, ${counted(routes.length, "route")}`;
  const alarms = routes
    .filter(({ access }) => access === "public")
    .flatMap((route) => [
      `PUBLIC: ${nameOf(route)} is callable without a token`,
      ...(route.catches ?? []).map((caught) => `PUBLIC: ${caught} needs no token: ${nameOf(route)} answers it`),
    ]);
  const ways = (matrix.withoutDomain ?? []).map((client) => `${client} ${WITHOUT_DOMAIN}`);
  const grid = clients.length <= MAX_COLUMNS ? aligned(gridOf(matrix, oneLine)) : [];
  const isGrid = grid.length > 0 && grid.every((line) => widthOf(line) <= (width ?? DEFAULT_WIDTH));
  const disabled = (matrix.disabled ?? []).map((client) => oneLine(`${client} ${DISABLED}`));
  const notes = [...disabled, ...notesOf(routes, oneLine)].map((note) => hanging("  ", note, width));
  const body = [
    ...(isGrid ? grid : aligned(listOf(matrix, oneLine), width)),
    ...(matrix.owners === undefined ? [] : ["", ...aligned(ownersOf(matrix, oneLine), width)]),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ];
  return [heading(title), ...[...alarms, ...ways].map(oneLine).map(alarm), "", ...body].join("\n");
}

function gridOf({ clients, routes }: AccessMatrix, write: Write): readonly (readonly string[])[] {
  const rows = routes.map((route) => [
    write(nameOf(route)),
    scopesOf(route, write),
    checkOf(route),
    ...clients.map((client) => cellOf(route, client, write)),
  ]);
  return [["route", "any of the scopes", "function checks", ...clients.map(write)], ...rows];
}

/** Who answers for each client, with the columns that are used; no rows where access.yaml has neither. */
function ownersOf({ owners = [] }: AccessMatrix, write: Write): readonly (readonly string[])[] {
  if (owners.length === 0) return [];
  const columns = (["owner", "purpose"] as const).filter((column) => owners.some((one) => one[column] !== null));
  const rows = owners.map((one) => [
    write === prose ? code(one.client) : write(one.client),
    ...columns.map((column) => write(one[column] ?? "–")),
  ]);
  return [["client", ...columns], ...rows];
}

/** What the grid has of a client and a route. */
export function cellOf({ access, callers, refusedByFunction }: MatrixRoute, client: string, write: Write): string {
  if (access === "public") return write === code ? "**PUBLIC**" : "PUBLIC";
  if (access === "unknown") return "?";
  if (callers.includes(client)) return "✓";
  return refusedByFunction.includes(client) ? "denied" : "–";
}

/** What decides about a client beside the matrix. */
export interface ClientAccess {
  /** Full names of its scopes. */
  readonly scopes: readonly string[];
  /** Why it gets no tokens, such as `disabled`. Left out: it gets tokens. */
  readonly ended?: string | undefined;
}

/** Why a client can or cannot call a route, in a few words each. */
export function reasonsOf(route: MatrixRoute, client: string, { scopes, ended }: ClientAccess): readonly string[] {
  const { access, callers, callerCheck } = route;
  if (access === "public") return ["no token needed"];
  if (access === "unknown") return ["not analyzed"];
  if (ended !== undefined) return [`${ended}: it gets no token`];
  const shared = route.scopes.filter((scope) => scopes.includes(scope));
  if (shared.length === 0) return ["no scope of the route"];
  const byScopes = `scope ${shared.join(", ")}`;
  if (!callers.includes(client)) return [byScopes, "not in the function's list"];
  return [byScopes, ...(callerCheck === "client-id" ? ["in the function's list"] : [])];
}

function listOf({ clients, routes }: AccessMatrix, write: Write): readonly (readonly string[])[] {
  const rows = routes.map((route) => {
    const callers = callersOf(route, clients, write);
    const who = route.access === "public" && write === code ? `**${callers}**` : callers;
    return [write(nameOf(route)), scopesOf(route, write), checkOf(route), who];
  });
  return [["route", "any of the scopes", "function checks", "who can call it"], ...rows];
}

function scopesOf({ scopes }: MatrixRoute, write: Write): string {
  return scopes.map(write).join(", ");
}

/** What the function checks of its callers; `–` where there is nothing to check, or no function. */
function checkOf({ access, function: fn, callerCheck }: MatrixRoute): string {
  if (access !== "clients" || fn === null) return "–";
  return callerCheck === "none" ? "nothing" : callerCheck.replace("-", " ");
}

function callersOf({ access, callers }: MatrixRoute, clients: readonly string[], write: Write): string {
  if (access === "public") return "PUBLIC: callable without a token";
  if (access === "unknown") return "?";
  if (callers.length === 0) return "no client";
  const total = counted(clients.length, "client");
  if (callers.length === clients.length) return `all ${total}`;
  return `${callers.length.toLocaleString("en")} of ${total}: ${callers.map(write).join(", ")}`;
}

function notesOf(routes: readonly MatrixRoute[], write: Write): readonly string[] {
  return routes.flatMap((route) => {
    const denied = route.refusedByFunction.map(write).join(", ");
    const written = route.notes.map(write === code ? prose : write);
    const notes = denied === "" ? written : [...written, `has the scope, but the function denies it: ${denied}`];
    return notes.map((note) => `${write(nameOf(route))}: ${note}`);
  });
}
