import { everythingGoneLine, isEverythingGone } from "../../../operations/drift/everything-gone";
import { planWith } from "../../support/plan-json";

const resource = (type: string, name: string) => ({
  address: `${type}.${name}`,
  mode: "managed",
  type,
  name,
  values: {},
});
const change = (type: string, name: string, after: object | null) => ({
  address: `${type}.${name}`,
  type,
  name,
  change: { actions: [after === null ? "delete" : "update"], before: {}, after },
});
const plan = (kept: readonly object[], drift: readonly object[]) =>
  planWith([], { prior_state: { values: { root_module: { resources: kept } } }, resource_drift: drift });

describe("isEverythingGone", () => {
  it("is so when AWS has none of the resources, and only the state's own record is left", () => {
    const record = resource("terraform_data", "prefix");
    const gone = ["a", "b"].map((name) => change("aws_iam_role", name, null));

    expect(isEverythingGone(plan([record], gone))).toBe(true);
  });

  it.each([
    ["a resource that is there", [resource("aws_iam_role", "b")], [change("aws_iam_role", "a", null)]],
    ["a resource that changed", [], [change("aws_iam_role", "a", null), change("aws_iam_role", "b", { path: "/" })]],
    ["an empty state", [], []],
  ])("is not so with %s", (_what, kept, drift) => {
    expect(isEverythingGone(plan(kept, drift))).toBe(false);
  });
});

describe("everythingGoneLine", () => {
  it("says on the embedded AWS how to deploy again, and how to start over", () => {
    expect(everythingGoneLine("dev", ".local", { ACCESS_LOCAL: "1", HTTPS_PROXY: "http://127.0.0.1:1" })).toBe(
      "The account of the embedded AWS has nothing of the state of dev. To create everything again: npx access local npx access deploy dev. To start over: delete .local.",
    );
  });

  it.each([
    ["on AWS", {}],
    ["where a variable of the embedded AWS was left behind", { ACCESS_LOCAL: "1" }],
  ])("says %s what to check first", (_where, variables) => {
    expect(everythingGoneLine("dev", ".local", variables)).toContain("Check that the credentials are of its account.");
    expect(everythingGoneLine("dev", ".local", variables)).not.toContain("delete .local");
    expect(everythingGoneLine("dev", ".local", {})).toBe(
      "AWS has nothing of the state of dev. Check that the credentials are of its account. To create everything again: npx access deploy dev",
    );
  });
});
