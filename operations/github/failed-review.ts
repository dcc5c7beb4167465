/** What stands in the place of a review that could not be made, so that nobody takes an old one for the new one. */
import { UserError } from "../../platform/user-error";
import { markerOf } from "./own-text";

/** @param url of the run that failed; @throws {UserError} when it is none */
export function failedReview(environment: string, url: string): string {
  if (!/^https:\/\/[\w./-]+$/.test(url)) throw new UserError("--failed takes the URL of a run.");
  const marker = `${markerOf({ kind: "machine-access-review", environment })}-->`;
  return `${marker}\n## Review of \`${environment}\`\n\n**There is no review of the last commit:** [it failed](${url}).`;
}
