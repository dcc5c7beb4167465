/** What to do after an apply that did not come to its end. Pure. */
import type { Interruption } from "../interruption";
import { UserError } from "../user-error";
import type { FailedApply } from "./terraform-apply";

/** What became of the state. */
export type StateAfter =
  | { readonly kind: "as before" | "changed" | "not known" }
  /** Terraform could not save it, and put it into a file. */
  | { readonly kind: "not saved"; readonly file: string; readonly saving: string };

/** Says what is done, what is in the state, and what comes next. */
export function unfinished(
  failed: FailedApply,
  state: StateAfter,
  environment: string,
  interruption: Pick<Interruption, "isAsked" | "exitCode">,
): UserError {
  const next = nextStep(failed, state, environment);
  if (!interruption.isAsked) return new UserError(`${failed.message}\n${next}`);
  return new UserError(`interrupted: ${failed.message}\n${next}`, interruption.exitCode);
}

function nextStep({ hasDone }: FailedApply, state: StateAfter, environment: string): string {
  const review = `npm run review -- ${environment}`;
  if (state.kind === "not saved") {
    return `The state could not be saved: what was done stands in ${state.file} only. ${state.saving}: ${review}`;
  }
  if (state.kind === "not known") {
    return `Only what is marked ✓ was done. Nobody can tell now whether the state was saved. Review again: ${review}`;
  }
  if (state.kind === "as before" && !hasDone) {
    return "No change came to its end, and the state is as it was: put right what is wrong, and apply the same plan again.";
  }
  return `Only what is marked ✓ was done, and it is in the state. The plan cannot be applied again: put right what is wrong, and review what is left: ${review}`;
}
