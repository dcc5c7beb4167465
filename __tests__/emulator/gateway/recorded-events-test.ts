/**
 * Paths and parameters of the proxy event against events that were recorded on AWS, on an API with `ANY /{proxy+}` and
 * `ANY /hardcoded`, and on one with `ANY /{pathVariable}`.
 *
 * @see https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json
 */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { HttpRequest } from "../../../emulator/protocols/http";
import { text } from "../../../emulator/terraform/attributes";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { requestOf } from "../../support/requests";

let pretend: PretendAccount;
let ids: Readonly<Record<string, string>>;
let events: unknown[];

beforeAll(async () => {
  pretend = await openPretendAccount();
  const proxy = await pretend.addResource("{proxy+}");
  const hardcoded = await pretend.addResource("hardcoded");
  const user = await pretend.addResource("{id}", await pretend.addResource("users"));
  for (const { id } of [proxy, hardcoded, user]) {
    await pretend.addMethod({ http_method: "ANY", resource_id: String(id) });
  }
  const before = pretend.made.permission;
  const source_arn = `${text(pretend.made.api, "execution_arn")}/*`;
  await pretend.create("aws_lambda_permission", { ...before, id: null, statement_id: "all", source_arn });
  await pretend.deploy();
  ids = { "/{proxy+}": text(proxy, "id"), "/hardcoded": text(hardcoded, "id"), "/users/{id}": text(user, "id") };
});
beforeEach(() => {
  events = [];
});

const runner = {
  invoke: async (_fn: unknown, event: unknown) => {
    events.push(event);
    return { kind: "answer", payload: { statusCode: 200, body: "" } } as const;
  },
};

/** The event that the function receives for the target below the stage `dev`. */
async function eventOf(
  target: string,
  given: Partial<Omit<HttpRequest, "body">> & { body?: string } = {},
): Promise<unknown> {
  const apiId = text(pretend.made.api, "id");
  const [path = "", query = ""] = `/dev${target}`.split("?");
  const request = requestOf({ host: `${apiId}.execute-api.${REGION}.amazonaws.com`, path, query, ...given });
  const answer = await answerExecuteApi({ account: pretend.account, runner }, REGION, apiId, request);
  expect(answer.status).toBe(200);
  return events[0];
}

describe("proxyEvent, paths as recorded on AWS,", () => {
  it.each([
    ["/proxy-value", "/proxy-value", "proxy-value"],
    ["/proxy-value/", "/proxy-value/", "proxy-value"],
    ["/proxy-value//double-slash", "/proxy-value//double-slash", "proxy-value//double-slash"],
    ["//proxy-value", "/proxy-value", "proxy-value"],
    [
      "/proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
      "/proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
      "proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
    ],
  ])("keeps what %s says in requestContext, and has path %s and parameter %s", async (target, path, proxy) => {
    expect(await eventOf(target)).toMatchObject({
      resource: "/{proxy+}",
      path,
      pathParameters: { proxy },
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      requestContext: { path: `/dev${target}`, resourcePath: "/{proxy+}", resourceId: ids["/{proxy+}"] },
    });
  });

  it("has one slash before the stage, however many were sent", async () => {
    expect(await eventOf("/proxy-value", { path: "//dev/proxy-value" })).toMatchObject({
      path: "/proxy-value",
      requestContext: { path: "/dev/proxy-value" },
    });
  });

  it("spells Authorization in one way, and takes over the trace of the caller", async () => {
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    const headers = [
      ["aUThorization", "x"],
      ["user-Agent", "y"],
      ["tEsT", "z"],
      ["x-amzn-trace-id", trace],
    ] as const;

    expect(await eventOf("/proxy-value", { headers })).toMatchObject({
      headers: { Authorization: "x", tEsT: "z", "User-Agent": "y", "X-Amzn-Trace-Id": trace },
    });
  });

  it.each([
    ["/proxy-value?urlparam=test", "/proxy-value", "/dev/proxy-value"],
    ["/proxy-value/?urlparam=test", "/proxy-value/", "/dev/proxy-value/"],
  ])("leaves the query of %s out of the paths", async (target, path, whole) => {
    expect(await eventOf(target)).toMatchObject({
      path,
      pathParameters: { proxy: "proxy-value" },
      queryStringParameters: { urlparam: "test" },
      multiValueQueryStringParameters: { urlparam: ["test"] },
      requestContext: { path: whole },
    });
  });

  it("reaches a literal path after two slashes, without parameters", async () => {
    expect(await eventOf("//hardcoded")).toMatchObject({
      resource: "/hardcoded",
      path: "/hardcoded",
      pathParameters: null,
      requestContext: { path: "/dev//hardcoded", resourcePath: "/hardcoded", resourceId: ids["/hardcoded"] },
    });
  });

  // https://github.com/aws-powertools/powertools-lambda-python/issues/1552
  it("reaches a literal path before a slash", async () => {
    expect(await eventOf("/hardcoded/")).toMatchObject({
      resource: "/hardcoded",
      path: "/hardcoded/",
      pathParameters: null,
      requestContext: { path: "/dev/hardcoded/" },
    });
  });

  // https://github.com/aws/aws-sam-cli/issues/771, https://github.com/serverless/serverless/issues/5037
  it.each(["%40", "my-id%2F100", "test%7Cid", "a%2Fb%20c"])("leaves the parameter %s encoded", async (id) => {
    expect(await eventOf(`/users/${id}`)).toMatchObject({ path: `/users/${id}`, pathParameters: { id } });
  });

  it("decodes parameters of the query", async () => {
    const query = [
      "dateTimeOffset=2023-06-12T18:05:10.123456+00:00",
      "email=test%2Balias@gmail.com",
      "plus=test+alias@gmail.com",
      "url=https://www.google.com/",
      "whitespace=foo%20bar",
      "zhash=abort/",
    ].join("&");
    const expected = {
      dateTimeOffset: "2023-06-12T18:05:10.123456 00:00",
      email: "test+alias@gmail.com",
      plus: "test alias@gmail.com",
      url: "https://www.google.com/",
      whitespace: "foo bar",
      zhash: "abort/",
    };
    expect(await eventOf(`/proxy-value/api?${query}`)).toMatchObject({
      path: "/proxy-value/api",
      pathParameters: { proxy: "proxy-value/api" },
      queryStringParameters: expected,
      multiValueQueryStringParameters: Object.fromEntries(
        Object.entries(expected).map(([name, value]) => [name, [value]]),
      ),
    });
  });

  it("is whole, with values that were sent several times", async () => {
    const headers = [
      ["Accept", "*/*"],
      ["Accept-Encoding", "gzip, deflate"],
      ["Authorization", "Bearer token123;API key456"],
      ["Content-Length", "26"],
      ["Content-Type", "application/json;charset=utf-8"],
      ["User-Agent", "python-requests/testing"],
      ["tEsT-HEADeR", "aValUE"],
    ] as const;
    const target = "/proxy-value?category=electronics&category=books&price=10&price=20&price=30";
    const event = await eventOf(target, { method: "POST", headers, body: '{"message": "hello world"}' });
    const host = `${text(pretend.made.api, "id")}.execute-api.${REGION}.amazonaws.com`;
    const values = {
      Accept: "*/*",
      "Accept-Encoding": "gzip, deflate",
      Authorization: "Bearer token123;API key456",
      "Content-Type": "application/json;charset=utf-8",
      Host: host,
      "User-Agent": "python-requests/testing",
      "X-Amzn-Trace-Id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Proto": "https",
      "tEsT-HEADeR": "aValUE",
    };
    expect(event).toEqual({
      body: '{"message": "hello world"}',
      headers: values,
      httpMethod: "POST",
      isBase64Encoded: false,
      multiValueHeaders: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])),
      multiValueQueryStringParameters: { category: ["electronics", "books"], price: ["10", "20", "30"] },
      path: "/proxy-value",
      pathParameters: { proxy: "proxy-value" },
      queryStringParameters: { category: "books", price: "30" },
      requestContext: {
        accountId: expect.stringMatching(/^\d{12}$/),
        apiId: text(pretend.made.api, "id"),
        deploymentId: expect.any(String),
        domainName: host,
        domainPrefix: text(pretend.made.api, "id"),
        extendedRequestId: expect.any(String),
        httpMethod: "POST",
        identity: {
          accessKey: null,
          accountId: null,
          caller: null,
          cognitoAuthenticationProvider: null,
          cognitoAuthenticationType: null,
          cognitoIdentityId: null,
          cognitoIdentityPoolId: null,
          principalOrgId: null,
          sourceIp: "127.0.0.1",
          user: null,
          userAgent: "python-requests/testing",
          userArn: null,
        },
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
});

describe("answerExecuteApi, requests that an open route catches,", () => {
  it("lets a method through without a token that the guarded path does not have", async () => {
    expect(await eventOf("/access", { method: "PATCH" })).toMatchObject({
      resource: "/{proxy+}",
      pathParameters: { proxy: "access" },
    });
  });

  it("asks for a token where the guarded path has the method, whatever slashes are around it", async () => {
    const apiId = text(pretend.made.api, "id");
    const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
    for (const path of ["/dev/access", "/dev//access", "/dev/access/", "/dev//access//"]) {
      const request = requestOf({ method: "POST", host, path });
      const { status } = await answerExecuteApi({ account: pretend.account, runner }, REGION, apiId, request);
      expect([path, status]).toEqual([path, 401]);
    }
    expect(events).toEqual([]);
  });
});
