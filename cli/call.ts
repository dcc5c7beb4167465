/** `npx access call POST /access --client <client>`: calls a route as a client does. */
import { Command } from "commander";
import { RouteTable, routeKeyOf } from "../access/access-model";
import { credentialsOf, type Deployment, readDeployment } from "../operations/deployed/deployment";
import { requireToken } from "../operations/deployed/token-request";
import { send } from "../platform/http";
import { findEnvironment, projectModel } from "../platform/project";
import { EXIT, runCommand, UsageError } from "../platform/user-error";

interface CallOptions {
  readonly client?: string;
  readonly env?: string;
  readonly scope?: string;
  readonly data?: string;
}

/** Meaning of exit code 2. */
export const findings = "the response status is not 2xx";

export const command = new Command("call")
  .description("Calls a route: with a token of the client, or without one. Prints the body of the response.")
  .argument("<method>", "such as POST")
  .argument("<path>", "path below the stage, such as /access")
  .option("-c, --client <name>", "client to call as; if omitted, the call is sent without a token")
  .option("-e, --env <name>", "environment; required if access.yaml has more than one")
  .option("-s, --scope <scopes>", "scopes to request, separated by spaces (default: all scopes of the client)")
  .option("-d, --data <json>", "body of the request")
  .action((method: string, path: string, options: CallOptions) => runCommand(() => call(method, path, options)));

async function call(method: string, path: string, options: CallOptions): Promise<number> {
  const deployment = await readDeployment(findEnvironment(projectModel(), options.env).name);
  const url = urlOf(deployment, method.toUpperCase(), path);
  const authorization = await authorizationOf(deployment, options);
  const { status, body } = await send(url, {
    method: method.toUpperCase(),
    headers: { ...authorization, ...(options.data === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(options.data === undefined ? {} : { body: options.data }),
  });
  process.stderr.write(`HTTP ${status}\n`);
  process.stdout.write(`${body}\n`);
  return status >= 200 && status < 300 ? EXIT.done : EXIT.findings;
}

async function authorizationOf(
  deployment: Deployment,
  { client, scope }: CallOptions,
): Promise<Record<string, string>> {
  if (client === undefined) return {};
  const credentials = credentialsOf(deployment, client);
  const { access_token } = await requireToken(deployment, credentials, scope);
  return { Authorization: `Bearer ${access_token}` };
}

/** URL of the route that answers, with the path's own values. @throws {UserError} when none does */
function urlOf({ routeUrls, environment }: Deployment, method: string, path: string): string {
  const route = new RouteTable(Object.keys(routeUrls)).answering(method, path);
  const url = route && routeUrls[route];
  if (route !== undefined && url !== undefined) return url.slice(0, url.length - routeKeyOf(route).path.length) + path;
  const known = Object.keys(routeUrls).join(", ");
  throw new UsageError(`${environment} has no route for ${method} ${path}. It has ${known}.`);
}
