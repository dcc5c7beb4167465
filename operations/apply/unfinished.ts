/** What to do after an apply that failed or was interrupted. Pure. */
import type { Interruption } from "../../platform/interruption";
import { copyable } from "../../platform/local-command";
import { UserError } from "../../platform/user-error";
import type { FailedApply } from "./terraform-apply";

/** The state after it. Terraform writes one that it could not save into a file. */
export type StateAfter =
  | { readonly kind: "unchanged" | "changed" | "unknown" }
  | { readonly kind: "unsaved"; readonly file: string; readonly saving: string };

/** What happened, what was done, and what to do next. */
export function unfinished(
  failed: FailedApply,
  state: StateAfter,
  environment: string,
  { isAsked, exitCode }: Pick<Interruption, "isAsked" | "exitCode">,
): UserError {
  if (!isAsked) {
    return new UserError(
      `${failed.message}\n${causeOf(failed, environment)}\n${nextStep(failed, state, environment, "fix the error, and ")}`,
    );
  }
  // Terraform reports each resource that it did not begin as halted.
  const errors = failed.message
    .split("\n")
    .slice(1)
    .filter((line) => line.trim() !== "" && !/execution halted|operation cancell?ed|^interrupted?\b/i.test(line));
  const output = errors.length === 0 ? "" : ` Terraform printed:\n${errors.join("\n")}`;
  return new UserError(`interrupted.${output}\n${nextStep(failed, state, environment, "")}`, exitCode);
}

/** The command that prints the cause. API Gateway deploys no API with a method that lacks an integration. */
function causeOf({ message }: FailedApply, environment: string): string {
  return /No integration defined for method/i.test(message)
    ? `${copyable(`npx access drift ${environment}`)} prints a method that was added out of band, and the command that removes it.`
    : `${copyable(`npx access preflight ${environment}`)} prints what makes a deployment fail, and how to fix it.`;
}

/** @param before what has to be done first */
function nextStep({ hasDone }: FailedApply, state: StateAfter, environment: string, before: string): string {
  const review = copyable(`npx access review ${environment}`);
  if (state.kind === "unsaved") {
    return `The state could not be saved: the applied changes are in ${state.file} only. ${state.saving}: ${review}`;
  }
  if (state.kind === "unknown") {
    return `Only the changes marked ✓ were applied; it is unknown whether the state was saved. Review again: ${review}`;
  }
  if (state.kind === "unchanged" && !hasDone) {
    return `No change was completed, and the state is as before: ${before}run the same command again.`;
  }
  return `Only the changes marked ✓ were applied, and they are in the state. The plan cannot be applied again: ${before}review the remaining changes: ${review}`;
}
