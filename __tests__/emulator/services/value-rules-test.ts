/**
 * Values that the real provider refuses before it plans: one case for each validator and for each rule of more than one.
 * That every attribute has the provider's rule is compared by `__tests__/parity/differential-test.ts`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { startEmulator } from "../../../emulator";
import { dataSources } from "../../../emulator/services/data-sources";
import { kinds } from "../../../emulator/services/resources";
import { valueRulesOf, writtenRules } from "../../../emulator/services/value-rules";
import { type Attributes, UNKNOWN, type Value } from "../../../emulator/terraform/attributes";
import { mistakesIn } from "../../../emulator/terraform/kind-values";
import type { BlockSchema } from "../../../emulator/terraform/schema/block";
import { anything } from "../../../emulator/terraform/value-rule";
import { TerraformFolder } from "../../support/terraform-folder";

jest.setTimeout(300_000);

const ARN = "arn:aws:iam::123456789012:role/orders";
const x = (count: number) => "x".repeat(count);

/** A rule's type and path, a value that it refuses, the summary and detail, and values that it accepts. */
const rows: readonly (readonly [type: string, path: string, refused: Value, says: string, ...accepted: Value[]])[] = [
  ["aws_lambda_function", "timeout", 901, "expected timeout to be in the range (1 - 900), got 901", 1, 900],
  [
    "aws_lambda_function",
    "handler",
    x(129),
    `expected length of handler to be in the range (1 - 128), got ${x(129)}`,
    "a",
  ],
  [
    "aws_lambda_function",
    "architectures[]",
    ["x87"],
    'expected architectures to be one of ["arm64" "x86_64"], got x87',
    ["arm64"],
  ],
  [
    "aws_lambda_function",
    "architectures",
    ["arm64", "x86_64"],
    "Too many list items: Attribute architectures supports 1 item maximum, but config has 2 declared.",
    ["arm64"],
  ],
  [
    "aws_lambda_function",
    "kms_key_arn",
    "pager",
    '"kms_key_arn" (pager) is an invalid ARN: arn: invalid prefix',
    "",
    ARN,
  ],
  [
    "aws_lambda_function",
    "function_name",
    x(65),
    `expected length of the Lambda function name to be less than or equal to 64, got ${x(65)} (65 characters)`,
    x(64),
    `arn:aws:lambda:eu-west-1:123456789012:function:${x(64)}:live`,
  ],
  [
    "aws_lambda_permission",
    "function_name",
    "a b",
    "invalid value for function_name (must be valid function name or function ARN)",
    "a",
  ],
  [
    "aws_lambda_permission",
    "action",
    "invoke",
    "invalid value for action (must be a valid action (usually starts with lambda:))",
    "lambda:*",
    "*",
  ],
  [
    "aws_lambda_permission",
    "source_account",
    "1234",
    '"source_account" doesn\'t look like AWS Account ID (exactly 12 digits): "1234"',
    "123456789012",
  ],
  [
    "aws_cloudwatch_log_group",
    "retention_in_days",
    2,
    "expected retention_in_days to be one of [0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653], got 2",
    0,
    3653,
  ],
  [
    "aws_cloudwatch_log_group",
    "name",
    x(513),
    `"name" cannot be longer than 512 characters: "${x(513)}"`,
    x(512),
    "/aws/lambda/a_b.c-d#e",
  ],
  [
    "aws_cloudwatch_metric_alarm",
    "period",
    45,
    "expected period to be one of [10 20 30], got 45 / expected period to be divisible by 60, got: 45",
    10,
    120,
  ],
  ["aws_cloudwatch_metric_alarm", "evaluation_periods", 0, "expected evaluation_periods to be at least (1), got 0", 1],
  [
    "aws_cloudwatch_metric_alarm",
    "treat_missing_data",
    "no",
    'expected treat_missing_data to be one of ["breaching" "ignore" "missing" "notBreaching"], got no',
    "Missing",
  ],
  [
    "aws_cloudwatch_metric_alarm",
    "alarm_actions[]",
    ["x"],
    '"alarm_actions.0" (x) is an invalid ARN: arn: invalid prefix / "alarm_actions.0" does not match EC2 automation ARN ("^arn:[\\\\w-]+:automate:[\\\\w-]+:ec2:(reboot|recover|stop|terminate)$"): "x"',
    [ARN],
    ["arn:aws:automate:eu-west-1:ec2:stop"],
  ],
  [
    "aws_cognito_user_pool",
    "name",
    "",
    "expected length of name to be in the range (1 - 128), got  / invalid value for name (must satisfy regular expression pattern: [\\w\\s+=,.@-]+)",
    "a",
  ],
  [
    "aws_cognito_user_pool",
    "admin_create_user_config.invite_message_template.sms_message",
    "x{####}",
    '"admin_create_user_config.0.invite_message_template.0.sms_message" does not contain {username}',
    "{username}{####}",
  ],
  [
    "aws_cognito_user_pool",
    "sms_verification_message",
    "Your code",
    '"sms_verification_message" does not contain {####}',
    "{####}",
  ],
  [
    "aws_cognito_resource_server",
    "scope.scope_name",
    "",
    '"scope.0.scope_name" cannot be less than 1 character / "scope.0.scope_name" must satisfy regular expression pattern: [\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+',
    "read",
  ],
  [
    "aws_cognito_user_pool_client",
    "auth_session_validity",
    2,
    "Invalid Attribute Value: Attribute auth_session_validity value must be between 3 and 15, got: 2",
    3,
  ],
  [
    "aws_cognito_user_pool_client",
    "name",
    x(129),
    "Invalid Attribute Value Length: Attribute name string length must be between 1 and 128, got: 129",
    x(128),
  ],
  [
    "aws_cognito_user_pool_client",
    "default_redirect_uri",
    x(1025),
    "Invalid Attribute Value Length: Attribute default_redirect_uri UTF-8 character count must be between 1 and 1024, got: 1025",
    "a",
  ],
  [
    "aws_cognito_user_pool_client",
    "callback_urls",
    Array(101).fill("a"),
    "Invalid Attribute Value: Attribute callback_urls set must contain at most 100 elements, got: 101",
    ["a"],
  ],
  [
    "aws_cognito_user_pool_client",
    "callback_urls[]",
    [" "],
    'Invalid Attribute Value Match: Attribute callback_urls[Value(" ")] can include any valid Unicode letter, combining character, symbol, number, or punctuation, got:  ',
    ["a"],
  ],
  [
    "aws_cognito_user_pool_client",
    "prevent_user_existence_errors",
    "X",
    "Invalid String Enum Value: The provided value does not match any valid values.\n\nPath: prevent_user_existence_errors\nGiven Value: X\nValid Values: [ENABLED LEGACY ]",
    "",
    "LEGACY",
  ],
  [
    "aws_iam_role",
    "assume_role_policy",
    "",
    '"assume_role_policy" is an empty string, which is not a valid JSON value',
    "{}",
  ],
  [
    "aws_iam_role",
    "assume_role_policy",
    "[]",
    '"assume_role_policy" contains an invalid JSON policy: contains a JSON array, not a JSON object',
  ],
  [
    "aws_iam_role",
    "assume_role_policy",
    " {}",
    '"assume_role_policy" contains an invalid JSON policy: leading space characters are not allowed',
  ],
  [
    "aws_iam_role",
    "assume_role_policy",
    '"a.json"',
    '"assume_role_policy" contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object (have you passed a JSON-encoded filename instead of the content of that file?)',
  ],
  [
    "aws_iam_role",
    "assume_role_policy",
    '"{}"',
    '"assume_role_policy" contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object (have you double-encoded your JSON data?)',
  ],
  ["aws_iam_role_policy", "role", ARN, '"role" must be the role\'s name not its ARN', "orders"],
  ["data.aws_iam_policy_document", "source_json", "{}", 'expected "source_json" to be an empty string: got {}', ""],
  ["aws_s3_bucket_ownership_controls", "bucket", "", "bucket must not be empty, got ", "a"],
  [
    "aws_secretsmanager_secret",
    "recovery_window_in_days",
    6,
    "expected recovery_window_in_days to be in the range (7 - 30), got 6 / expected recovery_window_in_days to be one of [0], got 6",
    0,
    7,
    30,
  ],
  ["aws_secretsmanager_secret", "name", x(513), '"name" cannot be greater than 512 characters', x(512)],
  [
    "aws_api_gateway_rest_api",
    "minimum_compression_size",
    "x",
    "minimum_compression_size: cannot parse 'x' as int: strconv.ParseInt: parsing \"x\": invalid syntax",
    "",
    "-1",
  ],
  [
    "aws_api_gateway_rest_api",
    "minimum_compression_size",
    "-2",
    "expected minimum_compression_size to be at between (-1) and (10485760), got -2",
    "0",
  ],
  [
    "aws_api_gateway_domain_name",
    "endpoint_configuration.types",
    [],
    "Not enough list items: Attribute endpoint_configuration.0.types requires 1 item minimum, but config has only 0 declared.",
    ["REGIONAL"],
  ],
];

function schemaOf(type: string): BlockSchema {
  const found = type.startsWith("data.") ? dataSources.get(type.slice("data.".length)) : kinds.get(type);
  if (found === undefined) throw new Error(`${type} is not emulated`);
  return found.schema;
}

/** A configuration with only this value, in a block for each part of the path before the last. */
function configWith(path: string, value: Value): Attributes {
  const [head = "", ...rest] = path.replace(/\[\]$/, "").split(".");
  return { [head]: rest.length === 0 ? value : [configWith(rest.join("."), value)] };
}

function complaints(type: string, config: Attributes): readonly string[] {
  const mistakes = mistakesIn(schemaOf(type), config, valueRulesOf(type));
  return mistakes.map(({ summary, detail }) => (detail === undefined ? summary : `${summary}: ${detail}`));
}

/** Complaints of one rule alone. */
function complaintsOf(type: string, path: string, value: Value): readonly string[] {
  const rule = valueRulesOf(type)[path];
  if (rule === undefined) throw new Error(`${type} has no rule for ${path}`);
  const mistakes = mistakesIn(schemaOf(type), configWith(path, value), { [path]: rule });
  return mistakes.map(({ summary, detail }) => (detail === undefined ? summary : `${summary}: ${detail}`));
}

const rules = Object.entries(writtenRules).flatMap(([type, ofType]) =>
  Object.entries(ofType).flatMap(([path, rule]) => (rule === anything ? [] : [[type, path] as const])),
);

describe("value rules", () => {
  it.each(rows.map((row) => [`${row[0]}: ${row[1]}`, row] as const))(
    "%s",
    (_, [type, path, refused, says, ...accepted]) => {
      expect(complaintsOf(type, path, refused).join(" / ")).toBe(says);
      for (const value of accepted) expect(complaintsOf(type, path, value)).toEqual([]);
    },
  );

  it("report the part of a text that is not JSON", () => {
    expect(complaintsOf("aws_s3_bucket_policy", "policy", "}").join()).toMatch(/^"policy" contains an invalid JSON: ./);
  });

  it.each(rules)("%s: %s is an attribute or a block of its schema", (type, path) => {
    const [name = "", ...blocks] = path.replace(/\[\]$/, "").split(".").reverse();
    const owner = blocks
      .reverse()
      .reduce<BlockSchema | undefined>((at, block) => at?.blocks[block]?.block, schemaOf(type));
    const attribute = owner?.attributes[name];

    expect([attribute, owner?.blocks[name]]).not.toEqual([undefined, undefined]);
    // An element is of a list or set, and nothing else has any.
    if (path.endsWith("[]")) expect(attribute?.type).toEqual([expect.stringMatching(/^(?:list|set)$/), "string"]);
  });

  it.each<[string, string]>([
    ["arn:aws:iam", "arn: not enough sections"],
    ["arn::iam::123456789012:role/a", "missing partition value"],
    [
      "arn:azure:iam::123456789012:role/a",
      "invalid partition value (expecting to match regular expression: ^aws(-[a-z]+)*$)",
    ],
    [
      "arn:aws:iam::12345:role/a",
      "invalid account ID value (expecting to match regular expression: ^(aws|aws-managed|third-party|\\d{12}|cw.{10})$)",
    ],
    [
      "arn:aws:logs:ireland:123456789012:a",
      "invalid region value (expecting to match regular expression: ^[a-z]{2,4}(-[a-z]+)+-\\d{1,2}$)",
    ],
    ["arn:aws:iam::123456789012:", "missing resource value"],
  ])("take %s for no ARN", (given, why) => {
    expect(complaints("aws_lambda_function", { role: given })).toEqual([`"role" (${given}) is an invalid ARN: ${why}`]);
  });

  it("pass what is left out or not known yet, wherever it stands", () => {
    for (const [type, path] of rules) {
      const [head = ""] = path.split(".");
      for (const none of [null, UNKNOWN]) {
        expect(complaintsOf(type, path, path.endsWith("[]") ? [none] : none)).toEqual([]);
        expect(complaints(type, { [head.replace("[]", "")]: none })).toEqual([]);
      }
    }
  });

  it("say of every block and element which one it is, and of a set only that it is there", () => {
    const config = {
      architectures: ["arm64", "arm"],
      logging_config: [{ log_format: "XML" }],
    };
    const pool = { account_recovery_setting: [{ recovery_mechanism: [{ name: "a" }, { name: "b" }] }] };
    const steps = (type: string, given: Attributes) =>
      mistakesIn(schemaOf(type), given, valueRulesOf(type)).map((mistake) => mistake.steps);

    expect(steps("aws_lambda_function", config)).toEqual([["logging_config", 0, "log_format"], ["architectures"]]);
    const set = ["account_recovery_setting", 0, "recovery_mechanism"];
    expect(steps("aws_cognito_user_pool", pool)).toEqual([set, set]);
  });

  it("answer every value with complaints, and never fail", () => {
    const scalar = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string(),
      fc.double(),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom<Value>(null, UNKNOWN, "", "[", '"', "{", "arn:", ARN),
    );
    const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }));
    const property = fc.property(fc.constantFrom(...rules), value, ([type, path], given) => {
      for (const one of [given, [given]]) {
        for (const said of complaintsOf(type, path, one)) if (said.trim() === "") return false;
      }
      return true;
    });

    fc.assert(property, { numRuns: 3000, seed: 20_251_204 });
  });
});

describe("terraform validate", () => {
  it("shows every mistake at once, each at its attribute", async () => {
    const folder = new TerraformFolder();
    const local = mkdtempSync(join(tmpdir(), "local-"));
    const emulator = await startEmulator({ folder: local, workingDirectories: () => [folder.path] });
    try {
      writeFileSync(join(folder.path, "main.tf"), MISTAKEN);
      await folder.run(emulator.environment, "init");
      const { code, output } = await folder.run(emulator.environment, "validate", "-json");
      const said = JSON.parse(output).diagnostics.map(
        ({ summary, detail, snippet, address }: Record<string, never> & { snippet: { code: string } }) => [
          address,
          snippet.code.trim(),
          summary,
          detail,
        ],
      );

      expect(code).toBe(1);
      expect(said.sort()).toEqual(MISTAKES);
    } finally {
      await emulator.close();
      folder.remove();
      rmSync(local, { recursive: true, force: true });
    }
  });
});

const MISTAKEN = `
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
provider "aws" { region = "eu-west-1" }
data "aws_iam_policy_document" "trust" {
  statement { effect = "Maybe" }
}
resource "aws_cloudwatch_log_group" "orders" {
  name              = "orders"
  retention_in_days = 2
}
resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = "orders"
  filename      = "orders.zip"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  timeout       = 901
  logging_config {
    log_format = "XML"
  }
}
resource "aws_cognito_user_pool_client" "orders" {
  name                  = "orders"
  user_pool_id          = "eu-west-1_123456789"
  allowed_oauth_flows   = ["password"]
  auth_session_validity = 2
}
`;

const MISTAKES = [
  [
    "aws_cloudwatch_log_group.orders",
    "retention_in_days = 2",
    complaintsOf("aws_cloudwatch_log_group", "retention_in_days", 2)[0],
    "",
  ],
  [
    "aws_cognito_user_pool_client.orders",
    'allowed_oauth_flows   = ["password"]',
    "Invalid Attribute Value Match",
    'Attribute allowed_oauth_flows[Value("password")] value must be one of: ["client_credentials" "code" "implicit"], got: "password"',
  ],
  [
    "aws_cognito_user_pool_client.orders",
    "auth_session_validity = 2",
    "Invalid Attribute Value",
    "Attribute auth_session_validity value must be between 3 and 15, got: 2",
  ],
  ["aws_lambda_function.orders", 'log_format = "XML"', 'expected log_format to be one of ["JSON" "Text"], got XML', ""],
  [
    "aws_lambda_function.orders",
    'role          = "orders"',
    '"role" (orders) is an invalid ARN: arn: invalid prefix',
    "",
  ],
  ["aws_lambda_function.orders", "timeout       = 901", "expected timeout to be in the range (1 - 900), got 901", ""],
  [
    "data.aws_iam_policy_document.trust",
    'statement { effect = "Maybe" }',
    'expected statement.0.effect to be one of ["Allow" "Deny"], got Maybe',
    "",
  ],
];
