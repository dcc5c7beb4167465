/** What to do where the state is empty: nothing is deployed, its state is elsewhere, or a deployment was interrupted. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accountName, copyable } from "../../platform/local-command";
import { statePlaceOf } from "../../platform/state-place";
import { UserError } from "../../platform/user-error";
import type { Leftover } from "./leftovers";
import { formerKeyOf } from "./state-owner";

/** Where the stack would be. */
export interface EmptyPlace {
  readonly environment: string;
  /** Folder of the stack. */
  readonly folder: string;
  readonly region: string;
  readonly account: string;
}

/** @param found resources that have the names of the stack */
export function emptyStateError(
  { environment, folder, region, account }: EmptyPlace,
  found: readonly Leftover[],
): UserError {
  const others = found.filter(({ restore }) => restore === undefined);
  const secrets = deletedSecrets(environment, found);
  if (others.length === 0) {
    return new UserError(
      [
        `nothing is deployed to ${environment}: its state is empty.\n  ${copyable(`npx access deploy ${environment}`)}`,
        ...secrets,
      ].join("\n"),
    );
  }
  const things = others.map(({ kind, name, detail }) => `  ${kind} ${name} ${detail.split("; ", 1).join()}`);
  const former = formerKeyOf(JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")));
  const earlier = former === undefined ? "" : ` (earlier versions: ${former})`;
  return new UserError(
    `the state of ${environment} is empty, but in ${region} of ${accountName(account)} there are resources of its names:
${things.join("\n")}
Nothing was changed. If they are in use, their state is stored elsewhere; the configured location is
  ${statePlaceOf(folder)}${earlier}
Restore it there, or run this command where the state is stored. If an interrupted deployment left them, these commands remove them:
${[...others.map(({ remove }) => `  ${remove}`), ...secrets].join("\n")}`,
  );
}

/** Secrets that keep their names although they were deleted, which a teardown does. */
function deletedSecrets(environment: string, found: readonly Leftover[]): readonly string[] {
  const deleted = found.filter(({ restore }) => restore !== undefined);
  if (deleted.length === 0) return [];
  return [
    "These secrets are scheduled for deletion, and AWS refuses to create them again until then:",
    ...deleted.map(({ name, detail }) => `  ${name} ${detail}`),
    `To deploy again, restore and import them (${copyable(`npx access preflight ${environment}`)} prints the imports):`,
    ...deleted.flatMap(({ restore }) => (restore === undefined ? [] : [`  ${restore}`])),
    "Or delete them without recovery:",
    ...deleted.map(({ remove }) => `  ${remove}`),
  ];
}
