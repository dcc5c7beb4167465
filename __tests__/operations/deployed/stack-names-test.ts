import { namesOf } from "../../../operations/deployed/stack-names";

const json = {
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_cognito_user_pool: { one: { name: "orders-dev" } },
    aws_lambda_function: { one: { function_name: "orders-dev-a" }, two: { function_name: "orders-dev-b" } },
    aws_cloudwatch_log_group: { one: { name: ["${", "aws_lambda_function.one.function_name}"].join("") } },
  },
};
const state = [
  { type: "aws_cognito_user_pool", values: { name: "orders-dev", id: "eu-west-1_a" } },
  { type: "aws_lambda_function", values: { function_name: "orders-dev-a" } },
];

describe("namesOf", () => {
  it("separates what the state has from what only has a name of the stack", () => {
    const { region, deployed, orphaned } = namesOf(json, state);

    expect([region, deployed.poolIds, deployed.functions]).toEqual(["eu-west-1", ["eu-west-1_a"], ["orders-dev-a"]]);
    expect([orphaned.functions, orphaned.logGroups, orphaned.poolIds]).toEqual([["orders-dev-b"], [], []]);
  });

  it("counts the name of a pool that the state has, since AWS may have another pool of that name", () => {
    expect(namesOf(json, state).orphaned.pools).toEqual(["orders-dev"]);
    expect(namesOf({}, state).orphaned.pools).toEqual(["orders-dev"]);
  });
});
