import type { ApiMethod, LeftMethod } from "../../../operations/deployed/api-method";
import { snapshotOf } from "../../../operations/deployed/snapshot";
import { driftOfSnapshot } from "../../../operations/drift/snapshot-drift";

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
        verdict: "not live",
      },
    ]);
  });

  it("is loud where a method is open that should not be, and says that alone", () => {
    expect(drift({ [ROUTE]: closed }, { [ROUTE]: open })).toMatchObject([{ attribute: "authorization", isLoud: true }]);
  });

  it("is not loud where a method is closed that should be open", () => {
    expect(drift({ [ROUTE]: open }, { [ROUTE]: closed })[0]?.isLoud).toBeUndefined();
  });

  it("names what is not deployed", () => {
    expect(drift({ [ROUTE]: closed }, {})).toMatchObject([
      { attribute: null, found: "not deployed", verdict: "not live" },
    ]);
  });

  it.each([
    ["loudly, where that is open", open, "not deployed, answered by ANY /{rest+}, PUBLIC", true],
    ["where that demands a token", closed, "not deployed, answered by ANY /{rest+}", undefined],
  ])("names what answers for what is not deployed, %s", (_what, method, found, isLoud) => {
    const [first] = drift({ [ROUTE]: closed, "ANY /{rest+}": method }, { "ANY /{rest+}": method });

    expect(first).toMatchObject({ route: ROUTE, found, verdict: "not live" });
    expect(first?.isLoud).toBe(isLoud);
  });

  it.each([
    ["for its scopes", ROUTE, closed, "deployed, for orders/read", undefined],
    ["to everybody, loudly", ROUTE, open, "deployed, PUBLIC", true],
    ["to browsers that ask", "OPTIONS /orders", preflight, "deployed", undefined],
    ["as an OPTIONS that leads somewhere, loudly", "OPTIONS /orders", open, "deployed, PUBLIC", true],
  ])("names what is still live %s", (_what, route, method, found, isLoud) => {
    const [first, ...others] = drift({}, { [route]: method });

    expect(others).toEqual([]);
    expect(first).toMatchObject({ address: route, found, verdict: "still live" });
    expect(first?.isLoud).toBe(isLoud);
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

  it("knows ANY, and passes over what is no method", () => {
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
