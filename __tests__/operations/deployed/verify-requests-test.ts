/** How requests of `verify` are recognized. */
import { isVerifyRequest, VERIFY_USER_AGENT, verifyHeaders } from "../../../operations/deployed/verify-requests";

describe("verifyHeaders", () => {
  it("have a user agent and a request id that is a UUID of its own, and recognized", () => {
    const [one, other] = [verifyHeaders(), verifyHeaders()];

    expect(one["User-Agent"]).toBe(VERIFY_USER_AGENT);
    expect(one["x-amzn-RequestId"]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(one["x-amzn-RequestId"]).not.toBe(other["x-amzn-RequestId"]);
    expect(isVerifyRequest(one["x-amzn-RequestId"] ?? "")).toBe(true);
    expect(isVerifyRequest("6f0b2c1e-0000-4000-8000-000000000000")).toBe(false);
  });
});
