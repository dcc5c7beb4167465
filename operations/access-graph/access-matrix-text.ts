/** Who can call what, for people and programs: in a terminal, as Markdown, as JSON. */
import { type AccessMatrix, type MatrixRoute, nameOf } from "./access-matrix";
import { CLIENT_TOKEN_FLOW } from "./token-ways";

/** How a matrix is shown in a terminal. */
export interface TerminalStyle {
  /** Columns that there are. */
  readonly width: number;
  /** Makes what must not be overlooked loud. */
  readonly alarm: (text: string) => string;
  readonly heading: (text: string) => string;
}

/** More clients than these are listed for each route: a column for each could not be read. */
const MOST_COLUMNS = 20;

const WITHOUT_DOMAIN = `can get tokens without the domain, through Cognito's API: ${CLIENT_TOKEN_FLOW}`;

const INTRODUCTION = `# Who can call what

Computed from the synthesized Terraform. Do not edit: run \`npm run matrix -- --write\`.

\`✓\` can get a token with a scope that the route demands, and the function behind the route lets it in.
`;

/** The matrices as JSON: always the same for the same Terraform, and sorted. Ends with a line break. */
export function matrixJson(matrices: readonly AccessMatrix[]): string {
  return `${JSON.stringify(matrices, null, 2)}\n`;
}

/** The matrices as a Markdown document, which `access-matrix.md` holds. Ends with a line break. */
export function matrixMarkdown(matrices: readonly AccessMatrix[]): string {
  return [INTRODUCTION, ...matrices.map(sectionOf)].join("\n");
}

/** One environment's matrix: a grid or, when that is too wide, the callers of each route. Public routes come first. */
export function matrixText(matrix: AccessMatrix, style: TerminalStyle): string {
  const { environment, clients, routes } = matrix;
  const title = `${environment}: ${counted(clients.length, "client")}, ${counted(routes.length, "route")}`;
  const alarms = routes
    .filter(isPublic)
    .flatMap((route) => [
      `PUBLIC: anybody can call ${nameOf(route)}, without a token`,
      ...(route.catches ?? []).map((caught) => `PUBLIC: ${caught} needs no token: ${nameOf(route)} answers it`),
    ]);
  const ways = (matrix.withoutDomain ?? []).map((client) => `${client} ${WITHOUT_DOMAIN}`);
  const lines = clients.length <= MOST_COLUMNS ? aligned(gridOf(matrix, plain)) : [];
  const isGrid = lines.length > 0 && lines.every((line) => line.length <= style.width);
  const body = isGrid
    ? [...lines, ...noteLines(routes)]
    : routes.flatMap((route) => listed(route, matrix, style.width));
  return [style.heading(title), ...[...alarms, ...ways].map(style.alarm), "", ...body].join("\n");
}

function sectionOf(matrix: AccessMatrix): string {
  const { environment, clients, routes } = matrix;
  const isGrid = clients.length <= MOST_COLUMNS;
  const rows = isGrid ? gridOf(matrix, code) : listOf(matrix);
  const [head = [], ...others] = rows.map((row) => `| ${row.join(" | ")} |`);
  const rule = `|${" --- |".repeat((rows[0] ?? []).length)}`;
  const ways = (matrix.withoutDomain ?? []).map((client) => `- ${code(client)} ${WITHOUT_DOMAIN}`);
  const ofRoutes = routes.flatMap((route) => notesOf(route, code).map((note) => `- ${code(nameOf(route))}: ${note}`));
  const notes = [...ways, ...ofRoutes];
  const section = [`## ${environment}`, "", head, rule, ...others, ...(notes.length > 0 ? ["", ...notes] : [])];
  return `${section.join("\n")}\n`;
}

/** @param name how names are written */
function gridOf({ clients, routes }: AccessMatrix, name: (text: string) => string): readonly (readonly string[])[] {
  const rows = routes.map((route) => [
    name(nameOf(route)),
    route.scopes.map(name).join(", "),
    ...clients.map((client) => cellOf(route, client, name === code)),
  ]);
  return [["route", "any of the scopes", ...clients.map(name)], ...rows];
}

function cellOf(route: MatrixRoute, client: string, isLoud: boolean): string {
  if (isPublic(route)) return isLoud ? "**PUBLIC**" : "PUBLIC";
  if (route.access === "unknown") return "?";
  if (route.callers.includes(client)) return "✓";
  return route.refusedByFunction.includes(client) ? "refused" : "–";
}

function listOf({ clients, routes }: AccessMatrix): readonly (readonly string[])[] {
  const rows = routes.map((route) => {
    const callers = callersOf(route, clients.length, code);
    return [code(nameOf(route)), route.scopes.map(code).join(", "), isPublic(route) ? `**${callers}**` : callers];
  });
  return [["route", "any of the scopes", "who can call it"], ...rows];
}

/** One route and its callers, broken at the width. */
function listed(route: MatrixRoute, { clients }: AccessMatrix, width: number): readonly string[] {
  const callers = callersOf(route, clients.length, plain);
  const notes = notesOf(route, plain);
  return [
    `${plain(nameOf(route))}  ${route.scopes.map(plain).join(", ")}`.trimEnd(),
    ...[callers, ...notes].flatMap((text) => broken(text, width - 4)).map((line) => `    ${line}`),
  ];
}

function callersOf(route: MatrixRoute, total: number, name: (text: string) => string): string {
  if (isPublic(route)) return "PUBLIC: anybody, without a token";
  if (route.access === "unknown") return "?";
  const count = route.callers.length;
  if (count === 0) return "nobody";
  if (count === total) return `all ${counted(total, "client")}`;
  return `${count.toLocaleString("en")} of ${counted(total, "client")}: ${route.callers.map(name).join(", ")}`;
}

function noteLines(routes: readonly MatrixRoute[]): readonly string[] {
  const notes = routes.flatMap((route) => notesOf(route, plain).map((note) => `  ${plain(nameOf(route))}: ${note}`));
  return notes.length > 0 ? ["", ...notes] : [];
}

function notesOf({ notes, refusedByFunction }: MatrixRoute, name: (text: string) => string): readonly string[] {
  if (refusedByFunction.length === 0) return notes;
  return [...notes, `has the scope, but is refused by the function: ${refusedByFunction.map(name).join(", ")}`];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = rows[0] ?? [];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

/** The text in lines that are no longer than the width, unless a single name is. */
function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function isPublic({ access }: MatrixRoute): boolean {
  return access === "public";
}

/** A name may have line breaks. */
function plain(name: string): string {
  return name.replace(/\s+/g, " ");
}

/** A name as Markdown takes it in a table, whatever it has in it. */
function code(name: string): string {
  const longest = Math.max(0, ...(name.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${plain(name).replaceAll("|", "\\|")}${space}${fence}`;
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
