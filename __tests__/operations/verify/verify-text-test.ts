import { stripVTControlCharacters } from "node:util";
import type { Check } from "../../../operations/deployed/probe";
import type { Verification } from "../../../operations/verify/verification";
import { countsOf, verifyText } from "../../../operations/verify/verify-text";

function check(changes: Partial<Check> = {}): Check {
  const right = { expected: "let in", found: "200", outcome: "as expected" } as const;
  return { route: "GET /a", caller: "shop", method: "GET", ...right, ...changes };
}

function textOf(checks: readonly Check[], changes: Partial<Verification> = {}): string {
  const isAsTheMatrixSays = checks.every(({ outcome }) => outcome === "as expected");
  const nothing = { routes: [], clients: [] };
  const verification: Verification = {
    environment: "dev",
    isAsTheMatrixSays,
    hasStopped: false,
    isPartial: false,
    checks,
    left: [],
    leftovers: [],
    notApplied: nothing,
    notDeployed: nothing,
    notWritten: nothing,
    unknownSecrets: [],
    notLookedAt: [],
    withoutDomain: [],
    hasUpdatedIssuer: false,
    ...changes,
  };
  return stripVTControlCharacters(verifyText(verification));
}

describe("verifyText", () => {
  it("lists every check of a small matrix, and sums up", () => {
    expect(textOf([check(), check({ caller: "billing", expected: "refused by API Gateway", found: "401" })])).toBe(
      [
        "✓  GET /a  shop     let in                  200",
        "✓  GET /a  billing  refused by API Gateway  401",
        "",
        "as the matrix says: dev, 2 checks: 2 as expected.",
      ].join("\n"),
    );
  });

  it("sums up a large matrix by route, and still lists what failed", () => {
    const many = Array.from({ length: 100 }, (_, index) => check({ route: index % 2 === 0 ? "GET /a" : "GET /b" }));
    const text = textOf([...many, check({ route: "GET /b", caller: "billing", found: "403", outcome: "wrong no" })]);

    expect(text.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^✗ {2}GET \/b +billing +let in +403 +wrong no$/),
      expect.stringMatching(/^✓ {2}GET \/a +50 of 50 right +50 let in +0 refused$/),
      expect.stringMatching(/^✗ {2}GET \/b +50 of 51 right +50 let in +0 refused$/),
    ]);
    expect(text).toContain("not as the matrix says: dev, 101 checks: 100 as expected, 1 wrong no.");
  });

  it("says loudly who got in where, with what answer, and that the rest was not asked", () => {
    const wrong = check({ route: "ANY /a", expected: "refused by API Gateway", outcome: "WRONG YES" });

    expect(textOf([wrong], { hasStopped: true })).toMatch(
      /WRONG YES: shop at ANY \/a \(GET\): expected "refused by API Gateway", answered 200\n\n.*\nThe rest was not asked\.$/,
    );
  });

  it("names routes that were not asked", () => {
    expect(textOf([check()], { left: ["POST /oauth2/token"] })).toContain("not asked: POST /oauth2/token");
  });

  it.each([
    [{ routes: ["GET /new"], clients: [] }, "1 route of access.yaml is not deployed yet, so it is not probed"],
    [
      { routes: ["GET /new", "GET /newer"], clients: ["newcomer"] },
      "2 routes and 1 client of access.yaml are not deployed yet, so they are not probed",
    ],
  ])("says what is not deployed yet: %j", (notDeployed, said) => {
    const names = [...notDeployed.routes, ...notDeployed.clients].join(", ");

    expect(textOf([check()], { notDeployed })).toContain(`not deployed: ${said}: npm run review (${names})`);
  });

  it("says what the code no longer has", () => {
    const notWritten = { routes: ["GET /old"], clients: [] };

    expect(textOf([check()], { notWritten })).toContain("still deployed: 1 route no longer in access.yaml");
  });

  it("names clients whose secret is not known, and what could not be looked at", () => {
    const text = textOf([check()], { unknownSecrets: ["billing"], notLookedAt: ["the snapshot"] });

    expect(text).toContain("not asked: billing: its secret is not known here: it was rotated to a file,");
    expect(text).toContain("not looked at: the snapshot.");
  });

  it("says what to do about one thing instead of what is usual", () => {
    const text = textOf([check({ outcome: "wrong no", advice: "rotate it" })]);

    expect(text).toContain("wrong no: rotate it.");
    expect(text).not.toContain("--retry-for");
  });

  it("does not say that all is right when nothing was asked with a client's token", () => {
    const text = textOf([check()], { unknownSecrets: ["shop"] });

    expect(text).toContain("as the matrix says, as far as it was asked: dev, 1 check: 1 as expected.");
    expect(text).toMatch(/Nothing was asked with the token of shop\.$/);
  });

  it("says that it is partial, and does not say that all is right", () => {
    const text = textOf([check()], { isPartial: true, isAsTheMatrixSays: false });

    expect(text).toContain("as the matrix says, as far as it was asked: dev, 1 check: 1 as expected.");
    expect(text).toMatch(/This is partial: it was interrupted, and the rest was not asked\.$/);
  });

  it("counts outcomes", () => {
    expect(countsOf([check(), check(), check({ outcome: "broken" })])).toEqual({ "as expected": 2, broken: 1 });
  });

  it("says what the next deployment will make another", () => {
    const text = textOf([check()], { notApplied: { routes: ["GET /a"], clients: ["shop"] } });

    expect(text).toContain(
      "not applied: 1 route and 1 client of access.yaml will be another with the next deployment: npm run review (GET /a, shop). Asked is what both say alike.",
    );
  });

  it("names clients that need no domain, and an issuer that no authorizer accepts", () => {
    const text = textOf([check()], { withoutDomain: ["billing"], hasUpdatedIssuer: true });

    expect(text).toContain("without the domain: billing can get tokens by ALLOW_CLIENT_TOKEN_AUTH.\n");
    expect(text).toContain(
      "issuer: tokens of the pool have the UPDATED issuer, which no COGNITO_USER_POOLS authorizer of API Gateway accepts: npm run drift -- dev tells how to set it back.\n",
    );
  });
});
