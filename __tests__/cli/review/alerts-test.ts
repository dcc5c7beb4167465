import type { AccessMatrix, MatrixRoute } from "../../../cli/access-matrix";
import { accessAlerts } from "../../../cli/review/access-alerts";
import { accessChanges } from "../../../cli/review/access-changes";
import { dyingIds } from "../../../cli/review/dying-ids";
import { lostProtection } from "../../../cli/review/lost-protection";
import { doneTo } from "../../../cli/review/resource-changes";
import { type MadeChange, planWith } from "../../support/plan-json";

const route = (changes: Partial<MatrixRoute> = {}): MatrixRoute => ({
  route: "GET /orders",
  access: "clients",
  scopes: ["orders/read"],
  function: "orders",
  url: null,
  isCheckedByFunction: true,
  callers: ["shop"],
  refusedByFunction: [],
  notes: [],
  ...changes,
});
const matrix = (...routes: readonly MatrixRoute[]): AccessMatrix => ({
  environment: "dev",
  clients: ["audit", "shop"],
  routes,
});
const open = route({ access: "public", callers: [], isCheckedByFunction: false });

describe("accessChanges", () => {
  it.each<[string, AccessMatrix, AccessMatrix, readonly string[]]>([
    ["nothing where nothing changes", matrix(route()), matrix(route({ notes: ["other"] })), []],
    ["a client that gains", matrix(route()), matrix(route({ callers: ["audit", "shop"] })), ["audit no yes"]],
    ["a client that loses", matrix(route()), matrix(route({ callers: [] })), ["shop yes no"]],
    [
      "a refusal by the function",
      matrix(route()),
      matrix(route({ callers: [], refusedByFunction: ["shop"] })),
      ["shop yes no"],
    ],
    ["a route that is new", matrix(), matrix(route()), ["shop no yes"]],
    ["a route that is gone", matrix(route()), matrix(), ["shop yes no still live"]],
    ["anybody, once, when a route becomes public", matrix(route()), matrix(open), ["anybody no yes"]],
    [
      "anybody, and who else is not let in, when it is public no more",
      matrix(open),
      matrix(route()),
      ["anybody yes no", "audit yes no"],
    ],
    [
      "what nobody can know",
      matrix(route()),
      matrix(route({ access: "unknown", callers: [] })),
      ["anybody no unknown", "audit no unknown", "shop yes unknown"],
    ],
  ])("tells %s", (_what, before, after, expected) => {
    const found = accessChanges(before, after).map(
      ({ client, before: old, after: now, isStillLive }) =>
        `${client ?? "anybody"} ${old} ${now}${isStillLive ? " still live" : ""}`,
    );

    expect(found).toEqual(expected);
  });

  it("says nothing of a public route when a client comes or goes", () => {
    expect(accessChanges(matrix(open), { ...matrix(open), clients: ["shop", "new"] })).toEqual([]);
  });

  it("pairs a client by its name, and takes another name for another client", () => {
    const renamed = { ...matrix(route({ callers: ["store"] })), clients: ["audit", "store"] };

    expect(accessChanges(matrix(route()), renamed).map(({ client, after }) => [client, after])).toEqual([
      ["shop", "no"],
      ["store", "yes"],
    ]);
  });
});

describe("accessAlerts", () => {
  const reasons = { output: { public_routes: { value: { "GET /orders": "A `reason` | of\nmany @lines" } } } };

  it.each<[string, AccessMatrix, AccessMatrix, unknown, readonly string[]]>([
    [
      "a route that becomes public, with its reason",
      matrix(route()),
      matrix(open),
      reasons,
      [
        "Anybody will be able to call `GET /orders` without a token. The reason written down: `` A `reason` \\| of many @lines ``",
      ],
    ],
    [
      "a public route that is new and has no reason",
      matrix(),
      matrix(open),
      {},
      ["Anybody will be able to call `GET /orders` without a token. No reason is written down."],
    ],
    ["nothing of a route that was public", matrix(open), matrix(open), reasons, []],
    ["nothing of a route that is public no more", matrix(open), matrix(route()), {}, []],
    [
      "a route of which nobody knows who gets in",
      matrix(route()),
      matrix(route({ access: "unknown", notes: ["authorization AWS_IAM is not looked into"] })),
      {},
      ["Who will be able to call `GET /orders` cannot be told: `authorization AWS_IAM is not looked into`"],
    ],
    [
      "a function that stops to look who calls",
      matrix(route()),
      matrix(route({ isCheckedByFunction: false })),
      {},
      ["The function behind `GET /orders` will not check any more which client calls: the scope alone decides."],
    ],
    [
      "nothing of a function that never looked",
      matrix(route({ isCheckedByFunction: false })),
      matrix(route({ isCheckedByFunction: false })),
      {},
      [],
    ],
  ])("tells %s", (_what, before, after, json, expected) => {
    expect(accessAlerts(before, after, {}, json).map(({ message }) => message)).toEqual(expected);
  });
});

const client: MadeChange = { type: "aws_cognito_user_pool_client", before: { name: "shop", id: "client1" } };
const pool: MadeChange = { type: "aws_cognito_user_pool", before: { name: "orders-dev", id: "eu-west-1_abc" } };
const remade = (made: MadeChange, ...replaced: readonly string[]) => ({ ...made, after: made.before ?? {}, replaced });

describe("dyingIds", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    [
      "a client that is replaced",
      [remade(client, "generate_secret")],
      [
        "The client `shop` will be replaced: its id `client1` dies. It gets a new id and a new secret, which its owner needs before the next call.",
      ],
    ],
    [
      "a client that is destroyed",
      [client],
      ["The client `shop` will be destroyed: its id `client1` dies. Whoever uses it gets no token any more."],
    ],
    [
      "a pool that is replaced, before its clients",
      [remade(client, "user_pool_id"), remade(pool, "name")],
      [
        "The user pool `orders-dev` (`eu-west-1_abc`) will be replaced. All its client ids die with it: 1 client.",
        expect.stringContaining("its id `client1` dies"),
      ] as unknown as readonly string[],
    ],
    [
      "a pool without clients that is destroyed",
      [pool],
      ["The user pool `orders-dev` (`eu-west-1_abc`) will be destroyed. Every client id dies with it."],
    ],
    [
      "a token domain",
      [{ type: "aws_cognito_user_pool_domain", before: { domain: "orders-dev" } }],
      ["The token domain `orders-dev` will be destroyed. No client gets a token until it is there again."],
    ],
    [
      "an API",
      [remade({ type: "aws_api_gateway_rest_api", before: { name: "orders", id: "abc123" } })],
      ["The API `orders` will be replaced. Every URL with its id `abc123` dies."],
    ],
    [
      "a secret",
      [{ type: "aws_secretsmanager_secret", before: { name: "orders/shop" } }],
      ["The secret `orders/shop` will be destroyed. What reads its credentials there finds them no more."],
    ],
    [
      "nothing of what is created or changed",
      [
        { ...pool, after: { name: "other" } },
        { type: client.type, after: { name: "new" } },
      ],
      [],
    ],
  ])("tells %s", (_what, changes, expected) => {
    const found = dyingIds(doneTo(planWith(changes)));

    expect(found.map(({ message }) => message)).toEqual(expected);
    expect(found.every(({ level }) => level === "caution")).toBe(true);
  });

  it("lets no name break out", () => {
    const [alert] = dyingIds(doneTo(planWith([{ ...client, before: { name: "a`|\n> [!TIP] @all", id: "x" } }])));

    expect(alert?.message).toContain("The client `` a`\\|  > [!TIP] @all `` will".replace("  ", " "));
  });
});

const settings = (changes: Readonly<Record<string, unknown>>) => ({ method_path: "*/*", settings: [changes] });
const policy = (...statements: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const reads = (AWS: string | readonly string[], more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS },
  Action: "secretsmanager:GetSecretValue",
  Resource: "arn:x",
  ...more,
});
const secretPolicy = (before: string, after: string): MadeChange => ({
  type: "aws_secretsmanager_secret_policy",
  before: { secret_arn: "arn:x", policy: before },
  after: { secret_arn: "arn:x", policy: after },
});
const acl = (limit: number, action = "Block") => ({
  name: "wall",
  rule_json: `[{"Action":{"${action}":{}},"Statement":{"Limit":${limit}}}]`,
});
const permission = (after: Readonly<Record<string, unknown>>): MadeChange => ({
  type: "aws_lambda_permission",
  after: { function_name: "orders", ...after },
});

describe("lostProtection", () => {
  it.each<[string, readonly MadeChange[], readonly string[]]>([
    [
      "deletion protection",
      [
        {
          ...pool,
          before: { name: "p", deletion_protection: "ACTIVE" },
          after: { name: "p", deletion_protection: "INACTIVE" },
        },
      ],
      ["The user pool `p` loses its deletion protection: it can be deleted then, with every client id."],
    ],
    [
      "no gain of protection",
      [
        {
          ...pool,
          before: { name: "p", deletion_protection: "INACTIVE" },
          after: { name: "p", deletion_protection: "ACTIVE" },
        },
      ],
      [],
    ],
    [
      "other flows of a client",
      [
        {
          ...client,
          before: { name: "shop", allowed_oauth_flows: ["client_credentials"] },
          after: { name: "shop", allowed_oauth_flows: ["code"] },
        },
      ],
      ["The client `shop` may get tokens by more flows: `code`."],
    ],
    [
      "revocation",
      [
        {
          ...client,
          before: { name: "shop", enable_token_revocation: true },
          after: { name: "shop", enable_token_revocation: false },
        },
      ],
      ["Tokens of the client `shop` cannot be revoked any more."],
    ],
    [
      "a firewall",
      [{ type: "aws_wafv2_web_acl_association", before: { id: "a" } }],
      ["The API loses its firewall: nothing stops an address from calling too often."],
    ],
    [
      "no firewall that only has another name",
      [
        { type: "aws_wafv2_web_acl_association", before: { id: "a" } },
        { type: "aws_wafv2_web_acl_association", name: "new", after: {} },
      ],
      [],
    ],
    [
      "a firewall that lets more through",
      [{ type: "aws_wafv2_web_acl", before: acl(1000), after: acl(2000) }],
      ["The firewall `wall` lets more through: 2,000 requests of one address in five minutes, before 1,000."],
    ],
    ["no firewall that lets less through", [{ type: "aws_wafv2_web_acl", before: acl(1000), after: acl(500) }], []],
    [
      "a firewall that only counts",
      [{ type: "aws_wafv2_web_acl", before: acl(1000), after: acl(1000, "Count") }],
      ["The firewall `wall` loses its limit of requests of one address."],
    ],
    [
      "an authorizer",
      [{ type: "aws_api_gateway_authorizer", before: { name: "pool" } }],
      ["The authorizer `pool` goes away: API Gateway checks no tokens by it any more."],
    ],
    [
      "more user pools",
      [
        {
          type: "aws_api_gateway_authorizer",
          before: { name: "a", provider_arns: ["one"] },
          after: { name: "a", provider_arns: ["one", "two"] },
        },
      ],
      ["The authorizer `a` takes tokens of more user pools: `two`."],
    ],
    [
      "another kind of authorizer",
      [
        {
          type: "aws_api_gateway_authorizer",
          before: { name: "a", type: "COGNITO_USER_POOLS" },
          after: { name: "a", type: "TOKEN" },
        },
      ],
      ["The authorizer `a` does not check tokens of a user pool any more."],
    ],
    [
      "throttling of the stage",
      [
        {
          type: "aws_api_gateway_method_settings",
          before: settings({ throttling_rate_limit: 5 }),
          after: settings({ throttling_rate_limit: -1 }),
        },
      ],
      ["Throttling is lifted for the methods of the stage."],
    ],
    [
      "no throttling that is only another",
      [
        {
          type: "aws_api_gateway_method_settings",
          before: settings({ throttling_rate_limit: 5 }),
          after: settings({ throttling_rate_limit: 9 }),
        },
      ],
      [],
    ],
    [
      "throttling of a route that stays",
      [{ type: "aws_api_gateway_method_settings", before: { method_path: "~1orders/GET" } }],
      ["`GET /orders` loses its own throttling."],
    ],
    [
      "no throttling of a route that goes",
      [{ type: "aws_api_gateway_method_settings", before: { method_path: "~1gone/GET" } }],
      [],
    ],
    [
      "execution logs",
      [
        {
          type: "aws_api_gateway_method_settings",
          before: settings({ logging_level: "OFF" }),
          after: settings({ logging_level: "INFO" }),
        },
      ],
      ["Execution logs of the methods of the stage are turned on: they may hold what callers send, tokens included."],
    ],
    [
      "the cache's protection",
      [
        {
          type: "aws_api_gateway_method_settings",
          before: settings({ caching_enabled: true, cache_data_encrypted: true }),
          after: settings({ caching_enabled: true, cache_data_encrypted: false }),
        },
      ],
      ["The cache of the methods of the stage loses `cache_data_encrypted`."],
    ],
    [
      "the access log",
      [
        {
          type: "aws_api_gateway_stage",
          before: { stage_name: "dev", access_log_settings: [{}] },
          after: { stage_name: "dev", access_log_settings: [] },
        },
      ],
      ["The stage `dev` loses its access log: nobody can see any more who called."],
    ],
    [
      "old TLS",
      [
        {
          type: "aws_api_gateway_domain_name",
          before: { domain_name: "d", security_policy: "TLS_1_2" },
          after: { domain_name: "d", security_policy: "TLS_1_0" },
        },
      ],
      ["The domain `d` takes connections by TLS 1.0 again."],
    ],
    [
      "an alarm that tells nobody",
      [
        {
          type: "aws_cloudwatch_metric_alarm",
          before: { alarm_name: "5xx", alarm_actions: ["arn"] },
          after: { alarm_name: "5xx", alarm_actions: [] },
        },
      ],
      ["The alarm `5xx` tells nobody any more."],
    ],
    [
      "alarms that go",
      [{ type: "aws_cloudwatch_metric_alarm", before: { alarm_name: "5xx" } }],
      ["Nobody is told any more by these alarms, which go away: `5xx`."],
    ],
    [
      "recovery of a secret",
      [
        {
          type: "aws_secretsmanager_secret",
          before: { name: "s", recovery_window_in_days: 30 },
          after: { name: "s", recovery_window_in_days: 0 },
        },
      ],
      ["The secret `s` cannot be restored any more once it is deleted."],
    ],
    [
      "a secret's own key",
      [
        {
          type: "aws_secretsmanager_secret",
          before: { name: "s", kms_key_id: "arn" },
          after: { name: "s", kms_key_id: null },
        },
      ],
      ["The secret `s` is not encrypted by a key of its own any more."],
    ],
    [
      "another reader of a secret",
      [secretPolicy(policy(reads("arn:a")), policy(reads(["arn:a", "arn:b"])))],
      ["More is allowed by the policy of the secret `arn:x` to `arn:b`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "every reader of a secret",
      [secretPolicy(policy(reads("arn:a")), policy(reads("*")))],
      ["More is allowed by the policy of the secret `arn:x` to `*`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a condition that is gone",
      [secretPolicy(policy(reads("arn:a", { Condition: { Bool: { x: "true" } } })), policy(reads("arn:a")))],
      ["More is allowed by the policy of the secret `arn:x` to `arn:a`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a denial that is gone",
      [secretPolicy(policy(reads("arn:a", { Effect: "Deny" })), policy())],
      ["More is allowed by the policy of the secret `arn:x` to `arn:a`: `secretsmanager:GetSecretValue`."],
    ],
    [
      "a policy that cannot be read",
      [secretPolicy(policy(), "{")],
      ["More is allowed by the policy of the secret `arn:x`: it cannot be told what."],
    ],
    ["no policy that allows less", [secretPolicy(policy(reads(["arn:a", "arn:b"])), policy(reads("arn:b")))], []],
    [
      "no policy in another order",
      [secretPolicy(policy(reads(["arn:a", "arn:b"])), policy(reads(["arn:b", "arn:a"])))],
      [],
    ],
    [
      "a policy that nobody knows yet",
      [
        {
          type: "aws_iam_role_policy",
          before: { role: "r", policy: policy() },
          after: { role: "r" },
          unknown: { policy: true },
        },
      ],
      ["What the policy of the role `r` allows is known only when it is applied."],
    ],
    [
      "who else may be a role",
      [
        {
          type: "aws_iam_role",
          before: { name: "r", assume_role_policy: policy() },
          after: {
            name: "r",
            assume_role_policy: policy({
              Effect: "Allow",
              Principal: { Service: "ec2.amazonaws.com" },
              Action: "sts:AssumeRole",
            }),
          },
        },
      ],
      ["More is allowed by the trust policy of the role `r` to `ec2.amazonaws.com`: `sts:AssumeRole`."],
    ],
    [
      "who invokes a function past API Gateway",
      [permission({ principal: "123456789012" })],
      ["`123456789012` will be allowed to invoke the function `orders`, past API Gateway."],
    ],
    [
      "every API before a function",
      [permission({ principal: "apigateway.amazonaws.com" })],
      ["Every API of anybody will be allowed to invoke the function `orders`."],
    ],
    ["no API that may invoke it", [permission({ principal: "apigateway.amazonaws.com", source_arn: "arn:api" })], []],
    [
      "no permission whose API is not there yet",
      [{ ...permission({ principal: "apigateway.amazonaws.com" }), unknown: { source_arn: true } }],
      [],
    ],
    [
      "nothing where what protects only gets a value of AWS's",
      [
        {
          ...pool,
          before: { name: "p", deletion_protection: "ACTIVE" },
          after: { name: "p" },
          unknown: { deletion_protection: true },
        },
      ],
      [],
    ],
  ])("tells %s", (_what, changes, expected) => {
    const found = lostProtection(doneTo(planWith(changes)), matrix(route()));

    expect(found.map(({ message }) => message)).toEqual(expected);
  });

  it("is most alarmed when everybody is let in", () => {
    const levelOf = (AWS: string) =>
      lostProtection(doneTo(planWith([secretPolicy(policy(), policy(reads(AWS)))])), matrix()).map(
        ({ level }) => level,
      );

    expect([levelOf("arn:a"), levelOf("*")]).toEqual([["warning"], ["caution"]]);
  });
});
