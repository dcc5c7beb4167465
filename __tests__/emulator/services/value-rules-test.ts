/** Values that the real provider refuses before it plans anything: each rule's own words, and where it begins. */
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
const PREFIX = "arn: invalid prefix";
const METHODS = '["ANY" "DELETE" "GET" "HEAD" "OPTIONS" "PATCH" "POST" "PUT"]';
const PERIOD = "expected %s to be one of [1 5 10 20 30], got 45 / expected %s to be divisible by 60, got: 45";
const STATISTICS = '["Average" "Maximum" "Minimum" "SampleCount" "Sum"]';
const STATISTIC =
  "invalid value for %s (invalid statistic, see: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html)";
const SPACES = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]+";
const ANY = "[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*";
const ALPHANUMERIC = "must contain only alphanumeric hyphen and underscore characters";
const TOO_SMALL = "expected minimum_compression_size to be at between (-1) and (10485760), got -2";
const NOT_A_NUMBER = `minimum_compression_size: cannot parse 'x' as int: strconv.ParseInt: parsing "x": invalid syntax`;
const RUNTIMES =
  '["nodejs" "nodejs4.3" "nodejs6.10" "nodejs8.10" "nodejs10.x" "nodejs12.x" "nodejs14.x" "nodejs16.x" "java8" "java8.al2" "java11" "python2.7" "python3.6" "python3.7" "python3.8" "python3.9" "dotnetcore1.0" "dotnetcore2.0" "dotnetcore2.1" "dotnetcore3.1" "dotnet6" "dotnet8" "nodejs4.3-edge" "go1.x" "ruby2.5" "ruby2.7" "provided" "provided.al2" "nodejs18.x" "python3.10" "java17" "ruby3.2" "ruby3.3" "ruby3.4" "python3.11" "nodejs20.x" "provided.al2023" "python3.12" "java21" "python3.13" "nodejs22.x" "nodejs24.x" "python3.14" "java25"]';

const x = (count: number) => "x".repeat(count);
const many = (count: number) => Array.from({ length: count }, (_, at) => `${ARN}-${at}`);
const notArn = (key: string) => `"${key}" (pager) is an invalid ARN: ${PREFIX}`;

/** A rule's path, a value that it refuses, what it says (several complaints joined by ` / `), and values that it takes. */
type Row = readonly [path: string, refused: Value, says: string, ...taken: readonly Value[]];

const method: Row = ["http_method", "get", `expected http_method to be one of ${METHODS}, got get`, "GET", "ANY"];

const rows: Readonly<Record<string, readonly Row[]>> = {
  aws_api_gateway_api_key: [text("value", 20, 128)],
  aws_api_gateway_authorizer: [
    [
      "authorizer_result_ttl_in_seconds",
      3601,
      "expected authorizer_result_ttl_in_seconds to be in the range (0 - 3600), got 3601",
      ...[0, 3600],
    ],
  ],
  aws_api_gateway_domain_name: endpoint(),
  aws_api_gateway_integration: [
    method,
    [
      "integration_http_method",
      "",
      `expected integration_http_method to be one of ${METHODS}, got `,
      ...["POST", "DELETE"],
    ],
    [
      "passthrough_behavior",
      "ALWAYS",
      'expected passthrough_behavior to be one of ["WHEN_NO_MATCH" "WHEN_NO_TEMPLATES" "NEVER"], got ALWAYS',
      "NEVER",
    ],
    [
      "timeout_milliseconds",
      49,
      "expected timeout_milliseconds to be in the range (50 - 300000), got 49",
      ...[50, 300_000],
    ],
  ],
  aws_api_gateway_integration_response: [method],
  aws_api_gateway_method: [method],
  aws_api_gateway_method_response: [method],
  aws_api_gateway_method_settings: [
    [
      "settings.logging_level",
      "DEBUG",
      'expected settings.0.logging_level to be one of ["OFF" "ERROR" "INFO"], got DEBUG',
      "INFO",
    ],
    [
      "settings.unauthorized_cache_control_header_strategy",
      "FAIL",
      'expected unauthorized_cache_control_header_strategy to be one of ["FAIL_WITH_403" "SUCCEED_WITHOUT_RESPONSE_HEADER" "SUCCEED_WITH_RESPONSE_HEADER"], got FAIL',
      "FAIL_WITH_403",
    ],
  ],
  aws_api_gateway_rest_api: [
    ...endpoint(),
    ["endpoint_configuration.vpc_endpoint_ids", [], none("vpc_endpoint_ids"), ["vpce-0123abcd"]],
    ["minimum_compression_size", "x", NOT_A_NUMBER, "", "-1", "10485760"],
    ["minimum_compression_size", "-2", TOO_SMALL, "0"],
    ["put_rest_api_mode", "new", 'expected put_rest_api_mode to be one of ["merge" "overwrite"], got new', "merge"],
  ],
  aws_cloudwatch_dashboard: [
    [
      "dashboard_name",
      "my orders",
      `"dashboard_name" doesn't comply with restrictions ("^[0-9A-Za-z_-]+$"): "my orders"`,
      x(255),
    ],
    ["dashboard_name", x(256), `"dashboard_name" cannot be longer than 255 characters: "${x(256)}"`],
  ],
  aws_cloudwatch_log_group: [
    ["name", x(513), `"name" cannot be longer than 512 characters: "${x(513)}"`, x(512), "/aws/lambda/a_b.c-d#e"],
    [
      "name",
      "a b",
      `"name" isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed): "a b"`,
    ],
    [
      "retention_in_days",
      2,
      "expected retention_in_days to be one of [0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653], got 2",
      ...[0, 1, 3653],
    ],
  ],
  aws_cloudwatch_metric_alarm: [
    ...["alarm_actions", "insufficient_data_actions", "ok_actions"].map(
      (name): Row => [
        `${name}[]`,
        ["pager"],
        `${notArn(`${name}.0`)} / "${name}.0" does not match EC2 automation ARN ("^arn:[\\\\w-]+:automate:[\\\\w-]+:ec2:(reboot|recover|stop|terminate)$"): "pager"`,
        ...[[ARN], ["arn:aws:automate:eu-west-1:ec2:stop"]],
      ],
    ),
    ...["insufficient_data_actions", "ok_actions"].map(
      (name): Row => [
        name,
        many(6),
        `Too many list items: Attribute ${name} supports 5 item maximum, but config has 6 declared.`,
        many(5),
      ],
    ),
    text("alarm_description", 0, 1024),
    text("alarm_name", 1, 255),
    ["datapoints_to_alarm", 0, "expected datapoints_to_alarm to be at least (1), got 0", 1],
    [
      "evaluate_low_sample_count_percentiles",
      "never",
      'expected evaluate_low_sample_count_percentiles to be one of ["evaluate" "ignore"], got never',
      ...["evaluate", "IGNORE"],
    ],
    ["evaluation_periods", 0, "expected evaluation_periods to be at least (1), got 0", 1],
    ["extended_statistic", "p101", STATISTIC.replace("%s", "extended_statistic"), "p100", "p99.9", "TM(2%:98%)"],
    text("metric_name", 1, 255),
    text("metric_query.account_id", 1, 255),
    text("metric_query.expression", 1, 1024),
    text("metric_query.id", 1, 255),
    text("metric_query.metric.metric_name", 1, 255),
    text("metric_query.metric.namespace", 1, 255),
    [
      "metric_query.metric.namespace",
      ":",
      "invalid value for metric_query.0.metric.0.namespace (must not contain colon characters)",
    ],
    ["metric_query.metric.period", 45, PERIOD.replaceAll("%s", "metric_query.0.metric.0.period"), 1, 30, 120],
    [
      "metric_query.metric.stat",
      "Mean",
      `expected stat to be one of ${STATISTICS}, got Mean / ${STATISTIC.replace("%s", "metric_query.0.metric.0.stat")}`,
      ...["Sum", "p99"],
    ],
    ["metric_query.period", 45, PERIOD.replaceAll("%s", "metric_query.0.period"), 5, 60],
    text("namespace", 1, 255),
    [
      "period",
      45,
      "expected period to be one of [10 20 30], got 45 / expected period to be divisible by 60, got: 45",
      ...[10, 60],
    ],
    text("threshold_metric_id", 1, 255),
    [
      "treat_missing_data",
      "fine",
      'expected treat_missing_data to be one of ["breaching" "ignore" "missing" "notBreaching"], got fine',
      ...["notBreaching", "notbreaching"],
    ],
  ],
  aws_cognito_resource_server: [
    text("scope.scope_description", 1, 256),
    [
      "scope.scope_name",
      "/",
      '"scope.0.scope_name" must satisfy regular expression pattern: [\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+',
      x(256),
    ],
    ["scope.scope_name", x(257), '"scope.0.scope_name" cannot be longer than 256 characters'],
    [
      "scope.scope_name",
      "",
      '"scope.0.scope_name" cannot be less than 1 character / "scope.0.scope_name" must satisfy regular expression pattern: [\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+',
    ],
  ],
  aws_cognito_user_pool: [
    [
      "sms_configuration.sns_region",
      "ireland",
      '"sms_configuration.0.sns_region" doesn\'t look like AWS Region: "ireland"',
      "eu-west-1",
    ],
    [
      "web_authn_configuration.user_verification",
      "",
      'expected user_verification to be one of ["preferred" "required"], got ',
      "required",
    ],
    ...invitation("admin_create_user_config.invite_message_template.email_message", 20_000),
    subject("admin_create_user_config.invite_message_template.email_subject"),
    ...invitation("admin_create_user_config.invite_message_template.sms_message", 140),
    [
      "email_configuration.reply_to_email_address",
      "ops",
      'expected email_configuration.0.reply_to_email_address to be one of [""], got ops / invalid value for email_configuration.0.reply_to_email_address (must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+)',
      ...["", "ops@example.com"],
    ],
    ...mail("email_verification_message", "{####}", 20_000),
    [
      "email_verification_subject",
      x(141),
      '"email_verification_subject" cannot be longer than 140 UTF-8 characters',
      x(140),
    ],
    [
      "name",
      "",
      "expected length of name to be in the range (1 - 128), got  / invalid value for name (must satisfy regular expression pattern: [\\w\\s+=,.@-]+)",
      ...["a", x(128)],
    ],
    ...(
      [
        ["minimum_length", 6, 99],
        ["password_history_size", 0, 24],
        ["temporary_password_validity_days", 0, 365],
      ] as const
    ).map(
      ([name, min, max]): Row => [
        `password_policy.${name}`,
        max + 1,
        `expected password_policy.0.${name} to be in the range (${min} - ${max}), got ${max + 1}`,
        ...[min, max],
      ],
    ),
    ["schema.name", x(21), '"schema.0.name" cannot be longer than 20 characters', x(20)],
    ...mail("sms_authentication_message", "{####}", 140),
    ...mail("sms_verification_message", "{####}", 140),
    [
      "email_mfa_configuration.message",
      "your code",
      `invalid value for email_mfa_configuration.0.message (must satisfy regular expression pattern: ${ANY}\\{####\\}${ANY})`,
      "your {####}",
    ],
    [
      "email_mfa_configuration.subject",
      "",
      `expected length of email_mfa_configuration.0.subject to be in the range (1 - 140), got  / invalid value for email_mfa_configuration.0.subject (must satisfy regular expression pattern: ${SPACES})`,
      x(140),
    ],
    ...mail("verification_message_template.email_message", "{####}", 20_000),
    [
      "verification_message_template.email_message_by_link",
      "click here",
      '"verification_message_template.0.email_message_by_link" must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*\\{##[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*##\\}[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*',
      "{##Click##}",
    ],
    subject("verification_message_template.email_subject"),
    subject("verification_message_template.email_subject_by_link"),
    ...mail("verification_message_template.sms_message", "{####}", 140),
    [
      "web_authn_configuration.user_verification",
      "never",
      'expected user_verification to be one of ["preferred" "required"], got never',
      "required",
    ],
  ],
  aws_cognito_user_pool_client: [
    [
      "analytics_configuration",
      [{}, {}],
      "Invalid Attribute Value: Attribute analytics_configuration list must contain at most 1 elements, got: 2",
      [{}],
    ],
    [
      "allowed_oauth_flows",
      ["a", "b", "c", "d"],
      "Invalid Attribute Value: Attribute allowed_oauth_flows set must contain at most 3 elements, got: 4",
      ["a", "b", "c"],
    ],
    [
      "allowed_oauth_scopes",
      many(51),
      "Invalid Attribute Value: Attribute allowed_oauth_scopes set must contain at most 50 elements, got: 51",
      many(50),
    ],
    [
      "auth_session_validity",
      16,
      "Invalid Attribute Value: Attribute auth_session_validity value must be between 3 and 15, got: 16",
      ...[3, 15],
    ],
    ...["callback_urls", "logout_urls"].flatMap((name): readonly Row[] => [
      [
        name,
        many(101),
        `Invalid Attribute Value: Attribute ${name} set must contain at most 100 elements, got: 101`,
        many(100),
      ],
      [
        `${name}[]`,
        [" "],
        `Invalid Attribute Value Match: Attribute ${name}[Value(" ")] can include any valid Unicode letter, combining character, symbol, number, or punctuation, got:  `,
        [x(1024)],
      ],
    ]),
    [
      "default_redirect_uri",
      x(1025),
      "Invalid Attribute Value Length: Attribute default_redirect_uri UTF-8 character count must be between 1 and 1024, got: 1025",
      x(1024),
    ],
    [
      "name",
      x(129),
      "Invalid Attribute Value Length: Attribute name string length must be between 1 and 128, got: 129",
      ...["a", x(128)],
    ],
    [
      "name",
      "!",
      'Invalid Attribute Value Match: Attribute name can include any letter, number, space, tab, or one of "+=,.@-", got: !',
    ],
    [
      "refresh_token_rotation",
      [{ feature: "ENABLED" }, { feature: "DISABLED" }],
      "Invalid Attribute Value: Attribute refresh_token_rotation list must contain at most 1 elements, got: 2",
      [{ feature: "ENABLED" }],
    ],
    [
      "refresh_token_rotation.retry_grace_period_seconds",
      61,
      "Invalid Attribute Value: Attribute refresh_token_rotation[0].retry_grace_period_seconds value must be between 0 and 60, got: 61",
      ...[0, 60],
    ],
    [
      "supported_identity_providers[]",
      [x(33)],
      `Invalid Attribute Value Length: Attribute supported_identity_providers[Value("${x(33)}")] UTF-8 character count must be between 1 and 32, got: 33`,
      ["COGNITO", x(32)],
    ],
    [
      "token_validity_units",
      [{}, {}],
      "Invalid Attribute Value: Attribute token_validity_units list must contain at most 1 elements, got: 2",
      [{}],
    ],
  ],
  aws_cognito_user_pool_domain: [
    text("domain", 1, 63),
    ["managed_login_version", 3, "expected managed_login_version to be one of [1 2], got 3", 1, 2],
  ],
  aws_iam_role: [
    ["assume_role_policy", "", '"assume_role_policy" is an empty string, which is not a valid JSON value', "{}"],
    [
      "assume_role_policy",
      "[]",
      '"assume_role_policy" contains an invalid JSON policy: contains a JSON array, not a JSON object',
    ],
    text("description", 0, 1000),
    [
      "description",
      "the “best”",
      "invalid value for description (cannot contain specially formatted single or double quotes: [“‘])",
    ],
    text("inline_policy.name", 1, 128),
    [
      "inline_policy.name",
      "",
      'expected "inline_policy.0.name" to not be an empty string, got  / expected length of inline_policy.0.name to be in the range (1 - 128), got ',
    ],
    [
      "inline_policy.policy",
      "policy",
      '"inline_policy.0.policy" contains an invalid JSON policy: not a JSON object',
      "{}",
    ],
    [
      "max_session_duration",
      3599,
      "expected max_session_duration to be in the range (3600 - 43200), got 3599",
      ...[3600, 43_200],
    ],
    text("name", 1, 64),
    ["name", "a b", "invalid value for name (must match [\\w+=,.@-])", "a+b=c,d.e@f-g"],
    text("name_prefix", 1, 38),
    text("path", 0, 512),
  ],
  aws_iam_role_policy: [
    text("name", 1, 128),
    text("name_prefix", 1, 102),
    ["policy", "", '"policy" is an empty string, which is not a valid JSON value', "{}"],
    ["policy", "[]", '"policy" contains an invalid JSON policy: contains a JSON array, not a JSON object'],
    ["policy", " {}", '"policy" contains an invalid JSON policy: leading space characters are not allowed'],
    ["policy", "policy", '"policy" contains an invalid JSON policy: not a JSON object'],
    [
      "policy",
      '"{}"',
      '"policy" contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object (have you double-encoded your JSON data?)',
    ],
    [
      "policy",
      '"policy.json"',
      '"policy" contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded object (have you passed a JSON-encoded filename instead of the content of that file?)',
    ],
    ["policy", '{"a":', '"policy" contains an invalid JSON policy: unexpected end of JSON input'],
    ["role", ARN, '"role" must be the role\'s name not its ARN', "orders", x(128)],
    ["role", "!", 'expected value of role to match regular expression "[\\\\w+=,.@-]+", got !'],
  ],
  aws_lambda_function: [
    [
      "architectures",
      ["x86_64", "arm64"],
      "Too many list items: Attribute architectures supports 1 item maximum, but config has 2 declared.",
      ["arm64"],
    ],
    [
      "ephemeral_storage.size",
      511,
      "expected ephemeral_storage.0.size to be in the range (512 - 10240), got 511",
      ...[512, 10_240],
    ],
    [
      "function_name",
      x(65),
      `expected length of the Lambda function name to be less than or equal to 64, got ${x(65)} (65 characters)`,
      ...[x(64), `arn:aws:lambda:eu-west-1:123456789012:function:${x(64)}`],
    ],
    ["function_name", "a b", "invalid value for function_name (must be valid function name or function ARN)"],
    text("handler", 1, 128),
    [
      "logging_config.log_group",
      "a b",
      "invalid value for logging_config.0.log_group (must contain alphanumeric characters, underscores, hyphens, slashes, hash signs and dots only)",
      x(512),
    ],
    ["memory_size", 127, "expected memory_size to be in the range (128 - 10240), got 127", 128, 10_240, "128"],
    ["role", "orders", `"role" (orders) is an invalid ARN: ${PREFIX}`, ARN],
    ["runtime", "node20", `expected runtime to be one of ${RUNTIMES}, got node20`, "nodejs22.x", "provided.al2023"],
    ["timeout", 901, "expected timeout to be in the range (1 - 900), got 901", 1, 900],
    ["timeout", 0, "expected timeout to be in the range (1 - 900), got 0"],
  ],
  aws_lambda_permission: [
    [
      "event_source_token",
      "a b",
      "invalid value for event_source_token (must contain alphanumeric, periods, underscores or dashes only)",
      x(256),
    ],
    [
      "qualifier",
      "a.b",
      "invalid value for qualifier (must contain alphanumeric, dollar signs, underscores or dashes only)",
      "$LATEST",
    ],
    account("source_account"),
    [
      "action",
      "InvokeFunction",
      "invalid value for action (must be a valid action (usually starts with lambda:))",
      ...["lambda:InvokeFunction", "lambda:*", "*"],
    ],
    ["function_name", "a b", "invalid value for function_name (must be valid function name or function ARN)", x(64)],
    [
      "statement_id",
      "a b",
      "invalid value for statement_id (must contain alphanumeric, underscores or dashes only)",
      x(100),
    ],
    ["statement_id", x(101), `expected length of statement_id to be in the range (1 - 100), got ${x(101)}`],
    text("statement_id_prefix", 1, 100),
  ],
  aws_s3_bucket: [
    text("bucket", 0, 63),
    ["acceleration_status", "", 'expected acceleration_status to be one of ["Enabled" "Suspended"], got ', "Enabled"],
    ["request_payer", "", 'expected request_payer to be one of ["BucketOwner" "Requester"], got ', "Requester"],
  ],
  aws_s3_bucket_ownership_controls: [["bucket", "", "bucket must not be empty, got ", "states"]],
  aws_s3_bucket_server_side_encryption_configuration: [account("expected_bucket_owner"), text("bucket", 1, 63)],
  aws_s3_bucket_versioning: [
    account("expected_bucket_owner"),
    text("bucket", 1, 63),
    [
      "versioning_configuration.status",
      "On",
      'expected versioning_configuration.0.status to be one of ["Enabled" "Suspended" "Disabled"], got On',
      "Suspended",
    ],
  ],
  aws_secretsmanager_secret: [
    [
      "name",
      "a b",
      'only alphanumeric characters and /_+=.@- special characters are allowed in "name"',
      ...[x(512), "a/_+=.@-"],
    ],
    ["name", x(513), '"name" cannot be greater than 512 characters'],
    [
      "recovery_window_in_days",
      6,
      "expected recovery_window_in_days to be in the range (7 - 30), got 6 / expected recovery_window_in_days to be one of [0], got 6",
      ...[0, 7, 30],
    ],
  ],
  aws_wafv2_web_acl: [
    text("description", 1, 256),
    text("name", 1, 128),
    ["name", "a b", `invalid value for name (${ALPHANUMERIC})`, "a-b_c"],
    text("visibility_config.metric_name", 1, 128),
  ],
  "data.aws_iam_policy_document": [
    ...["override_json", "source_json"].map(
      (name): Row => [name, "{}", `expected "${name}" to be an empty string: got {}`, ""],
    ),
    ...["override_policy_documents", "source_policy_documents"].map(
      (name): Row => [`${name}[]`, ["{"], `JSON`, ["{}"]],
    ),
    [
      "statement.effect",
      "Maybe",
      'expected statement.0.effect to be one of ["Allow" "Deny"], got Maybe',
      ...["Allow", "Deny"],
    ],
    ["statement.sid", "a b", "invalid value for statement.0.sid (must only include alphanumeric characters)", "A1", ""],
    ["version", "2026", 'expected version to be one of ["2008-10-17" "2012-10-17"], got 2026', "2012-10-17"],
  ],
};

/** Text of so many bytes, one more of which is refused. */
function text(path: string, min: number, max: number): Row {
  const key = path.split(".").join(".0.");
  const says = `expected length of ${key} to be in the range (${min} - ${max}), got ${x(max + 1)}`;
  return [path, x(max + 1), says, x(min), x(max)];
}

function invitation(path: string, max: number): readonly Row[] {
  const key = path.split(".").join(".0.");
  const [code, name] = [`"${key}" does not contain {####}`, `"${key}" does not contain {username}`];
  const longest = "{username}{####}".padEnd(max, "x");
  return [
    [path, x(6), `${code} / ${name}`, longest],
    [path, `${longest}x`, `"${key}" cannot be longer than ${max} UTF-8 characters`],
    [path, "{####}", name],
  ];
}

function mail(path: string, contains: string, max: number): readonly Row[] {
  const key = path.split(".").join(".0.");
  const longest = contains + x(max - contains.length);
  return [
    [path, x(6), `"${key}" does not contain ${contains}`, longest],
    [path, `${longest}x`, `"${key}" cannot be longer than ${max} UTF-8 characters`],
    [path, "x", `"${key}" cannot be less than 6 UTF-8 characters / "${key}" does not contain ${contains}`],
  ];
}

function subject(path: string): Row {
  const key = path.split(".").join(".0.");
  const says = `"${key}" cannot be less than 1 UTF-8 character / "${key}" must satisfy regular expression pattern: ${SPACES}`;
  return [path, "", says, "a", x(140)];
}

function account(name: string): Row {
  return [name, "1234", `"${name}" doesn't look like AWS Account ID (exactly 12 digits): "1234"`, "123456789012"];
}

function endpoint(): readonly Row[] {
  return [["endpoint_configuration.types", [], none("types"), ["REGIONAL"]]];
}

/** What is said of an endpoint's list without elements. */
function none(name: string): string {
  return `Not enough list items: Attribute endpoint_configuration.0.${name} requires 1 item minimum, but config has only 0 declared.`;
}

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

const all = Object.entries(rows).flatMap(([type, ofType]) =>
  ofType.map(([path, refused, says]) => [type, path, refused, says] as const),
);
const boundaries = Object.entries(rows).flatMap(([type, ofType]) =>
  ofType.flatMap(([path, , , ...taken]) => taken.map((value) => [type, path, value] as const)),
);
const rules = Object.entries(writtenRules).flatMap(([type, ofType]) =>
  Object.entries(ofType).flatMap(([path, rule]) => (rule === anything ? [] : [[type, path] as const])),
);

describe("rules that are derived", () => {
  it.each<[string, string, Value, string]>([
    [
      "aws_lambda_function",
      "architectures[]",
      ["x87"],
      'expected architectures to be one of ["arm64" "x86_64"], got x87',
    ],
    ["aws_lambda_function", "kms_key_arn", "pager", notArn("kms_key_arn")],
    ["aws_s3_bucket_policy", "policy", "}", "JSON"],
    ["aws_cognito_user_pool_client", "prevent_user_existence_errors", "", ""],
    ["aws_api_gateway_gateway_response", "response_type", "NOTHING", ""],
  ])("of %s: %s with %j", (type, path, value, says) => {
    const said = complaintsOf(type, path, value).join(" / ");

    expect(says === "JSON" ? said.replace(/.*(JSON).*/, "$1") : said).toBe(says);
  });
});

describe("value rules", () => {
  it("each have a value that is refused and one that is taken", () => {
    const shown = Object.entries(rows).flatMap(([type, ofType]) =>
      ofType.flatMap(([path, , , ...taken]) => (taken.length > 0 ? [`${type} ${path}`] : [])),
    );

    expect([...new Set(shown)].sort()).toEqual(rules.map((rule) => rule.join(" ")).sort());
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

  it.each(all)("%s: %s is not %j", (type, path, refused, says) => {
    const said = complaintsOf(type, path, refused).join(" / ");
    // What is wrong with JSON is said by Node.js, in words that change with its version.
    const json = `"${path.replace("[]", ".0")}" contains an invalid JSON: `;

    if (says === "JSON") expect([said.slice(0, json.length), said.length > json.length]).toEqual([json, true]);
    else expect(said).toBe(says);
  });

  it.each(boundaries)("%s: %s may be %j", (type, path, value) => {
    expect(complaintsOf(type, path, value)).toEqual([]);
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
