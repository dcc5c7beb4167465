/**
 * Finds how AWS differs from the Terraform state where no plan shows it: unmanaged resources, orphans, functions with other
 * code, and the deployed snapshot of the API.
 */
import { join } from "node:path";
import { type Aws, AwsError } from "../../platform/aws";
import { shownPath } from "../../platform/project";
import { quoted } from "../../platform/shell";
import type { Finding } from "../plan-file/finding";
import { writtenIn } from "../plan-file/plan-drift";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";
import { leftMethods } from "./api-method";
import { type LeftResource, leftResources, ofType, regionOf, textIn } from "./left-state";
import { orphanFindings } from "./orphan-findings";
import { readSnapshot } from "./snapshot";
import { driftOfSnapshot } from "./snapshot-drift";
import { clientsOf, findUnmanaged, UNMANAGED_KINDS, type UnmanagedResources } from "./unmanaged";
import type { UnmanagedKind } from "./unmanaged-kind";

/** What it is looked for with. */
export interface StackPlan {
  readonly environment: string;
  /** Folder of the stack. */
  readonly folder: string;
  readonly plan: PlanJson;
  /** Content of the stack's `cdk.tf.json`. */
  readonly json: unknown;
  /** Whether AWS's refusal of what is required is a note, like any other. */
  readonly isLenient?: true;
  /** Kinds to look for beside the unmanaged resources. */
  readonly moreKinds?: readonly UnmanagedKind[];
  /** Clients of a region; left out means those of the credentials in the environment. */
  readonly clients?: (region: string) => Aws;
}

/** @throws {AwsError} when AWS cannot be reached, or refuses a read that is required */
export async function findNotInPlan(stack: StackPlan): Promise<UnmanagedResources> {
  const { environment, folder, plan, json, isLenient, moreKinds = [], clients = clientsOf() } = stack;
  const left = leftResources(plan);
  const kinds = [...UNMANAGED_KINDS, ...moreKinds];
  const options = { written: writtenIn(plan), environment, kinds, clients, ...(isLenient && { isLenient }) };
  const [snapshots, unmanaged, orphans] = await Promise.all([
    Promise.all(ofType(left, "stage").map((stage) => snapshotDrift(stage, left, clients, isLenient))),
    findUnmanaged(left, options),
    orphanFindings(json, left, clients, shownPath(folder)),
  ]);
  const live = snapshots.flatMap(({ findings }) => findings);
  const beside = unmanaged.findings.map((finding) => keptByImport(onceCritical(finding, live), plan));
  return {
    findings: [...replacedCode(plan, folder), ...beside, ...orphans.findings, ...live],
    notChecked: [unmanaged, orphans, ...snapshots].flatMap(({ notChecked }) => notChecked),
  };
}

/** A stage that is gone has no snapshot; that it is gone, the plan shows. */
async function snapshotDrift(
  stage: LeftResource,
  left: readonly LeftResource[],
  clients: (region: string) => Aws,
  isLenient = false,
): Promise<UnmanagedResources> {
  const restApiId = textIn(stage, "rest_api_id");
  try {
    const at = { region: regionOf(stage), restApiId, stageName: textIn(stage, "stage_name") };
    const live = await readSnapshot(at, clients);
    const findings = live === undefined ? [] : driftOfSnapshot(leftMethods(left, restApiId), live);
    return { findings, notChecked: [] };
  } catch (error) {
    if (!isLenient || !(error instanceof AwsError) || error.status === undefined) throw error;
    const { operation, code } = error;
    return { findings: [], notChecked: [{ address: stage.address, attribute: "snapshot", operation, code }] };
  }
}

/** A method without authorization that is deployed already is critical there. */
function onceCritical(found: Finding, live: readonly Finding[]): Finding {
  const { route, effect: _, ...rest } = found;
  const isLive = live.some((one) => one.severity === "critical" && one.route === route);
  return route !== undefined && isLive ? { ...rest, route, severity: "warning" } : found;
}

/** What belongs to a resource that the plan takes over stays with it: it is not to be removed by a command. */
function keptByImport(finding: Finding, { resource_changes }: PlanJson): Finding {
  const isImported = resource_changes.some(
    ({ address, change }) => address === finding.address && change.importing !== undefined,
  );
  const { undo: _, ...kept } = finding;
  return isImported ? kept : finding;
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
