/** Values that the real provider takes for functions and who may invoke them. */
import type { ValueRules } from "../../terraform/kind-values";
import { accountId, all, arn, atMostItems, between, length, must, oneOf, pattern } from "../../terraform/value-rule";

const RUNTIMES = [
  ...["nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10", "nodejs10.x", "nodejs12.x", "nodejs14.x", "nodejs16.x"],
  ...["java8", "java8.al2", "java11", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9"],
  ...["dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "dotnet8", "nodejs4.3-edge"],
  ...["go1.x", "ruby2.5", "ruby2.7", "provided", "provided.al2", "nodejs18.x", "python3.10", "java17", "ruby3.2"],
  ...["ruby3.3", "ruby3.4", "python3.11", "nodejs20.x", "provided.al2023", "python3.12", "java21", "python3.13"],
  ...["nodejs22.x", "nodejs24.x", "python3.14", "java25"],
];

const ARN_OF_FUNCTION =
  /^arn:[\w-]+:lambda:[a-z]{2}-(?:[a-z]+-){1,2}\d{1}:\d{12}:function:([0-9A-Za-z_-]+)(?::(?:\$LATEST|[0-9A-Za-z_-]+))?$/;
const PART_OF_ARN = /^\d{12}:function:([0-9A-Za-z_-]+)$/;

/** The name in an ARN or a part of one; any other text is taken for a name. */
function nameIn(given: string): string {
  return ARN_OF_FUNCTION.exec(given)?.[1] ?? PART_OF_ARN.exec(given)?.[1] ?? given;
}

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/lambda/validate.go */
const functionName = all(
  pattern(
    /^(arn:[\w-]+:lambda:)?([a-z]{2}-(?:[a-z]+-){1,2}\d{1}:)?(\d{12}:)?(function:)?([0-9A-Za-z_-]+)(:(\$LATEST|[0-9A-Za-z_-]+))?$/,
    "must be valid function name or function ARN",
  ),
  length(1, 140),
  must(
    (value) => nameIn(String(value)).length <= 64 || String(value).length > 140,
    (value) => {
      const name = nameIn(String(value));
      return `expected length of the Lambda function name to be less than or equal to 64, got ${name} (${name.length} characters)`;
    },
  ),
);

const logGroupName = all(
  pattern(
    /^[0-9A-Za-z_./#-]+$/,
    "must contain alphanumeric characters, underscores, hyphens, slashes, hash signs and dots only",
  ),
  length(1, 512),
);

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/lambda/function.go */
const lambdaFunction: ValueRules = {
  architectures: atMostItems(1),
  "ephemeral_storage.size": between(512, 10_240),
  function_name: functionName,
  handler: length(1, 128),
  layers: atMostItems(5),
  "layers[]": arn,
  "logging_config.log_group": logGroupName,
  memory_size: between(128, 10_240),
  role: arn,
  runtime: oneOf(...RUNTIMES),
  timeout: between(1, 900),
};

const statementId = all(
  pattern(/^[0-9A-Za-z_-]+$/, "must contain alphanumeric, underscores or dashes only"),
  length(1, 100),
);

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/lambda/permission.go */
const lambdaPermission: ValueRules = {
  action: pattern(/^(lambda:[*]|lambda:[A-Za-z]+|[*])$/, "must be a valid action (usually starts with lambda:)"),
  function_name: functionName,
  event_source_token: all(
    length(1, 256),
    pattern(/^[\w.-]+$/, "must contain alphanumeric, periods, underscores or dashes only"),
  ),
  qualifier: all(
    length(1, 128),
    pattern(/^[\w$-]+$/, "must contain alphanumeric, dollar signs, underscores or dashes only"),
  ),
  source_account: accountId,
  statement_id: statementId,
  statement_id_prefix: statementId,
};

/** By Terraform type. */
export const lambdaRules: Readonly<Record<string, ValueRules>> = {
  aws_lambda_function: lambdaFunction,
  aws_lambda_permission: lambdaPermission,
};
