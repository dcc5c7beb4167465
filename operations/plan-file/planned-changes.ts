/** What a plan would change, read from its JSON. */
import { join } from "node:path";
import { detachedTerraform } from "../../platform/detached-terraform";
import { uninterrupted } from "../../platform/interruption";
import { withTemporaryFolder } from "../../platform/temporary-folder";
import { actionOf, makePlan, type PlanJson } from "./plan-json";
import { withUnprotectedCopy } from "./unprotected-plan";

const INTERRUPTED = "interrupted while Terraform planned. Nothing is changed.";

/**
 * Plans a stack.
 * @param folder folder of the stack, initialized
 * @returns addresses of the resources that an apply would change, create or destroy; empty when there is nothing to do
 * @throws {UserError} when Terraform fails
 */
export async function plannedChanges(folder: string): Promise<readonly string[]> {
  const { resource_changes } = await scratchPlan(folder);
  return resource_changes
    .filter(({ change }) => !["nothing", "read"].includes(actionOf(change)))
    .map(({ address }) => address);
}

/**
 * Plans without `prevent_destroy`, since nothing is applied, and keeps nothing of it, as a plan holds secrets: not even
 * when it is interrupted.
 * @param args more of `terraform plan`
 * @throws {UserError} when Terraform fails, or there was a signal
 */
export async function scratchPlan(folder: string, args: readonly string[] = []): Promise<PlanJson> {
  return await withTemporaryFolder(async (scratch) => {
    return await uninterrupted(async ({ check }) => {
      const make = (place: string) => makePlan(place, join(scratch, "saved.tfplan"), args, detachedTerraform);
      // Terraform reports an interruption as a failure.
      return await withUnprotectedCopy(folder, make).finally(() => check(INTERRUPTED));
    });
  });
}
