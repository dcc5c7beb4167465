/** The files of a state on this machine. */
import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { restrictFile, stateFiles } from "../constructs/contract/local-state";
import { localStateOf } from "./state-place";

/**
 * Takes a local state and its backup away from other users: Terraform keeps the mode of files that exist, which may have
 * been written without this project's commands.
 * @param folder folder of the stack
 */
export function restrictLocalState(folder: string): void {
  const state = stateIn(folder);
  if (state !== undefined) for (const file of stateFiles(state)) restrictFile(file);
}

/** Deletes the backups of a local state, also those that `terraform state` made: they hold the client secrets. */
export function removeStateBackups(folder: string): void {
  const state = stateIn(folder);
  if (state === undefined) return;
  const isBackup = (name: string) => name.startsWith(`${basename(state)}.`) && name.endsWith(".backup");
  for (const name of readdirSync(dirname(state)).filter(isBackup)) rmSync(join(dirname(state), name));
}

/** `undefined` also where the stack cannot be read: Terraform then reports why. */
function stateIn(folder: string): string | undefined {
  try {
    return localStateOf(folder);
  } catch {
    return undefined;
  }
}
