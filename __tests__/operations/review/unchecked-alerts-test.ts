import { reviewOf } from "../../../operations/review/review";
import { type MadeChange, planWith } from "../../support/plan-json";

const alertsOf = (...changes: readonly MadeChange[]) =>
  reviewOf("dev", planWith(changes), {}).alerts.filter(({ message }) => message.includes("may open access"));

describe("what no guard looks into", () => {
  it("is a warning where the plan creates or changes it, once for each type", () => {
    const [alert, ...others] = alertsOf(
      { type: "aws_lb", name: "a", after: { name: "a" } },
      { type: "aws_lb", name: "b", before: { name: "b" }, after: { name: "c" } },
      { type: "aws_sns_topic", name: "c", after: { name: "c" } },
    );

    expect(others).toEqual([]);
    expect(alert).toEqual({
      severity: "warning",
      message: "`aws_lb.a`, `aws_lb.b` may open access, as no guard knows this type: check its settings.",
    });
  });

  it("is not reported where the plan destroys or keeps it", () => {
    const kept = { name: "a" };

    expect(alertsOf({ type: "aws_lb", before: kept }, { type: "aws_lb", before: kept, after: kept })).toEqual([]);
  });
});
