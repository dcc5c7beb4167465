/** What a plan would change, read from its JSON. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { actionOf, makePlan, type PlanJson } from "./plan-json";

/** With the exit codes that shells give them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const names = Object.keys(SIGNALS) as readonly (keyof typeof SIGNALS)[];

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
 * Plans, and keeps nothing of it, as a plan holds secrets: not even when it is interrupted.
 * @param args more of `terraform plan`
 * @throws {UserError} when Terraform fails
 */
export async function scratchPlan(folder: string, args: readonly string[] = []): Promise<PlanJson> {
  const scratch = await mkdtemp(join(tmpdir(), "plan-"));
  const remove = () => rmSync(scratch, { recursive: true, force: true });
  const interrupted = (signal: keyof typeof SIGNALS) => {
    remove();
    // Whoever else listens has more to put in order, and ends the process.
    if (process.listenerCount(signal) === 0) process.exit(SIGNALS[signal]);
  };
  for (const signal of names) process.once(signal, interrupted);
  try {
    return await makePlan(folder, join(scratch, "saved.tfplan"), args);
  } finally {
    for (const signal of names) process.off(signal, interrupted);
    remove();
  }
}
