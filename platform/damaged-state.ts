/** A state on this machine that Terraform cannot read. */
import { existsSync, statSync } from "node:fs";
import { stateFiles } from "../constructs/contract/local-state";
import { isEmbeddedAws } from "./local-command";
import { localFolder, shownPath } from "./project";
import { localStateOf } from "./state-place";

/**
 * What to do about it, instead of what Terraform prints; `undefined` when Terraform prints something else, or the state is
 * elsewhere.
 * @param folder folder of the stack
 * @param printed what Terraform printed
 */
export function damagedStateIn(
  folder: string,
  printed: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  if (!/Unsupported state file format|does not have a "version" attribute/.test(printed)) return undefined;
  const state = localStateOf(folder);
  if (state === undefined) return undefined;
  const [file = state, backup = ""] = stateFiles(state);
  const hasBackup = existsSync(backup) && statSync(backup).size > 0;
  return [
    `the state ${shownPath(file)} cannot be read, it is damaged. Put back a copy of it${hasBackup ? `, or Terraform's own from before its last change: ${shownPath(backup)}` : ""}.`,
    ...(isEmbeddedAws(environment) ? [`To start over with an empty account: delete ${shownPath(localFolder)}.`] : []),
  ].join("\n");
}
