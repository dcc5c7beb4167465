/** File mode of a state on this machine. */
import { chmodSync, lstatSync } from "node:fs";
import { localStateOf } from "./state-place";

const FOR_OWNER = 0o600;

/**
 * Takes a local state and its backup away from other users: Terraform keeps the mode of files that exist, which may have
 * been written without this project's commands. Leaves links, and files of other owners, as they are.
 * @param folder folder of the stack
 */
export function restrictLocalState(folder: string): void {
  const state = stateIn(folder);
  if (state === undefined) return;
  for (const file of [state, `${state}.backup`]) {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() && found.uid === process.geteuid?.()) chmodSync(file, found.mode & FOR_OWNER);
  }
}

/** `undefined` also where the stack cannot be read: Terraform then reports why. */
function stateIn(folder: string): string | undefined {
  try {
    return localStateOf(folder);
  } catch {
    return undefined;
  }
}
