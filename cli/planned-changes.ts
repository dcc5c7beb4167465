/** What a plan would change, read from its JSON. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { requireStack } from "./deployment";
import { terraform } from "./terraform";

const plan = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});

/**
 * Plans an environment.
 * @returns addresses of the resources that an apply would change, create or destroy; empty when there is nothing to do
 * @throws {UserError} when nothing is deployed or Terraform fails
 */
export async function plannedChanges(environment: string): Promise<readonly string[]> {
  const { resource_changes } = plan.parse(await planAsJson(environment, []));
  return resource_changes
    .filter(({ change }) => !["no-op", "read"].includes(change.actions.join()))
    .map(({ address }) => address);
}

/** Plans with more arguments, such as `-refresh-only`, and returns the plan's JSON; the plan itself is not kept. */
export async function planAsJson(environment: string, args: readonly string[]): Promise<unknown> {
  const folder = requireStack(environment);
  const scratch = await mkdtemp(join(tmpdir(), "plan-"));
  try {
    const file = join(scratch, "saved.tfplan");
    await terraform(folder, ["plan", "-input=false", `-out=${file}`, ...args]);
    return JSON.parse(await terraform(folder, ["show", "-json", file]));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
