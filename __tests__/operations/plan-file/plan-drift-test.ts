import type { Finding } from "../../../operations/plan-file/finding";
import { driftOfPlan } from "../../../operations/plan-file/plan-drift";
import { parsePlan } from "../../../operations/plan-file/plan-json";

const address = "aws_cognito_user_pool_client.one";

interface Change {
  readonly actions?: readonly string[];
  readonly before?: object | null;
  readonly after?: object | null;
  readonly before_sensitive?: object;
  readonly after_sensitive?: object;
  readonly after_unknown?: object;
  readonly reason?: string;
}

function entry({ reason, ...change }: Change) {
  const about = reason === undefined ? {} : { action_reason: reason };
  return {
    address,
    type: "aws_cognito_user_pool_client",
    name: "one",
    ...about,
    change: { actions: ["update"], ...change },
  };
}

/** A plan for one resource, whose code sets `written`. */
function drift({
  outside,
  planned,
  written = ["allowed_oauth_flows"],
  outputs = {},
}: {
  readonly outside?: Change;
  readonly planned?: Change;
  readonly written?: readonly string[];
  readonly outputs?: object;
}): readonly Finding[] {
  const expressions = Object.fromEntries(written.map((name) => [name, {}]));
  const plan = {
    terraform_version: "1.11.4",
    resource_drift: outside === undefined ? [] : [entry(outside)],
    resource_changes: planned === undefined ? [] : [entry(planned)],
    output_changes: outputs,
    configuration: { root_module: { resources: [{ address, expressions }] } },
  };
  return driftOfPlan(parsePlan(plan));
}

/** Attribute, expected and found value, verdict. */
function short(findings: readonly Finding[]) {
  return findings.map(({ attribute, expected, found, verdict }) => [attribute, expected, found, verdict]);
}

describe("driftOfPlan, of out-of-band changes", () => {
  it("finds nothing in a plan without changes", () => {
    expect(drift({ planned: { actions: ["no-op"], before: { a: 1 }, after: { a: 1 } } })).toEqual([]);
  });

  it("names address, attribute, what was expected and what was found", () => {
    const outside = { before: { allowed_oauth_flows: ["client_credentials"] }, after: { allowed_oauth_flows: [] } };

    expect(drift({ outside })).toEqual([
      {
        address,
        attribute: "allowed_oauth_flows",
        expected: '["client_credentials"]',
        found: "[]",
        verdict: "out-of-band-change",
        severity: "warning",
      },
    ]);
  });

  it.each([
    ["gained", ["ALLOW_REFRESH_TOKEN_AUTH"], ["ALLOW_CLIENT_TOKEN_AUTH"], "critical"],
    ["already had", ["ALLOW_CLIENT_TOKEN_AUTH"], ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_AUTH"], "warning"],
    ["lost", ["ALLOW_CLIENT_TOKEN_AUTH"], [], "warning"],
  ])("rates a flow for tokens without the domain that a client %s", (_what, old, now, severity) => {
    const outside = {
      before: { name: "shop", explicit_auth_flows: old },
      after: { name: "shop", explicit_auth_flows: now },
    };
    const [found] = drift({ outside, written: ["explicit_auth_flows"] });

    expect(found).toMatchObject({ attribute: "explicit_auth_flows", verdict: "out-of-band-change" });
    const effect = "shop can get tokens without the domain: ALLOW_CLIENT_TOKEN_AUTH";
    expect(found?.severity).toBe(severity);
    expect(found?.effect).toBe(severity === "critical" ? effect : undefined);
  });

  it("says that a resource is gone, and not that it is to be created", () => {
    const found = drift({
      outside: { before: { name: "x" }, after: null },
      planned: { actions: ["create"], after: {} },
    });

    expect(short(found)).toEqual([[null, "exists", "gone", "out-of-band-change"]]);
  });

  it("looks into single blocks", () => {
    const units = (access_token: string) => ({ token_validity_units: [{ access_token, id_token: "minutes" }] });
    const found = drift({
      outside: { before: units("minutes"), after: units("hours") },
      written: ["token_validity_units"],
    });

    expect(short(found)).toEqual([["token_validity_units.access_token", '"minutes"', '"hours"', "out-of-band-change"]]);
  });

  it.each([
    ["an attribute that AWS fills in", { estimated_number_of_users: 1 }, { estimated_number_of_users: 5 }],
    ["an attribute that is only read", { domain: "" }, { domain: "cc" }],
    ["a role's policies, which are looked up", { inline_policy: [] }, { inline_policy: [{ name: "may-log" }] }],
    ["what is attached to a role, likewise", { managed_policy_arns: [] }, { managed_policy_arns: ["arn:a"] }],
    ["null in place of an empty list", { tags: {} }, { tags: null }],
  ])("passes over %s", (_what, before, after) => {
    expect(drift({ outside: { before, after } })).toEqual([]);
  });

  it("finds an added value of an attribute that the code does not set", () => {
    const outside = { before: { lambda_config: [] }, after: { lambda_config: [{ pre_sign_up: "arn" }] } };

    expect(drift({ outside }).map(({ attribute }) => attribute)).toEqual(["lambda_config.pre_sign_up"]);
  });

  it("finds an attribute that the code does not set and a deployment would put back", () => {
    const values = { before: { retention: 0 }, after: { retention: 7 } };
    const found = drift({ outside: values, planned: { before: { retention: 7 }, after: { retention: 0 } } });

    expect(short(found)).toEqual([["retention", "0", "7", "out-of-band-change"]]);
  });

  it("shows a list whose marks say that nothing in it is sensitive", () => {
    const lists = { before: { allowed_oauth_flows: ["a"] }, after: { allowed_oauth_flows: [] } };
    const found = drift({ outside: { ...lists, before_sensitive: { allowed_oauth_flows: [false] } } });

    expect(found[0]).toMatchObject({ expected: '["a"]', found: "[]" });
  });
});

describe("driftOfPlan, of secrets", () => {
  it("says that a sensitive value changed, and shows neither", () => {
    const outside = {
      before: { client_secret: "old-canary" },
      after: { client_secret: "new-canary" },
      after_sensitive: { client_secret: true },
    };
    const found = drift({ outside, written: ["client_secret"] });

    expect(JSON.stringify(found)).not.toContain("canary");
    expect(found).toHaveLength(1);
  });

  it("shows none that the code wants", () => {
    const planned = {
      before: { client_secret: "old-canary" },
      after: { client_secret: "new-canary" },
      after_sensitive: { client_secret: true },
    };

    expect(short(drift({ planned }))).toEqual([
      ["client_secret", "(not shown)", "(changed, not shown)", "not-applied"],
    ]);
  });

  it.each([
    ["are added", [], [{ variables: { PASSWORD: "canary" } }]],
    ["are taken away", [{ variables: { PASSWORD: "canary" } }], []],
    [
      "are changed",
      [{ variables: { PASSWORD: "a-canary", SAME: "x" } }],
      [{ variables: { PASSWORD: "canary", SAME: "x" } }],
    ],
  ])("shows no values of environment variables that %s, only which", (_what, before, after) => {
    const outside = { before: { environment: before }, after: { environment: after } };
    const found = drift({ outside, written: ["environment"] });

    expect(JSON.stringify(found)).not.toContain("canary");
    expect(found.map(({ attribute }) => attribute)).toEqual(["environment.variables.PASSWORD"]);
  });
});

describe("driftOfPlan, of code that is not applied", () => {
  const there = { scopes: ["a"], name: "x" };

  it.each([
    ["create", ["create"], null, there, "exists", "nothing"],
    ["destroy", ["delete"], there, null, "nothing", "exists"],
  ])("names what it would %s", (_what, actions, before, after, expected, found) => {
    expect(short(drift({ planned: { actions, before, after } }))).toEqual([[null, expected, found, "not-applied"]]);
  });

  it("names attributes that it would change, and not those that are not known yet", () => {
    const after = { scopes: ["a", "b"], name: "x" };
    const found = drift({ planned: { before: { ...there, arn: "old" }, after, after_unknown: { arn: true } } });

    expect(short(found)).toEqual([["scopes", '["a","b"]', '["a"]', "not-applied"]]);
  });

  it("names known environment variables beside unknown ones", () => {
    const planned = {
      before: { environment: [{ variables: { IDS: "1", LEVEL: "info" } }] },
      after: { environment: [{ variables: { LEVEL: "warn" } }] },
      after_unknown: { environment: [{ variables: { IDS: true } }] },
    };

    expect(drift({ planned }).map(({ attribute }) => attribute)).toEqual(["environment.variables.LEVEL"]);
  });

  it("does not take a value that would be put back for a change of the code", () => {
    const found = drift({
      outside: { before: there, after: { ...there, scopes: [] } },
      planned: { before: { ...there, scopes: [] }, after: there },
      written: ["scopes"],
    });

    expect(short(found)).toEqual([["scopes", '["a"]', "[]", "out-of-band-change"]]);
  });

  it("names both an out-of-band change and a change of the code to a third value", () => {
    const found = drift({
      outside: { before: there, after: { ...there, scopes: [] } },
      planned: { before: { ...there, scopes: [] }, after: { ...there, scopes: ["b"] } },
      written: ["scopes"],
    });

    expect(short(found)).toEqual([
      ["scopes", '["a"]', "[]", "out-of-band-change"],
      ["scopes", '["b"]', "[]", "not-applied"],
    ]);
  });

  it("names a resource that was created in part", () => {
    const planned = { actions: ["delete", "create"], before: there, after: there, reason: "replace_because_tainted" };

    expect(short(drift({ planned }))).toEqual([[null, "created", "created in part (tainted)", "not-applied"]]);
  });

  it.each([
    ["a resource", { planned: { actions: ["create", "delete"], before: there, after: there } }, address],
    ["an output", { outputs: { token_url: { actions: ["update"] } } }, "output.token_url"],
  ])("does not pass over %s without a visible cause", (_what, plan, expected) => {
    expect(drift(plan)).toMatchObject([{ address: expected, verdict: "not-applied" }]);
  });

  it("leaves out consequences of other findings", () => {
    const gone = { outside: { before: there, after: null }, outputs: { token_url: { actions: ["update"] } } };

    expect(drift(gone)).toHaveLength(1);
  });
});
