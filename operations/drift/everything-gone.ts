/** A state of which AWS has nothing: another account, or an embedded AWS whose account was deleted. Pure. */
import { copyable, isEmbeddedAws } from "../../platform/local-command";
import { leftResources } from "../deployed/left-state";
import type { PlanJson } from "../plan-file/plan-json";

/** Whether none of the state's resources is at AWS. */
export function isEverythingGone(plan: PlanJson): boolean {
  const gone = new Set(plan.resource_drift.flatMap(({ address, change }) => (change.after === null ? address : [])));
  const left = leftResources(plan).filter(({ type }) => type.startsWith("aws_"));
  return left.length > 0 && left.every(({ address }) => gone.has(address));
}

/** What to do about it, on one line. @param folder the embedded AWS's folder, as it is typed in a command */
export function everythingGoneLine(
  environment: string,
  folder: string,
  variables: NodeJS.ProcessEnv = process.env,
): string {
  const deploy = copyable(`npx access deploy ${environment}`, variables);
  return isEmbeddedAws(variables)
    ? `The account of the embedded AWS has nothing of the state of ${environment}. To create everything again: ${deploy}. To start over: delete ${folder}.`
    : `AWS has nothing of the state of ${environment}. Check that the credentials are of its account. To create everything again: ${deploy}`;
}
