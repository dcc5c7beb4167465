import type { AccessMatrix } from "../../../operations/access-graph/access-matrix";
import { lostProtection } from "../../../operations/review/lost-protection";
import { planFacts } from "../../../operations/review/plan-facts";
import { doneTo } from "../../../operations/review/resource-changes";
import { type MadeChange, planWith } from "../../support/plan-json";

type Values = Readonly<Record<string, unknown>>;

const route = {
  route: "GET /orders",
  access: "clients",
  scopes: ["orders/read"],
  function: "orders",
  url: null,
  isCheckedByFunction: true,
  callers: ["shop"],
  refusedByFunction: [],
  notes: [],
} as const;
const access: AccessMatrix = { environment: "dev", clients: ["shop"], routes: [route] };

const alertsOf = (...changes: readonly MadeChange[]) => lostProtection(doneTo(planWith(changes)), access);
const messagesOf = (...changes: readonly MadeChange[]) => alertsOf(...changes).map(({ message }) => message);

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const SETTINGS = "aws_api_gateway_method_settings";
const STAGE = "aws_api_gateway_stage";
const DOMAIN = "aws_api_gateway_domain_name";
const API = "aws_api_gateway_rest_api";
const ALARM = "aws_cloudwatch_metric_alarm";
const LOGS = "aws_cloudwatch_log_group";
const SECRET = "aws_secretsmanager_secret";
const ACL = "aws_wafv2_web_acl";
const WALL = "aws_wafv2_web_acl_association";
const AUTHORIZER = "aws_api_gateway_authorizer";
const URL = "aws_lambda_function_url";

const settings = (changes: Values, method_path = "*/*") => ({ method_path, settings: [changes] });
const life = (access_token_validity: number, unit: string) => ({
  name: "shop",
  access_token_validity,
  token_validity_units: [{ access_token: unit }],
});
const limited = (Limit: number, action = "Block") => ({
  name: "wall",
  rule_json: JSON.stringify([{ Name: "rate", Action: { [action]: {} }, Statement: { RateBasedStatement: { Limit } } }]),
});
const ruled = (rule: Values) => ({ name: "wall", rule: [{ name: "bots", ...rule }] });
const refusal = (origin: string) => ({
  response_type: "DEFAULT_4XX",
  response_parameters: { "gatewayresponse.header.Access-Control-Allow-Origin": `'${origin}'` },
});
const preflight = (origin: string, ...others: readonly string[]) => ({
  http_method: "OPTIONS",
  response_parameters: { "method.response.header.Access-Control-Allow-Origin": `'${origin}'` },
  response_templates: {
    "application/json": others
      .map((other) => `#if($headers.get('Origin') == '${other}' || $headers.get('origin') == '${other}')`)
      .join("\n"),
  },
});
const alarm = (changes: Values) => ({ alarm_name: "5xx", alarm_actions: ["arn"], ...changes });
const pool = (changes: Values) => ({ name: "p", ...changes });

const WITHOUT_DOMAIN =
  "The client `shop` can get tokens without the domain and without OAuth flows, with all its scopes, through Cognito's API: `ALLOW_CLIENT_TOKEN_AUTH`.";

describe("a protection", () => {
  it.each<[string, string, Values, Values, string]>([
    [
      "deletion protection",
      POOL,
      pool({ deletion_protection: "ACTIVE" }),
      pool({ deletion_protection: "INACTIVE" }),
      "The user pool `p` loses its deletion protection: it can be deleted then, with every client id.",
    ],
    [
      "a second factor",
      POOL,
      pool({ mfa_configuration: "ON" }),
      pool({ mfa_configuration: "OPTIONAL" }),
      "The user pool `p` does not demand a second factor as before: `OPTIONAL`.",
    ],
    [
      "sign-up by administrators only",
      POOL,
      pool({ admin_create_user_config: [{ allow_admin_create_user_only: true }] }),
      pool({ admin_create_user_config: [{ allow_admin_create_user_only: false }] }),
      "The user pool `p` lets anybody sign up as a user.",
    ],
    [
      "the life of tokens in one unit",
      CLIENT,
      life(60, "minutes"),
      life(90, "minutes"),
      "Access tokens of the client `shop` live longer: 90 minutes, before 60 minutes. A stolen one is of use as long.",
    ],
    [
      "the life of tokens in another unit",
      CLIENT,
      life(60, "minutes"),
      life(2, "hours"),
      "Access tokens of the client `shop` live longer: 120 minutes, before 60 minutes. A stolen one is of use as long.",
    ],
    [
      "the life of tokens whose unit alone changes",
      CLIENT,
      life(300, "seconds"),
      life(300, "minutes"),
      "Access tokens of the client `shop` live longer: 300 minutes, before 5 minutes. A stolen one is of use as long.",
    ],
    [
      "flows of a client",
      CLIENT,
      { name: "shop", allowed_oauth_flows: [] },
      { name: "shop", allowed_oauth_flows: ["code"] },
      "The client `shop` may get tokens by more flows: `code`.",
    ],
    [
      "ways to sign in",
      CLIENT,
      { name: "shop", explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] },
      { name: "shop", explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"] },
      "The client `shop` may sign users in by more ways: `ALLOW_USER_PASSWORD_AUTH`.",
    ],
    [
      "tokens without a domain",
      CLIENT,
      { name: "shop", explicit_auth_flows: [] },
      { name: "shop", explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      WITHOUT_DOMAIN,
    ],
    [
      "tokens that authorizers accept",
      POOL,
      { name: "p", issuer_configuration: [] },
      { name: "p", issuer_configuration: [{ type: "UPDATED" }] },
      "The user pool `p` gets the UPDATED issuer, which no COGNITO_USER_POOLS authorizer of API Gateway accepts: every call with one of its tokens is refused.",
    ],
    [
      "silence about users",
      CLIENT,
      { name: "shop", prevent_user_existence_errors: "ENABLED" },
      { name: "shop", prevent_user_existence_errors: "LEGACY" },
      "Whoever asks with the id of the client `shop` is told which users there are.",
    ],
    [
      "revocation",
      CLIENT,
      { name: "shop", enable_token_revocation: true },
      { name: "shop", enable_token_revocation: false },
      "Tokens of the client `shop` cannot be revoked any more.",
    ],
    [
      "a client's secret",
      CLIENT,
      { name: "shop", generate_secret: true },
      { name: "shop", generate_secret: false },
      "The client `shop` will have no secret: whoever knows its id can pass for it.",
    ],
    [
      "throttling of the stage",
      SETTINGS,
      settings({ throttling_rate_limit: 5, throttling_burst_limit: 10 }),
      settings({ throttling_rate_limit: -1, throttling_burst_limit: 10 }),
      "Throttling is lifted for the methods of the stage: requests per second 5 → the account's limit.",
    ],
    [
      "throttling of a route",
      SETTINGS,
      settings({ throttling_rate_limit: 5, throttling_burst_limit: 10 }, "~1orders/GET"),
      settings({ throttling_rate_limit: 9, throttling_burst_limit: 2000 }, "~1orders/GET"),
      "Throttling is raised for calls of `/orders/GET`: requests per second 5 → 9; burst 10 → 2,000.",
    ],
    [
      "execution logs",
      SETTINGS,
      settings({ logging_level: "OFF" }),
      settings({ logging_level: "INFO" }),
      "Execution logs of the methods of the stage are turned on: they may hold what callers send, tokens included.",
    ],
    [
      "the cache's protection",
      SETTINGS,
      settings({ caching_enabled: true, cache_data_encrypted: true }),
      settings({ caching_enabled: true, cache_data_encrypted: false }),
      "The cache of the methods of the stage loses `cache_data_encrypted`.",
    ],
    [
      "the access log",
      STAGE,
      { stage_name: "dev", access_log_settings: [{ destination_arn: "arn:a" }] },
      { stage_name: "dev", access_log_settings: [] },
      "The stage `dev` loses its access log: nobody can see any more who called.",
    ],
    [
      "who called, in the access log",
      STAGE,
      { stage_name: "dev", access_log_settings: [{ format: "$context.status $context.authorizer.claims.client_id" }] },
      { stage_name: "dev", access_log_settings: [{ format: "$context.status" }] },
      "The access log of `dev` says less: `$context.authorizer.claims.client_id`.",
    ],
    [
      "origins of refusals",
      "aws_api_gateway_gateway_response",
      refusal("https://a.example"),
      refusal("*"),
      "Web pages of other origins may read the API's own answers: `*`, before `https://a.example`. Any page in a browser may, then.",
    ],
    [
      "origins of a preflight's template",
      "aws_api_gateway_integration_response",
      preflight("https://a.example"),
      preflight("https://a.example", "https://b.example"),
      "Web pages of other origins may read answers of routes: `https://b.example`, before `https://a.example`.",
    ],
    [
      "an API that is reached from within only",
      API,
      { name: "orders", endpoint_configuration: [{ types: ["PRIVATE"] }] },
      { name: "orders", endpoint_configuration: [{ types: ["REGIONAL"] }] },
      "The API `orders` becomes reachable from the internet: `REGIONAL`, before `PRIVATE`.",
    ],
    [
      "an API behind its domain",
      API,
      { name: "orders", disable_execute_api_endpoint: true },
      { name: "orders", disable_execute_api_endpoint: false },
      "The API `orders` answers at its own URL too, past what protects its domain.",
    ],
    [
      "an API's policy",
      API,
      { name: "orders", policy: JSON.stringify({ Statement: { Effect: "Deny", Principal: "*", Action: "*" } }) },
      { name: "orders", policy: "" },
      "The API `orders` loses its resource policy: it keeps nobody out any more.",
    ],
    [
      "certificates of callers",
      DOMAIN,
      { domain_name: "d", mutual_tls_authentication: [{ truststore_uri: "s3://a" }] },
      { domain_name: "d", mutual_tls_authentication: [] },
      "The domain `d` asks callers for no certificate any more.",
    ],
    [
      "new TLS",
      DOMAIN,
      { domain_name: "d", security_policy: "TLS_1_2" },
      { domain_name: "d", security_policy: "TLS_1_0" },
      "The domain `d` takes connections by TLS 1.0 again.",
    ],
    [
      "the API key of a method",
      "aws_api_gateway_method",
      { http_method: "GET", api_key_required: true },
      { http_method: "GET", api_key_required: false },
      "A method `GET` demands no API key any more.",
    ],
    [
      "the user pool of an authorizer",
      AUTHORIZER,
      { name: "a", type: "COGNITO_USER_POOLS" },
      { name: "a", type: "TOKEN" },
      "The authorizer `a` does not check tokens of a user pool any more.",
    ],
    [
      "the only user pool of an authorizer",
      AUTHORIZER,
      { name: "a", provider_arns: ["one"] },
      { name: "a", provider_arns: ["one", "two"] },
      "The authorizer `a` takes tokens of more user pools: `two`.",
    ],
    [
      "the limit of an address",
      ACL,
      limited(1000),
      limited(2000),
      "The firewall `wall` lets more through: 2,000 requests of one address in five minutes, before 1,000.",
    ],
    [
      "a limit that only counts",
      ACL,
      limited(1000),
      limited(1000, "Count"),
      "The firewall `wall` loses its limit of requests of one address.",
    ],
    [
      "a rule that only counts",
      ACL,
      ruled({ action: [{ block: [{}], count: [] }] }),
      ruled({ action: [{ block: [], count: [{}] }] }),
      "The firewall `wall` stops nobody any more by these rules: `bots`.",
    ],
    [
      "a group of rules that only counts",
      ACL,
      ruled({ override_action: [{ none: [{}], count: [] }] }),
      ruled({ override_action: [{ none: [], count: [{}] }] }),
      "The firewall `wall` stops nobody any more by these rules: `bots`.",
    ],
    [
      "a firewall that blocks what it does not know",
      ACL,
      { name: "wall", default_action: [{ allow: [], block: [{}] }] },
      { name: "wall", default_action: [{ allow: [{}], block: [] }] },
      "The firewall `wall` lets everything through that no rule is about, which it blocked.",
    ],
    ["whom an alarm tells", ALARM, alarm({}), alarm({ alarm_actions: [] }), "The alarm `5xx` tells nobody any more."],
    [
      "all whom an alarm tells",
      ALARM,
      alarm({ alarm_actions: ["arn", "arn:b"] }),
      alarm({}),
      "The alarm `5xx` does not tell these any more: `arn:b`.",
    ],
    [
      "an alarm's threshold",
      ALARM,
      alarm({ threshold: 1, comparison_operator: "GreaterThanThreshold" }),
      alarm({ threshold: 50, comparison_operator: "GreaterThanThreshold" }),
      "The alarm `5xx` tells later: its threshold is 50, before 1.",
    ],
    [
      "the threshold of an alarm about too little",
      ALARM,
      alarm({ threshold: 50, comparison_operator: "LessThanThreshold" }),
      alarm({ threshold: 1, comparison_operator: "LessThanThreshold" }),
      "The alarm `5xx` tells later: its threshold is 1, before 50.",
    ],
    [
      "an alarm's impatience",
      ALARM,
      alarm({ evaluation_periods: 1, datapoints_to_alarm: 1 }),
      alarm({ evaluation_periods: 9, datapoints_to_alarm: 1 }),
      "The alarm `5xx` tells later: more has to be bad by `evaluation_periods`.",
    ],
    [
      "how long lines are kept",
      LOGS,
      { name: "g", retention_in_days: 90 },
      { name: "g", retention_in_days: 7 },
      "Lines of the log group `g` are kept 7 days, before 90.",
    ],
    [
      "lines that are kept for ever",
      LOGS,
      { name: "g", retention_in_days: 0 },
      { name: "g", retention_in_days: 365 },
      "Lines of the log group `g` are kept 365 days, before for ever.",
    ],
    [
      "a log group's own key",
      LOGS,
      { name: "g", kms_key_id: "arn" },
      { name: "g", kms_key_id: null },
      "The log group `g` is not encrypted by a key of its own any more.",
    ],
    [
      "recovery of a secret",
      SECRET,
      { name: "s", recovery_window_in_days: 30 },
      { name: "s", recovery_window_in_days: 0 },
      "The secret `s` cannot be restored any more once it is deleted.",
    ],
    [
      "a secret's own key",
      SECRET,
      { name: "s", kms_key_id: "arn" },
      { name: "s", kms_key_id: null },
      "The secret `s` is not encrypted by a key of its own any more.",
    ],
    [
      "the refusal of public policies",
      "aws_secretsmanager_secret_policy",
      { secret_arn: "arn:x", block_public_policy: true },
      { secret_arn: "arn:x", block_public_policy: false },
      "The policy of the secret `arn:x` may be made public from then on.",
    ],
    [
      "a key that is on",
      "aws_kms_key",
      { description: "secrets", is_enabled: true },
      { description: "secrets", is_enabled: false },
      "The key `secrets` is turned off: nobody can read what it encrypts.",
    ],
    [
      "a key's rotation",
      "aws_kms_key",
      { description: "secrets", enable_key_rotation: true },
      { description: "secrets", enable_key_rotation: false },
      "The key `secrets` is not rotated any more.",
    ],
    [
      "a role's boundary",
      "aws_iam_role",
      { name: "r", permissions_boundary: "arn:b" },
      { name: "r", permissions_boundary: null },
      "The role `r` loses its permissions boundary `arn:b`: its policies alone say what it may do.",
    ],
    [
      "a function's own URL that IAM guards",
      URL,
      { function_name: "orders", authorization_type: "AWS_IAM" },
      { function_name: "orders", authorization_type: "NONE" },
      "Anybody will be able to call the function `orders` by its own URL, past API Gateway.",
    ],
  ])("is told when it is lost, and not when it is won or stays: %s", (_what, type, strong, weak, expected) => {
    expect(messagesOf({ type, before: strong, after: weak })).toEqual([expected]);
    expect(messagesOf({ type, before: weak, after: strong })).toEqual([]);
    expect(messagesOf({ type, before: weak, after: weak }, { type, before: strong, after: strong })).toEqual([]);
    expect(messagesOf({ type, before: weak, after: weak, unknown: {}, replaced: ["name"] })).not.toContain(expected);
  });

  it.each<[string, string, Values, Values, string]>([
    [
      "OAuth that is turned on",
      CLIENT,
      { name: "shop", allowed_oauth_flows_user_pool_client: false },
      { name: "shop", allowed_oauth_flows_user_pool_client: true },
      "The client `shop` may get tokens by OAuth, which was turned off for it.",
    ],
    [
      "OAuth that is turned off",
      CLIENT,
      { name: "shop", allowed_oauth_flows_user_pool_client: true },
      { name: "shop", allowed_oauth_flows_user_pool_client: false },
      "The client `shop` gets no token any more: OAuth is turned off for it.",
    ],
    [
      "OAuth that is turned off for a client that gets tokens through Cognito's API",
      CLIENT,
      { name: "shop", allowed_oauth_flows_user_pool_client: true, explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      { name: "shop", allowed_oauth_flows_user_pool_client: false, explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      "The client `shop` gets no token from the token endpoint any more: OAuth is turned off for it.",
    ],
    [
      "a function that decides what is in tokens",
      POOL,
      pool({ lambda_config: [] }),
      pool({ lambda_config: [{ pre_token_generation_config: [{ lambda_arn: "arn:f", lambda_version: "V2_0" }] }] }),
      "The user pool `p` asks other functions, which may decide what is in tokens: `pre_token_generation_config`.",
    ],
    [
      "another function that decides what is in tokens",
      POOL,
      pool({ lambda_config: [{ pre_token_generation: "arn:f" }] }),
      pool({ lambda_config: [{ pre_token_generation: "arn:g" }] }),
      "The user pool `p` asks other functions, which may decide what is in tokens: `pre_token_generation`.",
    ],
    [
      "a function that is asked no more",
      POOL,
      pool({ lambda_config: [{ pre_authentication: "arn:f" }] }),
      pool({ lambda_config: [] }),
      "The user pool `p` asks these functions no more: `pre_authentication`.",
    ],
    [
      "another origin",
      "aws_api_gateway_integration_response",
      preflight("https://a.example"),
      preflight("https://b.example"),
      "Web pages of other origins may read answers of routes: `https://b.example`, before `https://a.example`.",
    ],
    [
      "an access log elsewhere",
      STAGE,
      { stage_name: "dev", access_log_settings: [{ destination_arn: "arn:a" }] },
      { stage_name: "dev", access_log_settings: [{ destination_arn: "arn:b" }] },
      "The stage `dev` writes its access log elsewhere: `arn:b`.",
    ],
    [
      "other certificates of callers",
      DOMAIN,
      { domain_name: "d", mutual_tls_authentication: [{ truststore_uri: "s3://a" }] },
      { domain_name: "d", mutual_tls_authentication: [{ truststore_uri: "s3://b" }] },
      "The domain `d` trusts other certificates of callers.",
    ],
    [
      "an alarm about something else",
      ALARM,
      alarm({ metric_name: "5XXError", threshold: 1 }),
      alarm({ metric_name: "Count", threshold: 1 }),
      "The alarm `5xx` watches something else: `metric_name`.",
    ],
    [
      "a firewall before something else",
      WALL,
      { resource_arn: "arn:a", web_acl_arn: "arn:w" },
      { resource_arn: "arn:b", web_acl_arn: "arn:w" },
      "The firewall leaves `arn:a`: nothing stops an address from calling it too often.",
    ],
    [
      "another firewall",
      WALL,
      { resource_arn: "arn:a", web_acl_arn: "arn:w" },
      { resource_arn: "arn:a", web_acl_arn: "arn:v" },
      "Another firewall stands before `arn:a`: `arn:v`.",
    ],
    [
      "another boundary",
      "aws_iam_role",
      { name: "r", permissions_boundary: "arn:b" },
      { name: "r", permissions_boundary: "arn:c" },
      "The role `r` gets another permissions boundary: `arn:c`, before `arn:b`.",
    ],
    [
      "another role of a function",
      "aws_lambda_function",
      { function_name: "orders", role: "arn:r" },
      { function_name: "orders", role: "arn:s" },
      "The function `orders` runs as another role: `arn:s`, before `arn:r`.",
    ],
  ])("is told when it is another one, and not when it stays: %s", (_what, type, before, after, expected) => {
    expect(messagesOf({ type, before, after })).toEqual([expected]);
    expect(messagesOf({ type, before, after: before })).toEqual([]);
  });

  it.each<[string, MadeChange, readonly string[]]>([
    [
      "what was known before and matters",
      {
        type: POOL,
        before: pool({ deletion_protection: "ACTIVE" }),
        after: pool({}),
        unknown: { deletion_protection: true },
      },
      ["The user pool `p`: `deletion_protection` will be known only when it is applied."],
    ],
    [
      "what is within a block",
      {
        type: SETTINGS,
        before: settings({ throttling_rate_limit: 5 }),
        after: settings({}),
        unknown: { settings: [{ throttling_rate_limit: true }] },
      },
      [
        "Of the methods of the stage the settings: `settings.throttling_rate_limit` will be known only when it is applied.",
      ],
    ],
    [
      "not what does not matter",
      { type: POOL, before: pool({ endpoint: "e" }), after: pool({}), unknown: { endpoint: true } },
      [],
    ],
    [
      "not what had no value",
      { type: POOL, before: pool({}), after: pool({}), unknown: { deletion_protection: true } },
      [],
    ],
  ])("is said when nobody knows yet what becomes of it: %s", (_what, change, expected) => {
    expect(messagesOf(change)).toEqual(expected);
  });

  it.each<[string, Values | undefined]>([
    ["gains", { name: "shop", explicit_auth_flows: [] }],
    ["is created with", undefined],
  ])("is most alarming where a client %s a way to tokens without the domain", (_what, before) => {
    const after = { name: "shop", explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] };

    expect(alertsOf({ type: CLIENT, after, ...(before && { before }) })).toEqual([
      { level: "caution", message: WITHOUT_DOMAIN },
    ]);
  });

  it("is most alarming where others get in", () => {
    const [opened] = alertsOf({
      type: URL,
      before: { authorization_type: "AWS_IAM" },
      after: { authorization_type: "NONE" },
    });
    const [weaker] = alertsOf({ type: CLIENT, before: life(1, "hours"), after: life(2, "hours") });

    expect([opened?.level, weaker?.level]).toEqual(["caution", "warning"]);
  });
});

describe("a route's own throttling that is new", () => {
  const stage = settings({ throttling_rate_limit: 5, throttling_burst_limit: 10 });
  const own = (rate: number) => settings({ throttling_rate_limit: rate, throttling_burst_limit: 10 }, "~1orders/GET");
  const told = (rate: number, ...routesBefore: readonly string[]) => {
    const plan = planWith([
      { type: SETTINGS, name: "stage", before: stage, after: stage },
      { type: SETTINGS, after: own(rate) },
    ]);
    const before = routesBefore.map((name) => ({ ...route, route: name }));
    return lostProtection(doneTo(plan), access, planFacts(plan, {}, before)).map(({ message }) => message);
  };

  it.each(["GET /orders", "ANY /orders"])("is told when it takes more than the stage did of %s", (name) => {
    expect(told(50, name)).toEqual(["Throttling is raised for calls of `/orders/GET`: requests per second 5 → 50."]);
  });

  it("is not told when it takes no more, or when the route is new as well", () => {
    expect([told(5, "GET /orders"), told(1, "GET /orders"), told(50, "GET /others")]).toEqual([[], [], []]);
  });
});

const LEAVES = "The API loses its firewall: nothing stops an address from calling too often.";
const DOUBT = "There is a new one, but nothing says that it stands for the same.";

describe("what goes away", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    ["a firewall", [{ type: WALL, before: { resource_arn: "arn:a" } }], [LEAVES]],
    [
      "a firewall, when another one is made for something else",
      [
        { type: WALL, before: { resource_arn: "arn:a" } },
        { type: WALL, name: "new", after: { resource_arn: "arn:b" } },
      ],
      [`${LEAVES} ${DOUBT}`],
    ],
    [
      "a firewall, when nobody knows yet what another one is for",
      [
        { type: WALL, before: { resource_arn: "arn:a" } },
        { type: WALL, name: "new", after: {}, unknown: { resource_arn: true } },
      ],
      [`${LEAVES} ${DOUBT}`],
    ],
    [
      "no firewall that only has another name",
      [
        { type: WALL, before: { resource_arn: "arn:a" } },
        { type: WALL, name: "new", after: { resource_arn: "arn:a" } },
      ],
      [],
    ],
    ["no firewall that is only forgotten", [{ type: WALL, before: { resource_arn: "arn:a" }, isForgotten: true }], []],
    [
      "an authorizer",
      [{ type: AUTHORIZER, before: { name: "pool" } }],
      ["The authorizer `pool` goes away: API Gateway checks no tokens by it any more."],
    ],
    [
      "what an authorizer of another name takes more",
      [
        { type: AUTHORIZER, before: { name: "pool", provider_arns: ["one"] } },
        { type: AUTHORIZER, name: "new", after: { name: "new", provider_arns: ["one", "two"] } },
      ],
      ["The authorizer `pool` takes tokens of more user pools: `two`."],
    ],
    [
      "throttling of a route that stays",
      [{ type: SETTINGS, before: { method_path: "~1orders/GET" } }],
      ["`GET /orders` loses its own throttling."],
    ],
    ["no throttling of a route that goes", [{ type: SETTINGS, before: { method_path: "~1gone/GET" } }], []],
    [
      "throttling that is raised under another name",
      [
        { type: SETTINGS, before: settings({ throttling_rate_limit: 5 }) },
        { type: SETTINGS, name: "new", after: settings({ throttling_rate_limit: 50 }) },
      ],
      ["Throttling is raised for the methods of the stage: requests per second 5 → 50."],
    ],
    [
      "alarms, though another one is made",
      [
        { type: ALARM, before: alarm({}) },
        { type: ALARM, name: "new", after: alarm({ alarm_name: "other" }) },
      ],
      ["Nobody is told any more by these alarms, which go away: `5xx`."],
    ],
    [
      "no alarm that only has another address",
      [
        { type: ALARM, before: alarm({ threshold: 1 }) },
        { type: ALARM, name: "new", after: alarm({ threshold: 1 }) },
      ],
      [],
    ],
    [
      "lines of log groups",
      [
        { type: LOGS, before: { name: "a" } },
        { type: LOGS, name: "b", before: { name: "b" }, after: { name: "c" }, replaced: ["name"] },
      ],
      ["All lines of these log groups are deleted with them: `a`, `b`."],
    ],
    ["no lines that AWS keeps", [{ type: LOGS, before: { name: "a", skip_destroy: true } }], []],
  ])("tells %s", (_what, changes, expected) => {
    expect(messagesOf(...changes)).toEqual(expected);
  });

  it("lets no name break out of its code, and shows a bar as it is", () => {
    expect(messagesOf({ type: LOGS, before: { name: "a|b`\n> [!TIP]" } })).toEqual([
      "All lines of these log groups are deleted with them: `` a|b` > [!TIP] ``.",
    ]);
  });
});
