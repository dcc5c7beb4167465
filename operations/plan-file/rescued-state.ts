/** A state that Terraform could not save, and wrote into the stack's folder: the only record of what was created. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { shownPath } from "../../platform/project";
import { quoted } from "../../platform/shell";
import { UserError } from "../../platform/user-error";

/** Terraform's name of it. */
const FILE = "errored.tfstate";

/** The file, if there is one. @param folder the stack's */
export function rescuedState(folder: string): string | undefined {
  const file = join(folder, FILE);
  return existsSync(file) ? file : undefined;
}

/** Instructions that save it. */
export function savingOf(folder: string): string {
  return `Save it with \`terraform -chdir=${quoted(shownPath(folder))} state push ${FILE}\`, delete it since it holds secrets, and review again`;
}

/** @throws {UserError} when there is one: its resources would be created a second time */
export function requireSavedState(folder: string): void {
  const file = rescuedState(folder);
  if (file === undefined) return;
  throw new UserError(
    `an earlier apply could not save its state, and left it in ${shownPath(file)}. ${savingOf(folder)}.`,
  );
}
