/** Whether what a plan would create exists, created with another state: it would be created a second time. */
import { AwsError, aws } from "../../platform/aws";
import { code } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import { namesOf } from "../deployed/stack-names";
import { formerKeyOf } from "../deployed/state-owner";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";
import { type Alert, critical, info } from "./alert";

/**
 * Looks AWS up for user pools and APIs of the stack's names when the state is empty.
 * @param json content of the stack's `cdk.tf.json`
 */
export async function lostStateAlerts(
  { prior_state }: PlanJson,
  json: unknown,
  clients = aws,
): Promise<readonly Alert[]> {
  if (managedResources(prior_state.values).length > 0) return [];
  const { region, written } = namesOf(json, { outputs: {}, root_module: { resources: [], child_modules: [] } });
  const { cognito, apiGateway } = clients(region);
  const found: string[] = [];
  try {
    for await (const { UserPools = [] } of (await cognito()).paginateListUserPools({ MaxResults: 60 })) {
      const pools = UserPools.filter(({ Name = "" }) => written.pools.includes(Name));
      found.push(...pools.map(({ Name = "", Id = "" }) => `user pool ${code(Name)} (${code(Id)})`));
    }
    for await (const { items = [] } of (await apiGateway()).paginateGetRestApis({ limit: 500 })) {
      const apis = items.filter(({ name = "" }) => written.apis.includes(name));
      found.push(...apis.map(({ name = "", id = "" }) => `REST API ${code(name)} (${code(id)})`));
    }
  } catch (error) {
    if (!(error instanceof AwsError) && !(error instanceof UserError)) throw error;
    return [
      info(
        `Whether resources of the same names exist, created with another state, is unknown: ${code(error.message)}.`,
      ),
    ];
  }
  if (found.length === 0) return [];
  const former = formerKeyOf(json);
  return [
    critical(
      `The state is empty, but resources of the same names exist: ${found.join(", ")}. They would be created a second time: find their state before you apply this.${former === undefined ? "" : ` Earlier versions kept it under the key ${code(former)}: if it is there, set it as the key of s3 in access.yaml.`}`,
    ),
  ];
}
