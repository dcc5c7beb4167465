import type { Expectation, Outcome, Probe } from "../../../operations/deployed/probe";
import { judgeAnswer } from "../../../operations/verify/judgement";

function outcomeOf(expected: Expectation, status: number, kind?: string): Outcome {
  const probe: Probe = { route: "GET /a", caller: "one", method: "GET", url: "", token: undefined, expected };
  return judgeAnswer(probe, { status, headers: kind === undefined ? {} : { "x-amzn-errortype": kind } }).outcome;
}

const UNAUTHORIZED = "UnauthorizedException";

describe("judgeAnswer", () => {
  it.each([
    [200, undefined, "as expected"],
    [404, undefined, "as expected"],
    [400, undefined, "as expected"],
    [302, undefined, "as expected"],
    [401, UNAUTHORIZED, "wrong no"],
    [403, undefined, "wrong no"],
    [403, "MissingAuthenticationTokenException", "wrong no"],
    [502, "InternalServerErrorException", "broken"],
    [429, "TooManyRequestsException", "throttled"],
    [429, undefined, "as expected"],
  ] as const)("says of %s %s to a client that may call: %s", (status, kind, outcome) => {
    expect(outcomeOf("let in", status, kind)).toBe(outcome);
  });

  it.each([
    [401, UNAUTHORIZED, "as expected"],
    [401, "UnauthorizedException:http://internal.amazon.com/coral/", "as expected"],
    [200, undefined, "WRONG YES"],
    [404, undefined, "WRONG YES"],
    [302, undefined, "WRONG YES"],
    [403, undefined, "WRONG YES"],
    [401, undefined, "WRONG YES"],
    // It is past the gate, whatever comes back from behind it.
    [429, undefined, "WRONG YES"],
    [500, undefined, "WRONG YES"],
    [502, "InternalServerErrorException", "WRONG YES"],
    [504, "InternalServerErrorException", "WRONG YES"],
    [403, "MissingAuthenticationTokenException", "another no"],
    [403, "ForbiddenException", "another no"],
    [500, "AuthorizerConfigurationException", "broken"],
    [429, "TooManyRequestsException", "throttled"],
  ] as const)("says of %s %s to a caller that API Gateway must refuse: %s", (status, kind, outcome) => {
    expect(outcomeOf("refused by API Gateway", status, kind)).toBe(outcome);
  });

  it.each([
    [403, undefined, "as expected"],
    [200, undefined, "WRONG YES"],
    [404, undefined, "WRONG YES"],
    [401, UNAUTHORIZED, "another no"],
    [403, "ForbiddenException", "another no"],
    [502, undefined, "broken"],
  ] as const)("says of %s %s to a client that the function must refuse: %s", (status, kind, outcome) => {
    expect(outcomeOf("refused by the function", status, kind)).toBe(outcome);
  });

  it.each([
    [403, { "x-amzn-errortype": "MissingAuthenticationTokenException" }, "as expected"],
    [401, { "x-amzn-errortype": UNAUTHORIZED }, "as expected"],
    [200, { "access-control-allow-methods": "GET" }, "as expected"],
    [200, {}, "WRONG YES"],
    [403, {}, "WRONG YES"],
    [500, { "x-amzn-errortype": "InternalServerErrorException" }, "WRONG YES"],
    [429, { "x-amzn-errortype": "TooManyRequestsException" }, "throttled"],
  ] as const)("says of %s %j to a method that nothing takes: %s", (status, headers, outcome) => {
    const at = { route: "OPTIONS /a", caller: "no token", method: "OPTIONS", url: "", token: undefined };

    expect(judgeAnswer({ ...at, expected: "no such method" }, { status, headers }).outcome).toBe(outcome);
  });

  it.each([
    ["as it should be", 200, { "access-control-allow-origin": "*" }, "as expected"],
    ["without a header", 200, {}, "wrong no"],
    ["for another origin", 200, { "access-control-allow-origin": "https://other.example" }, "wrong no"],
    ["refused", 401, { "access-control-allow-origin": "*" }, "wrong no"],
    ["broken", 500, {}, "broken"],
  ] as const)("judges a preflight %s", (_what, status, headers, outcome) => {
    const needed = { "access-control-allow-origin": "*" };
    const at = { route: "OPTIONS /a", caller: "a browser", method: "OPTIONS", url: "", token: undefined };

    expect(judgeAnswer({ ...at, expected: "preflight", headers: needed }, { status, headers }).outcome).toBe(outcome);
  });

  it.each([
    ["API Gateway", { "x-amzn-errortype": UNAUTHORIZED }, '{"message":"Unauthorized"}', "as expected"],
    [
      "API Gateway, expired",
      { "x-amzn-errortype": UNAUTHORIZED },
      '{"message":"The incoming token has expired"}',
      "as expected",
    ],
    ["a backend", {}, '{"message":"Unauthorized"}', "WRONG YES"],
    ["a backend in its name", { "x-amzn-errortype": UNAUTHORIZED }, '{"message":"No."}', "WRONG YES"],
    ["a backend in its name, without JSON", { "x-amzn-errortype": UNAUTHORIZED }, "no", "WRONG YES"],
    [
      "another API behind it",
      { "x-amzn-errortype": UNAUTHORIZED, "x-amzn-remapped-date": "today" },
      '{"message":"Unauthorized"}',
      "WRONG YES",
    ],
  ] as const)("tells a refusal before an HTTP backend by who refuses: %s", (_who, headers, body, outcome) => {
    const at = { route: "GET /a", caller: "one", method: "GET", url: "", token: undefined };
    const probe = { ...at, expected: "refused by API Gateway", behind: "HTTP backend" } as const;
    const judged = judgeAnswer(probe, { status: 401, headers, body });

    expect(judged.outcome).toBe(outcome);
    if (outcome === "WRONG YES") expect(judged.found).toBe("401 by the backend, not by API Gateway");
  });

  it("takes the 401 of a backend to a client that may call for a wrong no", () => {
    const at = { route: "GET /a", caller: "one", method: "GET", url: "", token: "t" };
    const probe = { ...at, expected: "let in", behind: "HTTP backend" } as const;

    expect(judgeAnswer(probe, { status: 401, headers: {} })).toEqual({
      outcome: "wrong no",
      found: "401 by the backend",
    });
  });

  it.each([
    [200, undefined, "WRONG YES"],
    [404, undefined, "WRONG YES"],
    [401, undefined, "as expected"],
    [401, UNAUTHORIZED, "as expected"],
    [500, "InternalServerErrorException", "as expected"],
  ] as const)("says of %s %s where a route was removed: %s", (status, kind, outcome) => {
    expect(outcomeOf("not there any more", status, kind)).toBe(outcome);
  });

  it.each([
    ["the allowed one", "https://app.example", "as expected"],
    ["none", undefined, "as expected"],
    ["every one", "*", "WRONG YES"],
    ["its own", "https://verify.invalid", "WRONG YES"],
  ] as const)("judges what a page of another origin hears: %s", (_what, allowed, outcome) => {
    const at = { route: "OPTIONS /a", caller: "a page", method: "OPTIONS", url: "", token: undefined };
    const probe = { ...at, expected: "no page of another origin", origin: "https://verify.invalid" } as const;
    const headers = allowed === undefined ? {} : { "access-control-allow-origin": allowed };

    expect(judgeAnswer(probe, { status: 200, headers }).outcome).toBe(outcome);
  });

  it("tells names of headers, and no values", () => {
    const at = { route: "OPTIONS /a", caller: "a browser", method: "OPTIONS", url: "", token: undefined };
    const probe = { ...at, expected: "preflight", headers: { vary: "Origin", "x-other": "1" } } as const;
    const preflight = judgeAnswer(probe, { status: 200, headers: { vary: "hidden-value" } });
    const refused = judgeAnswer(
      { ...at, expected: "let in" },
      { status: 403, headers: { "x-amzn-errortype": "hidden-value" } },
    );

    expect(preflight.found).toBe("200, vary: another, x-other: missing");
    expect(refused.found).toBe("403");
  });
});
