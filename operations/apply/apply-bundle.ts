/** Applies a saved plan if code, state and Terraform are those that it was made from. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { normalizedStack } from "../../constructs/contract/stack-json";
import type { Interruption } from "../../platform/interruption";
import { findEnvironment, projectFolder, projectModel, stackFolder } from "../../platform/project";
import { initializeStack } from "../../platform/stack";
import { withTemporaryFolder } from "../../platform/temporary-folder";
import { requireTerraform } from "../../platform/terraform";
import { UserError } from "../../platform/user-error";
import { type Bundle, type Parts, PLAN } from "../plan-file/bundle";
import { commitIn } from "../plan-file/commit";
import type { Described } from "../plan-file/manifest";
import { requireSavedState, rescuedState, savingOf } from "../plan-file/rescued-state";
import { typeAndName } from "../plan-file/resource-name";
import { restoreStack } from "../plan-file/stack-files";
import { readStateVersion } from "../plan-file/state-json";
import { requireSameCode, requireSameState, requireSameTerraform } from "./checks";
import { type Applied, applyPlan, FailedApply } from "./terraform-apply";
import { type StateAfter, unfinished } from "./unfinished";

/** What is applied; checksums are looked at when a bundle is read. */
export interface PlannedBundle extends Pick<Bundle, "parts"> {
  readonly manifest: Described;
}

export interface ApplyOptions {
  /** Whether plans of uncommitted changes are refused. */
  readonly isCi: boolean;
  readonly onStep: (step: string) => void;
  /** Receives a line for each resource that was done. */
  readonly onDone: (line: string) => void;
  readonly onWarning: (warning: string) => void;
  readonly interruption: Interruption;
}

/** @throws {UserError} when the plan is refused, and nothing was done; or when Terraform fails, with what was done */
export async function applyBundle(bundle: PlannedBundle, options: ApplyOptions): Promise<Applied> {
  const { manifest, parts } = bundle;
  const { name } = knownEnvironment(manifest.environment);
  const commit = await commitIn(projectFolder);
  requireSameCode(manifest, commit, options.isCi);
  if (commit === undefined) {
    options.onWarning("this folder is not in git: whether the plan was made from this code is not checked.");
  }
  if (manifest.isDirty) options.onWarning("the plan was made from uncommitted changes.");
  requireSameTerraform(manifest, await requireTerraform());
  const folder = stackFolder(name);
  const undo = restoreStack(folder, parts);
  try {
    options.onStep(`Preparing ${name}`);
    await initializeStack(folder);
    requireSavedState(folder);
    requireSameState(manifest, await readStateVersion(folder));
    if (options.interruption.isAsked) throw notBegun(options.interruption);
  } catch (error) {
    undo();
    throw options.interruption.isAsked ? notBegun(options.interruption) : error;
  }
  options.onStep(`Applying to ${name}`);
  try {
    return await applied(folder, parts, options.onDone);
  } catch (error) {
    if (!(error instanceof FailedApply)) throw error;
    throw unfinished(error, await stateAfter(folder, manifest), name, options.interruption);
  }
}

function notBegun({ exitCode }: Interruption): UserError {
  return new UserError("interrupted: nothing was applied. The plan can still be applied.", exitCode);
}

/** The state decides whether the plan can be applied again. */
async function stateAfter(folder: string, { state }: Described): Promise<StateAfter> {
  const file = rescuedState(folder);
  if (file !== undefined) return { kind: "unsaved", file, saving: savingOf(folder) };
  try {
    const now = await readStateVersion(folder);
    return { kind: now?.serial === state?.serial && now?.lineage === state?.lineage ? "unchanged" : "changed" };
  } catch {
    return { kind: "unknown" };
  }
}

/** @throws {UserError} when access.yaml does not have it: a plan cannot name folders of its own */
function knownEnvironment(name: string) {
  try {
    return findEnvironment(projectModel(), name);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`the plan is of another project: ${error.message}`);
    throw error;
  }
}

/** The resources have the names that the review of the plan has. */
async function applied(folder: string, parts: Parts, onDone: (line: string) => void): Promise<Applied> {
  const plan = parts[PLAN] ?? new Uint8Array();
  const { resource } = normalizedStack(JSON.parse(Buffer.from(parts["cdk.tf.json"] ?? []).toString("utf8")));
  return await withTemporaryFolder(async (scratch) => {
    const file = join(scratch, PLAN);
    writeFileSync(file, plan, { mode: 0o600 });
    return await applyPlan(folder, file, (address) => typeAndName(address, resource), onDone);
  });
}
