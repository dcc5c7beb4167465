/** Finds the drift of a stack: differences between the code, Terraform's state, AWS and the API's deployed snapshot. */
import { basename, join } from "node:path";
import { aws, unlessMissing } from "../../platform/aws";
import { shownPath } from "../../platform/project";
import { quoted } from "../../platform/shell";
import { leftMethods } from "../deployed/api-method";
import { type LeftResource, leftResources, ofType, regionOf, textIn } from "../deployed/left-state";
import { readSnapshot } from "../deployed/snapshot";
import { findUnmanaged, type UnmanagedResources } from "../deployed/unmanaged";
import type { Finding } from "../plan-file/finding";
import { driftOfPlan, writtenIn } from "../plan-file/plan-drift";
import type { PlanJson } from "../plan-file/plan-json";
import { scratchPlan } from "../plan-file/planned-changes";
import { managedResources } from "../plan-file/state-json";
import { driftOfSnapshot } from "./snapshot-drift";

/**
 * Compares them. Changes nothing.
 *
 * @param folder folder of the stack, which has its name, initialized
 * @throws {UserError} when Terraform fails, or AWS refuses a read that is required
 */
export async function findDrift(folder: string): Promise<UnmanagedResources> {
  const plan = await scratchPlan(folder);
  const left = leftResources(plan);
  const [live, unmanaged, planned] = await Promise.all([
    Promise.all(ofType(left, "stage").map((stage) => snapshotDrift(stage, left))),
    findUnmanaged(left, { written: writtenIn(plan), environment: basename(folder) }),
    Promise.all(driftOfPlan(plan).map((finding) => restorable(finding, left))),
  ]);
  const beside = unmanaged.findings.map((finding) => onceCritical(finding, live.flat()));
  const findings = [...planned, ...replacedCode(plan, folder), ...beside, ...live.flat()];
  return { findings, notChecked: unmanaged.notChecked };
}

/** A stage that is gone has no snapshot; that it is gone, the plan shows. */
async function snapshotDrift(stage: LeftResource, left: readonly LeftResource[]): Promise<readonly Finding[]> {
  const restApiId = textIn(stage, "rest_api_id");
  const region = regionOf(stage);
  const live = await readSnapshot({ region, restApiId, stageName: textIn(stage, "stage_name") });
  return live === undefined ? [] : driftOfSnapshot(leftMethods(left, restApiId), live);
}

/** A method without authorization that is deployed already is critical there. */
function onceCritical(found: Finding, live: readonly Finding[]): Finding {
  const { route, effect: _, ...rest } = found;
  const isLive = live.some((one) => one.severity === "critical" && one.route === route);
  return route !== undefined && isLive ? { ...rest, route, severity: "warning" } : found;
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

/**
 * Functions that run other code than Terraform gave them. The provider never reads `source_code_hash` back, so no plan
 * shows it; the hash of the code that runs is `code_sha256`, which a refresh accepts.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
 */
function replacedCode({ prior_state }: PlanJson, folder: string): readonly Finding[] {
  return managedResources(prior_state.values)
    .filter(({ type }) => type === "aws_lambda_function")
    .flatMap((fn): readonly Finding[] => {
      const [given, running] = [textIn(fn, "source_code_hash"), textIn(fn, "code_sha256")];
      if (given === "" || running === "" || given === running) return [];
      const zip = quoted(`fileb://${shownPath(join(folder, textIn(fn, "filename")))}`);
      const options = `--region ${regionOf(fn)} --function-name ${quoted(textIn(fn, "function_name"))}`;
      return [
        {
          address: fn.address,
          attribute: "code_sha256",
          expected: JSON.stringify(given),
          found: JSON.stringify(running),
          verdict: "out-of-band-change",
          severity: "critical",
          effect: `${fn.address} runs code that was not deployed by Terraform`,
          undo: `aws lambda update-function-code ${options} --zip-file ${zip}`,
        },
      ];
    });
}
