/** Why calls are refused, told from API Gateway's error types. */
import type { MatrixRoute } from "../../../operations/access-graph/access-matrix";
import { explainRefusal, type RefusedCall } from "../../../operations/deployed/refusal";

const route: MatrixRoute = {
  route: "POST /orders",
  scopes: ["orders/admin", "orders/write"],
  function: "orders",
  url: null,
  callerCheck: "client-id",
  access: "clients",
  callers: ["shop"],
  refusedByFunction: [],
  notes: [],
};

function explained(call: Partial<RefusedCall>, errorType?: string): string {
  const headers: Record<string, string> = errorType === undefined ? {} : { "x-amzn-errortype": errorType };
  const all = {
    status: 401,
    headers,
    body: "",
    route,
    environment: "dev",
    prefix: "cc-dev",
    client: undefined,
    tokenScopes: [],
    ...call,
  };
  return explainRefusal(all).join(" ");
}

describe("explainRefusal", () => {
  it("names the scopes of the route and its callers, when no token was sent", () => {
    expect(explained({}, "UnauthorizedException")).toBe(
      "API Gateway refused the request: the route requires a token with the scope orders/admin or orders/write. Add --client <name>. Clients with access: shop.",
    );
  });

  it("compares the token's scopes with the route's", () => {
    expect(explained({ client: "reader", tokenScopes: ["orders/read"] }, "UnauthorizedException")).toBe(
      "API Gateway refused the token: the route requires the scope orders/admin or orders/write, and the token has the scope orders/read. Clients with access: shop.",
    );
  });

  it("points to drift, when the token has a scope of the route", () => {
    expect(explained({ client: "shop", tokenScopes: ["orders/write"] }, "UnauthorizedException")).toContain(
      "npx access drift dev",
    );
  });

  it("tells a route that is not deployed from a token that is refused", () => {
    expect(explained({ status: 403 }, "MissingAuthenticationTokenException")).toContain("no such route");
  });

  it("names the function when it refused, with its callers", () => {
    expect(explained({ status: 403, client: "reader", tokenScopes: ["orders/write"] })).toBe(
      "The function refused the request, not API Gateway: reader is not among its callers. Clients with access: shop.",
    );
  });

  it("names the backend when there is no function", () => {
    expect(explained({ status: 403, route: { ...route, function: null }, client: "shop" })).toBe(
      "The backend refused the request, not API Gateway.",
    );
  });

  it.each(["ForbiddenException", "AccessDeniedException", "TooManyRequestsException", "RequestTooLargeException"])(
    "says that API Gateway refused, for %s with a URL",
    (errorType) => {
      const text = explained({ status: 403, client: "shop" }, `${errorType}:http://internal.amazon.com/x`);

      expect(text).toMatch(/^API Gateway /);
      expect(text).not.toContain("internal.amazon.com");
    },
  );

  it("names the function although its response has an error type of its own", () => {
    const headers = { "x-amzn-errortype": "UnauthorizedException", "x-amzn-remapped-date": "x" };

    expect(explained({ status: 403, client: "shop", headers })).toBe(
      "The function refused the request, not API Gateway.",
    );
  });

  it.each([
    [500, undefined, "cc-dev-orders", "the function orders", "orders"],
    [502, "InternalServerErrorException", "cc-dev-orders", "the function orders", "orders"],
    [504, "InternalServerErrorException", null, "the HTTP backend", "api"],
  ])("names the log of what failed with %d, %s", (status, errorType, name, who, log) => {
    expect(explained({ status, client: "shop", route: { ...route, function: name } }, errorType)).toBe(
      `The request passed the authorizer, and ${who} failed. Its log:   npx access logs ${log} --env dev`,
    );
  });

  it("points to drift when API Gateway could not invoke the function", () => {
    const fn = { ...route, function: "cc-dev-orders" };

    expect(explained({ status: 500, client: "shop", route: fn }, "InternalServerErrorException")).toBe(
      "API Gateway could not invoke the function orders or the authorizer. Restore what drift reports:   npx access drift dev",
    );
  });

  it("says nothing about a response that is not a refusal", () => {
    expect(explained({ status: 404, client: "shop" })).toBe("");
  });
});
