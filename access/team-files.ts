/** Files of teams, `access.d/<owner>.yaml`: how they are found, what they may name, and how much. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isIn, routesByFunction, writtenTokenMinutes } from "./client-rules";
import { advice, listed, quote } from "./nearest-name";
import { routeKeyOf } from "./route-table";
import { type Content, OWNER_NAME } from "./schema";
import { AccessModelError, type YamlFile } from "./yaml-file";

/** Folder of the files beside access.yaml. */
export const TEAM_FOLDER = "access.d";

/** Sections that a team's file may have. */
const TEAM_SECTIONS = ["resourceServers", "clients", "routes", "functions"] as const;

type Owner = NonNullable<Content["owners"]>[string];

/** What an owner's file may name. What is left out is not limited. */
export interface Prefixes {
  readonly clients?: readonly string[];
  /** Full names, or beginnings that end in a slash. */
  readonly scopes?: readonly string[];
  /** Paths at and below which it may have routes. */
  readonly routes?: readonly string[];
}

/** A team's file: its name, such as `access.d/payments.yaml`, its owner, and its text. */
export interface TeamFile {
  readonly name: string;
  readonly owner: string;
  readonly text: string;
}

/**
 * Paths of the teams' files below the folder of access.yaml, sorted.
 * @throws {AccessModelError} the folder, or a file in it, is a link or of another kind: it could lead out of the folder
 */
export function teamFilesIn(folder: string): readonly string[] {
  const path = join(folder, TEAM_FOLDER);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory())
    throw new AccessModelError(`${path} is not a folder. Put the files of teams into a folder.`);
  const names = readdirSync(path).filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith("."));
  return names.toSorted().map((name) => {
    const refuse = (why: string) => new AccessModelError(`${join(path, name)} ${why}`);
    const owner = name.replace(/\.yaml$/, "");
    if (!OWNER_NAME.pattern.test(owner)) throw refuse("is not named <owner>.yaml. Rename it.");
    if (!lstatSync(join(path, name)).isFile()) throw refuse("is a link or not a file. Write the entries into a file.");
    return join(TEAM_FOLDER, name);
  });
}

/** Merges a team's file into the main file: a name that both have is a mistake. Its clients belong to its owner. */
export function includeTeamFile(main: YamlFile, team: YamlFile, owner: string): void {
  const known: readonly string[] = TEAM_SECTIONS;
  const hasOwners = main.has(["owners"]);
  main.include(team, known, (section, value) => {
    const isClient = section === "clients" && hasOwners && Object(value) === value && !Array.isArray(value);
    return isClient ? { owner, ...(value as object) } : value;
  });
}

/** Reports what a team's file names although another one may, and what exceeds its limits. */
export function checkTeamFiles(content: Content, teams: readonly TeamFile[], file: YamlFile): void {
  const entries = entriesByFile(content, file);
  const byFunction = routesByFunction(content.routes);
  for (const team of teams) {
    const owner = content.owners?.[team.owner];
    const at = file.startOf(team.name);
    if (content.owners !== undefined && owner === undefined) {
      const hint = advice(team.owner, Object.keys(content.owners), "Owners");
      file.report(at, `${team.name} is the file of ${quote(team.owner)}, which is not an owner.${hint}`);
    }
    const own = entries.get(team.name) ?? NO_ENTRIES;
    checkFunctions(team, own, byFunction, file);
    for (const [name, client] of Object.entries(own.clients)) {
      if (client.owner === undefined || client.owner === "" || client.owner === team.owner) continue;
      const has = `client ${quote(name)} in ${team.name} has owner ${quote(client.owner)}`;
      const remedy = `Remove the owner, or move the client to the file of ${quote(client.owner)}.`;
      file.report(file.at(["clients", name, "owner"]), `${has}. ${remedy}`);
    }
    if (owner !== undefined) {
      checkNames(team, owner, own, file);
      checkLimits(team, owner, own, content, file);
    }
  }
}

type Entries = Pick<Content, "clients" | "routes" | "resourceServers" | "functions">;

const NO_ENTRIES: Entries = { clients: {}, routes: {}, resourceServers: {}, functions: {} };

/** All entries by the names of the files that have them. */
function entriesByFile(content: Content, file: YamlFile): ReadonlyMap<string, Entries> {
  const found = new Map<string, Record<(typeof TEAM_SECTIONS)[number], Record<string, unknown>>>();
  for (const section of TEAM_SECTIONS) {
    for (const [key, value] of Object.entries(content[section] ?? {})) {
      const name = file.fileOf([section, key]) ?? "";
      const entries = found.get(name) ?? { resourceServers: {}, clients: {}, routes: {}, functions: {} };
      found.set(name, entries);
      entries[section][key] = value;
    }
  }
  // Each value is in the section that it was taken from.
  return found as ReadonlyMap<string, unknown> as ReadonlyMap<string, Entries>;
}

/** A function answers under the permissions of its team, so that routes of other files cannot name it. */
function checkFunctions(
  { name }: TeamFile,
  own: Entries,
  byFunction: ReturnType<typeof routesByFunction>,
  file: YamlFile,
): void {
  const ownByFunction = routesByFunction(own.routes);
  for (const [lambda, routes] of ownByFunction) {
    const [mine = ""] = Object.keys(routes);
    const other = Object.keys(byFunction.get(lambda) ?? {}).find((key) => !(key in own.routes));
    if (other === undefined) continue;
    const both = `lambda ${quote(lambda)} of route ${quote(mine)} also answers ${quote(other)} of`;
    const message = `${both} ${file.fileOf(["routes", other])}, but a function belongs to one file. Name another one.`;
    file.report(file.at(["routes", mine, "lambda"]), message);
  }
  const lambdas = [...ownByFunction.keys()];
  for (const lambda of Object.keys(own.functions ?? {})) {
    if (lambdas.includes(lambda)) continue;
    const why = `which no route of ${name} names`;
    file.report(file.keyAt(["functions", lambda]), `${name} has settings of function ${quote(lambda)}, ${why}.`);
  }
}

/**
 * Whether the owner's file may have the entry.
 * @param name of a client, a route or a scope
 * @returns `undefined` where the owner has no prefixes for that section
 */
export function mayName(
  prefixes: Prefixes,
  section: "clients" | "routes" | "scopes",
  name: string,
): boolean | undefined {
  const { path } = routeKeyOf(name);
  const isAllowed = {
    clients: (one: string) => name.startsWith(one),
    routes: (one: string) => path === one || path.startsWith(`${one}/`),
    scopes: (one: string) => name === one || (one.endsWith("/") && name.startsWith(one)),
  };
  return prefixes[section]?.some(isAllowed[section]);
}

function checkNames({ name }: TeamFile, { prefixes = {} }: Owner, own: Entries, file: YamlFile): void {
  const check = (section: "clients" | "routes" | "scopes", key: string, at: number) => {
    if (key === "" || mayName(prefixes, section, key) !== false) return;
    const allowed = `Prefixes of its owner in access.yaml: ${listed(prefixes[section] ?? [])}.`;
    file.report(at, `${name} may not name ${section.slice(0, -1)} ${quote(key)}. ${allowed}`);
  };
  for (const section of ["clients", "routes"] as const) {
    for (const [key, { scopes = [] }] of Object.entries<{ readonly scopes?: readonly string[] }>(own[section])) {
      check(section, key, file.keyAt([section, key]));
      for (const [index, scope] of scopes.entries()) {
        check("scopes", scope, file.at([section, key, "scopes", index]));
      }
    }
  }
  for (const [server, { scopes }] of Object.entries(own.resourceServers)) {
    for (const scope of Object.keys(scopes)) {
      check("scopes", `${server}/${scope}`, file.keyAt(["resourceServers", server, "scopes", scope]));
    }
  }
}

function checkLimits(team: TeamFile, { limits = {} }: Owner, own: Entries, content: Content, file: YamlFile): void {
  for (const section of ["clients", "routes"] as const) {
    const names = Object.keys(own[section]);
    const max = limits[section];
    if (max === undefined || Number.isNaN(max) || names.length <= max) continue;
    const has = `${team.name} has ${names.length} ${section}, but limits of its owner in access.yaml allow ${max}`;
    file.report(file.keyAt([section, names[max] ?? ""]), `${has}. Remove some.`);
  }
  for (const [name, client] of Object.entries(own.clients)) {
    const { tokenMinutes: max } = limits;
    const minutes = Math.max(
      ...Object.keys(content.environments)
        .filter((environment) => isIn(client, environment))
        .map((environment) => writtenTokenMinutes(content, environment, client)),
    );
    if (max === undefined || !(minutes > max)) continue;
    const is = `tokenMinutes of client ${quote(name)} is ${minutes}`;
    const at = file.at(["clients", name, "tokenMinutes"]);
    file.report(at, `${is}, but limits of its owner in access.yaml allow ${max}. Write at most ${max}.`);
  }
  for (const [key, { throttling }] of Object.entries(own.routes)) {
    const { throttling: max } = limits;
    if (max === undefined) continue;
    const most = `${max.requestsPerSecond} requests a second and a burst of ${max.burst}`;
    const allow = `limits of its owner in access.yaml allow ${most}`;
    const at = file.at(["routes", key, "throttling"]);
    if (throttling === undefined) file.report(at, `route ${quote(key)} needs throttling, because ${allow}.`);
    else if (throttling.requestsPerSecond > max.requestsPerSecond || throttling.burst > max.burst) {
      file.report(at, `throttling of route ${quote(key)} is higher than allowed: ${allow}. Lower it.`);
    }
  }
}
