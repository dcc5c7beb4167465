/** A plan of an environment as it is now, with what binds it to code and state. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { todayOf } from "../../access/access-model";
import { StackJson } from "../../constructs/contract/stack-json";
import { AwsError } from "../../platform/aws";
import { detachedTerraform } from "../../platform/detached-terraform";
import type { Interruption } from "../../platform/interruption";
import { projectFolder } from "../../platform/project";
import { prepareStack } from "../../platform/stack";
import { withTemporaryFolder } from "../../platform/temporary-folder";
import { requireTerraform } from "../../platform/terraform";
import { UserError } from "../../platform/user-error";
import { findMissingValues } from "../deployed/missing-values";
import { findNotInPlan, type StackPlan } from "../deployed/not-in-plan";
import { requireOwnState } from "../deployed/state-owner";
import { clientsOf, type UnmanagedResources } from "../deployed/unmanaged";
import { type Parts, PLAN } from "../plan-file/bundle";
import { type Commit, commitIn } from "../plan-file/commit";
import { type Described, FORMAT } from "../plan-file/manifest";
import { makePlan } from "../plan-file/plan-json";
import { scratchPlan } from "../plan-file/planned-changes";
import { requireSavedState } from "../plan-file/rescued-state";
import { stackFiles } from "../plan-file/stack-files";
import { NOTHING, readState, readStateVersion } from "../plan-file/state-json";
import { isRefused, refusalOf } from "./refused-plan";
import type { Review } from "./review";
import { type ReviewData, reviewOfData } from "./review-data";

/** A plan and its review. */
export interface MadePlan {
  readonly review: Review;
  /** What the review is made of. */
  readonly data: ReviewData;
  readonly manifest: Described;
  readonly parts: Parts;
  /** `undefined` outside of git. */
  readonly commit: Commit | undefined;
}

/**
 * Makes the plan unless it is interrupted.
 * @param what the sentence of an interruption
 * @throws {UserError} as {@link makeReviewedPlan}, or after a signal
 */
export async function makePlanUnlessInterrupted(
  environment: string,
  { check }: Interruption,
  what: string,
  onStep: (step: string) => void,
): Promise<MadePlan> {
  const goOn = (step: string) => {
    check(what);
    onStep(step);
  };
  try {
    return await makeReviewedPlan(environment, goOn);
  } finally {
    check(what);
  }
}

/**
 * Synthesizes and plans. Leaves nothing behind but the synthesized stack.
 *
 * @param onStep receives what comes next
 * @throws {UserError} when main.ts, git or Terraform refuses
 */
export async function makeReviewedPlan(environment: string, onStep: (step: string) => void): Promise<MadePlan> {
  const commit = await commitIn(projectFolder);
  const terraformVersion = await requireTerraform();
  onStep(`Synthesizing ${environment}`);
  const folder = await prepareStack(environment);
  requireSavedState(folder);
  return await withTemporaryFolder(async (scratch) => {
    const file = join(scratch, PLAN);
    // It holds secrets; Terraform keeps the mode of an existing file.
    writeFileSync(file, "", { mode: 0o600 });
    const state = (await readStateVersion(folder)) ?? null;
    onStep(`Planning ${environment}`);
    const files = stackFiles(folder);
    const plan = await makePlan(folder, file, [], detachedTerraform).catch(async (error: unknown) => {
      throw await explained(error, environment, folder);
    });
    requireOwnState(environment, folder, plan.prior_state.values ?? NOTHING);
    if (!isDeepStrictEqual(files, stackFiles(folder))) {
      throw new UserError(
        `the stack of ${environment} was synthesized again while it was planned. Run the command again.`,
      );
    }
    const stack: unknown = JSON.parse(Buffer.from(files["cdk.tf.json"] ?? []).toString("utf8"));
    onStep("Looking in the account for what Terraform does not see");
    const notInPlan = await findForReview({ environment, folder, plan, json: stack });
    const data: ReviewData = { environment, plan, stack, notInPlan, today: todayOf(process.env) };
    const review = reviewOfData(data);
    const manifest = {
      format: FORMAT,
      environment,
      commit: commit?.id ?? null,
      isDirty: commit?.isDirty ?? false,
      state,
      terraformVersion,
      fingerprint: review.fingerprint,
      createdAt: new Date().toISOString(),
    } as const;
    return { review, data, manifest, parts: { [PLAN]: readFileSync(file), ...files }, commit };
  });
}

/**
 * What no plan shows. The plan is what is reviewed: that AWS refuses or cannot be reached beside it is noted.
 */
export async function findForReview(stack: StackPlan): Promise<UnmanagedResources> {
  try {
    const { json, clients = clientsOf() } = stack;
    const region = String(new StackJson(json).providers("aws")[0]?.["region"] ?? "");
    const [found, missing] = await Promise.all([
      findNotInPlan({ ...stack, clients, isLenient: true }),
      findMissingValues(json, clients(region)),
    ]);
    return {
      findings: [...found.findings, ...missing.findings],
      notChecked: [...found.notChecked, ...missing.notChecked],
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { operation = "all lists", code = "no credentials" } = error instanceof AwsError ? error : {};
    return { findings: [], notChecked: [{ address: stack.environment, attribute: "all kinds", operation, code }] };
  }
}

/** The error of a plan, with what Terraform does not say. */
async function explained(error: unknown, environment: string, folder: string): Promise<unknown> {
  if (!(error instanceof UserError)) return error;
  if (isRefused(error) || error.message.includes("Resource postcondition failed")) {
    requireOwnState(environment, folder, await readState(folder));
  }
  if (!isRefused(error)) return error;
  const json: unknown = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
  // Planned again without protection, as Terraform names only some of what it refuses.
  return refusalOf(environment, await scratchPlan(folder), json) ?? error;
}
