/** What a function receives, and what becomes of its answer: sections 4 and 5 of how AWS behaves. */

import { type CallContext, proxyEvent, proxyResponse } from "../../../emulator/gateway/proxy-integration";
import type { HttpRequest } from "../../../emulator/protocols/http";
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
  const event = eventOf({ headers }) as {
    headers: Record<string, string>;
    multiValueHeaders: Record<string, string[]>;
  };
  return { one: event.headers, all: event.multiValueHeaders };
};

/** Recorded on AWS: localstack's test_apigateway_header_remapping_aws. */
const NOT_SEEN = [
  "Connection",
  "Content-Length",
  "Content-MD5",
  "Expect",
  "Max-Forwards",
  "Proxy-Authenticate",
  "Server",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
  "WWW-Authenticate",
];

describe("proxyEvent", () => {
  it("is the whole event of AWS, keys in AWS's order", () => {
    const headers = [
      ["Accept", "*/*"],
      ["User-Agent", "curl/8"],
      ...NOT_SEEN.map((name) => [name, "0"] as const),
    ] as const;
    const event = eventOf({ headers });
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
      multiValueHeaders: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
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
        identity: {
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
          userAgent: "curl/8",
          user: null,
        },
        domainName: HOST,
        deploymentId: "dep123",
        apiId: "a1b2c3d4e5",
      },
      body: null,
      isBase64Encoded: false,
    };
    expect(JSON.stringify(event, null, 1)).toBe(JSON.stringify(expected, null, 1));
  });

  it("has no authorizer for an open method", () => {
    expect(eventOf({}, { claims: undefined })).not.toHaveProperty("requestContext.authorizer");
  });

  it("has no user agent that was not sent", () => {
    expect(eventOf()).toHaveProperty("requestContext.identity.userAgent", null);
  });

  it("calls the stage's root /", () => {
    expect(eventOf({ path: "/dev" }, { path: "", resourcePath: "/" })).toMatchObject({ path: "/", resource: "/" });
  });

  it("has path parameters when there are any", () => {
    expect(eventOf({}, { pathParameters: { id: "1" } })).toMatchObject({ pathParameters: { id: "1" } });
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

  it("has all values of a repeated header, and the last one alone", () => {
    const { one, all } = headersOf(["X-A", "1"], ["X-A", "2"]);
    expect([one["X-A"], all["X-A"]]).toEqual(["2", ["1", "2"]]);
  });

  it("has a header under one name, however it was spelled", () => {
    const { one, all } = headersOf(["x-a", "1"], ["X-A", "2"]);
    expect([one["x-a"], one["X-A"], all["x-a"], all["X-A"]]).toEqual(["2", undefined, ["1", "2"], undefined]);
  });

  it.each([
    "host",
    "Host",
    "X-FORWARDED-PROTO",
    "x-forwarded-port",
    "x-amzn-trace-id",
  ])("does not let a caller say what API Gateway says: %s", (name) => {
    const { one, all } = headersOf([name, "evil"]);
    expect(JSON.stringify([one, all])).not.toContain("evil");
  });

  it("appends the caller's address to where it says it comes from", () => {
    const { one, all } = headersOf(["x-forwarded-for", "10.0.0.1"], ["X-Forwarded-For", "10.0.0.2, 10.0.0.3"]);
    expect(one["X-Forwarded-For"]).toBe("10.0.0.1, 10.0.0.2, 10.0.0.3, 127.0.0.1");
    expect(all["X-Forwarded-For"]).toHaveLength(1);
    expect(one).not.toHaveProperty("x-forwarded-for");
  });

  it.each([
    ["2026-01-09T00:00:00Z", "09/Jan/2026:00:00:00 +0000"],
    ["2026-12-31T23:59:59.999Z", "31/Dec/2026:23:59:59 +0000"],
  ])("writes the time %s as %s", (time, requestTime) => {
    expect(eventOf({}, { time: Date.parse(time) })).toHaveProperty("requestContext.requestTime", requestTime);
  });
});

/** `undefined` when the payload is malformed. */
const answerTo = (payload: unknown) => {
  const answer = proxyResponse(payload, CONTEXT);
  return typeof answer === "string" ? undefined : answer;
};
const IDS = [
  ["x-amzn-RequestId", CONTEXT.requestId],
  ["x-amz-apigw-id", CONTEXT.extendedRequestId],
] as const;
const JSON_TYPE = ["Content-Type", "application/json"] as const;

describe("proxyResponse", () => {
  it("makes an empty JSON answer of a bare status", () => {
    expect(answerTo({ statusCode: 200 })).toEqual({ status: 200, headers: [JSON_TYPE, ...IDS], body: "" });
  });

  it.each([
    [{}, 200],
    [{ body: "x" }, 200],
    [{ statusCode: null }, 200],
    [{ statusCode: "201" }, 201],
    [{ statusCode: 599 }, 599],
    [{ statusCode: 200, headers: null }, 200],
    [{ statusCode: 200, multiValueHeaders: null }, 200],
    [{ statusCode: 200, body: null }, 200],
  ])("takes %j for status %d", (payload, status) => {
    expect(answerTo(payload)).toMatchObject({ status });
  });

  it.each([
    null,
    "text",
    "",
    1,
    true,
    [],
    [{ statusCode: 200 }],
    { statusCode: "test" },
    { statusCode: "" },
    { statusCode: 99 },
    { statusCode: 101 },
    { statusCode: 600 },
    { statusCode: 200.5 },
    { statusCode: {} },
    { statusCode: 200, key: 1 },
    { statusCode: 200, cookies: [] },
    { statusCode: 200, StatusCode: 200 },
    { statusCode: 200, body: {} },
    { statusCode: 200, body: 1 },
    { statusCode: 200, headers: [] },
    { statusCode: 200, headers: "x" },
    { statusCode: 200, headers: { a: { toString: 1, valueOf: 1 } } },
    { statusCode: 200, multiValueHeaders: [] },
    { statusCode: 200, multiValueHeaders: { a: "b" } },
    { statusCode: 200, multiValueHeaders: { a: null } },
    { statusCode: 200, multiValueHeaders: { a: [{}] } },
    { statusCode: 200, headers: { "a b": "c" } },
    { statusCode: 200, headers: { "": "c" } },
    { statusCode: 200, headers: { a: "b\r\nc: d" } },
    { statusCode: 200, headers: { a: "b\n" } },
    { statusCode: 200, headers: { a: "日本" } },
    { statusCode: 200, headers: { "a\r\nb": "c" } },
    JSON.parse('{"statusCode":200,"__proto__":{"body":"x"}}'),
  ])("does not take %j", (payload) => {
    expect(answerTo(payload)).toBeUndefined();
  });

  it.each([
    [null, "it is not an object"],
    [
      { key: "secret", other: 1 },
      'it has "key", "other", expected only "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"',
    ],
    [{ statusCode: "secret" }, '"statusCode" is not an integer from 200 to 599'],
    [{ headers: "secret" }, '"headers" has to map names to values, and "multiValueHeaders" names to lists'],
    [{ body: { password: "secret" } }, '"body" is not a string'],
    [{ headers: { "a b": "secret" } }, 'the headers "a b" cannot be written in HTTP'],
  ])("says what is wrong with %j, and no value", (payload, what) => {
    expect(proxyResponse(payload, CONTEXT)).toBe(what);
  });

  it("leaves the body as it is when it is called base64", () => {
    expect(answerTo({ body: "aGk=", isBase64Encoded: true })).toMatchObject({ body: "aGk=" });
  });

  it("keeps the function's own content type, in any case", () => {
    const answer = answerTo({ headers: { "content-type": "text/plain" } });
    expect(answer?.headers).toEqual([...IDS, ["content-type", "text/plain"]]);
  });

  it("sends values of both maps, those of the list first, and no value twice", () => {
    const answer = answerTo({ headers: { a: "1", b: "2" }, multiValueHeaders: { a: ["3", "4"], b: ["2"], c: [] } });
    expect(answer?.headers).toEqual([JSON_TYPE, ...IDS, ["a", "3"], ["a", "4"], ["b", "2"], ["a", "1"]]);
  });

  it("spells numbers and booleans as text", () => {
    expect(answerTo({ headers: { a: 1, b: true } })?.headers.slice(3)).toEqual([
      ["a", "1"],
      ["b", "true"],
    ]);
  });

  it.each([
    "Content-Length",
    "connection",
    "Date",
    "Server",
    "WWW-Authenticate",
    "x-amzn-RequestId",
    "Authorization",
  ])("renames the header %s, which is API Gateway's own", (name) => {
    const answer = answerTo({ headers: { [name]: "1" } });
    expect(answer?.headers).toContainEqual([`x-amzn-Remapped-${name}`, "1"]);
    expect(answer && valuesOf(answer, name)).not.toContain("1");
  });

  it.each(["Transfer-Encoding", "upgrade", "Keep-Alive", "Trailer"])("drops the header %s", (name) => {
    expect(answerTo({ headers: { [name]: "1" } })?.headers).toEqual([JSON_TYPE, ...IDS]);
  });
});
