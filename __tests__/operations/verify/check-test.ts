import { adviceOn, bySeverity, type Check, type Verdict } from "../../../operations/verify/check";

function check(route: string, verdict: Verdict = "as-expected", found = "200"): Check {
  return { route, caller: "shop", method: "GET", expected: "allow", found, verdict };
}

describe("bySeverity", () => {
  it("orders by verdict, an unexpected allow first", () => {
    const verdicts = ["as-expected", "not-tested", "unexpected-deny", "unexpected-allow", "backend-error"] as const;
    const checks = bySeverity(
      verdicts.map((verdict) => check("GET /a", verdict)),
      ["GET /a"],
    );

    expect(checks.map(({ verdict }) => verdict)).toEqual([
      "unexpected-allow",
      "unexpected-deny",
      "backend-error",
      "not-tested",
      "as-expected",
    ]);
  });

  it("orders credentials and tokens first, then routes as in access.yaml with their OPTIONS, then removed routes", () => {
    const checks = ["GET /gone", "OPTIONS /b", "GET /a", "GET /b", "token", "secret"].map((route) => check(route));

    expect(bySeverity(checks, ["GET /b", "GET /a"]).map(({ route }) => route)).toEqual([
      "secret",
      "token",
      "GET /b",
      "OPTIONS /b",
      "GET /a",
      "GET /gone",
    ]);
  });
});

describe("adviceOn", () => {
  const dev = { name: "dev", prefix: "cc-dev" };
  const restore = ["npx access drift dev", "npx access deploy dev"];

  it.each<[Verdict, string, readonly string[]]>([
    ["unexpected-allow", "200", restore],
    ["unexpected-deny", "403 by the function", restore],
    ["unexpected-deny", "401 by the HTTP backend", []],
    ["backend-error", "500 InternalServerErrorException", restore],
    ["backend-error", "502 InternalServerErrorException", ["npx access logs orders --env dev"]],
    ["backend-error", "500", ["npx access logs orders --env dev"]],
    ["throttled", "429 TooManyRequestsException", []],
  ])("advises on %s, %s", (verdict, found, commands) => {
    expect(adviceOn(check("GET /a", verdict, found), dev, "cc-dev-orders")).toMatchObject({ commands });
  });

  it("names the access log where an HTTP backend failed", () => {
    expect(adviceOn(check("GET /a", "backend-error", "502"), dev, null)).toEqual({
      text: "The HTTP backend or the authorizer failed. Read the log",
      commands: ["npx access logs api --env dev"],
    });
  });
});
