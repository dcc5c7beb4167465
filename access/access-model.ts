/**
 * Who may call what, and where it is deployed: access.yaml as a validated model. Everything else is derived from it.
 *
 * access-types.ts says what the model is. access-file.ts knows YAML and positions; access-shape.ts, access-scalar.ts,
 * access-collection.ts and access-record.ts know kinds of values; access-settings.ts, access-environment.ts and
 * access-route.ts what AWS demands of each setting; access-rules.ts and what it calls what AWS demands beyond.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { backendOf, type EnvironmentContent, prefixOf } from "./environment";
import { AccessFile, AccessModelError, type Mistake } from "./file";
import { operationOf } from "./operation";
import { corsOf, type RouteContent, splitRouteKey, textsOf } from "./route";
import { checkRules } from "./rules";
import { checkSense } from "./sense";
import { type AccessContent, accessShape } from "./settings";
import { read } from "./shape";
import type { AccessModel, Client, CustomDomain, Environment, ResourceServer, Route } from "./types";

export { type CaughtRequests, caughtRequests } from "./caught-requests";
export { AccessModelError, type Mistake } from "./file";
export { CLIENTS_OF_A_FUNCTION } from "./limits";
export { fits, METHODS_OF_ANY, meetingOf, type RouteKey, RouteTable, routeKeyOf, shapeOf } from "./route-table";
export { accessSchemaText } from "./settings";
export type * from "./types";

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
  const isWhole = !file.hasMistakes;
  const content = read(accessShape, file.root, [], file);
  checkRules(content, functions, file);
  if (isWhole) checkSense(content, file);
  file.refuseMistakes();
  return modelOf(content, file.warnings);
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

function modelOf(content: AccessContent, warnings: readonly Mistake[]): AccessModel {
  return {
    environments: content.environments.map(({ name, value }) => environmentOf(name, value, content)),
    resourceServers: content.resourceServers.map(resourceServerOf),
    clients: content.clients.map(clientOf),
    routes: content.routes.map(({ name, value }) => routeOf(name, value)),
    warnings,
  };
}

function environmentOf(name: string, value: EnvironmentContent, { defaults, tags }: AccessContent): Environment {
  const { tokenDomain, apiDomain, accountId, alarms, tokenCache } = value;
  const prefix = prefixOf(value);
  return {
    name,
    region: value.region.text,
    prefix,
    tokenDomain: tokenDomain === undefined ? { kind: "prefix", prefix } : customDomain(tokenDomain),
    apiDomain: apiDomain && customDomain(apiDomain),
    isProtected: value.protected ?? !value.ephemeral,
    isEphemeral: value.ephemeral,
    accountId: accountId?.text,
    backend: backendOf(name, value),
    tags: Object.fromEntries([...tags, ...value.tags].map((tag) => [tag.name, tag.value.text])),
    ...operationOf(value, defaults),
    accessLog: value.accessLog,
    methodMetrics: value.methodMetrics,
    tracing: value.tracing,
    firewall: value.firewall,
    alarms: alarms && { ...alarms, topicArn: alarms.topicArn.text },
    dashboard: value.dashboard,
    tokenCache: tokenCache && { minutes: tokenCache.minutes.value },
  };
}

function customDomain({ name, certificateArn }: NonNullable<EnvironmentContent["apiDomain"]>): CustomDomain {
  return { kind: "custom", name: name.text, certificateArn: certificateArn.text };
}

function resourceServerOf({ name, value }: AccessContent["resourceServers"][number]): ResourceServer {
  return {
    identifier: name,
    name: value.name?.text ?? name,
    scopes: value.scopes
      .map((scope) => ({ name: scope.name, description: scope.value.text }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function clientOf({ name, value }: AccessContent["clients"][number]): Client {
  const { scopes, tokenMinutes, environments, secret } = value;
  return {
    name,
    scopes: textsOf(scopes),
    tokenMinutes,
    environments: environments?.map(({ text }) => text),
    secret: secret && { readers: textsOf(secret.readers), kmsKeyArn: secret.kmsKeyArn?.text },
  };
}

function routeOf(key: string, value: RouteContent): Route {
  const { lambda, url, scopes, reason, throttling } = value;
  return {
    ...splitRouteKey(key),
    backend: url === undefined ? { kind: "lambda", lambda: lambda?.text ?? "" } : { kind: "http", url: url.text },
    scopes: textsOf(scopes ?? []),
    publicReason: reason?.text,
    cors: corsOf(value),
    throttling,
  };
}
