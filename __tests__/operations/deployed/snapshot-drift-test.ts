import type { ApiMethod, LeftMethod } from "../../../operations/deployed/api-method";
import { snapshotOf } from "../../../operations/deployed/snapshot";
import { driftOfSnapshot } from "../../../operations/deployed/snapshot-drift";

const closed: ApiMethod = {
  authorization: "COGNITO_USER_POOLS",
  authorization_scopes: ["orders/read"],
  token_header: "Authorization",
  provider_arns: ["arn:pool"],
  integration_type: "AWS_PROXY",
  integration_uri: "arn:function",
};
const open: ApiMethod = {
  ...closed,
  authorization: "NONE",
  authorization_scopes: [],
  token_header: "",
  provider_arns: [],
};
const preflight: ApiMethod = { ...open, integration_type: "MOCK", integration_uri: "" };

const ROUTE = "GET /orders";

function drift(left: Readonly<Record<string, ApiMethod>>, live: Readonly<Record<string, ApiMethod>>) {
  const withAddress = Object.entries(left).map(([route, method]): [string, LeftMethod] => [
    route,
    { address: `method ${route}`, ...method },
  ]);
  return driftOfSnapshot(new Map(withAddress), new Map(Object.entries(live)));
}

describe("driftOfSnapshot", () => {
  it("finds nothing where every method is deployed as it was left", () => {
    expect(
      drift({ [ROUTE]: closed, "OPTIONS /orders": preflight }, { [ROUTE]: closed, "OPTIONS /orders": preflight }),
    ).toEqual([]);
  });

  it.each<readonly [keyof ApiMethod, Partial<ApiMethod>]>([
    ["authorization_scopes", { authorization_scopes: ["orders/read", "orders/write"] }],
    ["token_header", { token_header: "X-Token" }],
    ["provider_arns", { provider_arns: ["arn:other-pool"] }],
    ["integration_type", { integration_type: "HTTP_PROXY" }],
    ["integration_uri", { integration_uri: "arn:other-function" }],
  ])("names another %s", (attribute, change) => {
    expect(drift({ [ROUTE]: closed }, { [ROUTE]: { ...closed, ...change } })).toEqual([
      {
        address: "method GET /orders",
        route: ROUTE,
        attribute,
        expected: JSON.stringify(closed[attribute]),
        found: JSON.stringify(change[attribute]),
        verdict: "not-live",
        severity: "warning",
      },
    ]);
  });

  it("is critical for a method without authorization that should have one, in one finding", () => {
    const effect = "PUBLIC: anyone can call GET /orders without a token";

    expect(drift({ [ROUTE]: closed }, { [ROUTE]: open })).toMatchObject([
      { attribute: "authorization", severity: "critical", effect },
    ]);
    expect(drift({ [ROUTE]: open }, { [ROUTE]: closed })[0]?.severity).toBe("warning");
  });

  it("names a route that is not deployed", () => {
    expect(drift({ [ROUTE]: closed }, {})).toMatchObject([
      { attribute: null, found: "not deployed", verdict: "not-live" },
    ]);
  });

  it.each([
    ["which is open", open, "not deployed, answered by ANY /{rest+}, PUBLIC", "critical"],
    ["which demands a token", closed, "not deployed, answered by ANY /{rest+}", "warning"],
  ])("names the route that answers for one that is not deployed, %s", (_what, method, found, severity) => {
    const [first] = drift({ [ROUTE]: closed, "ANY /{rest+}": method }, { "ANY /{rest+}": method });

    expect(first).toMatchObject({ route: ROUTE, found, verdict: "not-live" });
    expect(first?.severity).toBe(severity);
  });

  it.each([
    ["for its scopes", ROUTE, closed, "deployed, for orders/read", "warning"],
    ["without authorization", ROUTE, open, "deployed, PUBLIC", "critical"],
    ["as a preflight", "OPTIONS /orders", preflight, "deployed", "warning"],
    ["as an OPTIONS with a backend", "OPTIONS /orders", open, "deployed, PUBLIC", "critical"],
  ])("names a route that is still live %s", (_what, route, method, found, severity) => {
    const [first, ...others] = drift({}, { [route]: method });

    expect(others).toEqual([]);
    expect(first).toMatchObject({ address: route, found, verdict: "still-live" });
    expect(first?.severity).toBe(severity);
  });
});

describe("snapshotOf", () => {
  const scheme = {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "cognito_user_pools",
    "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: ["arn:pool"] },
  };
  const integration = { type: "aws_proxy", httpMethod: "POST", uri: "arn:function" };
  const exportOf = (paths: object) => ({ paths, components: { securitySchemes: { pool: scheme } } });
  const get = { security: [{ pool: ["orders/read"] }], "x-amazon-apigateway-integration": integration };

  it("reads methods with authorizer, scopes and integration", () => {
    expect([...snapshotOf(exportOf({ "/orders": { get } }))]).toEqual([[ROUTE, closed]]);
  });

  it("reads ANY, and leaves out members that are not methods", () => {
    const paths = { "/orders": { "x-amazon-apigateway-any-method": get, parameters: [] } };

    expect([...snapshotOf(exportOf(paths)).keys()]).toEqual(["ANY /orders"]);
  });

  it("takes an API key for no authorization", () => {
    const keyed = { ...get, security: [{ api_key: [] }] };

    expect(snapshotOf(exportOf({ "/orders": { get: keyed } })).get(ROUTE)).toEqual(open);
  });

  it("takes no authorizer that it does not know for the right one", () => {
    const strange = { ...get, security: [{ unheard_of: [] }] };

    expect(snapshotOf(exportOf({ "/orders": { get: strange } })).get(ROUTE)?.authorization).toBe("another authorizer");
  });

  it("has no methods in an API without any", () => {
    expect(snapshotOf({ openapi: "3.0.1" }).size).toBe(0);
  });
});
