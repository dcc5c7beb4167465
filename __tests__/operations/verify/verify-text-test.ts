import { stripVTControlCharacters } from "node:util";
import type { Check } from "../../../operations/verify/check";
import type { Verification } from "../../../operations/verify/verify-stack";
import { countsOf, verifyText } from "../../../operations/verify/verify-text";

function check(changes: Partial<Check> = {}): Check {
  const right = { expected: "allow", found: "200", verdict: "as-expected" } as const;
  return { route: "GET /a", caller: "shop", method: "GET", ...right, ...changes };
}

function textOf(checks: readonly Check[], changes: Partial<Verification> = {}, isComplete = true): string {
  const none = { routes: [], clients: [] };
  const verification: Verification = {
    environment: "dev",
    isAsExpected: checks.every(({ verdict }) => verdict === "as-expected"),
    isStopped: false,
    isPartial: false,
    checks,
    untestedRoutes: [],
    staleRoutes: [],
    unmanagedRoutes: [],
    notApplied: none,
    notDeployed: none,
    notInCode: none,
    unknownSecrets: [],
    missingPermissions: [],
    routesWithoutIdCheck: [],
    withoutDomain: [],
    hasUpdatedIssuer: false,
    ...changes,
  };
  return stripVTControlCharacters(verifyText(verification, { isComplete }));
}

describe("verifyText", () => {
  it("lists every check, and sums up", () => {
    expect(textOf([check(), check({ caller: "billing", expected: "deny-by-gateway", found: "401" })])).toBe(
      [
        "  ✓  GET /a  shop     allow            200",
        "  ✓  GET /a  billing  deny-by-gateway  401",
        "",
        "verified: dev, all 2 checks as expected.",
      ].join("\n"),
    );
  });

  const many = Array.from({ length: 100 }, (_, index) => check({ route: index % 2 === 0 ? "GET /a" : "GET /b" }));

  it("sums up by route on a terminal", () => {
    expect(textOf(many, {}, false)).toBe(
      [
        "  ✓  GET /a  50 as expected  50 allowed  0 denied",
        "  ✓  GET /b  50 as expected  50 allowed  0 denied",
        "",
        "verified: dev, all 100 checks as expected.",
      ].join("\n"),
    );
  });

  it("lists only what failed on a terminal, and sums up", () => {
    const failed = check({ route: "GET /b", caller: "billing", found: "403", verdict: "unexpected-deny" });

    expect(textOf([...many, failed], {}, false)).toBe(
      [
        "  ✗  GET /b  billing  allow  403  unexpected-deny",
        "",
        "failed: dev, 101 checks: 100 as expected, 1 unexpected-deny.",
      ].join("\n"),
    );
  });

  it("ends with an alert on who got access, and that the remaining checks were not run", () => {
    const wrong = check({ route: "ANY /a", expected: "deny-by-gateway", verdict: "unexpected-allow" });

    expect(textOf([wrong], { isStopped: true })).toMatch(
      /UNEXPECTED ALLOW: shop at ANY \/a \(GET\): expected deny-by-gateway, found 200\n\n.*\nThe remaining checks were not run\.$/,
    );
  });

  it("prints each advice once, with its commands on lines of their own", () => {
    const advice = { text: "Restore it", commands: ["npx access drift dev", "npx access deploy dev"] };
    const failed = check({ verdict: "unexpected-deny", advice });

    expect(textOf([failed, failed]).split("unexpected-deny: Restore it.")).toEqual([
      expect.anything(),
      expect.stringMatching(/^\n {2}npx access drift dev\n {2}npx access deploy dev\n\n/),
    ]);
  });

  it("says first to restore a deleted secret, without which Terraform cannot apply anything", () => {
    const deploy = check({ verdict: "unexpected-deny", advice: { text: "Deploy", commands: [] } });
    const found = "the secret is scheduled for deletion";
    const restore = check({ verdict: "wrong-credentials", found, advice: { text: "Restore it", commands: [] } });

    expect(textOf([deploy, restore])).toMatch(/wrong-credentials: Restore it\.\nunexpected-deny: Deploy\./);
  });

  it.each<[Partial<Verification>, string]>([
    [{ staleRoutes: ["GET /old"] }, "removed: GET /old is in the deployed snapshot until the next deployment."],
    [{ unmanagedRoutes: ["DELETE /catalog"] }, "added out of band: DELETE /catalog is in the deployed snapshot."],
    [
      {
        untestedRoutes: [
          { route: "POST /x", reason: "its authorizer accepts tokens of arn, which is not a user pool" },
        ],
      },
      "not tested: POST /x: its authorizer accepts tokens of arn, which is not a user pool.",
    ],
    [
      { notDeployed: { routes: ["GET /new", "GET /newer"], clients: ["newcomer"] } },
      "not deployed: 2 routes and 1 client of access.yaml not deployed yet and not tested (GET /new, GET /newer, newcomer). See npx access review.",
    ],
    [
      { notInCode: { routes: ["GET /old"], clients: [] } },
      "not in code: 1 route deployed and no longer in access.yaml",
    ],
    [
      { notApplied: { routes: ["GET /a"], clients: ["shop"] } },
      "not applied: 1 route and 1 client in access.yaml differ from the deployment; only what both agree on was tested (GET /a, shop).",
    ],
    [{ missingPermissions: ["apigateway:GET"] }, "missing permission: apigateway:GET."],
    [
      { routesWithoutIdCheck: ["GET /x"] },
      "scope only: GET /x: no function checks the client's id, so tokens of a removed client work until they expire.",
    ],
    [{ withoutDomain: ["billing"] }, "without domain: billing can get tokens by ALLOW_CLIENT_TOKEN_AUTH."],
    [{ hasUpdatedIssuer: true }, "npx access drift dev prints the command that restores it."],
    [{ unknownSecrets: ["shop"] }, "partially verified: dev, 1 check as expected.\nNot tested with the token of shop."],
    [
      { isPartial: true, isAsExpected: false },
      "partially verified: dev, 1 check as expected.\nInterrupted: the remaining checks were not run.",
    ],
  ])("reports %j", (changes, expected) => {
    expect(textOf([check()], changes)).toContain(expected);
  });

  it("counts verdicts", () => {
    expect(countsOf([check(), check(), check({ verdict: "backend-error" })])).toEqual({
      "as-expected": 2,
      "backend-error": 1,
    });
  });
});
