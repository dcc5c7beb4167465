/** Finds the drift of a stack: differences between the code, Terraform's state, AWS and the API's deployed snapshot. */
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { aws, callerAccount, unlessMissing } from "../../platform/aws";
import { quoted } from "../../platform/shell";
import { emptyStateError } from "../deployed/empty-state";
import { type LeftResource, leftResources, textIn } from "../deployed/left-state";
import { findOrphans } from "../deployed/leftovers";
import { findNotInPlan } from "../deployed/not-in-plan";
import { namesOf } from "../deployed/stack-names";
import { requireOwnState } from "../deployed/state-owner";
import type { UnmanagedResources } from "../deployed/unmanaged";
import type { Finding } from "../plan-file/finding";
import { driftOfPlan } from "../plan-file/plan-drift";
import { scratchPlan } from "../plan-file/planned-changes";
import { managedResources, readState } from "../plan-file/state-json";
import { isEverythingGone } from "./everything-gone";
import { withForeignPools } from "./foreign-pools";
import { oldSecrets } from "./old-secrets";

/** What was found. */
export interface FoundDrift extends UnmanagedResources {
  /** Whether AWS has none of the state's resources. */
  readonly isEverythingGone: boolean;
}

/**
 * Compares them. Changes nothing.
 *
 * @param folder folder of the stack, which has its name, initialized
 * @param rotateAfterDays how old secrets may become, by the names of clients; left out means that their age does not matter
 * @throws {UserError} when nothing is deployed, the state is of another prefix, Terraform fails, or AWS refuses a read that is required
 */
export async function findDrift(
  folder: string,
  rotateAfterDays: ReadonlyMap<string, number> = new Map(),
): Promise<FoundDrift> {
  const environment = basename(folder);
  const json: unknown = JSON.parse(await readFile(join(folder, "cdk.tf.json"), "utf8"));
  const state = await readState(folder);
  if (managedResources(state).length === 0) throw await nothingDeployed(environment, folder, json);
  requireOwnState(environment, folder, state);
  const plan = await scratchPlan(folder);
  const left = leftResources(plan);
  const moreKinds = [oldSecrets(rotateAfterDays, Date.now())];
  const [{ findings, notChecked }, planned] = await Promise.all([
    findNotInPlan({ environment, folder, plan, json, moreKinds }),
    Promise.all(withForeignPools(plan, driftOfPlan(plan)).map((finding) => restorable(finding, left))),
  ]);
  return { findings: [...planned, ...findings], notChecked, isEverythingGone: isEverythingGone(plan) };
}

async function nothingDeployed(environment: string, folder: string, json: unknown) {
  const names = namesOf(json, []);
  const client = aws(names.region);
  const place = { environment, folder, region: names.region, account: await callerAccount(client) };
  return emptyStateError(place, (await findOrphans(client, names)).found);
}

/**
 * The finding, with the way back where a secret was deleted with a recovery window: Terraform takes it and what belongs to
 * it for gone, but AWS keeps its name.
 */
async function restorable(finding: Finding, left: readonly LeftResource[]): Promise<Finding> {
  const resource = left.find(({ address }) => address === finding.address);
  if (finding.found !== "gone" || !resource?.type.startsWith("aws_secretsmanager_secret")) return finding;
  const id = textIn(resource, "secret_arn") || textIn(resource, "secret_id") || textIn(resource, "arn");
  const region = id.split(":")[3] ?? "";
  const secret = await unlessMissing((await aws(region).secretsManager()).describeSecret({ SecretId: id }));
  if (secret?.DeletedDate === undefined) return finding;
  const name = secret.Name ?? id;
  return {
    ...finding,
    found: `deleted, can be restored until ${secret.DeletedDate.toISOString()}`,
    effect: `the next deployment fails: AWS answers "You can't create this secret because a secret with this name is already scheduled for deletion." to creating ${name}`,
    undo: `aws secretsmanager restore-secret --region ${region} --secret-id ${quoted(name)}`,
  };
}
