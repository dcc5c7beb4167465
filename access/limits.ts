/** Limits of AWS that an access model meets as a whole, and that a deployment would be told half-way. */

import { callersOf, demandedBy, routesByFunction } from "./callers";
import { corsOrigins } from "./cors";
import { prefixOf } from "./environment";
import type { AccessFile } from "./file";
import { quote } from "./nearest-name";
import { corsOf, splitRouteKey } from "./route";
import type { AccessContent } from "./settings";

type Routes = AccessContent["routes"];

/**
 * Lambda's limit for a function's environment, measured as JSON, in which every quotation mark of a value counts twice.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const ENVIRONMENT_BYTES = 4096;

/** How much of it the CORS origins of a function's routes may take, before and after marks are counted twice. */
const ORIGINS_BYTES = 1000;
const ESCAPED_ORIGINS_BYTES = 1250;

/** What is left of it for names of variables and all others, such as the log level. */
const OTHERS_BYTES = 400;

/** Who may call, as ids or as scopes. */
const CALLERS_BYTES = ENVIRONMENT_BYTES - ESCAPED_ORIGINS_BYTES - OTHERS_BYTES;

/** An id of 26 characters and a comma. */
const ID_BYTES = 27;

/** How many clients a function can tell by their ids. With more of them it is told their scopes. */
export const CLIENTS_OF_A_FUNCTION = Math.floor(CALLERS_BYTES / ID_BYTES);

/**
 * Lambda's limit for a function's resource policy, which has a statement for each route.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const POLICY_BYTES = 20_480;

const MAX_FUNCTION_NAME = 64;
const API_ID_LENGTH = 10;

/** Length of a statement id as Terraform makes it: `terraform-`, a timestamp and a counter. */
const STATEMENT_ID_LENGTH = 36;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const RESOURCES_OF_AN_API = 300;

const ROOM = "but Lambda's 4 KB of environment have room for";

/** Reports what is too much for one function or one API. */
export function checkLimits(content: AccessContent, file: AccessFile): void {
  for (const [lambda, routes] of routesByFunction(content.routes)) {
    const at = routes[0]?.value.lambda?.at ?? 0;
    for (const excess of excessesOf(routes, content)) file.report(at, `lambda ${quote(lambda)} has ${excess}`);
  }
  checkResources(content.routes, file);
}

function excessesOf(routes: Routes, content: AccessContent): readonly string[] {
  return [excessOfPolicy(routes, content), excessOfOrigins(routes), excessOfScopes(routes, content)].filter(
    (excess) => excess !== undefined,
  );
}

/** Measures the policy as Lambda writes it, in the environment where it is largest. */
function excessOfPolicy(routes: Routes, { environments }: AccessContent): string | undefined {
  const count = Math.max(0, ...environments.map((environment) => policySize(routes, environment)));
  if (count <= POLICY_BYTES) return undefined;
  const has = `${routes.length} routes, whose permissions make a resource policy of ${bytes(count)}`;
  return `${has}, but Lambda's limit is ${bytes(POLICY_BYTES)}. Split it in two.`;
}

function policySize(routes: Routes, { name: stage, value }: AccessContent["environments"][number]): number {
  const region = value.region.text;
  const account = "0".repeat(12);
  const lambda = routes[0]?.value.lambda?.text ?? "";
  const functionName = `${prefixOf(value)}-${lambda}`.slice(0, MAX_FUNCTION_NAME);
  const statements = routes.map(({ name }) => {
    const { method, path } = splitRouteKey(name);
    const verb = method === "ANY" ? "*" : method;
    const source = `${"0".repeat(API_ID_LENGTH)}/${stage}/${verb}${path.replace(/\{[^}]*\}/g, "*")}`;
    return {
      Sid: "0".repeat(STATEMENT_ID_LENGTH),
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
  const count = Buffer.byteLength(corsOrigins(routes.map(corsRoute)) ?? "");
  if (count <= ORIGINS_BYTES) return undefined;
  return `CORS origins of ${bytes(count)}, ${ROOM} ${bytes(ORIGINS_BYTES)}. Split it in two, or allow fewer origins.`;
}

/** What counts when there are too many clients for their ids. */
function excessOfScopes(routes: Routes, content: AccessContent): string | undefined {
  const { count: clients } = callersOf(routes, content);
  const count = Buffer.byteLength([...demandedBy(routes)].join(" "));
  if (clients <= CLIENTS_OF_A_FUNCTION || count <= CALLERS_BYTES) return undefined;
  const has = `${clients.toLocaleString("en")} clients that may call it by scopes of ${bytes(count)}`;
  return `${has}, ${ROOM} ${CLIENTS_OF_A_FUNCTION} ids or ${bytes(CALLERS_BYTES)} of scopes. Split it in two.`;
}

function corsRoute({ name, value }: Routes[number]) {
  return { ...splitRouteKey(name), cors: corsOf(value) };
}

function bytes(count: number): string {
  return `${count.toLocaleString("en")} bytes`;
}

/** Every part of every path is a resource, the root among them. The mistake stands at the first route too many. */
function checkResources(routes: AccessContent["routes"], file: AccessFile): void {
  const resources = new Set([""]);
  let first: number | undefined;
  for (const { name, at } of routes) {
    const parts = (name.split(" ")[1] ?? "").split("/");
    for (const depth of parts.keys()) resources.add(parts.slice(0, depth + 1).join("/"));
    if (resources.size > RESOURCES_OF_AN_API) first ??= at;
  }
  if (first === undefined) return;
  const has = `the paths of all routes have ${resources.size} parts`;
  file.report(
    first,
    `${has}, but an API has at most ${RESOURCES_OF_AN_API} resources. Move some to an access.yaml of their own.`,
  );
}
