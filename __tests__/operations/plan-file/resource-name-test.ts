import { keyOf, resourceName, typeAndName } from "../../../operations/plan-file/resource-name";

const code = {
  aws_lambda_function: {
    functions_orders_function_1A2B: { "//": { metadata: { path: "dev/functions/orders/function" } } },
  },
};

describe("typeAndName", () => {
  it.each([
    ["aws_lambda_function.functions_orders_function_1A2B", "aws_lambda_function: functions/orders/function"],
    ["aws_lambda_function.functions_orders_function_1A2B[0]", "aws_lambda_function: functions/orders/function"],
    ["aws_lambda_function.removed", "aws_lambda_function: removed"],
    ["module.one.aws_iam_role.its_own", "aws_iam_role: its_own"],
    ['terraform_data.protected["client/my.shop"]', "terraform_data: client/my.shop"],
    ["no address", "no address"],
  ])("calls %s what a review calls it", (address, name) => {
    expect(typeAndName(address, code)).toBe(name);
  });
});

it("resourceName is the name alone", () => {
  expect(resourceName("aws_lambda_function.functions_orders_function_1A2B", code)).toBe("functions/orders/function");
});

it("keyOf is the key of an instance with for_each", () => {
  expect(['a.b["client/x"]', "a.b", "a.b[0]", 'a.b["'].map(keyOf)).toEqual([
    "client/x",
    undefined,
    undefined,
    undefined,
  ]);
});
