/** Where an environment's state is on this machine, and who may read it. It and its backup hold client secrets. */
import { chmodSync, closeSync, lstatSync, openSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const OWNER_ONLY = 0o600;
/** Mode bits by which users other than the owner enter a folder. */
const FOR_OTHERS = 0o011;

/** Path of the state from the folder of the stack: beside the output folder, on every machine. */
export function localStatePath(environment: string): string {
  return `../../../terraform.${environment}.tfstate`;
}

/** A state and the backup that Terraform makes of it before it writes. */
export function stateFiles(state: string): readonly string[] {
  return [state, `${state}.backup`];
}

/** Takes a file away from other users. Leaves links, files of other owners, and what does not exist, as they are. */
export function restrictFile(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isFile() && found.uid === process.geteuid?.()) chmodSync(file, found.mode & OWNER_ONLY);
}

/**
 * Makes what Terraform is going to write in plain text private, whatever umask it has: the output folder, where it saves
 * plans, and the local states. Terraform creates files for all users, but keeps the mode of those that exist, and takes
 * an empty one for no state.
 * @param environments names of those whose state is local
 */
export function keepLocalStatesPrivate(outputFolder: string, environments: readonly string[]): void {
  try {
    chmodSync(outputFolder, 0o700);
    for (const name of environments) {
      const state = resolve(join(outputFolder, "stacks", name), localStatePath(name));
      if ((lstatSync(dirname(state)).mode & FOR_OTHERS) !== 0) for (const file of stateFiles(state)) create(file);
    }
  } catch {
    // The folder is another user's or cannot be written to, and Terraform cannot write its state there either.
  }
}

function create(file: string): void {
  restrictFile(file);
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, "wx", OWNER_ONLY));
}
