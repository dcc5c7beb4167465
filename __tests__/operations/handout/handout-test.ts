import type { Deployment } from "../../../operations/deployed/deployment";
import { handoutOf as makeHandout } from "../../../operations/handout/handout";
import { handoutMarkdown } from "../../../operations/handout/handout-text";
import type { StateValues } from "../../../operations/plan-file/state-json";

const API = "https://api.execute-api.eu-west-1.amazonaws.com/dev";
const deployment: Deployment = {
  environment: "dev",
  tokenUrl: "https://x.auth.eu-west-1.amazoncognito.com/oauth2/token",
  issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abcdefghi",
  routeUrls: { "GET /{id}": `${API}/{id}`, "POST /a": `${API}/a` },
  clientIds: { shop: "id-of-shop" },
  clientSecrets: { shop: "the-secret" },
};

const resource = (type: string, name: string, values: Readonly<Record<string, unknown>>) => ({
  address: `${type}.${name}`,
  mode: "managed" as const,
  type,
  name,
  values,
  sensitive_values: {},
});

const method = (name: string, http_method: string, scope: string) => [
  resource("aws_api_gateway_resource", name, {
    id: `id-of-${name}`,
    parent_id: "root",
    path_part: name === "id" ? "{id}" : name,
  }),
  resource("aws_api_gateway_method", name, {
    rest_api_id: "api",
    resource_id: `id-of-${name}`,
    http_method,
    authorization: "COGNITO_USER_POOLS",
    authorizer_id: "authorizer",
    authorization_scopes: [scope],
  }),
];

/** @param client settings of the client that differ */
const state = (client: Readonly<Record<string, unknown>> = {}, more: StateValues["root_module"]["resources"] = []) =>
  ({
    outputs: {},
    root_module: {
      child_modules: [],
      resources: [
        resource("aws_cognito_user_pool", "pool", { id: "eu-west-1_abcdefghi", arn: "arn:pool" }),
        resource("aws_cognito_resource_server", "orders", {
          user_pool_id: "eu-west-1_abcdefghi",
          identifier: "orders",
          scope: [
            { scope_name: "read", scope_description: "Read" },
            { scope_name: "write", scope_description: "Write" },
          ],
        }),
        resource("aws_cognito_user_pool_client", "shop", {
          id: "id-of-shop",
          name: "shop",
          user_pool_id: "eu-west-1_abcdefghi",
          client_secret: "the-secret",
          allowed_oauth_flows: ["client_credentials"],
          allowed_oauth_flows_user_pool_client: true,
          allowed_oauth_scopes: ["orders/write", "orders/read"],
          explicit_auth_flows: [],
          access_token_validity: 5,
          token_validity_units: [{ access_token: "minutes" }],
          ...client,
        }),
        resource("aws_api_gateway_rest_api", "api", { id: "api", root_resource_id: "root" }),
        resource("aws_api_gateway_authorizer", "authorizer", {
          id: "authorizer",
          type: "COGNITO_USER_POOLS",
          provider_arns: ["arn:pool"],
        }),
        ...method("id", "GET", "orders/read"),
        ...method("a", "POST", "orders/write"),
        ...more,
      ],
    },
  }) satisfies StateValues;

const handoutOf = (client: string, given: Deployment, values: StateValues) =>
  makeHandout(client, given, values, undefined);

describe("a handout", () => {
  it("has the routes that the client may call, its scopes, and no secret", () => {
    const handout = handoutOf("shop", deployment, state());

    expect(handout).toMatchObject({
      clientId: "id-of-shop",
      scopes: ["orders/read", "orders/write"],
      routes: [
        { route: "POST /a", url: `${API}/a`, scopes: ["orders/write"] },
        { route: "GET /{id}", url: `${API}/{id}`, scopes: ["orders/read"] },
      ],
      secret: null,
    });
    expect(JSON.stringify(handout) + handoutMarkdown(handout)).not.toContain("the-secret");
  });

  it.each([
    [{ access_token_validity: 5 }, 300, 30],
    [{ access_token_validity: 2, token_validity_units: [{ access_token: "hours" }] }, 7200, 60],
    [{ access_token_validity: 1, token_validity_units: [{ access_token: "days" }] }, 86_400, 60],
    [{ access_token_validity: 450, token_validity_units: [{ access_token: "seconds" }] }, 450, 45],
    [{ access_token_validity: 3, token_validity_units: [] }, 10_800, 60],
    [{ access_token_validity: null, token_validity_units: [] }, 3600, 60],
  ])("reads how long a token is valid from %j", (client, tokenSeconds, renewBeforeSeconds) => {
    expect(handoutOf("shop", deployment, state(client))).toMatchObject({ tokenSeconds, renewBeforeSeconds });
  });

  it("calls a route without parameters rather than one that only reads", () => {
    expect(handoutOf("shop", deployment, state()).exampleRoute).toBe("POST /a");
    const readOnly = state({ allowed_oauth_scopes: ["orders/read"] });
    const { exampleRoute, code } = handoutOf("shop", deployment, readOnly);
    expect([exampleRoute, code?.sh]).toEqual(["GET /{id}", expect.stringContaining(`--request GET ${API}/1 `)]);
  });

  it("says where the secret is, and who may read it", () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x/shop-abc";
    const policy = { Statement: [{ Principal: { AWS: "arn:aws:iam::123456789012:role/shop" } }] };
    const handout = handoutOf(
      "shop",
      deployment,
      state({}, [
        resource("aws_secretsmanager_secret", "s", {
          name: "x/shop",
          arn,
          description: "Credentials of the client shop",
        }),
        resource("aws_secretsmanager_secret_policy", "s", { secret_arn: arn, policy: JSON.stringify(policy) }),
      ]),
    );

    const readers = ["arn:aws:iam::123456789012:role/shop"];
    expect(handout.secret).toEqual({ name: "x/shop", arn, region: "eu-west-1", readers });
    expect(handoutMarkdown(handout)).toContain(`--region eu-west-1 \\\n  --secret-id ${arn}`);
  });

  it("says that a client gets no tokens where its flow is taken away, and prints no code", () => {
    const handout = handoutOf("shop", deployment, state({ allowed_oauth_flows: [] }));

    expect(handout).not.toHaveProperty("tokenUrl");
    expect(handout).not.toHaveProperty("code");
    expect(handoutMarkdown(handout)).toContain("This client cannot get tokens at present.");
  });

  it("has the owner and the purpose that are deployed, and the ends of access.yaml", () => {
    const owners = { shop: { owner: "web", purpose: "The shop" } };
    const values = { ...state(), outputs: { client_owners: { value: owners, sensitive: false } } };
    const grants = [
      { scope: "orders/read", until: "2027-01-31" },
      { scope: "orders/write", until: undefined },
      { scope: "not/deployed", until: "2027-01-31" },
    ];
    const handout = makeHandout("shop", deployment, values, {
      expires: "2027-03-31",
      grants,
      rotateAfterDays: 90,
    });

    const scopeEnds = [{ scope: "orders/read", until: "2027-01-31" }];
    expect(handout).toMatchObject({ owner: "web", purpose: "The shop", expires: "2027-03-31", scopeEnds });
    expect(handoutMarkdown(handout)).toContain("- The secret is rotated every 90 days.");
    expect(handoutMarkdown(handout)).toContain(
      "| the client gets no tokens after | 2027-03-31 |\n| `orders/read` ends after | 2027-01-31 |",
    );
  });

  it("prints how to get a token where no route accepts it", () => {
    const handout = handoutOf("shop", { ...deployment, routeUrls: {} }, state());

    expect(handout.routes).toEqual([]);
    expect(handoutMarkdown(handout)).toMatch(/no route of this API accepts it[\s\S]*## curl\n\nPrints a token:/);
    expect(handoutMarkdown(handout)).not.toContain("## Java");
  });

  it("names the nearest client for an unknown one", () => {
    expect(() => handoutOf("shp", deployment, state())).toThrow('dev has no client "shp". Did you mean "shop"?');
  });
});
