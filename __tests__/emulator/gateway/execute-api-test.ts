/** What a caller of an API gets: the table of section 3, and what of the function's work decides about it. */
import { createHash } from "node:crypto";
import { answerExecuteApi, answerStage, findStage, newIds } from "../../../emulator/gateway/execute-api";
import type { Answered, Gateway } from "../../../emulator/gateway/stage-call";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import type { DeployedFunction, InvocationResult } from "../../../emulator/runtime/invoke";
import { deployments } from "../../../emulator/services/apigateway/records";
import { stages } from "../../../emulator/services/apigateway/records";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import {
  addFunction,
  CORS_HEADERS,
  openPretendAccount,
  type PretendAccount,
  REGION,
} from "../../support/pretend-account";
import { jsonOf, mintToken, requestOf, valuesOf } from "../../support/requests";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MEGABYTE = 1024 * 1024;

let pretend: PretendAccount;
let token: string;
let invoked: (readonly [fn: DeployedFunction, event: unknown, requestId: string])[];
let result: InvocationResult | Promise<InvocationResult>;

beforeEach(async () => {
  pretend = await openPretendAccount();
  token = await mintToken(pretend.pool);
  invoked = [];
  result = { kind: "answer", payload: { statusCode: 200, body: "invoked" } };
});

const runner = {
  invoke: async (...call: (typeof invoked)[number]) => {
    invoked.push(call);
    return await result;
  },
};

/** `POST /dev/access` with a good token, but for what is given; `token: null` sends none. */
function ask(
  path = "/dev/access",
  given: Partial<Omit<HttpRequest, "body">> & {
    token?: string | null;
    body?: Buffer;
    apiId?: string;
    region?: string;
  } = {},
): Promise<HttpResponse> {
  const apiId = given.apiId ?? text(pretend.made.api, "id");
  const { token: sent = token, headers = [], region = REGION, ...rest } = given;
  const authorization = sent === null ? [] : [["Authorization", sent] as const];
  const host = `${apiId}.execute-api.${region}.amazonaws.com`;
  const request = requestOf({ method: "POST", host, path, ...rest, headers: [...headers, ...authorization] });
  return answerExecuteApi({ account: pretend.account, runner }, region, apiId, request);
}

/** Expects API Gateway's own answer, with exactly these headers. */
async function expectRefusal(answer: Promise<HttpResponse>, status: number, body: string, type: string): Promise<void> {
  expect(await answer).toEqual({
    status,
    headers: [
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", expect.stringMatching(UUID)],
      ["x-amz-apigw-id", expect.stringMatching(/^[A-Za-z0-9]{15}=$/)],
      ["x-amzn-ErrorType", type],
    ],
    body,
  });
  expect(invoked).toEqual([]);
}

const expectUnauthorized = (answer: Promise<HttpResponse>) =>
  expectRefusal(answer, 401, '{"message":"Unauthorized"}', "UnauthorizedException");
const expectForbidden = (answer: Promise<HttpResponse>) =>
  expectRefusal(answer, 403, '{"message":"Forbidden"}', "ForbiddenException");
const expectNoSuchMethod = (answer: Promise<HttpResponse>) =>
  expectRefusal(answer, 403, '{"message":"Missing Authentication Token"}', "MissingAuthenticationTokenException");
const expectServerError = async (answer: Promise<HttpResponse>, status: number, message = "Internal server error") => {
  const { body, headers, ...rest } = await answer;
  expect({ ...rest, body }).toEqual({ status, body: `{"message": "${message}"}` });
  expect(Object.fromEntries(headers)).toMatchObject({ "Content-Type": "application/json" });
};

describe("answerExecuteApi, calls that pass", () => {
  it("answers with what the function returns", async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ status: 200, body: "invoked" });
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual([]);
  });

  it("invokes the deployed function with the proxy event and an id of its own", async () => {
    await ask("/dev/access", { query: "a=1", body: Buffer.from("text") });
    const [[fn, event, requestId] = []] = invoked;
    expect(fn).toMatchObject({
      name: "access",
      arn: `arn:aws:lambda:${REGION}:123456789012:function:access`,
      version: "$LATEST",
      handler: "index.handler",
      environment: {},
      timeoutSeconds: 10,
      memoryMegabytes: 128,
      region: REGION,
      logGroup: "/aws/lambda/access",
    });
    expect(requestId).toMatch(UUID);
    expect(event).toMatchObject({
      resource: "/access",
      path: "/access",
      httpMethod: "POST",
      queryStringParameters: { a: "1" },
      body: "text",
      requestContext: {
        path: "/dev/access",
        resourceId: pretend.made.access["id"],
        stage: "dev",
        apiId: pretend.made.api["id"],
        deploymentId: pretend.made.stage["deployment_id"],
        authorizer: { claims: { client_id: "caller", exp: "Thu Jul 02 12:42:47 UTC 2026" } },
      },
    });
    expect(event).not.toHaveProperty("requestContext.requestId", requestId);
  });

  it("takes the token of a header in any case, with Bearer and without", async () => {
    for (const [name, value] of [
      ["authorization", token],
      ["AUTHORIZATION", `Bearer ${token}`],
    ] as const) {
      expect(await ask("/dev/access", { token: null, headers: [[name, value]] })).toMatchObject({ status: 200 });
    }
  });

  it("lets an ID token through a method without scopes", async () => {
    const id = await mintToken(pretend.pool, { claims: { token_use: "id" } });
    expect(await ask("/dev/access", { method: "GET", token: id })).toMatchObject({ status: 200 });
  });

  it("answers the preflight of a browser, which sends no token", async () => {
    const preflight = [
      ["Origin", "https://shop.example"],
      ["Access-Control-Request-Method", "POST"],
    ] as const;
    const answer = await ask("/dev/access", { method: "OPTIONS", token: null, headers: preflight });
    expect(answer).toEqual({
      status: 200,
      headers: [
        ["Content-Type", "application/json"],
        ["x-amzn-RequestId", expect.stringMatching(UUID)],
        ["x-amz-apigw-id", expect.any(String)],
        ...Object.entries(CORS_HEADERS),
      ],
      body: "",
    });
    expect(invoked).toEqual([]);
  });
});

describe("answerExecuteApi, tokens", () => {
  it("says 401 without one, and to one that does not open the method", async () => {
    await expectUnauthorized(ask("/dev/access", { token: null }));
    await expectUnauthorized(ask("/dev/access", { token: await mintToken(pretend.otherPool) }));
  });

  it("says that a token has expired", async () => {
    pretend.time += 3_600_000;
    const body = '{"message":"The incoming token has expired"}';
    await expectRefusal(ask(), 401, body, "UnauthorizedException");
  });

  it("says 401 when the deployed authorizer is not to be found", async () => {
    const place = { account: pretend.account, region: REGION };
    for (const deployment of deployments.list(place)) {
      deployments.put(place, { ...deployment, snapshot: { ...deployment.snapshot, authorizers: [] } });
    }
    await expectUnauthorized(ask());
  });
});

describe("answerExecuteApi, paths", () => {
  it("knows no method for a path that is not there", async () => {
    await expectNoSuchMethod(ask("/dev/other", { token: null }));
  });

  it.each(["PUT", "DELETE", "PATCH", "HEAD", "post", "ANY"])("knows no method %s", async (method) => {
    await expectNoSuchMethod(ask("/dev/access", { method, token: null }));
  });

  it("takes a bearer token on an unknown path for a broken signature", async () => {
    const body =
      '{"message":"Invalid key=value pair (missing equal-sign) in Authorization header ' +
      "(hashed with SHA-256 and encoded with Base64): 'uTem/WB082UJMN2ajD6lH6UChGpTAddMJSx2iu923No='.\"}";
    await expectRefusal(ask("/dev/other", { token: "Bearer x" }), 403, body, "IncompleteSignatureException");
  });

  const REQUIRED = [
    "Authorization header requires 'Credential' parameter.",
    "Authorization header requires 'Signature' parameter.",
    "Authorization header requires 'SignedHeaders' parameter.",
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
  ];

  it.each([
    ["a token without a scheme", "e30.e30.x", REQUIRED],
    ["credentials that end in equal-signs", "Basic YTpiYw==", REQUIRED],
    ["half a signature", "AWS4-HMAC-SHA256 Credential=x, Signature=y", REQUIRED.slice(2)],
  ])("asks on an unknown path for what a signature has, given %s", async (_what, token, missing) => {
    const hash = createHash("sha256").update(token).digest("base64");
    const message = `${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`;
    const body = JSON.stringify({ message });
    await expectRefusal(ask("/dev/other", { token }), 403, body, "IncompleteSignatureException");
  });

  it("knows nobody's signature on an unknown path", async () => {
    const token = "AWS4-HMAC-SHA256 Credential=x, Signature=y, SignedHeaders=host";
    const answer = await ask("/dev/other", { token, headers: [["X-Amz-Date", "20260702T114353Z"]] });
    expect([answer.status, answer.body]).toEqual([
      403,
      expect.stringContaining("The security token included in the request"),
    ]);
  });

  it.each([
    "",
    "/prod/access",
    "*/dev/access",
    "dev/access",
    "x/dev/access",
  ])("knows no stage for '%s'", async (path) => {
    await expectForbidden(ask(path));
  });

  it.each([
    ["an unknown API", { apiId: "0000000000" }],
    ["another region", { region: "eu-west-1" }],
  ])("says 403 to %s", async (_, where) => {
    await expectForbidden(ask("/dev/access", where));
  });

  it("says 403 once the stage is gone", async () => {
    await pretend.remove("aws_api_gateway_stage", pretend.made.stage);
    await expectForbidden(ask());
  });
});

describe("answerExecuteApi, the deployment's snapshot", () => {
  it("demands the scope that was deployed until there is a new deployment", async () => {
    const authorization_scopes = ["test_resource/read"];
    await pretend.update("aws_api_gateway_method", pretend.made.post, { authorization_scopes });
    expect(await ask()).toMatchObject({ status: 200 });
    invoked = [];
    const reader = await mintToken(pretend.pool, { claims: { scope: "test_resource/read" } });
    await expectUnauthorized(ask("/dev/access", { token: reader }));
    await pretend.deploy();
    await expectUnauthorized(ask());
    expect(await ask("/dev/access", { token: reader })).toMatchObject({ status: 200 });
  });

  it("keeps a method closed that is opened without a deployment", async () => {
    await pretend.update("aws_api_gateway_method", pretend.made.post, { authorization: "NONE", authorizer_id: null });
    await expectUnauthorized(ask("/dev/access", { token: null }));
    await pretend.deploy();
    expect(await ask("/dev/access", { token: null })).toMatchObject({ status: 200 });
  });

  it("keeps to the deployed authorizer when the authorizer is changed", async () => {
    const provider_arns = [text(pretend.made.otherPool, "arn")];
    await pretend.update("aws_api_gateway_authorizer", pretend.made.authorizer, { provider_arns });
    const other = await mintToken(pretend.otherPool);
    await expectUnauthorized(ask("/dev/access", { token: other }));
    expect(await ask()).toMatchObject({ status: 200 });
    invoked = [];
    await pretend.deploy();
    await expectUnauthorized(ask());
    expect(await ask("/dev/access", { token: other })).toMatchObject({ status: 200 });
  });

  it("does not know a method that was not deployed, and knows one that was deleted since", async () => {
    await pretend.addMethod({ http_method: "PUT" });
    await expectNoSuchMethod(ask("/dev/access", { method: "PUT", token: null }));
    await pretend.remove("aws_api_gateway_method", pretend.made.post);
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("has no gateway response that was not deployed", async () => {
    const rest_api_id = text(pretend.made.api, "id");
    const response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" };
    const given = { rest_api_id, response_type: "DEFAULT_4XX", response_parameters };
    await pretend.create("aws_api_gateway_gateway_response", given);
    expect(valuesOf(await ask("/dev/access", { token: null }), "Access-Control-Allow-Origin")).toEqual([]);
    await pretend.deploy();
    const refused = await ask("/dev/access", { token: null });
    expect(valuesOf(refused, "Access-Control-Allow-Origin")).toEqual(["*"]);
    expect(refused).toMatchObject({ status: 401 });
  });
});

describe("answerExecuteApi, the function", () => {
  const permission = () => pretend.made.permission;
  /** Puts another permission in place of the function's only one. */
  async function permit(changes: Attributes): Promise<void> {
    const before = permission();
    await pretend.remove("aws_lambda_permission", before);
    await pretend.create("aws_lambda_permission", { ...before, ...changes });
  }

  it("says 500 when it may not be invoked", async () => {
    await pretend.remove("aws_lambda_permission", permission());
    await expectServerError(ask(), 500);
    expect(invoked).toEqual([]);
  });

  it.each([
    ["another principal", () => ({ principal: "events.amazonaws.com" })],
    ["another action", () => ({ action: "lambda:GetFunction" })],
    ["another API", () => ({ source_arn: `arn:aws:execute-api:${REGION}:123456789012:0000000000/*/*/*` })],
    ["another stage", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/prod/*/access` })],
    ["the stage in capitals", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/DEV/*/access` })],
    ["another method", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev/GET/access` })],
    ["another path", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev/POST/acces` })],
    ["a longer path", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev/POST/access/*` })],
    ["a dot for a slash", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev.POST.access` })],
  ])("says 500 when the permission is for %s", async (_, changes) => {
    await permit(changes());
    await expectServerError(ask(), 500);
    expect(invoked).toEqual([]);
  });

  it.each([
    ["this method and path", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev/POST/access` })],
    ["the whole API", () => ({ source_arn: `${text(pretend.made.api, "execution_arn")}/*` })],
    ["every source", () => ({ source_arn: null })],
    ["every action", () => ({ action: "lambda:*" })],
  ])("is invoked when the permission is for %s", async (_, changes) => {
    await permit(changes());
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("says 500 when only its namesake in another region may be invoked", async () => {
    const before = permission();
    await pretend.remove("aws_lambda_permission", before);
    await addFunction(pretend, "eu-west-1");
    const { region: _, ...given } = before;
    await pretend.create("aws_lambda_permission", { ...given, source_arn: null }, "eu-west-1");
    await expectServerError(ask(), 500);
    expect(invoked).toEqual([]);
  });

  it("says 500 when it is gone", async () => {
    await pretend.remove("aws_lambda_function", pretend.made.function);
    await expectServerError(ask(), 500);
  });

  it.each([
    ["an alias", (uri: string) => uri.replace("/invocations", ":live/invocations")],
    ["another account", (uri: string) => uri.replace("123456789012", "999999999999")],
    ["a name that is longer", (uri: string) => uri.replace("/invocations", "2/invocations")],
  ])("says 500 when the integration names %s", async (_, change) => {
    const uri = change(text(pretend.made.function, "invoke_arn"));
    const method = { http_method: "PUT" };
    await pretend.addMethod(method, { uri });
    await pretend.deploy();
    await expectServerError(ask("/dev/access", { method: "PUT" }), 500);
    expect(invoked).toEqual([]);
  });

  it("says 502 when it throws or times out", async () => {
    result = { kind: "error", errorType: "Error", errorMessage: "secret" };
    await expectServerError(ask(), 502);
  });

  it.each([null, "text", 1, [], { key: 1 }])("says 502 when it answers in the wrong form: %j", async (payload) => {
    result = { kind: "answer", payload };
    await expectServerError(ask(), 502);
  });

  it("says 504 when it takes longer than the integration waits", async () => {
    result = new Promise(() => undefined);
    await pretend.addMethod({ http_method: "PUT" }, { timeout_milliseconds: 50 });
    await pretend.deploy();
    await expectServerError(ask("/dev/access", { method: "PUT" }), 504, "Endpoint request timed out");
  });

  it("gives errors of the function the API's own headers", async () => {
    const rest_api_id = text(pretend.made.api, "id");
    const response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin": "'*'" };
    await pretend.create("aws_api_gateway_gateway_response", {
      rest_api_id,
      response_type: "DEFAULT_5XX",
      response_parameters,
    });
    await pretend.deploy();
    result = { kind: "answer", payload: null };
    expect(valuesOf(await ask(), "Access-Control-Allow-Origin")).toEqual(["*"]);
  });

  it("hands path parameters on, and asks leave for any value of them", async () => {
    const user = await pretend.addResource("{user}", await pretend.addResource("users"));
    await pretend.addMethod({ http_method: "ANY", resource_id: text(user, "id") });
    await permit({ source_arn: `${text(pretend.made.api, "execution_arn")}/dev/*/users/*` });
    await pretend.deploy();
    expect(await ask("/dev/users/a%2Fb", { method: "PUT", token: null })).toMatchObject({ status: 200 });
    expect(invoked[0]?.[1]).toMatchObject({
      resource: "/users/{user}",
      path: "/users/a%2Fb",
      httpMethod: "PUT",
      pathParameters: { user: "a%2Fb" },
    });
  });

  it("gets no authorizer from a method that is open to all, whatever token was sent", async () => {
    await pretend.addMethod({ http_method: "PUT" });
    await pretend.deploy();
    await ask("/dev/access", { method: "PUT" });
    expect(invoked[0]?.[1]).not.toHaveProperty("requestContext.authorizer");
  });

  it("is given bytes that are no UTF-8 as replacement characters", async () => {
    await ask("/dev/access", { body: Buffer.from([0xff, 0x41]) });
    expect(invoked[0]?.[1]).toMatchObject({ body: "\ufffdA", isBase64Encoded: false });
  });
});

describe("answerExecuteApi, limits", () => {
  /** What is said before API Gateway looks at the API. */
  const tooLong = (body: string) => ({ status: 413, headers: [["Content-Type", "text; charset=utf-8"]], body });

  it("says 413 to a body over 10 MB, before it looks at the token", async () => {
    const answer = await ask("/dev/access", { token: null, body: Buffer.alloc(10 * MEGABYTE + 1) });
    expect(answer).toEqual(tooLong("HTTP content length exceeded 10485760 bytes."));
    await expectUnauthorized(ask("/dev/access", { token: null, body: Buffer.alloc(10 * MEGABYTE) }));
  });

  it("lets no gateway response change that", async () => {
    const response_parameters = { "gatewayresponse.header.X-Own": "'own'" };
    const given = { rest_api_id: text(pretend.made.api, "id"), response_parameters };
    await pretend.create("aws_api_gateway_gateway_response", { ...given, response_type: "REQUEST_TOO_LARGE" });
    await pretend.deploy();
    expect(valuesOf(await ask("/dev/access", { body: Buffer.alloc(10 * MEGABYTE + 1) }), "X-Own")).toEqual([]);
    expect(valuesOf(await ask("/dev/access", { body: Buffer.alloc(6 * MEGABYTE, "a") }), "X-Own")).toEqual(["own"]);
  });

  it("says 413 to an event over 6 MB, which Lambda does not take", async () => {
    const body = '{"message": "Request Too Long"}';
    await expectRefusal(
      ask("/dev/access", { body: Buffer.alloc(6 * MEGABYTE, "a") }),
      413,
      body,
      "BadRequestException",
    );
    expect(await ask("/dev/access", { body: Buffer.alloc(6 * MEGABYTE - 10_000, "a") })).toMatchObject({ status: 200 });
  });

  it("refuses header values that together are over 10,240 bytes", async () => {
    const left = 10_240 - token.length;
    const answer = await ask("/dev/access", { headers: [["X-A", "a".repeat(left + 1)]] });
    expect(answer).toEqual(tooLong("HTTP header is larger than 10240 bytes."));
    expect(await ask("/dev/access", { headers: [["X-A", "a".repeat(left)]] })).toMatchObject({ status: 200 });
  });

  it("answers in JSON whatever it refuses", async () => {
    expect(jsonOf(await ask("/dev/access", { token: "\u0000" }))).toEqual({ message: "Unauthorized" });
  });
});

describe("answerStage", () => {
  /** What becomes of `POST /access`, and what is known of it afterwards. */
  async function answer(given: Partial<Omit<HttpRequest, "body">> & Pick<Gateway, "admit"> = {}): Promise<Answered> {
    const { admit = () => undefined, path = "/access", ...rest } = given;
    const found = findStage(pretend.account, REGION, text(pretend.made.api, "id"), "dev");
    if (found === undefined) throw new Error("no stage");
    const request = requestOf({ method: "POST", path: `/dev${path}`, headers: [["Authorization", token]], ...rest });
    return await answerStage(
      { account: pretend.account, runner, admit },
      { ...found, request, path, ids: newIds(pretend.account) },
    );
  }

  it("says who called what, and what the integration said", async () => {
    const { response, record } = await answer();
    expect(response).toMatchObject({ status: 200, body: "invoked" });
    expect(record).toMatchObject({
      method: { resourcePath: "/access", method: { httpMethod: "POST" } },
      claims: { client_id: "caller" },
      refusal: undefined,
      integration: { status: 200, latencyMilliseconds: 0 },
    });
  });

  it("says why a call was refused, and knows no caller then", async () => {
    const { record } = await answer({ headers: [] });
    expect(record).toMatchObject({
      method: { resourcePath: "/access" },
      claims: undefined,
      refusal: { type: "UNAUTHORIZED", message: "Unauthorized" },
      integration: undefined,
    });
  });

  it("says what an integration that was asked could not do", async () => {
    result = { kind: "answer", payload: "no answer" };
    expect((await answer()).record).toMatchObject({
      claims: { client_id: "caller" },
      refusal: { type: "INTEGRATION_FAILURE", message: "Internal server error" },
      integration: { status: undefined, latencyMilliseconds: 0 },
    });
  });

  it("knows no method of a path that the API does not have", async () => {
    const { record } = await answer({ path: "/other", headers: [] });
    expect(record).toEqual({
      method: undefined,
      claims: undefined,
      refusal: { type: "MISSING_AUTHENTICATION_TOKEN", message: "Missing Authentication Token" },
      integration: undefined,
    });
  });

  it("asks whether a method takes one more call before it looks at the caller, and not for unknown methods", async () => {
    const asked: string[] = [];
    const admit: Gateway["admit"] = (_call, { resourcePath }) => {
      asked.push(resourcePath);
      return { type: "THROTTLED" };
    };
    const { response, record } = await answer({ admit, headers: [] });
    expect(response).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    expect(record.refusal).toEqual({ type: "THROTTLED", message: "Too Many Requests" });
    expect((await answer({ admit, path: "/other", headers: [] })).response).toMatchObject({ status: 403 });
    expect(asked).toEqual(["/access"]);
    expect(invoked).toEqual([]);
  });
});

describe("stage variables", () => {
  it("are in the function's event, and name the function in the integration's URI", async () => {
    const { api, function: fn, stage } = pretend.made;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: API Gateway fills it in
    const uri = text(fn, "invoke_arn").replace(/:access\/invocations$/, ":${stageVariables.name}/invocations");
    const resource_id = text(await pretend.addResource("varied"), "id");
    await pretend.addMethod({ http_method: "GET", resource_id }, { uri });
    await pretend.create("aws_lambda_permission", {
      action: "lambda:InvokeFunction",
      function_name: "access",
      principal: "apigateway.amazonaws.com",
      source_arn: `${text(api, "execution_arn")}/*/GET/varied`,
      statement_id: "varied",
    });
    const deployed = await pretend.deploy();
    expect(await ask("/dev/varied", { method: "GET" })).toMatchObject({ status: 500 });
    await pretend.update("aws_api_gateway_stage", { ...stage, ...deployed }, { variables: { name: "access" } });
    expect(await ask("/dev/varied", { method: "GET" })).toMatchObject({ status: 200 });
    expect(invoked[0]?.[1]).toMatchObject({ stageVariables: { name: "access" } });
  });
});

describe("a canary", () => {
  it.each([
    [0, "false of prod"],
    [100, "true of canary"],
  ])("answers %d percent of the calls, with variables of its own", async (percentTraffic, body) => {
    const { api } = pretend.made;
    const at = { rest_api_id: text(api, "id"), resource_id: text(await pretend.addResource("varied"), "id") };
    const status = { ...at, http_method: "GET", status_code: "200" };
    const request_templates = { "application/json": '{"statusCode": 200}' };
    await pretend.addMethod({ ...at, http_method: "GET" }, { type: "MOCK", uri: null, request_templates });
    await pretend.create("aws_api_gateway_method_response", status);
    const response_templates = { "application/json": "$context.isCanaryRequest of $stageVariables.name" };
    await pretend.create("aws_api_gateway_integration_response", { ...status, response_templates });
    await pretend.deploy();
    const stage = stages.list({ account: pretend.account, region: REGION })[0];
    const { deploymentId = "" } = stage ?? {};
    const canarySettings = { percentTraffic, deploymentId, stageVariableOverrides: { name: "canary" } };
    await pretend.account.change(async () => {
      const place = { account: pretend.account, region: REGION };
      if (stage !== undefined) stages.put(place, { ...stage, variables: { name: "prod" }, canarySettings });
      return { result: undefined, operation: null };
    });

    expect(await ask("/dev/varied", { method: "GET" })).toMatchObject({ status: 200, body });
  });
});

describe("a method that requires an API key", () => {
  const askWith = (...values: readonly string[]) =>
    ask("/dev/keyed", { method: "OPTIONS", headers: values.map((value) => ["x-api-key", value] as const) });

  it("answers to an enabled key of a usage plan of the stage, and to no other", async () => {
    const { api, stage } = pretend.made;
    const resource_id = text(await pretend.addResource("keyed"), "id");
    await pretend.addMethod(
      { http_method: "OPTIONS", resource_id, api_key_required: true },
      { type: "MOCK", uri: null },
    );
    await pretend.deploy();
    const [key, stray] = await Promise.all(
      ["orders", "stray"].map((name) => pretend.create("aws_api_gateway_api_key", { name, enabled: true })),
    );
    const api_stages = [{ api_id: text(api, "id"), stage: text(stage, "stage_name") }];
    const plan = await pretend.create("aws_api_gateway_usage_plan", { name: "orders", api_stages });
    const of = { key_id: text(key ?? {}, "id"), key_type: "API_KEY", usage_plan_id: text(plan, "id") };
    await pretend.create("aws_api_gateway_usage_plan_key", of);
    const [value, other] = [text(key ?? {}, "value"), text(stray ?? {}, "value")];
    const forbidden = { status: 403, body: '{"message":"Forbidden"}' };
    for (const sent of [[], ["x"], [other], [value, value]]) expect(await askWith(...sent)).toMatchObject(forbidden);
    expect((await askWith(value)).status).not.toBe(403);
    await pretend.update("aws_api_gateway_api_key", key ?? {}, { enabled: false });
    expect(await askWith(value)).toMatchObject(forbidden);
  });
});
