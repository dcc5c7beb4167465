import type { Finding } from "../../../operations/plan-file/finding";
import { reviewOf } from "../../../operations/review/review";
import { type MadeChange, planWith } from "../../support/plan-json";
import { STACK_FORMS } from "../../support/stack-forms";
import { synthesize } from "../../support/synthesize";

const CANARY = "canary-of-a-secret-value";

const fn = (before: object, after: object, more: Partial<MadeChange> = {}): MadeChange => ({
  type: "aws_lambda_function",
  before: { function_name: "orders", ...before },
  after: { function_name: "orders", ...after },
  ...more,
});
const reviewed = (...changes: readonly MadeChange[]) => reviewOf("dev", planWith(changes), {});
const attributesOf = (...changes: readonly MadeChange[]) =>
  reviewed(...changes).resources.flatMap(({ attributes }) => attributes);

describe("reviewOf", () => {
  it("counts what is done, with what cannot be undone first", () => {
    const { counts, resources, hasChanges } = reviewed(
      { type: "aws_iam_role", name: "made", after: { name: "r" } },
      fn({ timeout: 1 }, { timeout: 2 }),
      { type: "aws_iam_role", name: "gone", before: { name: "r" } },
      { type: "aws_iam_role", name: "other", before: { name: "r" }, after: { name: "s" }, replaced: ["name"] },
      { type: "aws_iam_role", name: "same", before: { name: "r" }, after: { name: "r" } },
    );

    expect([counts, hasChanges]).toEqual([{ create: 1, update: 1, replace: 1, destroy: 1, forget: 0 }, true]);
    expect(resources.map(({ action }) => action)).toEqual(["destroy", "replace", "update", "create"]);
    expect(resources[1]?.forcedBy).toEqual(["name"]);
  });

  it("names resources by their construct's path", () => {
    const change = { type: "aws_iam_role", name: "functions_access_role_1", after: { name: "r" } };
    const json = {
      resource: { aws_iam_role: { [change.name]: { "//": { metadata: { path: "dev/functions/access/role" } } } } },
    };

    expect(reviewOf("dev", planWith([change]), json).resources[0]?.name).toBe("functions/access/role");
  });

  it("shows values of attributes that are listed", () => {
    expect(attributesOf(fn({ timeout: 3 }, { timeout: 5 }))).toEqual([
      { attribute: "timeout", isShown: true, before: "3", after: "5", isUnknown: false },
    ]);
  });

  it.each<[string, MadeChange]>([
    ["that are not listed", fn({ description: "a" }, { description: CANARY })],
    ["of variables", fn({ environment: [{ variables: {} }] }, { environment: [{ variables: { KEY: CANARY } }] })],
    [
      "that are sensitive, though they are listed",
      fn({ handler: "a" }, { handler: CANARY }, { sensitive: { handler: true } }),
    ],
    [
      "with something sensitive in a block",
      fn(
        { tracing_config: [{ mode: "a" }] },
        { tracing_config: [{ mode: CANARY }] },
        { sensitive: { tracing_config: [{ mode: true }] } },
      ),
    ],
    ["of types that are not listed", { type: "aws_unheard_of", before: { name: "a" }, after: { name: CANARY } }],
  ])("never shows values %s", (_what, change) => {
    const review = reviewed(change);

    expect(review.resources[0]?.attributes).toHaveLength(1);
    expect(JSON.stringify(review)).not.toContain(CANARY);
  });

  it("shows what a function gets as what it is, what its role gains as a warning, and no plain variable", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:orders/db-??????";
    const policy = JSON.stringify({
      Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: [secret] }],
    });
    const review = reviewed(
      fn(
        { runtime: "nodejs22.x", vpc_config: [], layers: [], environment: [{ variables: { MODE: "test" } }] },
        {
          runtime: "nodejs24.x",
          vpc_config: [{ subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] }],
          layers: ["arn:aws:lambda:eu-west-1:111111111111:layer:tools:3"],
          environment: [{ variables: { MODE: CANARY, VARIABLE_REFERENCES: '{"TOKEN":{"secret":"orders/db"}}' } }],
        },
      ),
      { type: "aws_iam_role_policy", after: { role: "orders", name: "read-variables", policy } },
    );
    const shown = Object.fromEntries(
      review.resources.flatMap(({ type, attributes }) =>
        type === "aws_lambda_function"
          ? attributes.map(({ attribute, isShown, after }) => [attribute, isShown ? after : "hidden"])
          : [],
      ),
    );

    expect(shown).toEqual({
      "environment.variables": "hidden",
      layers: '["arn:aws:lambda:eu-west-1:111111111111:layer:tools:3"]',
      runtime: '"nodejs24.x"',
      "vpc_config.security_group_ids": '["sg-1"]',
      "vpc_config.subnet_ids": '["subnet-1"]',
    });
    expect(review.alerts).toMatchObject([
      {
        severity: "warning",
        message: `A new policy grants more to the role \`orders\`: \`secretsmanager:GetSecretValue\` on \`${secret}\`.`,
      },
      { severity: "warning", message: expect.stringContaining("runs the code of layers") },
    ]);
    expect(JSON.stringify(review)).not.toContain(CANARY);
  });

  it("leaves out what AWS decides unless the code sets it", () => {
    const change = fn(
      { timeout: 1, arn: "a", role: "r" },
      { timeout: 2 },
      { unknown: { last_modified: true, role: true } },
    );
    const plan = planWith([change], {
      configuration: {
        root_module: { resources: [{ address: "aws_lambda_function.it", expressions: { role: {}, timeout: {} } }] },
      },
    });

    expect(reviewOf("dev", plan, {}).resources[0]?.attributes.map(({ attribute }) => attribute)).toEqual([
      "arn",
      "role",
      "timeout",
    ]);
  });

  it("names outputs that change, never their values", () => {
    const plan = planWith([], {
      output_changes: {
        client_secrets: { actions: ["update"], before: CANARY, after: CANARY },
        issuer: { actions: ["no-op"] },
      },
    });
    const review = reviewOf("dev", plan, {});

    expect([review.outputs, review.hasChanges]).toEqual([["client_secrets"], true]);
    expect(JSON.stringify(review)).not.toContain(CANARY);
  });

  const drifted = (type: string, before: object, after: object, change: MadeChange) => {
    const drift = { address: `${type}.it`, type, name: "it", change: { actions: ["update"], before, after } };
    const resources = [{ address: `${type}.it`, expressions: { timeout: {}, name: {} } }];
    const parts = { resource_drift: [drift], configuration: { root_module: { resources } } };
    return reviewOf("dev", planWith([change], parts), {}).drifted;
  };

  it("names what was changed outside Terraform and is changed by the plan", () => {
    const change = fn({ timeout: 9 }, { timeout: 1 });

    expect(drifted("aws_lambda_function", { timeout: 1 }, { timeout: 9 }, change)).toEqual(["aws_lambda_function.it"]);
  });

  it.each<[string, string, object, object]>([
    ["aws_lambda_function", "last_modified", { last_modified: "a" }, { last_modified: "b" }],
    ["aws_cognito_user_pool", "domain", { domain: "" }, { domain: "reviewed-dev" }],
    ["aws_api_gateway_stage", "web_acl_arn", { web_acl_arn: "" }, { web_acl_arn: "arn" }],
    ["aws_api_gateway_rest_api", "root_resource_id", { root_resource_id: "a" }, { root_resource_id: "b" }],
  ])(
    "does not take it for an out-of-band change that %s has another %s after a while",
    (type, _attribute, before, after) => {
      const change: MadeChange = { type, before: { ...after, name: "a" }, after: { ...after, name: "b" } };

      expect(drifted(type, before, after, change)).toEqual([]);
    },
  );

  it("shows who can call what once it is deployed for the first time", () => {
    const { access } = reviewOf("dev", planWith([]), synthesize().json);

    expect(access).toEqual([{ client: "test-server", route: "POST /access", before: "no", after: "yes" }]);
  });
});

it.each(Object.entries(STACK_FORMS))("reads a stack with %s", (_form, write) => {
  const { json } = synthesize();
  const { fingerprint: _, ...review } = reviewOf("dev", planWith([]), write(json));

  expect(review).toEqual({ ...reviewOf("dev", planWith([]), json), fingerprint: undefined });
});

it("warns of routes of an HTTP API that are created", () => {
  const route = (route_key: string, authorization_type: string) => ({ api_id: "a", route_key, authorization_type });
  const aws_apigatewayv2_route = { a: route("GET /orders", "JWT"), b: route("$default", "NONE") };
  const { alerts } = reviewOf("dev", planWith([]), { resource: { aws_apigatewayv2_route } });

  expect(alerts.map(({ message }) => message)).toEqual([
    "Anyone can call `ANY /{default+} (HTTP API)` without a token. No reason is given.",
    "Callers of `GET /orders (HTTP API)` are unknown: `authorization JWT of an HTTP API is not analyzed`",
  ]);
});

it.each<[string, string, object, string]>([
  ["authorizer", "aws_api_gateway_authorizer", { provider_arns: ["arn:elsewhere"] }, "accepts tokens of arn:elsewhere"],
  [
    "scope",
    "aws_api_gateway_method",
    { authorization_scopes: ["openid"] },
    "the scope openid is of no resource server",
  ],
])("warns of a %s of others, also when it is created so", (_what, type, changes, expected) => {
  const { json } = synthesize();
  const { [type]: named, ...others } = json["resource"] as Readonly<Record<string, Readonly<Record<string, object>>>>;
  const changed = Object.entries(named ?? {}).map(([name, settings]) => [name, { ...settings, ...changes }]);
  const resource = { ...others, [type]: Object.fromEntries(changed) };

  expect(reviewOf("dev", planWith([]), { ...json, resource }).alerts).toContainEqual({
    severity: "critical",
    message: expect.stringMatching(new RegExp(`^Callers of \`POST /access\` are unknown: .*${expected}`)),
  });
});

describe("the stage", () => {
  const { json } = synthesize();
  const resources = Object.entries(json["resource"] as Readonly<Record<string, Readonly<Record<string, object>>>>);
  const deployed = (isStaged: boolean) =>
    resources
      .filter(([type]) => isStaged || type !== "aws_api_gateway_stage")
      .flatMap(([type, all]) =>
        Object.entries(all).map(([name, values]) => ({
          address: `${type}.${name}`,
          mode: "managed",
          type,
          name,
          values,
        })),
      );
  const access = (isStaged: boolean) =>
    reviewOf("dev", planWith([], { prior_state: { values: { root_module: { resources: deployed(isStaged) } } } }), json)
      .access;

  it("decides whether calls are answered: a plan that creates it lets clients call again", () => {
    expect(access(true)).toEqual([]);
    expect(access(false)).toEqual([{ client: "test-server", route: "POST /access", before: "no", after: "yes" }]);
  });

  it.each([
    ["gains", "a deployment", [{ type: "aws_api_gateway_deployment", after: {} }]],
    ["does not gain", "no deployment", []],
  ])("%s what an interrupted deployment left out of it, with a plan that makes %s", (verb, _what, changes) => {
    const [method = ""] = deployed(true).flatMap(({ type, values, address }) =>
      type === "aws_api_gateway_method" && "http_method" in values && values.http_method === "POST" ? [address] : [],
    );
    const finding = {
      ...{ address: method, attribute: null, route: "POST /access", expected: "deployed", found: "not deployed" },
      ...({ verdict: "not-live", severity: "warning" } as const),
    };
    const plan = planWith(changes, { prior_state: { values: { root_module: { resources: deployed(true) } } } });
    const gained = { client: "test-server", route: "POST /access", before: "no", after: "yes" };

    expect(reviewOf("dev", plan, json, { findings: [finding], notChecked: [] }).access).toEqual(
      verb === "gains" ? [gained] : [],
    );
  });
});

describe("blocks of which there are several", () => {
  const server = (...scopes: readonly string[]): object => ({
    identifier: "orders",
    scope: scopes.map((name) => ({ scope_name: name, scope_description: name })),
  });
  const scopesOf = (before: readonly string[], after: readonly string[]) =>
    attributesOf({
      type: "aws_cognito_resource_server",
      before: { ...server(...before) },
      after: { ...server(...after) },
    });

  it.each([
    [["one"], ["one", "admin"]],
    [["one", "admin"], ["one"]],
    [[], ["one", "admin"]],
  ])("are compared as a whole: %j to %j", (before, after) => {
    const [change, ...others] = scopesOf(before, after);
    const names = (text: string | null | undefined) =>
      (JSON.parse(text ?? "[]") as readonly { scope_name: string }[]).map(({ scope_name }) => scope_name);

    expect([change?.attribute, others]).toEqual(["scope", []]);
    expect([names(change?.before), names(change?.after)]).toEqual([before, after]);
  });

  it("are looked into while there is one at most", () => {
    expect(scopesOf(["one"], ["two"]).map(({ attribute }) => attribute)).toEqual([
      "scope.scope_description",
      "scope.scope_name",
    ]);
  });
});

describe("the fingerprint", () => {
  it.each<[string, object]>([
    ["an unknown value is made of something else", { policy: "jsonencode(var.stranger)" }],
    ["something runs beside it", { provisioner: [{ "local-exec": { command: "env" } }] }],
  ])("is another one where %s, though the plan is the same", (_what, settings) => {
    const plan = planWith([{ type: "aws_iam_role_policy", after: { name: "p" }, unknown: { policy: true } }]);
    const of = (more: object) =>
      reviewOf("dev", plan, { resource: { aws_iam_role_policy: { it: { name: "p", ...more } } } }).fingerprint;

    expect(of(settings)).not.toBe(of({}));
    expect(of({ "//": { metadata: { path: "elsewhere" } } })).toBe(of({}));
  });

  it("is another one for another scope beside one that stays", () => {
    const adding = (name: string) => {
      const scope = (scope_name: string) => ({ scope_name, scope_description: scope_name });
      const before = { identifier: "orders", scope: [scope("one")] };
      return reviewed({
        type: "aws_cognito_resource_server",
        before,
        after: { ...before, scope: [scope("one"), scope(name)] },
      });
    };

    expect(adding("admin").fingerprint).not.toBe(adding("read").fingerprint);
  });

  const changed = fn({ timeout: 1 }, { timeout: 2 });

  it("is the same whatever the order, the time and the serial of the state", () => {
    const other: MadeChange = { type: "aws_iam_role", after: { name: "r" } };
    const one = reviewOf("dev", planWith([changed, other], { timestamp: "2026-01-01" }), {});
    const two = reviewOf("dev", planWith([other, changed], { timestamp: "2026-02-02" }), {});

    expect(one.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(two.fingerprint).toBe(one.fingerprint);
  });

  it("does not change with a sensitive value", () => {
    const of = (secret: string) =>
      reviewed(fn({ description: "a" }, { description: secret }, { sensitive: { description: true } }));

    expect(of("one").fingerprint).toBe(of("two").fingerprint);
  });

  it.each<[string, string, MadeChange]>([
    ["another value", "dev", fn({ timeout: 1 }, { timeout: 3 })],
    [
      "other code, which is not shown",
      "dev",
      fn({ timeout: 1, source_code_hash: "a" }, { timeout: 2, source_code_hash: "b" }),
    ],
    ["another action", "dev", { ...changed, replaced: ["timeout"] }],
    ["another resource", "dev", { ...changed, name: "other" }],
    ["another environment", "prod", changed],
  ])("is another one for %s", (_what, environment, change) => {
    expect(reviewOf(environment, planWith([change]), {}).fingerprint).not.toBe(reviewed(changed).fingerprint);
  });

  const open: Finding = {
    address: "aws_api_gateway_rest_api.api",
    attribute: "method",
    expected: "not there",
    found: '{"route":"GET /backdoor"}',
    verdict: "unmanaged-resource",
    severity: "critical",
  };
  const fingerprintWith = (found: Finding, type: string) =>
    reviewOf("dev", planWith([{ type, after: {} }]), {}, { findings: [found], notChecked: [] }).fingerprint;

  it("is another one where the plan deploys an unmanaged resource of the API that decides who gets in", () => {
    const type = "aws_api_gateway_deployment";
    const { fingerprint } = reviewed({ type, after: {} });

    expect(fingerprintWith(open, type)).not.toBe(fingerprint);
    expect(fingerprintWith({ ...open, found: "{}" }, type)).not.toBe(fingerprintWith(open, type));
  });

  it.each<[string, Partial<Finding>, string]>([
    ["the plan does not deploy", {}, "aws_api_gateway_integration"],
    ["does not decide who gets in", { severity: "warning" }, "aws_api_gateway_deployment"],
    ["is not in the API", { address: "aws_lambda_function.one", attribute: "policy" }, "aws_api_gateway_deployment"],
    ["is live already", { attribute: "stage" }, "aws_api_gateway_deployment"],
  ])("is the same whatever is unmanaged that %s", (_what, changes, type) => {
    expect(fingerprintWith({ ...open, ...changes }, type)).toBe(reviewed({ type, after: {} }).fingerprint);
  });
});

describe("unmanaged resources", () => {
  const pool = { address: "aws_cognito_user_pool.pool", expected: "not there", verdict: "unmanaged-resource" } as const;
  const user: Finding = { ...pool, attribute: "user", found: '{"name":"eve"}', severity: "warning" };
  const provider: Finding = { ...pool, attribute: "identity_provider", found: "{}", severity: "critical" };
  const notChecked = [{ address: pool.address, attribute: "group", operation: "cognito-idp:ListGroups", code: "x" }];
  const review = reviewOf("dev", planWith([]), {}, { findings: [user, provider], notChecked });

  it("are in the review, and are an alert where they change who gets in", () => {
    expect(review.notInPlan).toEqual({ findings: [user, provider], notChecked });
    expect(review.alerts).toEqual([
      {
        severity: "critical",
        message: expect.stringContaining("`identity_provider of aws_cognito_user_pool.pool`"),
      },
    ]);
  });

  it("are not changes of the plan", () => {
    expect([review.hasChanges, review.counts]).toEqual([false, reviewed().counts]);
  });
});
