/**
 * The events of proxy functions and the responses that are made of what they return; paths and parameters as recorded on
 * AWS, on APIs with `ANY /{proxy+}` and `ANY /hardcoded`, and with `ANY /{pathVariable}`.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json
 */

import { type CallContext, proxyEvent, proxyResponse } from "../../../emulator/gateway/proxy-integration";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { text } from "../../../emulator/terraform/attributes";
import { type Call, type GuardedApi, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { requestOf, valuesOf } from "../../support/requests";

const HOST = "a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com";
const CONTEXT: CallContext = {
  accountId: "123456789012",
  apiId: "a1b2c3d4e5",
  deploymentId: "dep123",
  stage: "dev",
  resourceId: "res123",
  resourcePath: "/access",
  path: "/access",
  pathParameters: {},
  claims: { sub: "caller", exp: "Thu Jul 02 12:42:47 UTC 2026" },
  stageVariables: {},
  requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1",
  extendedRequestId: "AbCdEfGhIjKlMnO=",
  time: Date.parse("2026-07-02T11:43:54.321Z"),
};

const eventOf = (request: Parameters<typeof requestOf>[0] = {}, context: Partial<CallContext> = {}) =>
  proxyEvent(requestOf({ method: "POST", host: HOST, path: "/dev/access", ...request }), { ...CONTEXT, ...context });
const headersOf = (...headers: HttpRequest["headers"]) => {
  type Headers = { headers: Record<string, string>; multiValueHeaders: Record<string, string[]> };
  const { headers: one, multiValueHeaders: all } = eventOf({ headers }) as Headers;
  return { one, all };
};
const listed = (values: object) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

/** Recorded: localstack's test_apigateway_header_remapping_aws. */
const NOT_SEEN = [
  ...["Connection", "Content-Length", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE"],
  ...["Trailer", "Transfer-Encoding", "Upgrade", "WWW-Authenticate"],
];
const IDENTITY = {
  cognitoIdentityPoolId: null,
  accountId: null,
  cognitoIdentityId: null,
  caller: null,
  sourceIp: "127.0.0.1",
  principalOrgId: null,
  accessKey: null,
  cognitoAuthenticationType: null,
  cognitoAuthenticationProvider: null,
  userArn: null,
};

describe("proxyEvent", () => {
  it("is the whole event of AWS, keys in AWS's order", () => {
    const sent = [["Accept", "*/*"] as const, ["User-Agent", "curl/8"] as const];
    const event = eventOf({ headers: [...sent, ...NOT_SEEN.map((name) => [name, "0"] as const)] });
    const values = {
      Accept: "*/*",
      "User-Agent": "curl/8",
      Host: HOST,
      "X-Amzn-Trace-Id": "Root=1-6a464efa-8f5c6a523a0e4b0c9a4d6a1f",
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
    };
    const expected = {
      resource: "/access",
      path: "/access",
      httpMethod: "POST",
      headers: values,
      multiValueHeaders: listed(values),
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: null,
      stageVariables: null,
      requestContext: {
        resourceId: "res123",
        authorizer: { claims: CONTEXT.claims },
        resourcePath: "/access",
        httpMethod: "POST",
        extendedRequestId: "AbCdEfGhIjKlMnO=",
        requestTime: "02/Jul/2026:11:43:54 +0000",
        path: "/dev/access",
        accountId: "123456789012",
        protocol: "HTTP/1.1",
        stage: "dev",
        domainPrefix: "a1b2c3d4e5",
        requestTimeEpoch: 1782992634321,
        requestId: "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1",
        identity: { ...IDENTITY, userAgent: "curl/8", user: null },
        domainName: HOST,
        deploymentId: "dep123",
        apiId: "a1b2c3d4e5",
      },
      body: null,
      isBase64Encoded: false,
    };
    expect(JSON.stringify(event, null, 1)).toBe(JSON.stringify(expected, null, 1));
  });

  it.each<[string, Parameters<typeof requestOf>[0], Partial<CallContext>, object]>([
    ["no user agent that was not sent", {}, {}, { identity: { userAgent: null } }],
    ...[
      ["2026-01-09T00:00:00Z", "09/Jan/2026:00:00:00 +0000"],
      ["2026-12-31T23:59:59.999Z", "31/Dec/2026:23:59:59 +0000"],
    ].map(([time = "", requestTime]): [string, object, Partial<CallContext>, object] => {
      return [`the time ${requestTime}`, {}, { time: Date.parse(time) }, { requestTime }];
    }),
  ])("has %s in its context", (_, request, context, requestContext) => {
    expect(eventOf(request, context)).toMatchObject({ requestContext });
  });

  it("has no authorizer for an open method", () => {
    expect(eventOf({}, { claims: undefined })).not.toHaveProperty("requestContext.authorizer");
  });

  it.each([
    ["a=1&b=2", { a: "1", b: "2" }, { a: ["1"], b: ["2"] }],
    ["a=1&a=2", { a: "2" }, { a: ["1", "2"] }],
    ["a=1&A=2", { a: "1", A: "2" }, { a: ["1"], A: ["2"] }],
    ["a", { a: "" }, { a: [""] }],
    ["a=%zz", { a: "%zz" }, { a: ["%zz"] }],
    ["a%20b=c%26d", { "a b": "c&d" }, { "a b": ["c&d"] }],
    ["", null, null],
    ["&", null, null],
  ])("splits the query string '%s'", (query, queryStringParameters, multiValueQueryStringParameters) => {
    expect(eventOf({ query })).toMatchObject({ queryStringParameters, multiValueQueryStringParameters });
  });

  it("keeps a parameter of the name __proto__ a parameter", () => {
    expect(JSON.stringify(eventOf({ query: "__proto__=x" }))).toContain('"queryStringParameters":{"__proto__":"x"}');
  });

  it.each([
    ["text", "text"],
    ["", null],
    ["日本", "日本"],
    [Buffer.from([0xff, 0x41]), "\ufffdA"],
  ])("has the body as text: %s", (body, expected) => {
    expect(eventOf({ body })).toMatchObject({ body: expected, isBase64Encoded: false });
  });

  it("has all values of a repeated header under its first spelling, and the last one alone", () => {
    const { one, all } = headersOf(["x-a", "1"], ["X-A", "2"], ["X-B", "3"], ["X-B", "4"]);
    expect(one).toMatchObject({ "x-a": "2", "X-B": "4" });
    expect(all).toMatchObject({ "x-a": ["1", "2"], "X-B": ["3", "4"] });
    expect([one["X-A"], all["X-A"]]).toEqual([undefined, undefined]);
  });

  it.each(["host", "Host", "X-FORWARDED-PROTO", "x-forwarded-port", "x-amzn-trace-id"])(
    "has API Gateway's own value in place of the caller's %s",
    (name) => {
      expect(JSON.stringify(headersOf([name, "evil"]))).not.toContain("evil");
    },
  );

  it("appends the caller's address to where it claims to come from", () => {
    const { one, all } = headersOf(["x-forwarded-for", "10.0.0.1"], ["X-Forwarded-For", "10.0.0.2, 10.0.0.3"]);
    expect(one["X-Forwarded-For"]).toBe("10.0.0.1, 10.0.0.2, 10.0.0.3, 127.0.0.1");
    expect(all["X-Forwarded-For"]).toHaveLength(1);
    expect(one).not.toHaveProperty("x-forwarded-for");
  });
});

describe("events as recorded on AWS", () => {
  let api: GuardedApi;
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    api = await openGuardedApi();
    const method = { http_method: "ANY" };
    const user = await api.pretend.addResource("{id}", await api.pretend.addResource("users"));
    await api.pretend.addMethod({ ...method, resource_id: text(user, "id") });
    ids = {
      "/{proxy+}": await api.addRoute("{proxy+}", method),
      "/hardcoded": await api.addRoute("hardcoded", method),
    };
    await api.permitAll();
    await api.pretend.deploy();
  });
  beforeEach(() => api.events.splice(0));

  /** The event for the target below the stage `dev`. */
  async function recorded(target: string, given: Call = {}): Promise<unknown> {
    const [path = "", query = ""] = `/dev${target}`.split("?");
    expect((await api.call({ method: "GET", path, query, token: null, ...given })).status).toBe(200);
    return api.events[0];
  }

  const ALIAS = "proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com";

  it.each([
    ["/proxy-value", "/proxy-value", "proxy-value"],
    ["/proxy-value/", "/proxy-value/", "proxy-value"],
    ["/proxy-value//double-slash", "/proxy-value//double-slash", "proxy-value//double-slash"],
    ["//proxy-value", "/proxy-value", "proxy-value"],
    [`/${ALIAS}`, `/${ALIAS}`, ALIAS],
  ])("for %s have the path %s and the parameter %s", async (target, path, proxy) => {
    expect(await recorded(target)).toMatchObject({
      resource: "/{proxy+}",
      path,
      pathParameters: { proxy },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      requestContext: { path: `/dev${target}`, resourcePath: "/{proxy+}", resourceId: ids["/{proxy+}"] },
    });
  });

  it.each<readonly [string, string, string, object | null]>([
    // https://github.com/aws-powertools/powertools-lambda-python/issues/1552
    ["/hardcoded/", "/hardcoded/", "/hardcoded", null],
    ["//hardcoded", "/hardcoded", "/hardcoded", null],
    // https://github.com/aws/aws-sam-cli/issues/771, https://github.com/serverless/serverless/issues/5037
    ...["%40", "my-id%2F100", "test%7Cid", "a%2Fb%20c"].map((id) => {
      return [`/users/${id}`, `/users/${id}`, "/users/{id}", { id }] as const;
    }),
  ])("for %s have the path %s of %s", async (target, path, resource, pathParameters) => {
    const requestContext = { path: `/dev${target}`, resourcePath: resource };
    expect(await recorded(target)).toMatchObject({ resource, path, pathParameters, requestContext });
  });

  it.each([
    ["/proxy-value?urlparam=test", "/proxy-value", { urlparam: "test" }],
    ["/proxy-value/?urlparam=test", "/proxy-value/", { urlparam: "test" }],
    [
      "/proxy-value?dateTimeOffset=2023-06-12T18:05:10.123456+00:00&email=test%2Balias@gmail.com&plus=test+alias@gmail.com&url=https://www.google.com/&whitespace=foo%20bar&zhash=abort/",
      "/proxy-value",
      {
        dateTimeOffset: "2023-06-12T18:05:10.123456 00:00",
        email: "test+alias@gmail.com",
        plus: "test alias@gmail.com",
        url: "https://www.google.com/",
        whitespace: "foo bar",
        zhash: "abort/",
      },
    ],
  ])("for %s decode the query, and leave it out of the paths", async (target, path, parameters) => {
    expect(await recorded(target)).toMatchObject({
      path,
      pathParameters: { proxy: "proxy-value" },
      queryStringParameters: parameters,
      multiValueQueryStringParameters: listed(parameters),
      requestContext: { path: `/dev${path}` },
    });
  });

  it("have one slash before the stage, one spelling of Authorization, and the trace of the caller", async () => {
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const headers = Object.entries({ aUThorization: "x", "user-Agent": "y", tEsT: "z", "x-amzn-trace-id": trace });
    expect(await recorded("/proxy-value", { path: "//dev/proxy-value", headers })).toMatchObject({
      path: "/proxy-value",
      headers: { Authorization: "x", tEsT: "z", "User-Agent": "y", "X-Amzn-Trace-Id": trace },
      requestContext: { path: "/dev/proxy-value" },
    });
  });

  it("are whole, with values that were sent several times", async () => {
    const sent = {
      Accept: "*/*",
      "Accept-Encoding": "gzip, deflate",
      Authorization: "Bearer token123;API key456",
      "Content-Type": "application/json;charset=utf-8",
      "User-Agent": "python-requests/testing",
      "tEsT-HEADeR": "aValUE",
    };
    const target = "/proxy-value?category=electronics&category=books&price=10&price=20&price=30";
    const [body, headers] = [
      '{"message": "hello world"}',
      [...Object.entries(sent), ["Content-Length", "26"] as const],
    ];
    const values = {
      ...sent,
      Host: api.host,
      "X-Amzn-Trace-Id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
    };
    const apiId = text(api.pretend.made.api, "id");
    expect(await recorded(target, { method: "POST", headers, body })).toEqual({
      body,
      headers: values,
      httpMethod: "POST",
      isBase64Encoded: false,
      multiValueHeaders: listed(values),
      multiValueQueryStringParameters: { category: ["electronics", "books"], price: ["10", "20", "30"] },
      path: "/proxy-value",
      pathParameters: { proxy: "proxy-value" },
      queryStringParameters: { category: "books", price: "30" },
      requestContext: {
        accountId: expect.stringMatching(/^\d{12}$/),
        apiId,
        deploymentId: expect.any(String),
        domainName: api.host,
        domainPrefix: apiId,
        extendedRequestId: expect.any(String),
        httpMethod: "POST",
        identity: { ...IDENTITY, user: null, userAgent: "python-requests/testing" },
        path: "/dev/proxy-value",
        protocol: "HTTP/1.1",
        requestId: expect.any(String),
        requestTime: expect.any(String),
        requestTimeEpoch: expect.any(Number),
        resourceId: ids["/{proxy+}"],
        resourcePath: "/{proxy+}",
        stage: "dev",
      },
      resource: "/{proxy+}",
      stageVariables: null,
    });
  });

  it("are caught by an open route only where the guarded path lacks the method, with any slashes", async () => {
    const open = { resource: "/{proxy+}", pathParameters: { proxy: "access" } };
    expect(await recorded("/access", { method: "PATCH" })).toMatchObject(open);
    for (const path of ["/dev/access", "/dev//access", "/dev/access/", "/dev//access//"]) {
      expect(await api.call({ path, token: null })).toEqual(UNAUTHORIZED);
    }
    expect(api.events).toHaveLength(1);
  });
});

const IDS = [
  ["x-amzn-RequestId", CONTEXT.requestId],
  ["x-amz-apigw-id", CONTEXT.extendedRequestId],
] as const;
const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** @throws {Error} when the payload is malformed */
const responseTo = (payload: unknown) => {
  const response = proxyResponse(payload, CONTEXT);
  if (typeof response === "string") throw new Error(response);
  return response;
};

describe("proxyResponse", () => {
  it.each([
    [{ statusCode: 200 }, { status: 200, headers: [JSON_TYPE, ...IDS], body: "" }],
    [{}, { status: 200 }],
    [{ body: "x" }, { status: 200, body: "x" }],
    [{ statusCode: null }, { status: 200 }],
    [{ statusCode: "201" }, { status: 201 }],
    [{ statusCode: 599 }, { status: 599 }],
    [{ headers: null, multiValueHeaders: null, body: null }, { status: 200 }],
    [{ body: "aGk=", isBase64Encoded: true }, { body: "aGk=" }],
    [{ headers: { "content-type": "text/plain" } }, { headers: [...IDS, ["content-type", "text/plain"]] }],
  ])("makes of %j %j", (payload, expected) => {
    expect(responseTo(payload)).toMatchObject(expected);
  });

  const NO_STATUS = '"statusCode" is not an integer from 200 to 599';
  const NO_HEADERS = '"headers" has to map names to values, and "multiValueHeaders" names to lists';
  const MEMBERS = 'expected only "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"';

  it.each<[string, readonly unknown[]]>([
    ["it is not an object", [null, "secret", "", 1, true, [], [{ statusCode: 200 }]]],
    [`it has "key", "other", ${MEMBERS}`, [{ key: "secret", other: 1 }]],
    [`it has "cookies", ${MEMBERS}`, [{ cookies: [] }]],
    [`it has "StatusCode", ${MEMBERS}`, [{ statusCode: 200, StatusCode: 200 }]],
    [`it has "__proto__", ${MEMBERS}`, [JSON.parse('{"statusCode":200,"__proto__":{"body":"x"}}')]],
    [NO_STATUS, ["secret", "", 99, 101, 600, 200.5, {}].map((statusCode) => ({ statusCode }))],
    ['"body" is not a string', [{ password: "secret" }, 1].map((body) => ({ body }))],
    [NO_HEADERS, [[], "secret", { a: { toString: 1, valueOf: 1 } }].map((headers) => ({ headers }))],
    [NO_HEADERS, [[], { a: "b" }, { a: null }, { a: [{}] }].map((all) => ({ multiValueHeaders: all }))],
    ['the headers "a b" cannot be written in HTTP', [{ headers: { "a b": "secret" } }]],
    ['the headers "" cannot be written in HTTP', [{ headers: { "": "c" } }]],
    ['the headers "a\\r\\nb" cannot be written in HTTP', [{ headers: { "a\r\nb": "c" } }]],
    ['the headers "a" cannot be written in HTTP', ["b\r\nc: d", "b\n", "日本"].map((a) => ({ headers: { a } }))],
  ])("refuses as malformed, without any value: %s", (what, payloads) => {
    for (const payload of payloads) expect(proxyResponse(payload, CONTEXT)).toBe(what);
  });

  it("sends values of both maps as text, those of the list first, and no value twice", () => {
    const response = responseTo({
      headers: { a: "1", b: "2", c: 3, d: true },
      multiValueHeaders: { a: ["3", "4"], b: ["2"], e: [] },
    });
    const sent = [
      ["a", "3"],
      ["a", "4"],
      ["b", "2"],
      ["a", "1"],
      ["c", "3"],
      ["d", "true"],
    ];
    expect(response.headers).toEqual([JSON_TYPE, ...IDS, ...sent]);
  });

  it("renames headers that are API Gateway's own, and drops those of the connection", () => {
    const own = ["Content-Length", "connection", "Date", "Server", "WWW-Authenticate", "x-amzn-RequestId"];
    for (const name of [...own, "Authorization"]) {
      const response = responseTo({ headers: { [name]: "1" } });
      expect(response.headers).toContainEqual([`x-amzn-Remapped-${name}`, "1"]);
      expect(valuesOf(response, name)).not.toContain("1");
    }
    const dropped = ["Transfer-Encoding", "upgrade", "Keep-Alive", "Trailer"].map((name) => [name, "1"]);
    expect(responseTo({ headers: Object.fromEntries(dropped) }).headers).toEqual([JSON_TYPE, ...IDS]);
  });
});
