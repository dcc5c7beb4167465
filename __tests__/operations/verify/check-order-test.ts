import type { Check, Outcome } from "../../../operations/deployed/probe";
import { inOrder } from "../../../operations/verify/check-order";

function check(route: string, outcome: Outcome = "as expected"): Check {
  return { route, caller: "shop", method: "GET", expected: "let in", found: "200", outcome };
}

describe("inOrder", () => {
  it("tells failures first, a wrong yes before all", () => {
    const outcomes = ["as expected", "not asked", "wrong no", "WRONG YES", "broken"] as const;
    const ordered = inOrder(
      outcomes.map((outcome) => check("GET /a", outcome)),
      ["GET /a"],
    );

    expect(ordered.map(({ outcome }) => outcome)).toEqual([
      "WRONG YES",
      "wrong no",
      "broken",
      "not asked",
      "as expected",
    ]);
  });

  it("tells tokens first, then routes as in access.yaml, each with its preflight, then those removed", () => {
    const asked = ["GET /gone", "OPTIONS /b", "GET /a", "GET /b", "token", "secret"].map((route) => check(route));

    expect(inOrder(asked, ["GET /b", "GET /a"]).map(({ route }) => route)).toEqual([
      "secret",
      "token",
      "GET /b",
      "OPTIONS /b",
      "GET /a",
      "GET /gone",
    ]);
  });
});
