import type { Finding } from "../../../operations/plan-file/finding";
import { lostState } from "../../../operations/review/lost-state";
import { contextOf } from "../../../operations/review/plan-context";
import { planWith } from "../../support/plan-json";

const orphan: Finding = {
  address: "aws_cognito_user_pool.pool",
  attribute: "orphan",
  expected: "not there",
  found: '"user pool orders-dev (eu-west-1_abc)"',
  verdict: "unmanaged-resource",
  severity: "warning",
};
const alerts = (findings: readonly Finding[], parts = {}, json = {}) =>
  lostState(contextOf("dev", planWith([], parts), json, { findings, notChecked: [] }));

describe("lostState", () => {
  it("reports resources of the same names where the state is empty", () => {
    const message = expect.stringMatching(/^The state is empty, but .*: `user pool orders-dev \(eu-west-1_abc\)`\. /);

    expect(alerts([orphan])).toEqual([{ severity: "critical", message }]);
  });

  it("names the former default key of a state in S3", () => {
    const backend = { s3: { bucket: "states", key: "machine-access/eu-west-1/orders-dev/dev.tfstate" } };
    const [found] = alerts([orphan], {}, { terraform: { backend } });

    expect(found?.message).toContain("Earlier versions kept it under the key `machine-access/dev.tfstate`: if it is");
    expect(alerts([orphan])[0]?.message).not.toContain("Earlier versions");
  });

  it("reports nothing else, or where there is a state", () => {
    const resource = { address: "a.b", mode: "managed", type: "a", name: "b", values: {} };
    const deployed = { prior_state: { values: { root_module: { resources: [resource] } } } };

    expect(
      alerts([
        { ...orphan, address: "aws_iam_role.one" },
        { ...orphan, attribute: "app_client" },
      ]),
    ).toEqual([]);
    expect(alerts([orphan], deployed)).toEqual([]);
  });
});
