import { type DriftPlan, driftOf } from "../../cli/drift-report";

type Change = NonNullable<DriftPlan["resource_drift"]>[number]["change"];

const address = "aws_cognito_user_pool_client.one";

/** A refresh-only plan with one changed resource, whose code sets `written`. */
function planWith(change: Partial<Change>, written: readonly string[] = ["allowed_oauth_flows"]): DriftPlan {
  const expressions = Object.fromEntries(written.map((name) => [name, {}]));
  return {
    resource_drift: [
      { address, change: { before: {}, after: {}, before_sensitive: {}, after_sensitive: {}, ...change } },
    ],
    configuration: { root_module: { resources: [{ address, expressions }] } },
  };
}

describe("driftOf", () => {
  it("finds nothing in a plan without drift", () => {
    expect(driftOf({ configuration: { root_module: {} } })).toEqual([]);
  });

  it("names address, attribute, what was expected and what was found", () => {
    const plan = planWith({
      before: { allowed_oauth_flows: ["client_credentials"] },
      after: { allowed_oauth_flows: [] },
    });

    expect(driftOf(plan)).toEqual([
      { address, attribute: "allowed_oauth_flows", expected: '["client_credentials"]', found: "[]" },
    ]);
  });

  it("says that a resource is gone", () => {
    expect(driftOf(planWith({ before: { name: "x" }, after: null }))).toEqual([
      { address, attribute: undefined, expected: "exists", found: "gone" },
    ]);
  });

  it("looks into single blocks", () => {
    const units = (access_token: string) => ({ token_validity_units: [{ access_token, id_token: "minutes" }] });
    const plan = planWith({ before: units("minutes"), after: units("hours") }, ["token_validity_units"]);

    expect(driftOf(plan)).toEqual([
      { address, attribute: "token_validity_units.access_token", expected: '"minutes"', found: '"hours"' },
    ]);
  });

  it.each([
    ["an attribute that AWS fills in", { estimated_number_of_users: 0 }, { estimated_number_of_users: 5 }],
    ["an attribute that is only read", { domain: "" }, { domain: "cc" }],
    ["null in place of an empty list", { tags: {} }, { tags: null }],
  ])("passes over %s", (_what, before, after) => {
    const changed = { estimated_number_of_users: 1, ...before };
    const later = { estimated_number_of_users: 1, ...after };

    expect(driftOf(planWith({ before: changed, after: later }))).toEqual([]);
  });

  it("finds what the code is silent about and somebody has added", () => {
    const plan = planWith({ before: { lambda_config: [] }, after: { lambda_config: [{ pre_sign_up: "arn" }] } });

    expect(driftOf(plan).map(({ attribute }) => attribute)).toEqual(["lambda_config.pre_sign_up"]);
  });

  it("shows a list whose marks say that nothing in it is sensitive", () => {
    const lists = { before: { allowed_oauth_flows: ["a"] }, after: { allowed_oauth_flows: [] } };
    const plan = planWith({ ...lists, before_sensitive: { allowed_oauth_flows: [false] } });

    expect(driftOf(plan)[0]).toMatchObject({ expected: '["a"]', found: "[]" });
  });

  it("says that a sensitive value changed, and shows neither", () => {
    const plan = planWith(
      {
        before: { client_secret: "old-canary" },
        after: { client_secret: "new-canary" },
        after_sensitive: { client_secret: true },
      },
      ["client_secret"],
    );

    expect(JSON.stringify(driftOf(plan))).not.toContain("canary");
    expect(driftOf(plan)).toHaveLength(1);
  });

  it.each([
    ["are added", [], [{ variables: { PASSWORD: "canary" } }]],
    ["are taken away", [{ variables: { PASSWORD: "canary" } }], []],
  ])("shows no values of environment variables when all of them %s", (_what, before, after) => {
    const found = driftOf(
      planWith({ before: { environment: before }, after: { environment: after } }, ["environment"]),
    );

    expect(JSON.stringify(found)).not.toContain("canary");
    expect(found.map(({ attribute }) => attribute)).toEqual(["environment.variables"]);
  });

  it("shows no values of environment variables, only which changed", () => {
    const variables = (value: string) => ({ environment: [{ variables: { PASSWORD: value, SAME: "x" } }] });
    const plan = planWith({ before: variables("old-canary"), after: variables("new-canary") }, ["environment"]);

    expect(JSON.stringify(driftOf(plan))).not.toContain("canary");
    expect(driftOf(plan).map(({ attribute }) => attribute)).toEqual(["environment.variables"]);
  });
});
