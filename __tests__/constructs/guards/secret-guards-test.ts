import type { TerraformStack } from "cdktf";
import { refusalsOf, resource } from "../../support/guarded-stack";

const SECRET = "$\x7baws_cognito_user_pool_client.shop.client_secret}";
const SPELLINGS = [
  SECRET,
  "$\x7bnonsensitive(aws_cognito_user_pool_client.shop.client_secret)}",
  '$\x7baws_cognito_user_pool_client.shop["client_secret"]}',
  "$\x7baws_cognito_user_pool_client.shop[0].client_secret}",
  "$\x7bjsonencode(aws_cognito_user_pool_client.shop)}",
  "$\x7bdata.aws_cognito_user_pool_client.shop.client_secret}",
  "%\x7bif true}$\x7baws_cognito_user_pool_client.shop.client_secret}%\x7bendif}",
  "$\x7blocal.secret}",
  "$\x7baws_secretsmanager_secret_version.kept.secret_string}",
];
const ENVIRONMENT = "dev/it (aws_lambda_function): environment holds the secret of a client.";

const linesOf = (fill: (stack: TerraformStack) => void) =>
  refusalsOf((stack) => {
    stack.addOverride("locals", [{ secret: "$\x7blocal.same}" }, { same: SECRET }]);
    stack.addOverride("resource.aws_secretsmanager_secret_version.kept", { secret_id: "s", secret_string: SECRET });
    fill(stack);
  });
const inResource = (type: string, attributes: Readonly<Record<string, unknown>>) =>
  linesOf((stack) => resource(stack, type, attributes));

describe("a client's secret", () => {
  it.each(SPELLINGS)("is refused in outputs that are shown, as %s", (value) => {
    expect(linesOf((stack) => stack.addOverride("output.secret", { value: { a: [value] } }))).toEqual([
      "dev output.secret (output): it shows the secret of a client. Set sensitive to true.",
    ]);
    expect(linesOf((stack) => stack.addOverride("output.secret", { value, sensitive: true }))).toEqual([]);
  });

  it.each(SPELLINGS)("is refused in a function's environment, as %s", (value) => {
    const lines = inResource("aws_lambda_function", { environment: { variables: { SECRET: value } } });

    expect(lines).toEqual([expect.stringContaining(ENVIRONMENT)]);
  });

  it.each([
    ["a tag", "aws_lambda_function", "tags", { secret: SECRET }],
    ["the name of a tag", "aws_lambda_function", "tags", { [SECRET]: "x" }],
    ["a dynamic block", "aws_lambda_function", "dynamic", { environment: { for_each: [SECRET], content: {} } }],
    ["a stage variable", "aws_api_gateway_stage", "variables", { secret: SECRET }],
    ["a description", "aws_api_gateway_rest_api", "description", SECRET],
    ["a parameter that is not encrypted", "aws_ssm_parameter", "value", SECRET],
    ["the values of another resource", "terraform_data", "input", SECRET],
    ["a provisioner", "terraform_data", "provisioner", [{ "local-exec": { command: SECRET } }]],
  ])("is refused in %s", (_what, type, attribute, value) => {
    expect(inResource(type, { [attribute]: value })).toEqual([
      expect.stringContaining(`${attribute} holds the secret of a client.`),
    ]);
  });

  it.each([
    ["a secret", "aws_secretsmanager_secret_version", { secret_string: SECRET }],
    ["an encrypted parameter", "aws_ssm_parameter", { type: "SecureString", value: SECRET }],
    ["an order", "aws_lambda_function", { depends_on: ["aws_cognito_user_pool_client.shop"] }],
  ])("may be in %s", (_what, type, attributes) => {
    expect(inResource(type, attributes)).toEqual([]);
  });

  it("is not a client's id, nor a text that names it", () => {
    const variables = {
      ID: "$\x7baws_cognito_user_pool_client.shop.id}",
      ARN: "$\x7baws_secretsmanager_secret_version.kept.arn}",
      TEXT: "aws_cognito_user_pool_client.shop.client_secret",
    };

    expect(inResource("aws_lambda_function", { environment: { variables: { TEXT: variables.TEXT } } })).toEqual([]);
    expect(
      inResource("aws_lambda_function", { environment: { variables: { ID: variables.ID, ARN: variables.ARN } } }),
    ).toEqual([]);
  });
});
