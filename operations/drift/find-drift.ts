/** All that is not as it should be in one stack: what a plan tells, and what Terraform cannot see. Changes nothing. */
import { basename } from "node:path";
import { leftMethods } from "../deployed/api-method";
import { type LeftResource, leftResources, ofType, regionOf, textIn } from "../deployed/left-state";
import { readSnapshot } from "../deployed/snapshot";
import type { Finding } from "../plan-file/finding";
import { driftOfPlan, writtenIn } from "../plan-file/plan-drift";
import type { PlanJson } from "../plan-file/plan-json";
import { scratchPlan } from "../plan-file/planned-changes";
import { AwsReads } from "./aws-reads";
import { driftBeside } from "./beside-drift";
import { replacedCode } from "./replaced-code";
import { driftOfSnapshot } from "./snapshot-drift";

/**
 * Compares the code, Terraform's state, what is really there, what is there besides, and what the API's stages answer
 * with.
 *
 * @param folder folder of the stack, which has its name, initialized
 * @throws {UserError} when Terraform fails, or AWS refuses to tell
 */
export async function findDrift(folder: string): Promise<readonly Finding[]> {
  const plan: PlanJson = await scratchPlan(folder);
  const left = leftResources(plan);
  const snapshots = await Promise.all(ofType(left, "stage").map((stage) => snapshotDrift(stage, left)));
  const live = snapshots.flat();
  const beside = (await driftBeside(left, writtenIn(plan), basename(folder), new AwsReads())).map((found) =>
    onceLoud(found, live),
  );
  return [...driftOfPlan(plan), ...replacedCode(plan, folder), ...beside, ...live];
}

/** Of an open route that is deployed already, nobody has to hear that it will be. */
function onceLoud(found: Finding, live: readonly Finding[]): Finding {
  const isTold = found.route !== undefined && live.some(({ route, isLoud }) => isLoud && route === found.route);
  if (!isTold) return found;
  const { isLoud: _, ...quiet } = found;
  return quiet;
}

/** A stage that is gone has no snapshot; that it is gone, the plan tells. */
async function snapshotDrift(stage: LeftResource, left: readonly LeftResource[]): Promise<readonly Finding[]> {
  const restApiId = textIn(stage, "rest_api_id");
  const region = regionOf(stage);
  const live = await readSnapshot({ region, restApiId, stageName: textIn(stage, "stage_name") });
  return live === undefined ? [] : driftOfSnapshot(leftMethods(left, restApiId), live);
}
