/** What a verification compares: the deployment, its state, and the stack of the code as it is now. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type AccessModel, isIn } from "../../access/access-model";
import { synthesizeInto } from "../../platform/stack";
import { readDeployedState, requireStack } from "../deployed/deployment";
import type { Names } from "./deployed-stack";
import type { VerifiedStack } from "./verify-stack";

/**
 * Reads a stack.
 * @param onWarning receives the warnings of main.ts: the stack is synthesized again, as the one in its folder may be of
 * other code; left out, that one is read as it is
 * @throws {UserError} when nothing is deployed, or main.ts refuses
 */
export async function readVerifiedStack(name: string, onWarning?: (text: string) => void): Promise<VerifiedStack> {
  const { deployment, state } = await readDeployedState(name);
  const folder = requireStack(name);
  if (onWarning !== undefined) onWarning(await synthesizeInto(dirname(dirname(folder))));
  const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  return { deployment, folder, json, state };
}

/** Names of the routes and clients that access.yaml has for an environment. */
export function writtenIn({ routes, clients }: AccessModel, environment: string): Names {
  return {
    routes: routes.map(({ method, path }) => `${method} ${path}`),
    clients: clients.filter((client) => isIn(client, environment)).map((client) => client.name),
  };
}
