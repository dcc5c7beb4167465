import { Readable } from "node:stream";
import { findForReview } from "../../../operations/review/made-plan";
import { UserError } from "../../../platform/user-error";
import { awsBy } from "../../support/aws-endpoint";
import { planWith } from "../../support/plan-json";

const values = { id: "eu-west-1_a", name: "orders", arn: "arn:aws:cognito-idp:eu-west-1:1:userpool/eu-west-1_a" };
const stage = { rest_api_id: "api", stage_name: "dev", arn: "arn:aws:apigateway:eu-west-1::/restapis/api/stages/dev" };
const resources = [
  { address: "aws_cognito_user_pool.one", mode: "managed", type: "aws_cognito_user_pool", name: "one", values },
  { address: "aws_api_gateway_stage.one", mode: "managed", type: "aws_api_gateway_stage", name: "one", values: stage },
];
const plan = planWith([], { prior_state: { values: { root_module: { resources } } } });
const variables = { VARIABLE_REFERENCES: JSON.stringify({ TOKEN: { parameter: "/orders/token" } }) };
const json = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: { aws_lambda_function: { orders: { environment: { variables } } } },
};
const find = (respond: () => Promise<unknown>) =>
  findForReview({ environment: "dev", folder: "stacks/dev", plan, json, clients: () => awsBy(respond) });

describe("findForReview", () => {
  it("notes all that AWS denies, and does not fail", async () => {
    const denied = { statusCode: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } };
    const { findings, notChecked } = await find(async () => ({ response: { ...denied, body: Readable.from(["{}"]) } }));

    expect(findings).toEqual([]);
    expect(notChecked.map(({ attribute }) => attribute)).toEqual(
      expect.arrayContaining(["app_client", "resource_server", "orphan (user pools)", "snapshot", "parameters"]),
    );
    expect(new Set(notChecked.map(({ code }) => code))).toEqual(new Set(["AccessDeniedException"]));
  });

  it.each([
    [new TypeError("fetch failed"), "TypeError"],
    [new UserError("No AWS credentials were found."), "no credentials"],
  ])("notes that nothing was checked: %s", async (error, code) => {
    const { notChecked } = await find(() => Promise.reject(error));

    expect(notChecked).toEqual([expect.objectContaining({ address: "dev", attribute: "all kinds", code })]);
  });
});
