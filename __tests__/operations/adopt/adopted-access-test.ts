/** What of a system access.yaml cannot have, and what has to be looked at: kinds that the embedded AWS does not have. */
import type { Method } from "@aws-sdk/client-api-gateway";
import fc from "fast-check";
import { accessSchema } from "../../../access/schema";
import { type AccessOptions, accessOf, functionNames } from "../../../operations/adopt/adopted-access";
import type { ExistingFunction, ExistingSystem } from "../../../operations/adopt/existing-system";
import { functionOf, systemWith } from "../../support/existing-systems";

const options: AccessOptions = { domainPrefix: undefined, withoutCode: new Map() };
const reasons = (system: ExistingSystem, more: Partial<AccessOptions> = {}) =>
  Object.fromEntries(accessOf(system, { ...options, ...more }).leftOut.map(({ what, why }) => [what, why]));

/** The system with one method more. */
const withMethod = (method: Method, path = "/more") => {
  const system = systemWith();
  const resource = { id: "more", path, resourceMethods: { POST: method } };
  return { ...system, resources: [...system.resources, resource] };
};
const READ: Method = {
  authorizationType: "COGNITO_USER_POOLS",
  authorizerId: "auth",
  authorizationScopes: ["orders/read"],
  methodIntegration: {
    type: "AWS_PROXY",
    httpMethod: "POST",
    uri: "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:orders/invocations",
  },
};
const integration = (changes: NonNullable<Method["methodIntegration"]>): Method => ({
  ...READ,
  methodIntegration: { ...READ.methodIntegration, ...changes },
});
const invoking = (arn: string) =>
  integration({ uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations` });

describe("a method that is not adopted", () => {
  it.each<[string, Method]>([
    ["its authorization is AWS_IAM", { ...READ, authorizationType: "AWS_IAM" }],
    ["its authorization is CUSTOM", { ...READ, authorizationType: "CUSTOM" }],
    ["its authorizer does not exist", { ...READ, authorizerId: "gone" }],
    ["its authorizer x is of the type REQUEST", { ...READ, authorizerId: "request" }],
    ["its authorizer x reads the token from method.request.header.X-Token", { ...READ, authorizerId: "header" }],
    ["its scopes gone/x are of no resource server", { ...READ, authorizationScopes: ["gone/x"] }],
    ["it requires an API key", { ...READ, apiKeyRequired: true }],
    ["it has a request validator", { ...READ, requestValidatorId: "body" }],
    ["its integration is of the type MOCK", integration({ type: "MOCK" })],
    ["its integration is of the type AWS", integration({ type: "AWS" })],
    ["its integration is of the type none", { ...READ, methodIntegration: undefined }],
    ["its integration uses a VPC link", integration({ type: "HTTP_PROXY", connectionType: "VPC_LINK" })],
    [
      "its backend is http, but the caller's token is sent to it",
      integration({ type: "HTTP_PROXY", uri: "http://a.example/" }),
    ],
    [
      "its backend has a query string, but the caller's query string is passed on",
      integration({ type: "HTTP_PROXY", uri: "https://a.example/?key=s3cret", httpMethod: "POST" }),
    ],
    [
      'its backend has host "10.0.0.1", but must have a public name such as "orders.example.com"',
      integration({ type: "HTTP_PROXY", uri: "https://10.0.0.1/", httpMethod: "POST" }),
    ],
    ["it calls its backend by GET", integration({ type: "HTTP_PROXY", uri: "https://a.example/", httpMethod: "GET" })],
    [
      "its integration maps 'x' to integration.request.header.X",
      integration({
        type: "HTTP_PROXY",
        uri: "https://a.example/",
        requestParameters: { "integration.request.header.X": "'x'" },
      }),
    ],
    ["it invokes orders by GET", integration({ httpMethod: "GET" })],
    [
      "it invokes the version or alias live of orders",
      invoking("arn:aws:lambda:eu-west-1:123456789012:function:orders:live"),
    ],
    ["its function orders is in us-east-1", invoking("arn:aws:lambda:us-east-1:123456789012:function:orders")],
    [
      "its function orders belongs to the account 999988887777",
      invoking("arn:aws:lambda:eu-west-1:999988887777:function:orders"),
    ],
    ["its function gone does not exist", invoking("arn:aws:lambda:eu-west-1:123456789012:function:gone")],
    [
      "its integration calls arn:aws:apigateway:eu-west-1:lambda:path/x",
      integration({ uri: "arn:aws:apigateway:eu-west-1:lambda:path/x" }),
    ],
  ])("as %s", (why, method) => {
    expect(reasons(withMethod(method))).toEqual({ "POST /more": why });
  });

  it("as its path cannot be written", () => {
    expect(reasons(withMethod(READ, "/a b"))).toEqual({ "POST /a b": "access.yaml has no such path" });
  });

  it.each<[string, Partial<ExistingFunction>]>([
    ["has a role that does not exist", { role: undefined }],
    ["has a file system", { configuration: { FileSystemConfigs: [{ Arn: "a", LocalMountPath: "/mnt" }] } }],
    ["has SnapStart", { configuration: { SnapStart: { ApplyOn: "PublishedVersions" } } }],
  ])("as its function %s", (why, changes) => {
    const other = "arn:aws:lambda:eu-west-1:123456789012:function:other";
    const system = withMethod(invoking(other));
    const functions = new Map([...system.functions, [other, functionOf("other", changes)]]);

    expect(reasons({ ...system, functions })).toEqual({ "POST /more": `its function other ${why}` });
  });
});

describe("a client that is not adopted", () => {
  it.each<[string, object]>([
    ["it gets tokens without the token endpoint", { ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"] }],
    ["it has no secret", { hasSecret: false }],
    ["its scopes gone/x are of no resource server", { AllowedOAuthScopes: ["gone/x"] }],
    ["it is for users: its OAuth flows are code, implicit", { AllowedOAuthFlows: ["code", "implicit"] }],
    ["OAuth is off for it", { AllowedOAuthFlowsUserPoolClient: false }],
  ])("as %s", (why, changes) => {
    const system = systemWith();
    const [client] = system.clients;
    const clients = [...system.clients, { hasSecret: true, ...client, ClientName: "more", ClientId: "id", ...changes }];

    expect(reasons({ ...system, clients })).toEqual({ "client more (id)": why });
  });
});

describe("what stays", () => {
  it("is a canary, users, and the second domain", () => {
    const system = systemWith();
    const found = reasons({
      ...system,
      pool: { ...system.pool, EstimatedNumberOfUsers: 12 },
      stage: { ...system.stage, canarySettings: { percentTraffic: 10 } },
      domains: [
        ...system.domains,
        { name: "auth.example.com", certificateArn: "arn:aws:acm:us-east-1:1:certificate/a" },
      ],
    });

    expect(found).toEqual({
      "about 12 users": "access.yaml is about machines; users, and the settings for them, stay",
      "canary of stage dev": "access.yaml has no canaries",
      "domain auth.example.com": "access.yaml has one host of the token endpoint",
    });
  });

  it("is a throttling that access.yaml cannot have", () => {
    const system = systemWith();
    const methodSettings = { "*/*": { throttlingRateLimit: 0.5, throttlingBurstLimit: 1 } };

    expect(reasons({ ...system, stage: { ...system.stage, methodSettings } })).toEqual({
      "stage throttling": "access.yaml has whole requests a second up to 10,000, and a burst",
    });
  });

  it("is a preflight with a header that the stack does not have", () => {
    const responseParameters = {
      "method.response.header.Access-Control-Allow-Origin": "'*'",
      "method.response.header.Access-Control-Allow-Methods": "'POST'",
      "method.response.header.Access-Control-Allow-Credentials": "'true'",
    };
    const preflight: Method = {
      authorizationType: "NONE",
      methodIntegration: { type: "MOCK", integrationResponses: { 200: { responseParameters } } },
    };
    const system = systemWith();
    const resource = { id: "more", path: "/more", resourceMethods: { POST: READ, OPTIONS: preflight } };
    const { content, leftOut } = accessOf({ ...system, resources: [...system.resources, resource] }, options);

    expect(leftOut).toEqual([{ what: "OPTIONS /more", why: "it sends the header access-control-allow-credentials" }]);
    expect(content["routes"]).toMatchObject({ "POST /more": { lambda: "orders", scopes: ["orders/read"] } });
    expect(JSON.stringify(content["routes"])).not.toContain("cors");
  });
});

describe("what has to be looked at", () => {
  const remarks = (system: ExistingSystem) => accessOf(system, options).remarks.map(({ text }) => text);

  it("is a CloudFormation stack that manages a part", () => {
    const system = systemWith();
    const api = { ...system.api, tags: { "aws:cloudformation:stack-name": "orders-cfn" } };

    expect(remarks({ ...system, api })).toEqual([
      expect.stringMatching(/^The CloudFormation stack orders-cfn manages/),
    ]);
  });

  it("is a runtime that ends, which the deployment changes", () => {
    const system = systemWith({ configuration: { Runtime: "nodejs18.x" } });

    expect(remarks(system)).toEqual([
      "orders has the runtime nodejs18.x, which ends. The deployment changes it to nodejs22.x.",
    ]);
  });
});

it("asks for a prefix of the domain to create, where the pool has none", () => {
  const system = { ...systemWith(), domains: [] };

  expect(() => accessOf(system, options)).toThrow("Name the prefix of the domain to create: --domain-prefix <prefix>");
  expect(accessOf(system, { ...options, domainPrefix: "made" }).content["environments"]).toMatchObject({
    dev: { domainPrefix: "made" },
  });
});

it("writes the host of a custom domain with its certificate", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/a";
  const system = { ...systemWith(), domains: [{ name: "auth.example.com", certificateArn }] };

  expect(accessOf(system, options).content["environments"]).toMatchObject({
    dev: { tokenDomain: { name: "auth.example.com", certificateArn } },
  });
});

it("gives functions names that access.yaml can have, all of them different", () => {
  const long = "a".repeat(45);
  const names = ["orders", `${long}1`, `${long}2`, "tokens-orders"];
  const functions = new Map(names.map((name) => [name, functionOf(name)]));

  expect([...functionNames({ ...systemWith(), functions }).keys()]).toEqual([
    "orders",
    "a".repeat(40),
    `${"a".repeat(38)}-2`,
    "orders-2",
  ]);
});

describe("names and texts that AWS accepts", () => {
  const TRICKY = ["\u115F", "\u1160", "\u3164", "\uFFA0", "\u202E", "\uD83D", "\uDE00", "😀", "\n", "${", "%{", "ä"];
  const text = (...more: readonly string[]) => {
    const unit = fc.oneof(
      fc.constantFrom(...TRICKY, ...more),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    );
    return fc.array(unit, { minLength: 1, maxLength: 300 }).map((units) => units.join("").slice(0, 256));
  };
  const matching = (pattern: RegExp) =>
    fc.stringMatching(pattern).filter((name) => name.trim() !== "" && !(name in {}));
  const part = matching(/^[!#-#%-[\]-z|~]{1,40}$/).filter((name) => !name.includes("/"));

  it("make an access.yaml that its schema accepts, and are reported where they are changed or left out", () => {
    const held = fc.record({
      scope: part,
      identifier: part,
      server: matching(/^[\w\s+=,.@-]{1,256}$/),
      description: text(),
      client: matching(/^[\w\s+=,.@-]{1,128}$/),
      value: text(),
      layer: text(),
      authorizer: text("cognito"),
    });
    fc.assert(
      fc.property(held, ({ scope, identifier, server, description, client, value, layer, authorizer }) => {
        const configuration = { Environment: { Variables: { TABLE: value } }, Layers: [{ Arn: layer }] };
        const base = systemWith({ configuration });
        const scopes = [{ ScopeName: scope, ScopeDescription: description }];
        const full = `${identifier}/${scope}`;
        const AllowedOAuthScopes = [full];
        const clients = base.clients.flatMap((one) =>
          [client, client].map((ClientName) => ({ ...one, ClientName, AllowedOAuthScopes })),
        );
        const get = { ...READ, authorizationScopes: [full] };
        const { content, leftOut, remarks } = accessOf(
          {
            ...base,
            clients,
            resourceServers: [{ Identifier: identifier, Name: server, Scopes: scopes }],
            authorizers: base.authorizers.map((one) => ({ ...one, name: authorizer })),
            resources: [{ id: "orders", path: "/orders", resourceMethods: { GET: get } }],
          },
          options,
        );

        expect(accessSchema.safeParse(content).error?.issues ?? []).toEqual([]);
        const { [identifier]: written } = Object(content["resourceServers"]);
        const isChanged = written.scopes[scope] !== description;
        expect(remarks.some(({ text: remark }) => remark.startsWith("The description of the scope"))).toBe(isChanged);
        const { orders = {} } = Object(content["functions"]);
        expect(leftOut.some(({ what }) => what === "layers of orders")).toBe(!("layers" in orders));
        expect(orders.variables.TABLE === value || remarks.some(({ text: one }) => one.includes("TABLE"))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a variable", () => {
  it.each([
    ["PASSWORD", "x7Gh", true],
    ["API_KEY", "abc", true],
    ["DATABASE", "postgres://me:pw@db.example.com/x", true],
    ["CONFIG", "eyJhbGciOiJIUzI1NiJ9.e30.x", true],
    ["CERTIFICATE", "-----BEGIN PRIVATE KEY-----", true],
    ["TOKEN_URL", "https://auth.example.com/oauth2/token", false],
    ["SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders", false],
    ["AUTH_ENABLED", "true", false],
    ["TABLE", "orders", false],
  ])("%s with the value %s is read from a parameter: %s", (name, value, isSecret) => {
    const system = systemWith({ configuration: { Environment: { Variables: { [name]: value } } } });
    const { content, remarks } = accessOf(system, options);
    const written = isSecret ? { parameter: `/tokens/orders/${name}` } : value;

    expect(content["functions"]).toMatchObject({ orders: { variables: { [name]: written } } });
    expect(JSON.stringify([content, remarks]).includes(JSON.stringify(value).slice(1, -1))).toBe(!isSecret);
  });
});
