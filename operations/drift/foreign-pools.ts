/** Authorizers that accept tokens of other user pools than the stack's, also when the code has them so. Pure. */
import { quoted } from "../../platform/shell";
import { regionOf, textIn, textsIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";
import type { PlanJson } from "../plan-file/plan-json";
import { managedResources } from "../plan-file/state-json";

const ATTRIBUTE = "provider_arns";

/**
 * The findings with those of such authorizers as critical ones.
 * @param findings of the plan, such as that an authorizer is not as Terraform left it
 */
export function withForeignPools({ prior_state }: PlanJson, findings: readonly Finding[]): readonly Finding[] {
  const resources = managedResources(prior_state.values);
  const own = resources.filter(({ type }) => type === "aws_cognito_user_pool").map((pool) => textIn(pool, "arn"));
  const foreign = new Map(
    resources
      .filter(({ type }) => type === "aws_api_gateway_authorizer")
      .map((authorizer) => [authorizer, textsIn(authorizer, ATTRIBUTE).filter((arn) => !own.includes(arn))] as const)
      .filter(([, arns]) => arns.length > 0)
      .map(([authorizer, arns]) => [authorizer.address, { authorizer, arns }] as const),
  );
  const effectOf = (address: string) =>
    `${address} accepts tokens of ${foreign.get(address)?.arns.join(", ")}, which is not a user pool of this stack`;
  const raised = findings.map((finding): Finding => {
    const isOfPools = finding.attribute === ATTRIBUTE && foreign.has(finding.address);
    return isOfPools ? { ...finding, severity: "critical", effect: effectOf(finding.address) } : finding;
  });
  const known = new Set(raised.filter(({ attribute }) => attribute === ATTRIBUTE).map(({ address }) => address));
  const created = [...foreign].filter(([address]) => !known.has(address));
  return [
    ...raised,
    ...created.map(([address, { authorizer, arns }]): Finding => {
      const operations = arns.map((arn) => `op=remove,path=/providerARNs,value=${quoted(arn)}`).join(" ");
      const ids = `--rest-api-id ${textIn(authorizer, "rest_api_id")} --authorizer-id ${textIn(authorizer, "id")}`;
      return {
        address,
        attribute: ATTRIBUTE,
        expected: JSON.stringify(own),
        found: JSON.stringify(textsIn(authorizer, ATTRIBUTE)),
        verdict: "unmanaged-resource",
        severity: "critical",
        effect: effectOf(address),
        undo: `aws apigateway update-authorizer --region ${regionOf(authorizer)} ${ids} --patch-operations ${operations}`,
      };
    }),
  ];
}
