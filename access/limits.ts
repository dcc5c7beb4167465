/** Limits of AWS on one function or one API as a whole, which a deployment would reach half-way. */
import { ALLOWED } from "./caller-table";
import { callersOf, requiredBy, routesByFunction } from "./client-rules";
import { corsOf, corsOrigins } from "./cors";
import { prefixOf } from "./environment-schema";
import { functionEnvironment, isFitting } from "./function-environment";
import { quote } from "./nearest-name";
import { routeKeyOf } from "./route-table";
import type { Content } from "./schema";
import type { YamlFile } from "./yaml-file";

type Routes = Content["routes"];

/** The part of a function's environment for the CORS origins of its routes. */
const MAX_ORIGINS_BYTES = 1000;

/** Lambda's limit for a function's resource policy, which has a statement for each route. */
const MAX_POLICY_BYTES = 20_480;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_RESOURCES_OF_AN_API = 300;

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
  }
  checkResources(content.routes, file);
}

/** Measures the policy as Lambda writes it, in the environment where its names are longest. */
function excessOfPolicy(lambda: string, routes: Routes, { environments }: Content): string | undefined {
  const keys = Object.keys(routes);
  let longest: readonly [string, string, string] = ["", "", ""];
  for (const [stage, environment] of Object.entries(environments)) {
    const name = `${prefixOf(environment)}-${lambda}`.slice(0, 64); // Lambda's limit
    const names = [stage, environment.region, name] as const;
    if (lengthOf(names) > lengthOf(longest)) longest = names;
  }
  const size = policySize(keys, ...longest);
  if (size <= MAX_POLICY_BYTES) return undefined;
  const has = `${keys.length} routes, whose permissions make a resource policy of ${bytes(size)}`;
  return `${has}, but Lambda's limit is ${bytes(MAX_POLICY_BYTES)}. Split it in two.`;
}

/** The region is in each statement twice. */
function lengthOf([stage, region, name]: readonly [string, string, string]): number {
  return stage.length + 2 * region.length + name.length;
}

function policySize(routes: readonly string[], stage: string, region: string, functionName: string): number {
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
  if (excessOfOrigins(routes) !== undefined || isFitting(environmentOf(routes, content))) return undefined;
  const paths = Buffer.byteLength(Object.keys(routes).join());
  const scopes = Buffer.byteLength([...requiredBy(routes)].join(" "));
  const { length } = callersOf(routes, content).callers;
  const clients = `${length.toLocaleString("en")} ${length === 1 ? "client" : "clients"}`;
  const has = `routes of ${bytes(paths)} and, for its ${clients}, scopes of ${bytes(scopes)}`;
  return `${has}, which exceed Lambda's 4 KB of environment variables. Split it in two.`;
}

/** Whether a function checks scopes, as the ids of its clients do not fit into its environment. */
export function checksScopes(routes: Routes, content: Content): boolean {
  return ALLOWED.scopes in environmentOf(routes, content);
}

/** In the environment with the most callers. */
function environmentOf(routes: Routes, content: Content): Readonly<Record<string, string>> {
  const { callers, environment = Object.keys(content.environments)[0] ?? "" } = callersOf(routes, content);
  return functionEnvironment(environment, routesOf(routes), callers);
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
    const parts = (key.split(" ")[1] ?? "").split("/");
    for (const depth of parts.keys()) resources.add(parts.slice(0, depth + 1).join("/"));
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
