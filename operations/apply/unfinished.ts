/** What to do after an apply that did not come to its end. Pure. */
import type { Interruption } from "../../platform/interruption";
import { UserError } from "../../platform/user-error";
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
  if (!interruption.isAsked) {
    return new UserError(`${failed.message}\n${nextStep(failed, state, environment, "put right what is wrong, and ")}`);
  }
  const said = failed.message.split("\n").slice(1).filter(isWorthTelling);
  const told = said.length === 0 ? "interrupted." : `interrupted. Terraform said:\n${said.join("\n")}`;
  return new UserError(`${told}\n${nextStep(failed, state, environment, "")}`, interruption.exitCode);
}

/** Of everything that was not begun, Terraform says that it was halted. */
function isWorthTelling(line: string): boolean {
  return line.trim() !== "" && !/execution halted|operation cancell?ed|^interrupted?\b/i.test(line);
}

/** @param before what has to be done first */
function nextStep({ hasDone }: FailedApply, state: StateAfter, environment: string, before: string): string {
  const review = `npm run review -- ${environment}`;
  if (state.kind === "not saved") {
    return `The state could not be saved: what was done stands in ${state.file} only. ${state.saving}: ${review}`;
  }
  if (state.kind === "not known") {
    return `Only what is marked ✓ was done. Nobody can tell now whether the state was saved. Review again: ${review}`;
  }
  if (state.kind === "as before" && !hasDone) {
    return `No change came to its end, and the state is as it was: ${before}apply the same plan again.`;
  }
  return `Only what is marked ✓ was done, and it is in the state. The plan cannot be applied again: ${before}review what is left: ${review}`;
}
