/** `npx access new client|scope|route|function`: writes an entry into access.yaml, and the file of a function. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import {
  type AccessModel,
  AccessModelError,
  FUNCTION_NAME,
  mayName,
  parseAccessModel,
  readTeamFiles,
} from "../access/access-model";
import { OF_OBJECTS } from "../access/nearest-name";
import { hasEntry, NewEntryError, withEntry } from "../access/new-entry";
import { copyable, ON_EMBEDDED_AWS } from "../platform/local-command";
import { writeWhole } from "../platform/private-file";
import { isDeployedLocally, packageFolder, projectFolder, stackFolder } from "../platform/project";
import { quoted } from "../platform/shell";
import { print } from "../platform/terminal";
import { EXIT, runCommand, UsageError, UserError } from "../platform/user-error";
import { optionAlias } from "./option-alias";

const MAIN = "access.yaml";
const FUNCTIONS = join(projectFolder, "lambda");

/** Texts of files to write, by path. */
type Files = Readonly<Record<string, string>>;

export const command = new Command("new").description(
  "Writes an entry into access.yaml, whose comments and format stay, and for a function its file and a test. Nothing is written if access.yaml would have mistakes.",
);

command
  .command("client")
  .description("Adds a client.")
  .argument("<name>", "name of the client")
  .requiredOption("--scopes <scopes>", "full names of scopes, separated by commas", list)
  .addOption(optionAlias("--scope <scopes>", "scopes").argParser(list))
  .option("--environments <names>", "environments that it belongs to, separated by commas (default: all)", list)
  .option("--owner <name>", "one of the owners; the client is written into access.d/<name>.yaml if that exists")
  .action((name: string, options: ClientOptions) =>
    runCommand(async () => {
      const { scopes, environments, owner } = options;
      const value = {
        ...(owner === undefined ? {} : { owner }),
        scopes,
        ...(environments === undefined ? {} : { environments }),
      };
      const file = owner === undefined ? fileOf("clients", name) : (ownFile(owner) ?? MAIN);
      add(["clients"], name, value, {}, scopes, file);
      return done(`client ${name}`, ["npx access deploy", `npx access token ${quoted(name)} --decode`]);
    }),
  );

command
  .command("scope")
  .description("Adds a scope, and its resource server if there is none.")
  .argument("<server/scope>", "identifier of the resource server, slash, name of the scope")
  .requiredOption("--description <text>", "what the scope permits")
  .action((full: string, { description }: { readonly description: string }) =>
    runCommand(async () => {
      const [server, name] = partsOf(full);
      const isKnown = parsed().resourceServers.some(({ identifier }) => identifier === server);
      const team = readTeamFiles(projectFolder).find(({ text }) => hasEntry(text, ["resourceServers", server]));
      if (isKnown) add(["resourceServers", server, "scopes"], name, description, {}, [], team?.name ?? MAIN);
      else add(["resourceServers"], server, { scopes: { [name]: description } }, {}, [], fileOf("scopes", full));
      return done(`scope ${full}`, [`npx access new client <name> --scopes ${quoted(full)}`, "npx access matrix"]);
    }),
  );

interface ClientOptions {
  readonly scopes: string[];
  readonly environments?: string[];
  readonly owner?: string;
}

interface RouteOptions {
  readonly lambda?: string;
  readonly url?: string;
  readonly scopes?: string[];
  readonly public?: true;
  readonly reason?: string;
  readonly cors?: true;
}

command
  .command("route")
  .description("Adds a route, and the file of its function if there is none.")
  .argument("<method>", "such as POST, or ANY")
  .argument("<path>", "such as /orders/{id}")
  .addOption(new Option("--lambda <name>", "function that answers it: a file of lambda/").conflicts("url"))
  .option("--url <url>", "HTTP backend that answers it")
  .addOption(new Option("--scopes <scopes>", "scopes, separated by commas; a token needs one of them").argParser(list))
  .addOption(optionAlias("--scope <scopes>", "scopes").argParser(list))
  .addOption(new Option("--public", "callable without a token").conflicts("scopes"))
  .option("--reason <text>", "with --public: why no token is needed")
  .option("--cors", "pages of all origins may call it")
  .action((method: string, path: string, options: RouteOptions) =>
    runCommand(async () => {
      const { lambda, url, scopes, public: isPublic, reason, cors } = options;
      if (lambda === undefined && url === undefined) throw new UsageError("Name what answers: --lambda or --url.");
      if (scopes === undefined && (!isPublic || reason === undefined)) {
        throw new UsageError("Name --scopes, or --public and its --reason.");
      }
      const value = {
        ...(lambda === undefined ? { url } : { lambda }),
        ...(scopes === undefined ? { public: true, reason } : { scopes }),
        ...(cors ? { cors: true } : {}),
      };
      const key = `${method.toUpperCase()} ${path}`;
      add(
        ["routes"],
        key,
        value,
        lambda === undefined || exists(lambda) ? {} : filesOf(lambda),
        scopes,
        fileOf("routes", key),
      );
      return done(`route ${key}`, ["npx access matrix", "npx access deploy"]);
    }),
  );

command
  .command("function")
  .description("Writes the file of a function with its types, and a test.")
  .argument("<name>", "name of the function")
  .action((name: string) =>
    runCommand(async () => {
      if (!FUNCTION_NAME.pattern.test(name)) {
        throw new UsageError(`"${name}" is not a function's name: expected ${FUNCTION_NAME.expected}.`);
      }
      if (name in {}) throw new UsageError(`"${name}" ${OF_OBJECTS}. Use another name.`);
      if (exists(name)) throw new UserError(`${shown(functionFile(name))} exists already.`);
      write(filesOf(name));
      return done(`function ${name}`, [`npx access new route POST /${name} --lambda ${name} --scopes <scopes>`]);
    }),
  );

/**
 * Adds the entry and the files, or nothing.
 * @param scopes full names that the entry refers to
 * @param file that gets the entry: access.yaml, or a team's
 * @throws {UserError} when access.yaml would have mistakes
 */
function add(
  path: readonly string[],
  key: string,
  value: unknown,
  files: Files = {},
  scopes: readonly string[] = [],
  file = MAIN,
): void {
  // Existing mistakes are reported with their own positions.
  const model = parsed();
  const text = added(file, path, key, value);
  try {
    parsed({ [file]: text }, Object.keys(files));
  } catch (error) {
    if (!(error instanceof AccessModelError)) throw error;
    // Positions would be those of a text that is not written.
    const mistakes = error.mistakes.length === 0 ? [error.message] : error.mistakes.map(({ message }) => message);
    const lines = [`nothing was written, because ${file} would have mistakes:`, ...mistakes.map((one) => `  ${one}`)];
    throw new UserError([...lines, ...scopesToAdd(model, scopes)].join("\n"));
  }
  write({ ...files, [join(projectFolder, file)]: text });
}

/** The commands that add scopes that access.yaml does not have. */
function scopesToAdd({ resourceServers }: AccessModel, scopes: readonly string[]): readonly string[] {
  const known = resourceServers.flatMap(({ identifier, scopes: own }) =>
    own.map(({ name }) => `${identifier}/${name}`),
  );
  const missing = scopes.filter((scope) => !known.includes(scope) && scope.includes("/"));
  if (missing.length === 0) return [];
  return ["First add:", ...missing.map((scope) => `  npx access new scope ${quoted(scope)} --description "<text>"`)];
}

function added(file: string, path: readonly string[], key: string, value: unknown): string {
  try {
    return withEntry(current(file), path, key, value);
  } catch (error) {
    if (error instanceof NewEntryError) throw new UserError(error.message.replace(/^the file/, file));
    throw error;
  }
}

/** The team's file of the owner, if it exists. */
function ownFile(owner: string | undefined): string | undefined {
  return readTeamFiles(projectFolder).find((team) => team.owner === owner)?.name;
}

/** The file that gets an entry: of the only team whose prefixes name it, or access.yaml. */
function fileOf(section: "clients" | "routes" | "scopes", name: string): string {
  const owners = parsed().owners.filter(({ prefixes }) => mayName(prefixes, section, name));
  const files = owners.flatMap((owner) => ownFile(owner.name) ?? []);
  return files.length === 1 ? (files[0] ?? MAIN) : MAIN;
}

function current(file = MAIN): string {
  const path = join(projectFolder, file);
  if (!existsSync(path)) throw new UserError(`there is no access.yaml in ${projectFolder}.`);
  return readFileSync(path, "utf8");
}

/**
 * @param texts of files that would be written, by name
 * @param added files of functions that would be written along
 */
function parsed(texts: Files = {}, added: readonly string[] = []) {
  const teams = readTeamFiles(projectFolder).map((team) => ({ ...team, text: texts[team.name] ?? team.text }));
  const names = existsSync(FUNCTIONS) ? readdirSync(FUNCTIONS) : [];
  const files = [
    ...names,
    ...added.filter((file) => dirname(file) === FUNCTIONS).map((file) => relative(FUNCTIONS, file)),
  ];
  const functions = files.filter((name) => name.endsWith(".ts")).map((name) => name.slice(0, -".ts".length));
  return parseAccessModel(texts[MAIN] ?? current(), { file: MAIN, functions, teams });
}

/** Writes all files or none, access.yaml last. All others are new. */
function write(files: Files): void {
  const written: string[] = [];
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(file), { recursive: true });
      writeWhole(file, text);
      written.push(file);
    }
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    throw error;
  }
  for (const file of written) print(`${pc.green("written:")} ${shown(file)}`);
}

function done(what: string, next: readonly string[]): number {
  print([`Added ${what}. Next:`, ...next.map((line) => `  ${whereDeployed(line)}`)].join("\n"));
  return EXIT.done;
}

/** The command as it can be copied; on the embedded AWS where this folder is deployed there alone. */
function whereDeployed(line: string): string {
  const names = /^npx access (?:deploy|token)\b/.test(line) ? parsed().environments.map(({ name }) => name) : [];
  const isOnAws = names.some((name) => existsSync(join(stackFolder(name), ".terraform")));
  return copyable(line, {
    ...process.env,
    ...(names.some(isDeployedLocally) && !isOnAws && { [ON_EMBEDDED_AWS]: "1" }),
  });
}

function functionFile(name: string): string {
  return join(FUNCTIONS, `${name}.ts`);
}

function exists(name: string): boolean {
  return existsSync(functionFile(name));
}

/** The function, and a test where this project's tests are. */
function filesOf(name: string): Files {
  const test = join(packageFolder, "__tests__", "lambda", `${name}-test.ts`);
  const hasTest = projectFolder === packageFolder && !existsSync(test);
  const types = importPath(FUNCTIONS, join(packageFolder, "lambda", "shared", "api-event"));
  return {
    [functionFile(name)]: `/** Answers its caller. */
import type { APIGatewayProxyResult } from "aws-lambda";
import type { ApiEvent } from "${types}";

/** Entry point of the function. Only clients that may call the route get here. */
export async function handler({ caller }: ApiEvent): Promise<APIGatewayProxyResult> {
  return { statusCode: 200, body: JSON.stringify({ caller: caller?.name }) };
}
`,
    ...(hasTest
      ? {
          [test]: `import { handler } from "../../lambda/${name}";
import type { ApiEvent } from "../../lambda/shared/api-event";

it("answers its caller", async () => {
  const event = { caller: { clientId: "id", name: "shop", scopes: [] } } as unknown as ApiEvent;

  expect(await handler(event)).toEqual({ statusCode: 200, body: '{"caller":"shop"}' });
});
`,
        }
      : {}),
  };
}

function importPath(from: string, to: string): string {
  const path = relative(from, to);
  return path.startsWith(".") ? path : `./${path}`;
}

function partsOf(full: string): readonly [server: string, scope: string] {
  const slash = full.lastIndexOf("/");
  if (slash > 0 && slash < full.length - 1) return [full.slice(0, slash), full.slice(slash + 1)];
  throw new UsageError(`"${full}" is not a scope's full name. Expected <identifier>/<scope>, such as orders/read.`);
}

function list(text: string): readonly string[] {
  return text.split(",").map((one) => one.trim());
}

function shown(file: string): string {
  return relative(projectFolder, file);
}
