import { judgeAnswer } from "../../../cli/verify/judgement";
import type { Expectation, Outcome, Probe } from "../../../cli/verify/probe";

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
});
