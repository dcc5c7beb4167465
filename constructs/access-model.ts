/**
 * Who may call what, and where it is deployed: access.yaml as a validated model. Everything else is derived from it.
 *
 * access-file.ts knows YAML and positions, access-shape.ts and access-collection.ts kinds of values, access-settings.ts
 * what AWS demands of each setting, access-rules.ts and access-limits.ts what it demands beyond.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { AccessFile, AccessModelError } from "./access-file";
import { checkRules, splitRouteKey } from "./access-rules";
import { type AccessContent, accessShape } from "./access-settings";
import { type Located, read } from "./access-shape";

export { AccessModelError, type Mistake } from "./access-file";
export { accessSchemaText } from "./access-settings";

/** Who may call what, and where it is deployed. Each list has at least one entry. */
export interface AccessModel {
  /** Where it is deployed, in the order of the file. */
  readonly environments: readonly Environment[];

  /** APIs and the scopes that they know, in the order of the file. */
  readonly resourceServers: readonly ResourceServer[];

  /** Callers, in the order of the file. */
  readonly clients: readonly Client[];

  /** What can be called, in the order of the file. */
  readonly routes: readonly Route[];
}

/** A place to deploy to: one stack. */
export interface Environment {
  /** Name of the stack and of the API's stage: 1 to 64 letters, digits, `_` or `-`, beginning with a letter. */
  readonly name: string;

  /** AWS region, such as `ap-northeast-1`. */
  readonly region: string;

  /** Prefix of the token endpoint's host, unique within a region. */
  readonly domainPrefix: string;
}

/** An API in OAuth's sense: what scopes belong to. */
export interface ResourceServer {
  /** What its scopes' full names begin with, such as `orders` or `https://api.example.com/orders`. */
  readonly identifier: string;

  /**
   * Name for people.
   * @default the identifier
   */
  readonly name: string;

  /** What it can be asked for, sorted by name; at least one. */
  readonly scopes: readonly Scope[];
}

/** A permission of a resource server. */
export interface Scope {
  /** Name within the resource server, without a slash. */
  readonly name: string;

  /** What it permits, for people. */
  readonly description: string;
}

/** A machine that calls: one confidential app client. */
export interface Client {
  /** Name of the app client. */
  readonly name: string;

  /** Scopes that it may ask for as `<identifier>/<scope>`, sorted, without repeats; at least one. */
  readonly scopes: readonly string[];

  /**
   * Life of its access tokens, in minutes, 5 to 1440.
   * @default 60
   */
  readonly tokenMinutes: number;
}

/** One method of one path. */
export interface Route {
  /** `GET`, `POST`, `PUT`, `PATCH`, `DELETE` or `HEAD`. */
  readonly method: string;

  /** Path below the stage, such as `/orders/{id}`. */
  readonly path: string;

  /** Name of the function that answers: `lambda/<name>.ts`. */
  readonly lambda: string;

  /** Scopes as `<identifier>/<scope>`, sorted, without repeats; a token with any of them may call. At least one. */
  readonly scopes: readonly string[];

  /**
   * Whether pages of other origins may call.
   * @default false
   */
  readonly cors: boolean;
}

/** What a text is parsed with. */
export interface ParseOptions {
  /** What mistakes call the file, such as `access.yaml`. */
  readonly file: string;

  /** Names of the functions that there are. */
  readonly functions: readonly string[];
}

/**
 * Reads access.yaml. Its functions are the files `lambda/<name>.ts` beside it.
 *
 * @throws {AccessModelError} the file cannot be read, or has mistakes
 */
export function readAccessModel(file: string): AccessModel {
  return parseAccessModel(readText(resolve(file)), { file: basename(file), functions: functionsBeside(file) });
}

/** @throws {AccessModelError} the text has mistakes: all of them by position, a line each, `<file>:<line>:<column>: …` */
export function parseAccessModel(text: string, { file: name, functions }: ParseOptions): AccessModel {
  const file = new AccessFile(text, name);
  const content = read(accessShape, file.root, [], file);
  checkRules(content, functions, file);
  file.refuseMistakes();
  return modelOf(content);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? `There is no access model at ${path}` : `${path} cannot be read (${code})`;
    throw new AccessModelError(`${what}. Write who may call what into that file.`, [], { cause });
  }
}

/** Without the folder there are no functions, which every route is then told. */
function functionsBeside(file: string): readonly string[] {
  const folder = join(dirname(file), "lambda");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => name.endsWith(".ts")).map((name) => basename(name, ".ts"));
}

function modelOf({ environments, resourceServers, clients, routes }: AccessContent): AccessModel {
  return {
    environments: environments.map(({ name, value }) => ({
      name,
      region: value.region.text,
      domainPrefix: value.domainPrefix.text,
    })),
    resourceServers: resourceServers.map(({ name, value }) => ({
      identifier: name,
      name: value.name?.text ?? name,
      scopes: value.scopes
        .map((scope) => ({ name: scope.name, description: scope.value.text }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
    clients: clients.map(({ name, value }) => ({
      name,
      scopes: sorted(value.scopes),
      tokenMinutes: value.tokenMinutes,
    })),
    routes: routes.map(({ name, value }) => ({
      ...splitRouteKey(name),
      lambda: value.lambda.text,
      scopes: sorted(value.scopes),
      cors: value.cors,
    })),
  };
}

function sorted(scopes: readonly Located[]): readonly string[] {
  return scopes.map(({ text }) => text).toSorted();
}
