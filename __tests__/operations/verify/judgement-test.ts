import type { Expectation, Probe, Verdict } from "../../../operations/verify/check";
import { judgeResponse } from "../../../operations/verify/judgement";

const UNAUTHORIZED = "UnauthorizedException";
const INTEGRATION = "InternalServerErrorException";

type Headers = Readonly<Record<string, string>>;

function judge(expected: Expectation, status: number, headers: Headers = {}, changes: Partial<Probe> = {}, body = "") {
  const at = { route: "GET /a", caller: "one", method: "GET", url: "", token: undefined };
  return judgeResponse({ ...at, expected, ...changes }, { status, headers, body });
}

const ofKind = (kind: string | undefined): Headers => (kind === undefined ? {} : { "x-amzn-errortype": kind });

describe("judgeResponse", () => {
  it.each<[Expectation, number, string | undefined, Verdict]>([
    ["allow", 200, undefined, "as-expected"],
    ["allow", 404, undefined, "as-expected"],
    ["allow", 400, undefined, "as-expected"],
    ["allow", 302, undefined, "as-expected"],
    ["allow", 429, undefined, "as-expected"],
    ["allow", 401, UNAUTHORIZED, "unexpected-deny"],
    ["allow", 403, undefined, "unexpected-deny"],
    ["allow", 403, "MissingAuthenticationTokenException", "unexpected-deny"],
    ["allow", 502, INTEGRATION, "backend-error"],
    ["allow", 429, "TooManyRequestsException", "throttled"],
    ["deny-by-gateway", 401, UNAUTHORIZED, "as-expected"],
    ["deny-by-gateway", 401, `${UNAUTHORIZED}:http://internal.amazon.com/coral/`, "as-expected"],
    ["deny-by-gateway", 200, undefined, "unexpected-allow"],
    ["deny-by-gateway", 404, undefined, "unexpected-allow"],
    ["deny-by-gateway", 302, undefined, "unexpected-allow"],
    ["deny-by-gateway", 403, undefined, "unexpected-allow"],
    ["deny-by-gateway", 401, undefined, "unexpected-allow"],
    // The request passed the authorizer, whatever the response.
    ["deny-by-gateway", 429, undefined, "unexpected-allow"],
    ["deny-by-gateway", 500, undefined, "unexpected-allow"],
    ["deny-by-gateway", 502, INTEGRATION, "unexpected-allow"],
    ["deny-by-gateway", 504, INTEGRATION, "unexpected-allow"],
    ["deny-by-gateway", 403, "MissingAuthenticationTokenException", "denied-by-other"],
    ["deny-by-gateway", 403, "ForbiddenException", "denied-by-other"],
    ["deny-by-gateway", 500, "AuthorizerConfigurationException", "backend-error"],
    ["deny-by-gateway", 429, "TooManyRequestsException", "throttled"],
    ["deny-by-gateway", 598, undefined, "backend-error"],
    ["deny-by-function", 403, undefined, "as-expected"],
    ["deny-by-function", 200, undefined, "unexpected-allow"],
    ["deny-by-function", 404, undefined, "unexpected-allow"],
    ["deny-by-function", 401, UNAUTHORIZED, "denied-by-other"],
    ["deny-by-function", 403, "ForbiddenException", "denied-by-other"],
    ["deny-by-function", 502, undefined, "backend-error"],
    ["deny-method", 403, "MissingAuthenticationTokenException", "as-expected"],
    ["deny-method", 401, UNAUTHORIZED, "as-expected"],
    ["deny-method", 200, undefined, "unexpected-allow"],
    ["deny-method", 403, undefined, "unexpected-allow"],
    ["deny-method", 500, INTEGRATION, "unexpected-allow"],
    ["deny-method", 429, "TooManyRequestsException", "throttled"],
    ["stale-route", 200, undefined, "unexpected-allow"],
    ["stale-route", 404, undefined, "unexpected-allow"],
    ["stale-route", 401, undefined, "as-expected"],
    ["stale-route", 401, UNAUTHORIZED, "as-expected"],
    ["stale-route", 500, INTEGRATION, "as-expected"],
    ["stale-route", 502, INTEGRATION, "unexpected-allow"],
    ["stale-route", 504, INTEGRATION, "unexpected-allow"],
  ])("expects %s: %s %s is %s", (expected, status, kind, verdict) => {
    expect(judge(expected, status, ofKind(kind)).verdict).toBe(verdict);
  });

  it("accepts a removed preflight where no method is", () => {
    expect(judge("deny-method", 200, { "access-control-allow-methods": "GET" }).verdict).toBe("as-expected");
  });

  it.each<[string, number, Headers, Verdict]>([
    ["as defined", 200, { "access-control-allow-origin": "*" }, "as-expected"],
    ["without a header", 200, {}, "unexpected-deny"],
    ["for another origin", 200, { "access-control-allow-origin": "https://other.example" }, "unexpected-deny"],
    ["denied", 401, { "access-control-allow-origin": "*" }, "unexpected-deny"],
    ["failed", 500, {}, "backend-error"],
  ])("judges a preflight %s", (_what, status, headers, verdict) => {
    const expected = { "access-control-allow-origin": "*" };

    expect(judge("preflight", status, headers, { headers: expected }).verdict).toBe(verdict);
  });

  it.each<[string, string | undefined, Verdict]>([
    ["the allowed origin", "https://app.example", "as-expected"],
    ["none", undefined, "as-expected"],
    ["every origin", "*", "unexpected-allow"],
    ["the origin", "https://verify.invalid", "unexpected-allow"],
  ])("judges a preflight of a foreign origin that allows %s", (_what, allowed, verdict) => {
    const headers = allowed === undefined ? {} : { "access-control-allow-origin": allowed };

    expect(judge("deny-origin", 200, headers, { origin: "https://verify.invalid" }).verdict).toBe(verdict);
  });

  it.each<[string, Headers, string, Verdict]>([
    ["API Gateway", ofKind(UNAUTHORIZED), '{"message":"Unauthorized"}', "as-expected"],
    ["API Gateway, expired", ofKind(UNAUTHORIZED), '{"message":"The incoming token has expired"}', "as-expected"],
    ["a backend", {}, '{"message":"Unauthorized"}', "unexpected-allow"],
    ["a backend with the same error type", ofKind(UNAUTHORIZED), '{"message":"No."}', "unexpected-allow"],
    ["a backend with the same error type, without JSON", ofKind(UNAUTHORIZED), "no", "unexpected-allow"],
    [
      "another API behind it",
      { ...ofKind(UNAUTHORIZED), "x-amzn-remapped-date": "today" },
      '{"message":"Unauthorized"}',
      "unexpected-allow",
    ],
  ])("distinguishes who denied a request to an HTTP backend: %s", (_who, headers, body, verdict) => {
    const judged = judge("deny-by-gateway", 401, headers, { behind: "HTTP backend" }, body);

    expect(judged.verdict).toBe(verdict);
    if (verdict === "unexpected-allow") expect(judged.found).toBe("401 by the HTTP backend");
  });

  it("prints names of headers and no values", () => {
    const expected = { vary: "Origin", "x-other": "1" };

    expect(judge("preflight", 200, { vary: "hidden-value" }, { headers: expected }).found).toBe(
      "200, vary differs, x-other is missing",
    );
    expect(judge("allow", 403, ofKind("hidden-value")).found).toBe("403");
  });
});
