/** Limits of AWS on one function or one API as a whole, which a deployment would reach half-way. */
import { ALLOWED } from "./caller-table";
import { callersOf, isIn, requiredBy, routesByFunction } from "./client-rules";
import { corsOf, corsOrigins } from "./cors";
import { prefixOf } from "./environment-schema";
import { bytesLeft, functionEnvironment, isFitting } from "./function-environment";
import { type FunctionInput, mergedSettings } from "./function-schema";
import { quote } from "./nearest-name";
import { QUOTAS } from "./quotas";
import { routeKeyOf } from "./route-table";
import type { Content } from "./schema";
import type { YamlFile } from "./yaml-file";

type Routes = Content["routes"];

/** The part of a function's environment for the CORS origins of its routes. */
const MAX_ORIGINS_BYTES = 1000;

const MAX_POLICY_BYTES = QUOTAS.policyBytes.value;

/** IAM's limit for all inline policies of a role, less the policies that every function's role may have. */
export const MAX_STATEMENTS_LENGTH = QUOTAS.rolePolicyCharacters.value - 2740;

const MAX_RESOURCES_OF_AN_API = QUOTAS.resources.value;

/** Parts of a path. Each part of each path is compared with those of the others. */
const MAX_DEPTH = 32;

/** Reports what exceeds the limits of one function or one API. */
export function checkLimits(content: Content, file: YamlFile): void {
  for (const [lambda, routes] of routesByFunction(content.routes)) {
    const at = file.at(["routes", Object.keys(routes)[0] ?? "", "lambda"]);
    for (const excess of [
      excessOfPolicy(lambda, routes, content),
      excessOfOrigins(routes),
      excessOfCallers(routes, content),
    ]) {
      if (excess !== undefined) file.report(at, `lambda ${quote(lambda)} has ${excess}`);
    }
    checkOwn(lambda, routes, content, file);
  }
  checkResources(content.routes, file);
}

/** Measures the policy as Lambda writes it, in the environment where its names are longest. */
function excessOfPolicy(lambda: string, routes: Routes, { environments }: Content): string | undefined {
  const keys = Object.keys(routes);
  let longest: readonly [string, string, string] = ["", "", ""];
  for (const [stage, environment] of Object.entries(environments)) {
    const name = functionName(prefixOf(environment), lambda);
    const names = [stage, environment.region, name] as const;
    if (lengthOf(names) > lengthOf(longest)) longest = names;
  }
  const size = policySize(keys, ...longest);
  if (size <= MAX_POLICY_BYTES) return undefined;
  const has = `${keys.length} routes, whose permissions make a resource policy of ${bytes(size)}`;
  return `${has}, but Lambda's limit is ${bytes(MAX_POLICY_BYTES)}. Split it in two.`;
}

/** Name of a function as AWS has it, up to Lambda's limit. */
export function functionName(prefix: string, lambda: string): string {
  return `${prefix}-${lambda}`.slice(0, 64);
}

/** The region is in each statement twice. */
function lengthOf([stage, region, name]: readonly [string, string, string]): number {
  return stage.length + 2 * region.length + name.length;
}

/** Bytes of a function's resource policy. @param routes keys such as `GET /orders` */
export function policySize(routes: readonly string[], stage: string, region: string, functionName: string): number {
  const account = "0".repeat(12);
  const statements = routes.map((key) => {
    const { method, path } = routeKeyOf(key);
    const source = `${"0".repeat(10)}/${stage}/${method === "ANY" ? "*" : method}${path.replace(/\{[^}]*\}/g, "*")}`;
    return {
      Sid: "0".repeat(36), // as Terraform makes it: `terraform-`, a timestamp and a counter
      Effect: "Allow",
      Principal: { Service: "apigateway.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: `arn:aws:lambda:${region}:${account}:function:${functionName}`,
      Condition: { ArnLike: { "AWS:SourceArn": `arn:aws:execute-api:${region}:${account}:${source}` } },
    };
  });
  return Buffer.byteLength(JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: statements }));
}

function excessOfOrigins(routes: Routes): string | undefined {
  const size = Buffer.byteLength(corsOrigins(routesOf(routes)) ?? "");
  if (size <= MAX_ORIGINS_BYTES) return undefined;
  const has = `CORS origins of ${bytes(size)}`;
  return `${has}, but Lambda's 4 KB of environment variables hold only ${bytes(MAX_ORIGINS_BYTES)}. Split it in two, or allow fewer origins.`;
}

function excessOfCallers(routes: Routes, content: Content): string | undefined {
  if (excessOfOrigins(routes) !== undefined || isFitting(environmentWithout(routes, content))) return undefined;
  const paths = Buffer.byteLength(Object.keys(routes).join());
  const scopes = Buffer.byteLength([...requiredBy(routes)].join(" "));
  const { length } = callersOf(routes, content).callers;
  const clients = `${length.toLocaleString("en")} ${length === 1 ? "client" : "clients"}`;
  const has = `routes of ${bytes(paths)} and, for its ${clients}, scopes of ${bytes(scopes)}`;
  return `${has}, which exceed Lambda's 4 KB of environment variables. Split it in two.`;
}

/** Whether a function checks scopes, as the ids of its clients do not fit into its environment. */
export function checksScopes(lambda: string, routes: Routes, content: Content): boolean {
  const environments = environmentsWith(lambda, routes, content);
  return [environmentWithout(routes, content), ...environments].some((one) => ALLOWED.scopes in one);
}

/** The function's environment variables without its own, in the environment with the most callers. */
function environmentWithout(routes: Routes, content: Content): Readonly<Record<string, string>> {
  const { callers, environment = Object.keys(content.environments)[0] ?? "" } = callersOf(routes, content);
  return functionEnvironment(environment, routesOf(routes), callers);
}

/** Its environment variables with its own, in each environment in which it has some. */
function environmentsWith(
  lambda: string,
  routes: Routes,
  content: Content,
): readonly Readonly<Record<string, string>>[] {
  return ownOf(lambda, content).flatMap(({ environment, own: { variables } }) => {
    if (variables === undefined) return [];
    const callers = Object.entries(content.clients)
      .filter(([, client]) => isIn(client, environment))
      .map(([name, { scopes }]) => ({ name, scopes }));
    return [functionEnvironment(environment, routesOf(routes), callers, undefined, variables)];
  });
}

/** The settings of the function, by environment; empty for one without any. */
function ownOf(lambda: string, { environments, functions = {} }: Content) {
  return Object.entries(environments).flatMap(([environment, { functions: inEnvironment = {} }]) => {
    const own: FunctionInput = mergedSettings(functions[lambda], inEnvironment[lambda]);
    return Object.keys(own).length === 0 ? [] : [{ environment, own }];
  });
}

/** Reports variables and statements of the function that AWS has no room for. */
function checkOwn(lambda: string, routes: Routes, content: Content, file: YamlFile): void {
  const path = (environment: string, setting: string) => {
    const inEnvironment = ["environments", environment, "functions", lambda, setting];
    return file.at(file.has(inEnvironment) ? inEnvironment : ["functions", lambda, setting]);
  };
  const owner = `function ${quote(lambda)}`;
  const isRight = isFitting(environmentWithout(routes, content));
  for (const variables of isRight ? environmentsWith(lambda, routes, content) : []) {
    const left = bytesLeft(variables);
    const environment = (variables[ALLOWED.byRoute] ?? "").split(";")[0] ?? "";
    if (left >= 0) continue;
    const has = `variables of ${owner} are ${bytes(-left)} more in environment ${quote(environment)}`;
    const message = `${has} than Lambda's 4 KB have room for, beside its routes and callers. Shorten them.`;
    file.report(path(environment, "variables"), message);
  }
  for (const { environment, own } of ownOf(lambda, content)) {
    const { length } = JSON.stringify(own.statements ?? []);
    if (length <= MAX_STATEMENTS_LENGTH) continue;
    const has = `statements of ${owner} have ${length.toLocaleString("en")} characters in environment ${quote(environment)}`;
    const but = `but the policies of a role have room for ${MAX_STATEMENTS_LENGTH.toLocaleString("en")}. Remove some.`;
    file.report(path(environment, "statements"), `${has}, ${but}`);
  }
}

function routesOf(routes: Routes) {
  return Object.entries(routes).map(([key, { scopes = [], public: isPublic = false, cors }]) => ({
    ...routeKeyOf(key),
    scopes,
    publicReason: isPublic ? "" : undefined,
    cors: corsOf(cors),
  }));
}

function bytes(count: number): string {
  return `${count.toLocaleString("en")} bytes`;
}

/**
 * Every part of every path is a resource, the root among them. The mistake is at the first route too many.
 * @throws {AccessModelError} comparing the paths would take long
 */
function checkResources(routes: Routes, file: YamlFile): void {
  const resources = new Set([""]);
  let first: string | undefined;
  let isDeep = false;
  for (const key of Object.keys(routes)) {
    const parts = partsOf(key);
    for (const resource of resourcesOf(parts)) resources.add(resource);
    if (resources.size > MAX_RESOURCES_OF_AN_API) first ??= key;
    if (parts.length - 1 <= MAX_DEPTH) continue;
    const deep = `route ${quote(key)} has a path of ${parts.length - 1} parts, but at most ${MAX_DEPTH} are possible.`;
    file.report(file.keyAt(["routes", key]), `${deep} Shorten it.`);
    isDeep = true;
  }
  if (isDeep) file.refuseMistakes();
  if (first === undefined) return;
  const has = `the paths of all routes have ${resources.size} parts`;
  const but = `but an API has at most ${MAX_RESOURCES_OF_AN_API} resources. Move some of them to a separate access.yaml.`;
  file.report(file.keyAt(["routes", first]), `${has}, ${but}`);
  file.refuseMistakes();
}

/** How many resources the API has, the root among them. @param routes keys such as `GET /orders` */
export function countResources(routes: readonly string[]): number {
  return new Set(["", ...routes.flatMap((key) => resourcesOf(partsOf(key)))]).size;
}

function partsOf(route: string): readonly string[] {
  const { path } = routeKeyOf(route);
  return path === "/" ? [""] : path.split("/");
}

function resourcesOf(parts: readonly string[]): readonly string[] {
  return parts.map((_, depth) => parts.slice(0, depth + 1).join("/"));
}
