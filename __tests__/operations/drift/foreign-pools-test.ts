import { withForeignPools } from "../../../operations/drift/foreign-pools";
import type { Finding } from "../../../operations/plan-file/finding";
import { planWith } from "../../support/plan-json";

const OWN = "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_own";
const ELSEWHERE = "arn:aws:cognito-idp:eu-west-1:210987654321:userpool/eu-west-1_elsewhere";
const ADDRESS = "aws_api_gateway_authorizer.gate";
const EFFECT = `${ADDRESS} accepts tokens of ${ELSEWHERE}, which is not a user pool of this stack`;

/** A plan that changes nothing, of a stack whose authorizer is deployed with these pools. */
function planOf(provider_arns: readonly string[]) {
  const resource = (address: string, values: object) => {
    const [type, name] = address.split(".");
    return { address, mode: "managed", type, name, values };
  };
  const resources = [
    resource("aws_cognito_user_pool.pool", { arn: OWN }),
    resource(ADDRESS, { id: "a1", rest_api_id: "r1", region: "eu-west-1", provider_arns }),
  ];
  return planWith([], { prior_state: { values: { root_module: { resources } } } });
}

const changed: Finding = {
  address: ADDRESS,
  attribute: "provider_arns",
  expected: JSON.stringify([OWN]),
  found: JSON.stringify([ELSEWHERE]),
  verdict: "out-of-band-change",
  severity: "warning",
};

describe("an authorizer with pools of other stacks", () => {
  it("is critical, also when the code has it so", () => {
    expect(withForeignPools(planOf([OWN, ELSEWHERE]), [])).toEqual([
      {
        address: ADDRESS,
        attribute: "provider_arns",
        expected: JSON.stringify([OWN]),
        found: JSON.stringify([ELSEWHERE, OWN].toSorted()),
        verdict: "unmanaged-resource",
        severity: "critical",
        effect: EFFECT,
        undo: `aws apigateway update-authorizer --region eu-west-1 --rest-api-id r1 --authorizer-id a1 --patch-operations op=remove,path=/providerARNs,value=${ELSEWHERE}`,
      },
    ]);
  });

  it("is reported once where it was changed out of band", () => {
    expect(withForeignPools(planOf([ELSEWHERE]), [changed])).toEqual([
      { ...changed, severity: "critical", effect: EFFECT },
    ]);
  });

  it("is not one with the pool of the stack", () => {
    expect(withForeignPools(planOf([OWN]), [])).toEqual([]);
  });
});
