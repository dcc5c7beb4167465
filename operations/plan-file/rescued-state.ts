/** A state that Terraform could not save, and put beside the stack: nothing else knows what was made. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../platform/user-error";

/** Terraform's own name for it. */
const FILE = "errored.tfstate";

/** The file, if there is one. @param folder the stack's */
export function rescuedState(folder: string): string | undefined {
  const file = join(folder, FILE);
  return existsSync(file) ? file : undefined;
}

/** How it is saved. */
export function savingOf(folder: string): string {
  return `Save it with \`terraform -chdir=${folder} state push ${FILE}\`, delete it since it holds secrets, and review again`;
}

/** @throws {UserError} when there is one: what it knows of would be made a second time */
export function requireSavedState(folder: string): void {
  const file = rescuedState(folder);
  if (file === undefined) return;
  throw new UserError(`an earlier apply could not save its state, and left it in ${file}. ${savingOf(folder)}.`);
}
