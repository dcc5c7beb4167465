/** Whether what a plan would create exists, created with another state: it would be created a second time. Pure. */
import { code, codes } from "../../platform/markdown";
import { leftResources } from "../deployed/left-state";
import { ORPHAN } from "../deployed/orphan-findings";
import { formerKeyOf } from "../deployed/state-owner";
import { type Alert, critical } from "./alert";
import type { PlanContext } from "./plan-context";

/** Whether AWS creates a second resource of the same name without an error. */
export function isRepeatable({ address }: { readonly address: string }): boolean {
  return /^aws_(cognito_user_pool|api_gateway_rest_api)\./.test(address);
}

/** An alert when the state is empty and user pools or APIs of the stack's names exist. */
export function lostState({ plan, json, notInPlan }: PlanContext): readonly Alert[] {
  // The stack's own record of its prefix is not at AWS.
  if (leftResources(plan).some(({ type }) => type !== "terraform_data")) return [];
  const found = notInPlan.findings.filter((one) => one.attribute === ORPHAN && isRepeatable(one));
  if (found.length === 0) return [];
  const former = formerKeyOf(json);
  const elsewhere =
    former === undefined
      ? ""
      : ` Earlier versions kept it under the key ${code(former)}: if it is there, set it as the key of s3 in access.yaml.`;
  const names = codes(found.map((one) => String(JSON.parse(one.found))));
  return [
    critical(
      `The state is empty, but resources of the same names exist: ${names}. They would be created a second time: find their state before you apply this or, if an interrupted deployment left them, remove them.${elsewhere}`,
    ),
  ];
}
