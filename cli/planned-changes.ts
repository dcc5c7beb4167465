/** What a plan would change, read from its JSON. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionOf, makePlan, type PlanJson } from "./plan-json";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

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

/** Plans, and keeps nothing of it, as a plan holds secrets: not even when it is interrupted. @throws {UserError} */
export async function scratchPlan(folder: string): Promise<PlanJson> {
  const scratch = await mkdtemp(join(tmpdir(), "plan-"));
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  const interrupted = (signal: NodeJS.Signals) => {
    remove();
    // Whoever else listens has more to put in order, and ends the process.
    if (process.listenerCount(signal) === 0) process.exit(signal === "SIGINT" ? 130 : 143);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    return await makePlan(folder, join(scratch, "saved.tfplan"));
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    remove();
  }
}
