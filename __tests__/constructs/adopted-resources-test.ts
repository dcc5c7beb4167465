/** What adopted.json changes in a synthesized stack. */
import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { TerraformStack, Testing } from "cdktf";
import { adoptResources } from "../../constructs/adopted-resources";
import type { AdoptedStack } from "../../constructs/contract/adopted";

function synthesized(adopted: Partial<AdoptedStack>) {
  const stack = new TerraformStack(Testing.app(), "dev");
  new CognitoUserPool(stack, "pool", { name: "pool", lifecycle: { ignoreChanges: ["name"] } });
  const fn = new LambdaFunction(stack, "orders", { functionName: "tokens-orders", role: "r" });
  adoptResources(stack, { imports: {}, keep: {}, ignore: {}, ...adopted });
  const json = JSON.parse(Testing.synth(stack));
  return { json, fn, pool: json.resource.aws_cognito_user_pool.pool, lambda: json.resource.aws_lambda_function.orders };
}

it("imports the resources that the stack has, and no others", () => {
  const imports = { "aws_cognito_user_pool.pool": "eu-west-1_a1B2", "aws_lambda_function.removed": "removed" };
  const { json } = synthesized({ imports });

  expect(json.import).toEqual([{ id: "eu-west-1_a1B2", to: "aws_cognito_user_pool.pool" }]);
});

it("keeps attributes, which others read from the construct, and blocks", () => {
  const keep = {
    "aws_lambda_function.orders": { function_name: "Orders", ephemeral_storage: [{ size: 1024 }] },
    "aws_lambda_function.removed": { function_name: "Removed" },
  };
  const { fn, lambda } = synthesized({ keep });

  expect(fn.functionNameInput).toBe("Orders");
  expect(lambda).toMatchObject({ function_name: "Orders", ephemeral_storage: [{ size: 1024 }] });
});

it("unsets an attribute that is kept as null", () => {
  const { lambda } = synthesized({ keep: { "aws_lambda_function.orders": { role: null } } });

  expect(lambda.role ?? null).toBeNull();
});

it("ignores changes of attributes beside those that the stack ignores", () => {
  const { pool } = synthesized({ ignore: { "aws_cognito_user_pool.pool": ["schema", "name"] } });

  expect(pool.lifecycle).toEqual({ ignore_changes: ["name", "schema"] });
});

it("takes texts as they are, also those that Terraform would take for expressions", () => {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's expressions
  const text = "${var.x} %{if} $5";
  const { json, lambda } = synthesized({
    imports: { "aws_cognito_user_pool.pool": text },
    keep: { "aws_lambda_function.orders": { description: text, tags: { a: text } } },
  });
  const escaped = "$${var.x} %%{if} $5";
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's expressions

  expect(json.import[0].id).toBe(escaped);
  expect(lambda).toMatchObject({ description: escaped, tags: { a: escaped } });
});
