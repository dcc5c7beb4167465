import { notInPlanAlerts } from "../../../operations/review/out-of-band";
import { contextOf } from "../../../operations/review/plan-context";
import { planWith } from "../../support/plan-json";

const method = {
  address: "aws_api_gateway_rest_api.api",
  attribute: "method",
  expected: "not there",
  found: "NONE",
  verdict: "unmanaged-resource",
  severity: "critical",
  effect: "PUBLIC: anyone can call DELETE /catalog from the next deployment on",
} as const;

const alertsOf = (finding: object) => {
  const findings = [{ ...method, ...finding }];
  return notInPlanAlerts(contextOf("dev", planWith([]), {}, { findings, notChecked: [] }));
};

describe("notInPlanAlerts", () => {
  it("has the command that undoes it, and otherwise the one that shows more", () => {
    expect(alertsOf({ undo: "aws apigateway delete-method --rest-api-id a" })).toEqual([
      {
        severity: "critical",
        message: `Not in the plan: \`${method.effect}\`. To undo it: \`aws apigateway delete-method --rest-api-id a\``,
      },
    ]);
    expect(alertsOf({})).toEqual([
      { severity: "critical", message: `Not in the plan: \`${method.effect}\`. For more: \`npx access drift dev\`` },
    ]);
  });

  it("is about critical findings only", () => {
    expect(alertsOf({ severity: "warning" })).toEqual([]);
  });
});
