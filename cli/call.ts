/** `npx access call POST /access --client <client>`: calls a route as a client does. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { type Environment, METHODS_OF_ANY, RouteTable } from "../access/access-model";
import { listed, namesInstead, suggestion } from "../access/nearest-name";
import { oneLine } from "../access/visible";
import { accessMatrix, type MatrixRoute } from "../operations/access-graph/access-matrix";
import { callCurl, urlOfRoute } from "../operations/deployed/call-request";
import { credentialsOf, type Deployment, readDeploymentOf } from "../operations/deployed/deployment";
import { explainRefusal, scopesIn } from "../operations/deployed/refusal";
import { requireToken } from "../operations/deployed/token-request";
import { type Incoming, send } from "../platform/http";
import { copyable } from "../platform/local-command";
import { findEnvironment, projectModel, stackFolder, userFolder } from "../platform/project";
import { quoted } from "../platform/shell";
import { print, printBody, say } from "../platform/terminal";
import { EXIT, runCommand, UsageError } from "../platform/user-error";
import { localUrl } from "./embedded-aws/local-url";
import { optionAlias, requestedScopes } from "./option-alias";

interface CallOptions {
  readonly client?: string;
  readonly env?: string;
  readonly scope?: string;
  readonly data?: string;
  readonly include?: true;
  readonly curl?: true;
  readonly local?: true;
}

/** Meaning of exit code 2. */
export const findings = "the response status is not 2xx";

export const command = new Command("call")
  .description(
    "Calls a route: with a token of the client, or without one. Prints the body of the response and, if the call is refused, which part refused it and why.",
  )
  .argument("<method>", "such as POST")
  .argument("[path]", "path below the stage, such as /access; it may have a query")
  .usage("[options] <method> <path>")
  .option("-c, --client <name>", "client to call as; if omitted, the call is sent without a token")
  .option("-e, --env <name>", "environment; required if access.yaml has more than one")
  .option("-s, --scope <scopes>", "scopes to request, separated by spaces (default: all scopes of the client)")
  .addOption(optionAlias("--scopes <scopes>", "scope").argParser(requestedScopes))
  .option("-d, --data <json>", "body of the request: JSON, @<file>, or @- for standard input")
  .option("-i, --include", "print the status and the headers of the response before its body")
  .addOption(
    new Option("--curl", "print the call as a curl command and do not send it; it holds no token").conflicts("include"),
  )
  .option("--local", "with --curl: the URL of the embedded AWS's port for callers without a proxy")
  .action((method: string, path: string | undefined, options: CallOptions) =>
    runCommand(() => call(method, path, options)),
  );

async function call(name: string, target: string | undefined, options: CallOptions): Promise<number> {
  const { method, path } = requestIn(name, target);
  if (options.local && !options.curl) throw new UsageError("--local requires --curl.");
  const body = options.data === undefined ? undefined : bodyIn(options.data);
  if (body !== undefined && ["GET", "HEAD"].includes(method)) {
    throw new UsageError(`${method} has no body. Leave out --data.`);
  }
  const model = projectModel();
  const environment = findEnvironment(model, options.env);
  const names = options.client === undefined ? [] : [options.client];
  const deployment = await readDeploymentOf(environment.name, { names, model });
  const route = routeOf(deployment, method, path);
  const url = urlOfRoute(deployment, route, path);
  if (options.curl) {
    const tokenCommand = tokenCommandOf(deployment, options);
    print(callCurl({ method, url: options.local ? localUrl(url) : url, tokenCommand, body }));
    return EXIT.done;
  }
  const token = await tokenOf(deployment, options);
  const response = await send(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (!options.include) say(`HTTP ${response.status}`);
  if (response.status >= 400) explain(response, route, environment, options.client, token);
  if (options.include) print(headText(response));
  printBody(response.body);
  return response.status >= 200 && response.status < 300 ? EXIT.done : EXIT.findings;
}

/** As two words, or as one, which is how routes are written in access.yaml. */
function requestIn(name: string, target: string | undefined): { readonly method: string; readonly path: string } {
  const [, first = name, second] = /^(\S+)\s+(\S+)$/.exec(target === undefined ? name : "") ?? [];
  const path = target ?? second;
  const example = `such as ${copyable("npx access call POST /orders")}`;
  if (path === undefined) throw new UsageError(`the method or the path is missing. Expected both, ${example}.`);
  const method = first.toUpperCase();
  if (!METHODS_OF_ANY.includes(method)) {
    const near = suggestion(method, METHODS_OF_ANY) || ` Expected ${METHODS_OF_ANY.join(", ")}.`;
    throw new UsageError(`"${first}" is not a method.${near}`);
  }
  const [parameter] = /\{[^{}]*\}/.exec(path.split("?")[0] ?? "") ?? [];
  if (parameter !== undefined) {
    throw new UsageError(`${parameter} is a path parameter. Replace it with a value: ${path.replace(parameter, "1")}`);
  }
  if (path.startsWith("/")) return { method, path };
  throw new UsageError(`"${path}" is not a path. Expected the path below the stage: ${belowStage(path)}`);
}

/** What is probably meant by something that is not a path: a URL with the stage, or a path without its slash. */
function belowStage(target: string): string {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url === undefined) return `/${target}`;
  const path = url.hostname.includes(".execute-api.") ? url.pathname.replace(/^\/[^/]+(?=\/)/, "") : url.pathname;
  return path + url.search;
}

/** @throws {UsageError} when it is not JSON, or the file cannot be read */
function bodyIn(data: string): string {
  const body = data.startsWith("@") ? contentOf(data.slice(1)) : data;
  try {
    JSON.parse(body);
    return body;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `--data is not JSON: ${oneLine(why)}. Expected such as --data '{"id": 1}', or --data @<file>.`,
    );
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : resolve(userFolder, file), "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error);
    throw new UsageError(`--data @${file} cannot be read: ${why}.`);
  }
}

async function tokenOf(deployment: Deployment, { client, scope }: CallOptions): Promise<string | undefined> {
  if (client === undefined) return undefined;
  return (await requireToken(deployment, credentialsOf(deployment, client), scope)).access_token;
}

/** The route that answers. @throws {UsageError} when none does */
function routeOf({ routeUrls, environment }: Deployment, method: string, target: string): string {
  const [path = target] = target.split("?");
  const table = new RouteTable(Object.keys(routeUrls));
  const route = table.answering(method, path);
  if (route !== undefined) return route;
  const hint = meant(environment, table, method, path) ?? otherRoutes(Object.keys(routeUrls), method, path);
  throw new UsageError(`${environment} has no route for ${method} ${path}.${hint}`);
}

/** A route of the same path, the nearest one, or all. */
function otherRoutes(known: readonly string[], method: string, path: string): string {
  const samePath = known.filter((route) => route.endsWith(` ${path}`));
  return samePath.length === 0 ? namesInstead(`${method} ${path}`, known) : ` Did you mean ${listed(samePath)}?`;
}

/** The path without the stage, if a route answers that. */
function meant(environment: string, table: RouteTable, method: string, path: string): string | undefined {
  const below = path.startsWith(`/${environment}/`) ? path.slice(environment.length + 1) : path;
  if (below === path || table.answering(method, below) === undefined) return undefined;
  return ` Expected the path without the stage: ${below}`;
}

/** The command that prints a token for the call; `undefined` for one without a token. */
function tokenCommandOf({ environment }: Deployment, { client, scope }: CallOptions): string | undefined {
  if (client === undefined) return undefined;
  const scopes = scope === undefined ? "" : ` --scope ${quoted(scope)}`;
  return copyable(`npx access token ${quoted(client)} --env ${environment}${scopes} --raw`);
}

/** As curl prints it: status line, headers and an empty line. */
function headText({ status, headers }: Incoming): string {
  return [`HTTP ${status}`, ...Object.entries(headers).map(([name, value]) => oneLine(`${name}: ${value}`)), ""].join(
    "\n",
  );
}

function explain(
  { status, headers, body }: Incoming,
  route: string,
  { name, prefix }: Environment,
  client: string | undefined,
  token: string | undefined,
): void {
  const found = synthesizedRoute(name, route);
  const lines = explainRefusal({
    ...{ status, headers, body, client, tokenScopes: scopesIn(token) },
    ...{ route: found, environment: name, prefix },
  });
  say([`Route: ${route}`, ...lines].join("\n"));
}

/** The route as it was last synthesized; `undefined` where that cannot be read. */
function synthesizedRoute(environment: string, name: string): MatrixRoute | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(join(stackFolder(environment), "cdk.tf.json"), "utf8"));
    return accessMatrix(environment, json).routes.find(({ route }) => route === name);
  } catch {
    return undefined;
  }
}
