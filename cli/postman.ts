/** `npx access postman <env>`: a collection and an environment for Postman. */
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { accessMatrix } from "../operations/access-graph/access-matrix";
import { parseStack } from "../operations/access-graph/synthesized-stack";
import { type Deployment, readDeployedStateOf } from "../operations/deployed/deployment";
import { stackOfState } from "../operations/deployed/stack-of-state";
import { collectionOf, type ScopesOf } from "../operations/postman/collection";
import { environmentOf } from "../operations/postman/variables";
import { writePrivately } from "../platform/private-file";
import { findEnvironment, projectFolder, projectModel, shownPath, userFolder } from "../platform/project";
import { print, printJson } from "../platform/terminal";
import { runCommand, UsageError } from "../platform/user-error";
import { localDeployment } from "./embedded-aws/local-url";
import type { PostmanOutput } from "./json-output";

/** Postman cannot open larger collections. */
const MAX_REQUESTS = 5_000;

interface PostmanOptions {
  readonly client?: readonly string[];
  readonly out?: string;
  readonly withSecrets?: boolean;
  readonly local?: true;
  readonly json?: true;
}

export const command = new Command("postman")
  .description(
    "Writes a collection and an environment for Postman: each client's token request, and every route with and without its token, with tests of the responses. The environment's secrets are empty; enter them in Postman, which does not share them.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("-c, --client <names...>", "clients to write requests for (default: all)")
  .option("-o, --out <folder>", "output folder (default: the project's folder)")
  .option("--with-secrets", "write the clients' secrets into the environment's file, readable by its owner only")
  .option("--local", "URLs of the embedded AWS's port for callers without a proxy; run it with npx access local")
  .option("--json", "print what was written as JSON")
  .action((env: string | undefined, options: PostmanOptions) => runCommand(() => postman(env, options)));

async function postman(
  env: string | undefined,
  { client, out, withSecrets = false, local, json }: PostmanOptions,
): Promise<number> {
  const model = projectModel();
  const { name } = findEnvironment(model, env);
  const { deployment, state } = await readDeployedStateOf(name, { names: client ?? [], model });
  const stack = stackOfState(state);
  const all = accessMatrix(name, stack);
  // The route of a token cache is not called with a token.
  const matrix = { ...all, routes: all.routes.filter(({ route }) => route in deployment.routeUrls) };
  const clients = chosen(deployment, client);
  const disabled = clients.filter((one) => matrix.disabled?.includes(one));
  const requests = (clients.length + 1 - disabled.length) * matrix.routes.length + clients.length;
  if (requests > MAX_REQUESTS) {
    const why = `${requests} requests exceed the limit of Postman (${MAX_REQUESTS})`;
    throw new UsageError(`${why}. Name some clients: --client ${clients.slice(0, 2).join(" ")}`);
  }
  const folder = out === undefined ? projectFolder : resolve(userFolder, out);
  requireFolder(folder);
  const [collectionFile, environmentFile] = ["collection", "environment"].map((what) =>
    join(folder, `${name}.postman_${what}.json`),
  ) as [string, string];
  const write = (file: string, content: object) => writePrivately(file, `${JSON.stringify(content, null, 2)}\n`);
  write(collectionFile, collectionOf(matrix, clients, scopesOf(stack)));
  write(environmentFile, environmentOf(local ? localDeployment(deployment) : deployment, clients, withSecrets));
  const unknownSecrets = clients.filter((one) => !deployment.clientSecrets[one]);
  const written = { collection: collectionFile, environment: environmentFile, requests, withSecrets, unknownSecrets };
  if (json) printJson(written);
  else print(describe(written));
  return 0;
}

/** @throws {UsageError} when it is a file */
function requireFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new UsageError(`${folder} is a file: name a folder with --out.`);
  }
  mkdirSync(folder, { recursive: true });
}

function chosen({ clientIds }: Deployment, names: readonly string[] = Object.keys(clientIds)): readonly string[] {
  return [...new Set(names)];
}

function scopesOf(stack: unknown): ScopesOf {
  const clients = Object.values(parseStack(stack).aws_cognito_user_pool_client);
  return new Map(clients.map(({ name, allowed_oauth_scopes }) => [name, allowed_oauth_scopes.toSorted()]));
}

function describe({ collection, environment, requests, withSecrets, unknownSecrets }: PostmanOutput): string {
  const secrets = withSecrets ? "with the clients' secrets: do not share it" : "its secrets are empty";
  const unknown = `The secret of ${unknownSecrets.join(", ")} is unknown here, because it was rotated. Enter it in Postman.`;
  return [
    `${shownPath(collection)}: ${requests} requests`,
    `${shownPath(environment)}: ${secrets}`,
    ...(withSecrets && unknownSecrets.length > 0 ? [unknown] : []),
    "Import both in Postman, choose the environment and run the collection.",
  ].join("\n");
}
