/** Destruction of a stack in steps: reading it from AWS, lifting its deletion protection and nothing else, destroying. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { detachedTerraform } from "../../platform/detached-terraform";
import { withCopyOf } from "../../platform/stack-copy";
import { withTemporaryFolder } from "../../platform/temporary-folder";
import { UserError } from "../../platform/user-error";
import { withoutProtection } from "../deployed/protection";
import { actionOf, makePlan, type PlanJson, type ResourceChange } from "../plan-file/plan-json";
import { scratchPlan } from "../plan-file/planned-changes";
import type { StateValues } from "../plan-file/state-json";
import { withUnprotectedCopy } from "../plan-file/unprotected-plan";
import { type DyingClient, dyingClient } from "./inventory";

/** Plans hold secrets: they are kept in a temporary folder. */
const PLAN = "saved.tfplan";
const PROTECTION = "deletion_protection";
/** Attributes that AWS changes along. */
const CHANGED_ALONG = ["last_modified_date"];

/** A stack by AWS, where it may differ from the state. */
export interface Found {
  readonly values: StateValues;
  /** Addresses of resources that the state has, and AWS no longer has. */
  readonly gone: readonly string[];
  /** Clients among them. */
  readonly goneClients: readonly DyingClient[];
}

/** Reads all that the state has from AWS, and changes nothing. @param folder folder of the stack, initialized */
export async function findDeployed(folder: string, state: StateValues): Promise<Found> {
  const { prior_state, resource_drift } = await scratchPlan(folder, ["-refresh-only"]);
  const gone = resource_drift.filter(({ change }) => actionOf(change) === "destroy");
  const clients = gone.filter(({ type }) => type === "aws_cognito_user_pool_client");
  return {
    values: { ...(prior_state.values ?? state), outputs: state.outputs },
    gone: gone.map(({ address }) => address).toSorted(),
    goneClients: clients.map(({ change }) => dyingClient(change.before ?? {}, "deleted before, outside Terraform")),
  };
}

/**
 * Called after a step of Terraform that failed, and before it changes anything. Throws when the command is interrupted.
 * @param hasBegun whether Terraform may have changed something
 */
export type InterruptionCheck = (hasBegun: boolean) => void;

const NEVER: InterruptionCheck = () => undefined;

/**
 * Lifts the protection of user pools by a plan in which nothing else changes: code that is not applied stays so.
 *
 * @param folder folder of the stack, initialized
 * @param pools Terraform's addresses of the pools
 * @throws {UserError} when something else would change as well; then nothing is changed
 */
export async function liftProtectionOf(
  folder: string,
  pools: readonly string[],
  check: InterruptionCheck = NEVER,
): Promise<void> {
  const lifted = withoutProtection(JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8")));
  const targets = pools.map((address) => `-target=${address}`);
  await withCopyOf(folder, lifted, async (copy) => {
    await carryOut(copy, targets, check, (plan) => requireNothingElse(plan, pools));
  });
}

/**
 * Destroys everything that the state has, `prevent_destroy` or not.
 * @returns the changes that destroyed it
 * @throws {UserError} when it fails
 */
export async function destroyAll(folder: string, check: InterruptionCheck = NEVER): Promise<readonly ResourceChange[]> {
  return await withUnprotectedCopy(folder, async (copy) => {
    const { resource_changes } = await carryOut(copy, ["-destroy"], check);
    return resource_changes.filter(({ change }) => actionOf(change) === "destroy");
  });
}

/** Plans, looks at the plan, and applies it. */
async function carryOut(
  folder: string,
  args: readonly string[],
  check: InterruptionCheck,
  inspect: (plan: PlanJson) => void = () => undefined,
): Promise<PlanJson> {
  return await withTemporaryFolder(async (scratch) => {
    const file = join(scratch, PLAN);
    // Terraform reports an interruption as a failure.
    const plan = await makePlan(folder, file, args, detachedTerraform).finally(() => check(false));
    inspect(plan);
    await detachedTerraform(folder, ["apply", "-input=false", file]).catch((error) => {
      check(true);
      throw error;
    });
    return plan;
  });
}

function requireNothingElse({ resource_changes }: PlanJson, pools: readonly string[]): void {
  const changes = resource_changes.filter(({ change }) => !["nothing", "read"].includes(actionOf(change)));
  const others = changes.flatMap(({ address, change }) => {
    if (!pools.includes(address) || actionOf(change) !== "update") return [`${address} (${actionOf(change)})`];
    const { before, after } = change;
    const names = Object.keys(after ?? {}).filter(
      (name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]),
    );
    return names.filter((name) => ![PROTECTION, ...CHANGED_ALONG].includes(name)).map((name) => `${address}.${name}`);
  });
  if (others.length === 0) return;
  const what = `lifting the protection would also change ${others.join(", ")}`;
  throw new UserError(`${what}, so nothing was changed. Deploy the code, or undo its changes, and run this again.`);
}
