/** Whether a saved plan may still be applied: only to the code and the state that it was made from. Pure. */
import { copyable } from "../../platform/local-command";
import { UserError } from "../../platform/user-error";
import type { Commit } from "../plan-file/commit";
import type { Described } from "../plan-file/manifest";
import type { StateVersion } from "../plan-file/state-json";

/** @throws {UserError} when other code is checked out, or it is unknown which code the plan was made from */
export function requireSameCode(manifest: Described, commit: Commit | undefined, isCi: boolean): void {
  const { commit: planned } = manifest;
  if (manifest.isDirty && isCi) throw stale(manifest, "it was made from uncommitted changes. Commit them");
  if (commit === undefined) {
    if (!isCi || planned === null) return;
    throw stale(manifest, `it was made from commit ${planned.slice(0, 12)}, and this folder is not in git`);
  }
  if (planned === commit.id && !(isCi && planned === null)) return;
  if (planned === null) throw stale(manifest, "it was made outside of git, or before the first commit");
  const checkedOut = commit.id?.slice(0, 12) ?? "none";
  throw stale(manifest, `it was made from commit ${planned.slice(0, 12)}, but ${checkedOut} is checked out`);
}

/** @throws {UserError} when it was made by another version of Terraform, which may read it otherwise */
export function requireSameTerraform(manifest: Described, version: string): void {
  const { terraformVersion } = manifest;
  if (terraformVersion === version) return;
  throw stale(manifest, `it was made by Terraform ${terraformVersion}, but this is ${version}`);
}

/** @throws {UserError} when something was applied since */
export function requireSameState(manifest: Described, now: StateVersion | undefined): void {
  const { state, environment } = manifest;
  if (state?.lineage === now?.lineage && state?.serial === now?.serial) return;
  if (state === null) throw stale(manifest, `when it was made, nothing was deployed to ${environment}`);
  if (now === undefined) throw stale(manifest, `it was made from a state of ${environment}, and there is none here`);
  if (state.lineage !== now.lineage) throw stale(manifest, `it was made from another state of ${environment}`);
  const serials = `its serial was ${state.serial}, and is ${now.serial}`;
  throw stale(manifest, `the state of ${environment} changed since: ${serials}`);
}

function stale({ environment }: Described, why: string): UserError {
  return new UserError(
    `the plan is stale: ${why}. Nothing was applied. Review again: ${copyable(`npx access review ${environment}`)}`,
  );
}
