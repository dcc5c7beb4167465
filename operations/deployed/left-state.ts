/** The state as Terraform left it: before it was refreshed for a plan. */

import type { Values } from "../plan-file/differences";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";

/** A resource as Terraform left it. */
export interface LeftResource {
  readonly address: string;
  readonly type: string;
  readonly values: Values;
}

/** What the state held before the plan. It is put together from what is there and what has changed since. */
export function leftResources({ prior_state, resource_drift }: PlanJson): readonly LeftResource[] {
  const resources = new Map<string, LeftResource>(
    managedResources(prior_state.values).map(({ address, type, values }) => [address, { address, type, values }]),
  );
  for (const { address, type, change } of resource_drift) {
    if (change.before === null) resources.delete(address);
    else resources.set(address, { address, type, values: change.before });
  }
  return [...resources.values()];
}

/** The resources of a type, at most those of one API. */
export function ofType(left: readonly LeftResource[], type: string, restApiId?: string): readonly LeftResource[] {
  return left.filter((one) => {
    const isOfApi = restApiId === undefined || textIn(one, "rest_api_id") === restApiId;
    return one.type === `aws_api_gateway_${type}` && isOfApi;
  });
}

/** In which region a resource is; empty for one that has neither region nor ARN. */
export function regionOf(resource: LeftResource): string {
  return textIn(resource, "region") || (textIn(resource, "arn").split(":")[3] ?? "");
}

/** An attribute that is text; empty when there is none. */
export function textIn({ values }: LeftResource, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value : "";
}

/** An attribute that is a list of texts, sorted; empty when there is none. */
export function textsIn({ values }: LeftResource, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String).toSorted() : [];
}
