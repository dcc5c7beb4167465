/** Whether a saved plan may still be applied: only to the code and the state that it was made from. Pure. */

import { UserError } from "../../platform/user-error";
import type { Commit } from "../plan-file/commit";
import type { Manifest } from "../plan-file/manifest";
import type { StateVersion } from "../plan-file/state-json";

/** @throws {UserError} when other code is checked out, or nobody can know in which the plan was made */
export function requireSameCode(manifest: Manifest, commit: Commit | undefined, isCi: boolean): void {
  if (manifest.isDirty && isCi) {
    throw stale(
      manifest.environment,
      "it was made from changes that were not committed, which nobody can look up. Commit them",
    );
  }
  if (commit === undefined && isCi && manifest.commit !== null) {
    throw stale(
      manifest.environment,
      `it was made from commit ${short(manifest.commit)}, and this folder is not in git`,
    );
  }
  if (commit === undefined) return;
  if (manifest.commit === null)
    throw stale(manifest.environment, "it was made outside of git, or before the first commit");
  if (manifest.commit !== commit.id) {
    throw stale(
      manifest.environment,
      `it was made from commit ${short(manifest.commit)}, but ${short(commit.id)} is checked out`,
    );
  }
}

/** @throws {UserError} when it was made by another version of Terraform, which may understand it in another way */
export function requireSameTerraform({ terraformVersion, environment }: Manifest, version: string): void {
  if (terraformVersion !== version) {
    throw stale(environment, `it was made by Terraform ${terraformVersion}, but this is ${version}`);
  }
}

/** @throws {UserError} when something was applied since */
export function requireSameState({ state, environment }: Manifest, now: StateVersion | undefined): void {
  if (state?.lineage === now?.lineage && state?.serial === now?.serial) return;
  if (state === null)
    throw stale(environment, `when it was made, nothing was deployed to ${environment}, and now there is a state`);
  if (now === undefined) throw stale(environment, `there is no state of ${environment} here, but it was made from one`);
  if (state.lineage !== now.lineage) throw stale(environment, `it was made from another state of ${environment}`);
  throw stale(
    environment,
    `the state of ${environment} changed since: its serial was ${state.serial}, and is ${now.serial}`,
  );
}

function short(commit: string | null): string {
  return commit === null ? "none" : commit.slice(0, 12);
}

function stale(environment: string, why: string): UserError {
  return new UserError(
    `the plan is stale: ${why}. Nothing was applied. Review again: npm run review -- ${environment}`,
  );
}
