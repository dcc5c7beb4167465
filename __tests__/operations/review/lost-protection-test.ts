import { lostProtection } from "../../../operations/review/lost-protection";
import { contextOf, type PlanContext } from "../../../operations/review/plan-context";
import { matrixOf } from "../../support/access-matrix";
import { type MadeChange, planWith } from "../../support/plan-json";
import { planOfProtected, protectedStack } from "../../support/protected-stack";

type Values = Readonly<Record<string, unknown>>;

/** Before, after, severity and words of the only alert. */
type Case = readonly [before: Values, after: Values, severity: "critical" | "warning", words: string];

const alertsOf = (changes: readonly MadeChange[], more: Partial<PlanContext> = {}) =>
  lostProtection({ ...contextOf("dev", planWith(changes), {}), ...more });
const messagesOf = (...changes: readonly MadeChange[]) => alertsOf(changes).map(({ message }) => message);

const WALL = "aws_wafv2_web_acl_association";
const AUTHORIZER = "aws_api_gateway_authorizer";
const SETTINGS = "aws_api_gateway_method_settings";
const ALARM = "aws_cloudwatch_metric_alarm";
const LOGS = "aws_cloudwatch_log_group";
const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const BY_API = { explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] };

const life = (access_token_validity: number, unit: string) => ({
  access_token_validity,
  token_validity_units: [{ access_token: unit }],
});
const settings = (changes: Values, method_path = "*/*") => ({ method_path, settings: [changes] });
const rate = (requests: number, method_path?: string) =>
  settings({ throttling_rate_limit: requests, throttling_burst_limit: 10 }, method_path);
const logging = (access_log_settings: Values) => ({ access_log_settings: [access_log_settings] });
const limited = (Limit: number, action = "Block") => ({
  rule_json: JSON.stringify([{ Name: "rate", Action: { [action]: {} }, Statement: { RateBasedStatement: { Limit } } }]),
});
const ruled = (rule: Values) => ({ rule: [{ name: "bots", ...rule }] });
const truststore = (truststore_uri: string) => ({ mutual_tls_authentication: [{ truststore_uri }] });
const refusal = (origin: string) => ({
  response_parameters: { "gatewayresponse.header.Access-Control-Allow-Origin": `'${origin}'` },
});
const preflight = (origin: string, ...others: readonly string[]) => ({
  response_parameters: { "method.response.header.Access-Control-Allow-Origin": `'${origin}'` },
  response_templates: { "application/json": others.map((other) => `#if($h.get('origin') == '${other}')`).join("\n") },
});
const threshold = (value: number, comparison: string) => ({ threshold: value, comparison_operator: comparison });
const encrypted = { kms_key_id: "arn" };
const unencrypted = { kms_key_id: null };

/** Lost in this direction, won in the other one. */
const LOSSES: Readonly<Record<string, readonly Case[]>> = {
  [POOL]: [
    [
      { deletion_protection: "ACTIVE" },
      { deletion_protection: "INACTIVE" },
      "warning",
      "loses its deletion protection",
    ],
    [{ mfa_configuration: "ON" }, { mfa_configuration: "OPTIONAL" }, "warning", "MFA less strictly: `OPTIONAL`"],
    [
      { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
      { admin_create_user_config: [] },
      "critical",
      "sign up",
    ],
    [{ issuer_configuration: [] }, { issuer_configuration: [{ type: "UPDATED" }] }, "critical", "UPDATED issuer"],
  ],
  [CLIENT]: [
    [life(60, "minutes"), life(2, "hours"), "warning", "valid longer: 120 minutes (was 60 minutes)"],
    [life(300, "seconds"), life(300, "minutes"), "warning", "valid longer: 300 minutes (was 5 minutes)"],
    [{ allowed_oauth_flows: [] }, { allowed_oauth_flows: ["code"] }, "warning", "more flows: `code`"],
    [
      { explicit_auth_flows: [] },
      { explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"] },
      "warning",
      "sign users in by more flows: `ALLOW_USER_PASSWORD_AUTH`",
    ],
    [{ explicit_auth_flows: [] }, BY_API, "critical", "without the domain and without OAuth flows"],
    [
      { prevent_user_existence_errors: "ENABLED" },
      { prevent_user_existence_errors: "LEGACY" },
      "warning",
      "which users exist",
    ],
    [{ enable_token_revocation: true }, { enable_token_revocation: false }, "warning", "no longer be revoked"],
    [{ generate_secret: true }, { generate_secret: false }, "critical", "loses its secret"],
  ],
  [SETTINGS]: [
    [
      rate(5),
      settings({ throttling_rate_limit: -1, throttling_burst_limit: 10 }),
      "warning",
      "The stage allows more requests per second: unlimited (was 5)",
    ],
    [
      settings({ throttling_burst_limit: 10 }, "~1orders/GET"),
      settings({ throttling_burst_limit: 2000 }, "~1orders/GET"),
      "warning",
      "The route `/orders/GET` allows larger bursts: 2,000 requests (was 10)",
    ],
    [settings({ logging_level: "OFF" }), settings({ logging_level: "INFO" }), "warning", "execution logs"],
    [settings({ data_trace_enabled: false }), settings({ data_trace_enabled: true }), "warning", "may contain tokens"],
    [
      settings({ caching_enabled: true, cache_data_encrypted: true }),
      settings({ caching_enabled: true, cache_data_encrypted: false }),
      "warning",
      "`settings.cache_data_encrypted` is off",
    ],
  ],
  aws_api_gateway_stage: [
    [logging({ destination_arn: "arn:a" }), { access_log_settings: [] }, "warning", "loses its access log"],
    [
      logging({ format: "$context.status $context.authorizer.claims.client_id" }),
      logging({ format: "$context.status" }),
      "warning",
      "no longer records in its access log: `$context.authorizer.claims.client_id`",
    ],
  ],
  aws_api_gateway_gateway_response: [
    [refusal("https://a.example"), refusal("*"), "warning", "more origins: `*` (was `https://a.example`)"],
  ],
  aws_api_gateway_integration_response: [
    [
      preflight("https://a.example"),
      preflight("https://a.example", "https://b.example"),
      "warning",
      "`https://b.example`",
    ],
  ],
  aws_api_gateway_rest_api: [
    [
      { endpoint_configuration: [{ types: ["PRIVATE"] }] },
      { endpoint_configuration: [{ types: ["REGIONAL"] }] },
      "critical",
      "reachable from the internet: `REGIONAL` (was `PRIVATE`)",
    ],
    [
      { disable_execute_api_endpoint: true },
      { disable_execute_api_endpoint: false },
      "warning",
      "bypassing its domain",
    ],
    [{ policy: JSON.stringify({ Statement: [] }) }, { policy: "" }, "warning", "loses its resource policy"],
  ],
  aws_api_gateway_domain_name: [
    [truststore("s3://a"), { mutual_tls_authentication: [] }, "critical", "no longer requires client certificates"],
    [{ security_policy: "TLS_1_2" }, { security_policy: "TLS_1_0" }, "warning", "TLS 1.0"],
  ],
  aws_api_gateway_method: [
    [{ api_key_required: true }, { api_key_required: false }, "warning", "no longer requires an API key"],
    [{ request_validator_id: "v" }, { request_validator_id: null }, "warning", "no longer validates"],
  ],
  [AUTHORIZER]: [
    [{ type: "COGNITO_USER_POOLS" }, { type: "TOKEN" }, "warning", "no longer checks tokens"],
    [{ provider_arns: ["one"] }, { provider_arns: ["one", "two"] }, "warning", "more user pools: `two`"],
  ],
  aws_wafv2_web_acl: [
    [limited(1000), limited(2000), "warning", "one IP address in five minutes: 2,000 (was 1,000)"],
    [limited(1000), limited(1000, "Count"), "warning", "unlimited (was 1,000)"],
    [
      ruled({ action: [{ block: [{}], count: [] }] }),
      ruled({ action: [{ block: [], count: [{}] }] }),
      "warning",
      "`bots`",
    ],
    [
      ruled({ override_action: [{ none: [{}], count: [] }] }),
      ruled({ override_action: [{ none: [], count: [{}] }] }),
      "warning",
      "no longer blocks requests by these rules: `bots`",
    ],
    [
      { default_action: [{ allow: [], block: [{}] }] },
      { default_action: [{ allow: [{}], block: [] }] },
      "critical",
      "requests that match no rule",
    ],
  ],
  [ALARM]: [
    [{ alarm_actions: ["arn"] }, { alarm_actions: [] }, "warning", "no longer notifies anyone"],
    [{ actions_enabled: true }, { actions_enabled: false }, "warning", "no longer notifies anyone"],
    [{ alarm_actions: ["arn", "arn:b"] }, { alarm_actions: ["arn"] }, "warning", "no longer notifies `arn:b`"],
    [threshold(1, "GreaterThanThreshold"), threshold(50, "GreaterThanThreshold"), "warning", "threshold is 50 (was 1)"],
    [threshold(50, "LessThanThreshold"), threshold(1, "LessThanThreshold"), "warning", "threshold is 1 (was 50)"],
    [{ evaluation_periods: 1 }, { evaluation_periods: 9 }, "warning", "`evaluation_periods` is `9` (was `1`)"],
  ],
  [LOGS]: [
    [{ retention_in_days: 90 }, { retention_in_days: 7 }, "warning", "fewer days: 7 (was 90)"],
    [{ retention_in_days: 0 }, { retention_in_days: 365 }, "warning", "fewer days: 365 (was unlimited)"],
    [encrypted, unencrypted, "warning", "no longer encrypted"],
  ],
  aws_secretsmanager_secret: [
    [{ recovery_window_in_days: 30 }, { recovery_window_in_days: 0 }, "warning", "no longer be restored"],
    [encrypted, unencrypted, "warning", "no longer encrypted"],
  ],
  aws_secretsmanager_secret_policy: [
    [{ block_public_policy: true }, { block_public_policy: false }, "warning", "may be made public"],
  ],
  aws_kms_key: [
    [{ is_enabled: true }, { is_enabled: false }, "critical", "is disabled"],
    [{ enable_key_rotation: true }, { enable_key_rotation: false }, "warning", "no longer rotated"],
  ],
  aws_iam_role: [
    [
      { permissions_boundary: "arn:b" },
      { permissions_boundary: null },
      "warning",
      "loses its permissions boundary `arn:b`",
    ],
    [
      { managed_policy_arns: [] },
      { managed_policy_arns: ["arn:p"] },
      "warning",
      "permissions of these policies: `arn:p`",
    ],
  ],
  aws_lambda_function_url: [
    [{ authorization_type: "AWS_IAM" }, { authorization_type: "NONE" }, "critical", "can be called by anyone"],
  ],
};

/** Another value, which may protect less in either direction. */
const REPLACED: Readonly<Record<string, readonly Case[]>> = {
  [CLIENT]: [
    [
      { allowed_oauth_flows_user_pool_client: false },
      { allowed_oauth_flows_user_pool_client: true },
      "warning",
      "can get tokens by OAuth, which was turned off",
    ],
    [
      { allowed_oauth_flows_user_pool_client: true, ...BY_API },
      { allowed_oauth_flows_user_pool_client: false, ...BY_API },
      "warning",
      "no longer gets tokens from the token endpoint",
    ],
  ],
  [POOL]: [
    [
      { lambda_config: [] },
      { lambda_config: [{ pre_token_generation_config: [{ lambda_arn: "arn:f", lambda_version: "V2_0" }] }] },
      "critical",
      "`pre_token_generation_config",
    ],
    [
      { lambda_config: [{ pre_token_generation: "arn:f" }] },
      { lambda_config: [{ pre_token_generation: "arn:g" }] },
      "critical",
      "the claims of tokens: `pre_token_generation arn:g`",
    ],
    [
      { lambda_config: [{ pre_authentication: "arn:f" }] },
      { lambda_config: [] },
      "warning",
      "no longer invokes these functions: `pre_authentication`",
    ],
  ],
  aws_api_gateway_integration_response: [
    [preflight("https://a.example"), preflight("https://b.example"), "warning", "`https://b.example` (was"],
  ],
  aws_api_gateway_stage: [
    [logging({ destination_arn: "arn:a" }), logging({ destination_arn: "arn:b" }), "warning", "destination: `arn:b`"],
  ],
  aws_api_gateway_domain_name: [
    [truststore("s3://a"), truststore("s3://b"), "warning", "trusts other client certificates"],
  ],
  [ALARM]: [[{ metric_name: "5XXError" }, { metric_name: "Count" }, "warning", "something else: `metric_name`"]],
  [WALL]: [
    [{ resource_arn: "arn:a" }, { resource_arn: "arn:b" }, "warning", "The firewall of `arn:a` is detached"],
    [{ web_acl_arn: "arn:w" }, { web_acl_arn: "arn:v" }, "warning", "is replaced by another one: `arn:v`"],
  ],
  aws_iam_role: [
    [
      { permissions_boundary: "arn:b" },
      { permissions_boundary: "arn:c" },
      "warning",
      "boundary: `arn:c` (was `arn:b`)",
    ],
  ],
  aws_lambda_function: [[{ role: "arn:r" }, { role: "arn:s" }, "warning", "another role: `arn:s` (was `arn:r`)"]],
};

const casesOf = (table: Readonly<Record<string, readonly Case[]>>) =>
  Object.entries(table).flatMap(([type, cases]) => cases.map((one) => [type, one[3], one] as const));
const onlyAlert = ([, , severity, words]: Case) => [{ severity, message: expect.stringContaining(words) }];

describe("lostProtection", () => {
  it.each(casesOf(LOSSES))("alerts when %s protects less (%s), and not when it protects more", (type, _words, one) => {
    const [strong, weak] = one;

    expect(alertsOf([{ type, before: strong, after: weak }])).toEqual(onlyAlert(one));
    expect(alertsOf([{ type, before: weak, after: strong }])).toEqual([]);
    expect(alertsOf([{ type, before: weak, after: weak, unknown: {} }])).toEqual([]);
  });

  it.each(casesOf(REPLACED))("alerts when %s has another value (%s)", (type, _words, one) => {
    const [before, after] = one;

    expect(alertsOf([{ type, before, after }])).toEqual(onlyAlert(one));
    expect(alertsOf([{ type, before, after: before, unknown: {} }])).toEqual([]);
  });

  it.each<[string, MadeChange, string | undefined]>([
    [
      "a known value",
      { type: POOL, before: { deletion_protection: "ACTIVE" }, after: {}, unknown: { deletion_protection: true } },
      "`deletion_protection`",
    ],
    [
      "a value in a block",
      {
        type: SETTINGS,
        before: settings({ throttling_rate_limit: 5 }),
        after: settings({}),
        unknown: { settings: [{ throttling_rate_limit: true }] },
      },
      "`settings.throttling_rate_limit`",
    ],
    [
      "not of other attributes",
      { type: POOL, before: { endpoint: "e" }, after: {}, unknown: { endpoint: true } },
      undefined,
    ],
    [
      "not where there was none",
      { type: POOL, before: {}, after: {}, unknown: { deletion_protection: true } },
      undefined,
    ],
  ])("reports what is known only after apply: %s", (_what, change, attribute) => {
    const expected =
      attribute === undefined ? [] : [expect.stringContaining(`: ${attribute} is known only after apply.`)];

    expect(messagesOf(change)).toEqual(expected);
  });

  it.each<[string, Values]>([
    [CLIENT, BY_API],
    ["aws_lambda_function_url", { authorization_type: "NONE" }],
  ])("alerts about a new %s that is open from the start", (type, after) => {
    expect(alertsOf([{ type, after }]).map(({ severity }) => severity)).toEqual(["critical"]);
  });

  it.each<[string, NonNullable<MadeChange["actions"]>, readonly string[]]>([
    ["destroyed first", ["delete", "create"], [expect.stringContaining("until then routes that need it answer 500")]],
    ["created first", ["create", "delete"], []],
  ])("reports the gap while a permission is replaced, %s", (_what, actions, expected) => {
    const values = { function_name: "orders" };

    expect(
      messagesOf({ type: "aws_lambda_permission", before: values, after: values, replaced: ["x"], actions }),
    ).toEqual(expected);
  });

  it.each<[string, readonly MadeChange[], string | undefined]>([
    ["a firewall", [{ type: WALL, before: { resource_arn: "arn:a" } }], "is detached from `arn:a`."],
    [
      "a firewall, when it is unknown what another one is for",
      [
        { type: WALL, before: { resource_arn: "arn:a" } },
        { type: WALL, name: "new", after: {}, unknown: { resource_arn: true } },
      ],
      "replaces it is known only after apply.",
    ],
    [
      "not a firewall at another address",
      [
        { type: WALL, before: { resource_arn: "arn:a" } },
        { type: WALL, name: "new", after: { resource_arn: "arn:a" } },
      ],
      undefined,
    ],
    ["not a firewall that lives on", [{ type: WALL, before: { resource_arn: "arn:a" }, isForgotten: true }], undefined],
    ["an authorizer", [{ type: AUTHORIZER, before: { name: "pool" } }], "no longer check tokens: `pool`."],
    [
      "what an authorizer of another name accepts",
      [
        { type: AUTHORIZER, before: { name: "pool", provider_arns: ["one"] } },
        { type: AUTHORIZER, name: "new", after: { name: "new", provider_arns: ["one", "two"] } },
      ],
      "more user pools: `two`.",
    ],
    [
      "throttling of a route that stays",
      [{ type: SETTINGS, before: rate(1, "~1orders/GET") }],
      "`/orders/GET` loses its own settings",
    ],
    ["not throttling of a removed route", [{ type: SETTINGS, before: rate(1, "~1gone/GET") }], undefined],
    [
      "throttling that is raised at another address",
      [
        { type: SETTINGS, before: rate(5) },
        { type: SETTINGS, name: "new", after: rate(50) },
      ],
      "The stage allows more requests per second: 50 (was 5).",
    ],
    [
      "an alarm, though another one is created",
      [
        { type: ALARM, before: { alarm_name: "5xx" } },
        { type: ALARM, name: "new", after: { alarm_name: "other" } },
      ],
      "no longer notify anyone: `5xx`.",
    ],
    [
      "not an alarm at another address",
      [
        { type: ALARM, before: { alarm_name: "5xx" } },
        { type: ALARM, name: "new", after: { alarm_name: "5xx" } },
      ],
      undefined,
    ],
    [
      "log groups, also replaced ones, and their names as code",
      [
        { type: LOGS, before: { name: "a|b`\n> [!TIP]" } },
        { type: LOGS, name: "b", before: { name: "b" }, after: { name: "c" }, replaced: ["name"] },
      ],
      "with all their log events: `` a|b` > [!TIP] ``, `b`.",
    ],
    ["not a log group that AWS keeps", [{ type: LOGS, before: { name: "a", skip_destroy: true } }], undefined],
  ])("reports what is destroyed: %s", (_what, changes, words) => {
    const messages = alertsOf(changes, { after: matrixOf({ "GET /orders": "shop" }) }).map(({ message }) => message);

    expect(messages).toEqual(words === undefined ? [] : [expect.stringContaining(words)]);
  });

  it.each([
    [50, "GET /orders", ["The route `/orders/GET` allows more requests per second: 50 (was 5)."]],
    [50, "ANY /orders", ["The route `/orders/GET` allows more requests per second: 50 (was 5)."]],
    [5, "GET /orders", []],
    [50, "GET /others", []],
  ])("compares new throttling of %d with the stage's, where %s was deployed", (requests, route, expected) => {
    const stage = { type: SETTINGS, name: "stage", before: rate(5), after: rate(5) };
    const own = { type: SETTINGS, after: rate(requests, "~1orders/GET") };

    expect(alertsOf([stage, own], { before: matrixOf({ [route]: "shop" }) }).map(({ message }) => message)).toEqual(
      expected,
    );
  });

  it("reports types of which nothing is compared, unless they are destroyed or unchanged", () => {
    const changes = [
      { type: "aws_sqs_queue", after: {} },
      { type: "aws_sqs_queue", name: "second", after: {} },
      { type: "aws_dynamodb_table", before: { a: 1 }, after: { a: 2 } },
      { type: "aws_sns_topic", before: { a: 1 } },
      { type: "aws_sfn_activity", before: { a: 1 }, after: { a: 1 } },
      { type: "aws_api_gateway_deployment", after: {} },
      { type: "aws_iam_role", after: { name: "r" } },
    ];

    expect(alertsOf(changes)).toEqual([
      { severity: "info", message: expect.stringContaining("these types: `aws_dynamodb_table`, `aws_sqs_queue`.") },
    ]);
  });
});

describe("lostProtection, of what Terraform refuses to destroy,", () => {
  const BOTH = { "client/a": `${CLIENT}.a`, pool: "aws_cognito_user_pool.pool" };
  const { pool } = BOTH;
  const lost = (plan: ReturnType<typeof planOfProtected>, stack: unknown) =>
    lostProtection(contextOf("prod", plan, stack)).map(({ severity, message }) => `${severity}: ${message}`);
  const LOST = (names: string) => [`warning: Terraform no longer refuses to destroy or replace ${names}.`];

  it("has nothing to report while all stays in the ledger, or before there is one", () => {
    expect(lost(planOfProtected(BOTH, []), protectedStack(BOTH))).toEqual([]);
    expect(lost(planOfProtected({}, []), protectedStack(BOTH))).toEqual([]);
  });

  it.each([
    ["an entry leaves the ledger", protectedStack({ pool }), LOST("`client/a`")],
    ["the environment is no longer protected", { resource: {} }, LOST("`client/a`, `pool`")],
    ["prevent_destroy of a resource is gone", protectedStack(BOTH, [`${CLIENT}.a`]), LOST("`client/a`")],
  ])("reports that %s", (_, stack, expected) => {
    expect(lost(planOfProtected(BOTH, []), stack)).toEqual(expected);
  });

  it("reports an entry of allowDestroy that is no longer needed, once the plan changes nothing", () => {
    const to = 'terraform_data.lifted_by_allowDestroy["client/a"]';
    const stack = Object.assign({ moved: [{ to }, { to: "aws_lambda_function.one" }] }, protectedStack({ pool }));
    const change = { type: CLIENT, name: "a", before: { id: "1" } };

    expect(lost(planOfProtected({ pool }, []), stack)).toEqual([
      "info: The plan changes nothing: remove `client/a` from `allowDestroy` in access.yaml.",
    ]);
    expect(lost(planOfProtected({ pool }, [change]), stack)).toEqual([]);
  });

  it("leaves what the plan destroys to its own alert", () => {
    const plan = planOfProtected(BOTH, [{ type: CLIENT, name: "a", before: { id: "1" } }]);

    expect(lost(plan, protectedStack({ pool }))).toEqual([]);
  });
});
