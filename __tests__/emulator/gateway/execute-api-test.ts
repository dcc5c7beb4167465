/** Responses to callers of an API, and what of the function's work decides about them. */
import { answerStage, findStage, newIds } from "../../../emulator/gateway/execute-api";
import type { Gateway } from "../../../emulator/gateway/stage-call";
import { deployments, stages } from "../../../emulator/services/apigateway/records";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import {
  EXPIRED,
  FORBIDDEN,
  failed,
  type GuardedApi,
  hostOf,
  INVOKED,
  NO_SUCH_METHOD,
  noSignature,
  openGuardedApi,
  refusal,
  serverError,
  UNAUTHORIZED,
} from "../../support/guarded-api";
import { addFunction, CORS_HEADERS, REGION } from "../../support/pretend-account";
import { jsonOf, mintToken, requestOf, valuesOf } from "../../support/requests";

const MEGABYTE = 1024 * 1024;
const OK = { status: 200, body: INVOKED };
const place = () => ({ account: api.pretend.account, region: REGION });

let api: GuardedApi;
beforeEach(async () => {
  api = await openGuardedApi();
});

describe("a call that passes", () => {
  it("invokes the deployed function with the proxy event and an id of its own", async () => {
    const response = await api.call({ query: "a=1", body: "text" });
    expect(response).toMatchObject(OK);
    expect(valuesOf(response, "x-amzn-ErrorType")).toEqual([]);
    const [{ fn, requestId } = { fn: {}, requestId: "" }] = api.invocations;
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
    expect(api.events).toMatchObject([
      {
        resource: "/access",
        path: "/access",
        httpMethod: "POST",
        queryStringParameters: { a: "1" },
        body: "text",
        requestContext: {
          path: "/dev/access",
          resourceId: api.pretend.made.access["id"],
          stage: "dev",
          apiId: api.pretend.made.api["id"],
          deploymentId: api.pretend.made.stage["deployment_id"],
          authorizer: { claims: { client_id: "caller", exp: "Thu Jul 02 12:42:47 UTC 2026" } },
        },
      },
    ]);
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(api.events[0]).not.toHaveProperty("requestContext.requestId", requestId);
  });

  it("has the request id that the caller chooses, if it is a UUID", async () => {
    const chosen = "76657269-6679-4000-8000-000000000001";
    const idOf = async (id: string) => {
      return valuesOf(await api.call({ headers: [["X-Amzn-RequestId", id]] }), "x-amzn-RequestId")[0];
    };

    expect(await idOf(chosen)).toBe(chosen);
    expect(api.events[0]).toHaveProperty("requestContext.requestId", chosen);
    expect(await idOf('", "clientId": "other')).toMatch(/^[\da-f-]{36}_REPLACED_INVALID_REQUEST_ID$/);
  });

  it("may have the token in a header of any case, and an ID token for a method without scopes", async () => {
    for (const [name, value] of [
      ["authorization", api.token],
      ["AUTHORIZATION", `Bearer ${api.token}`],
    ] as const) {
      expect(await api.call({ token: null, headers: [[name, value]] })).toMatchObject(OK);
    }
    const id = await mintToken(api.pretend.pool, { claims: { token_use: "id" } });
    expect(await api.call({ method: "GET", token: id })).toMatchObject(OK);
  });

  it("may be the preflight of a browser, which sends no token", async () => {
    const headers = [
      ["Origin", "https://shop.example"],
      ["Access-Control-Request-Method", "POST"],
    ] as const;
    const { status, headers: sent, body } = await api.call({ method: "OPTIONS", token: null, headers });
    expect([status, sent[0], ...sent.slice(3), body]).toEqual([
      200,
      ["Content-Type", "application/json"],
      ...Object.entries(CORS_HEADERS),
      "",
    ]);
    expect(api.events).toEqual([]);
  });

  it("has path parameters, no authorizer at an open method, and replacement characters for what is not UTF-8", async () => {
    const user = await api.pretend.addResource("{user}", await api.pretend.addResource("users"));
    await api.pretend.addMethod({ http_method: "ANY", resource_id: text(user, "id") });
    await api.permitAll();
    await api.pretend.deploy();
    const body = Buffer.from([0xff, 0x41]);
    expect(await api.call({ path: "/dev/users/a%2Fb", method: "PUT", body })).toMatchObject(OK);
    expect(api.events).toMatchObject([
      { resource: "/users/{user}", path: "/users/a%2Fb", httpMethod: "PUT", pathParameters: { user: "a%2Fb" } },
    ]);
    expect(api.events).toMatchObject([{ body: "\ufffdA", isBase64Encoded: false }]);
    expect(api.events[0]).not.toHaveProperty("requestContext.authorizer");
  });
});

describe("a call that is refused", () => {
  const unknownPath = { path: "/dev/other" };
  const invalidPair =
    "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'uTem/WB082UJMN2ajD6lH6UChGpTAddMJSx2iu923No='.";
  const HALF = "AWS4-HMAC-SHA256 Credential=x, Signature=y";

  it.each<readonly [string, Parameters<GuardedApi["call"]>[0], object]>([
    ["has no token", { token: null }, UNAUTHORIZED],
    ["has a token with a null character", { token: "\u0000" }, UNAUTHORIZED],
    ["is for an unknown path", { ...unknownPath, token: null }, NO_SUCH_METHOD],
    ...["PUT", "DELETE", "PATCH", "HEAD", "post", "ANY"].map(
      (method) => [`has the unknown method ${method}`, { method, token: null }, NO_SUCH_METHOD] as const,
    ),
    [
      "has a bearer token on an unknown path",
      { ...unknownPath, token: "Bearer x" },
      refusal(403, invalidPair, "IncompleteSignatureException"),
    ],
    ...["e30.e30.x", "Basic YTpiYw=="].map(
      (token) => [`has ${token} on an unknown path`, { ...unknownPath, token }, noSignature(token)] as const,
    ),
    ["has half a signature", { ...unknownPath, token: HALF }, noSignature(HALF, ["SignedHeaders"])],
    [
      "has a signature on an unknown path",
      { ...unknownPath, token: `${HALF}, SignedHeaders=host`, headers: [["X-Amz-Date", "20260702T114353Z"]] },
      refusal(403, "The security token included in the request is invalid.", "IncompleteSignatureException"),
    ],
    ...["", "/prod/access", "*/dev/access", "dev/access", "x/dev/access"].map(
      (path) => [`has no stage in its path '${path}'`, { path }, FORBIDDEN] as const,
    ),
    ["is for an unknown API", { host: hostOf("0000000000") }, FORBIDDEN],
  ])("%s", async (_, call, expected) => {
    expect(await api.call(call)).toEqual(expected);
    expect(api.events).toEqual([]);
  });

  it("is for another region, or a stage that was deleted", async () => {
    expect(await api.call({ host: api.host.replace(REGION, "eu-west-1") })).toEqual(FORBIDDEN);
    await api.pretend.remove("aws_api_gateway_stage", api.pretend.made.stage);
    expect(await api.call()).toEqual(FORBIDDEN);
  });

  it("has another pool's token, one that expired, or one whose authorizer is not deployed", async () => {
    expect(await api.call({ token: await mintToken(api.pretend.otherPool) })).toEqual(UNAUTHORIZED);
    api.pretend.time += 3_600_000;
    expect(await api.call()).toEqual(EXPIRED);
    api.pretend.time -= 3_600_000;
    for (const deployment of deployments.list(place())) {
      deployments.put(place(), { ...deployment, snapshot: { ...deployment.snapshot, authorizers: [] } });
    }
    expect(await api.call()).toEqual(UNAUTHORIZED);
    expect(api.events).toEqual([]);
  });
});

describe("a deployment", () => {
  it("keeps the scope and the authorizer of methods until the next one", async () => {
    const { post, authorizer, otherPool } = api.pretend.made;
    await api.pretend.update("aws_api_gateway_method", post, { authorization_scopes: ["test_resource/read"] });
    const reader = await mintToken(api.pretend.pool, { claims: { scope: "test_resource/read" } });
    expect([await api.call(), await api.call({ token: reader })]).toMatchObject([OK, UNAUTHORIZED]);
    await api.pretend.deploy();
    expect([await api.call(), await api.call({ token: reader })]).toMatchObject([UNAUTHORIZED, OK]);
    const provider_arns = [text(otherPool, "arn")];
    await api.pretend.update("aws_api_gateway_authorizer", authorizer, { provider_arns });
    const foreign = await mintToken(api.pretend.otherPool, { claims: { scope: "test_resource/read" } });
    expect([await api.call({ token: reader }), await api.call({ token: foreign })]).toMatchObject([OK, UNAUTHORIZED]);
    await api.pretend.deploy();
    expect([await api.call({ token: reader }), await api.call({ token: foreign })]).toMatchObject([UNAUTHORIZED, OK]);
  });

  it("keeps methods closed, there, and away, until the next one", async () => {
    const { post } = api.pretend.made;
    await api.pretend.update("aws_api_gateway_method", post, { authorization: "NONE", authorizer_id: null });
    expect(await api.call({ token: null })).toEqual(UNAUTHORIZED);
    await api.pretend.deploy();
    expect(await api.call({ token: null })).toMatchObject(OK);
    await api.pretend.addMethod({ http_method: "PUT" });
    expect(await api.call({ method: "PUT", token: null })).toEqual(NO_SUCH_METHOD);
    await api.pretend.remove("aws_api_gateway_method", post);
    expect(await api.call()).toMatchObject(OK);
  });

  it("has the gateway responses for refusals, and for errors of the function", async () => {
    for (const response_type of ["DEFAULT_4XX", "DEFAULT_5XX"]) {
      const response_parameters = { "gatewayresponse.header.X-Own": "'*'" };
      await api.create("gateway_response", { response_type, response_parameters });
    }
    expect(valuesOf(await api.call({ token: null }), "X-Own")).toEqual([]);
    await api.pretend.deploy();
    const refused = await api.call({ token: null });
    expect([refused.status, valuesOf(refused, "X-Own")]).toEqual([401, ["*"]]);
    api.result = () => ({ kind: "answer", payload: null });
    expect(valuesOf(await api.call(), "X-Own")).toEqual(["*"]);
  });
});

describe("the function", () => {
  /** Puts another permission in place of the function's only one. */
  async function permit(changes: Attributes): Promise<void> {
    const { permission } = api.pretend.made;
    await api.pretend.remove("aws_lambda_permission", permission);
    await api.pretend.create("aws_lambda_permission", { ...permission, ...changes });
  }
  const sourceArn = (path: string) => ({ source_arn: `${text(api.pretend.made.api, "execution_arn")}${path}` });

  it.each<[string, () => Attributes]>([
    ["another principal", () => ({ principal: "events.amazonaws.com" })],
    ["another action", () => ({ action: "lambda:GetFunction" })],
    ["another API", () => ({ source_arn: `arn:aws:execute-api:${REGION}:123456789012:0000000000/*/*/*` })],
    ["another stage", () => sourceArn("/prod/*/access")],
    ["the stage in capitals", () => sourceArn("/DEV/*/access")],
    ["another method", () => sourceArn("/dev/GET/access")],
    ["another path", () => sourceArn("/dev/POST/acces")],
    ["a longer path", () => sourceArn("/dev/POST/access/*")],
    ["a dot for a slash", () => sourceArn("/dev.POST.access")],
  ])("is not invoked when its permission is for %s: 500", async (_, changes) => {
    await permit(changes());
    expect(await api.call()).toEqual(serverError(500));
    expect(api.events).toEqual([]);
  });

  it.each<[string, () => Attributes]>([
    ["this method and path", () => sourceArn("/dev/POST/access")],
    ["the whole API", () => sourceArn("/*")],
    ["every source", () => ({ source_arn: null })],
    ["every action", () => ({ action: "lambda:*" })],
  ])("is invoked when its permission is for %s", async (_, changes) => {
    await permit(changes());
    expect(await api.call()).toMatchObject(OK);
  });

  it("is not invoked without a permission, by one in another region, or when it was deleted: 500", async () => {
    const { region: _, ...permission } = api.pretend.made.permission;
    await api.pretend.remove("aws_lambda_permission", api.pretend.made.permission);
    expect(await api.call()).toEqual(serverError(500));
    await addFunction(api.pretend, "eu-west-1");
    await api.pretend.create("aws_lambda_permission", { ...permission, source_arn: null }, "eu-west-1");
    expect(await api.call()).toEqual(serverError(500));
    await api.pretend.remove("aws_lambda_function", api.pretend.made.function);
    expect(await api.call()).toEqual(serverError(500));
    expect(api.events).toEqual([]);
  });

  it.each([
    ["an alias", (uri: string) => uri.replace("/invocations", ":live/invocations")],
    ["another account", (uri: string) => uri.replace("123456789012", "999999999999")],
    ["a longer name", (uri: string) => uri.replace("/invocations", "2/invocations")],
  ])("is not invoked when the integration names %s: 500", async (_, change) => {
    const uri = change(text(api.pretend.made.function, "invoke_arn"));
    await api.pretend.addMethod({ http_method: "PUT" }, { uri });
    await api.pretend.deploy();
    expect(await api.call({ method: "PUT" })).toEqual(serverError(500));
    expect(api.events).toEqual([]);
  });

  it.each([null, "text", 1, [], { key: 1 }])("returns %j, which is malformed: 502", async (payload) => {
    api.result = () => ({ kind: "answer", payload });
    expect(await api.call()).toEqual(serverError(502));
  });

  it("throws: 502, or takes longer than the integration waits: 504", async () => {
    api.result = () => failed("secret");
    expect(await api.call()).toEqual(serverError(502));
    api.result = () => new Promise(() => undefined);
    await api.pretend.addMethod({ http_method: "PUT" }, { timeout_milliseconds: 50 });
    await api.pretend.deploy();
    expect(await api.call({ method: "PUT" })).toEqual(serverError(504, "Endpoint request timed out"));
  });

  it("is named by a stage variable, and receives it", async () => {
    const { function: fn, stage } = api.pretend.made;
    // biome-ignore lint/suspicious/noTemplateCurlyInString: API Gateway fills it in
    const uri = text(fn, "invoke_arn").replace(/:access\/invocations$/, ":${stageVariables.name}/invocations");
    await api.addRoute("varied", { http_method: "GET" }, { uri });
    await api.permitAll();
    const deployed = await api.pretend.deploy();
    expect(await api.call({ path: "/dev/varied", method: "GET" })).toMatchObject({ status: 500 });
    const variables = { name: "access" };
    await api.pretend.update("aws_api_gateway_stage", { ...stage, ...deployed }, { variables });
    expect(await api.call({ path: "/dev/varied", method: "GET" })).toMatchObject(OK);
    expect(api.events).toMatchObject([{ stageVariables: variables }]);
  });
});

describe("limits", () => {
  /** The response before API Gateway looks at the API. */
  const tooLarge = (body: string) => ({ status: 413, headers: [["Content-Type", "text; charset=utf-8"]], body });

  it("are 10 MB for bodies, before the token is checked, and 6 MB for events of functions", async () => {
    const response_parameters = { "gatewayresponse.header.X-Own": "'own'" };
    await api.create("gateway_response", { response_type: "REQUEST_TOO_LARGE", response_parameters });
    await api.pretend.deploy();
    const sized = (bytes: number, token?: null) => api.call({ body: Buffer.alloc(bytes, "a"), ...{ token } } as never);
    const unread = await sized(10 * MEGABYTE + 1, null);
    expect(unread).toEqual(tooLarge("HTTP content length exceeded 10485760 bytes."));
    expect(await sized(10 * MEGABYTE, null)).toEqual(UNAUTHORIZED);
    const event = await sized(6 * MEGABYTE);
    expect(event).toMatchObject({ status: 413, body: '{"message":"Request Too Long"}' });
    expect([valuesOf(event, "X-Own"), api.events]).toEqual([["own"], []]);
    expect(await sized(6 * MEGABYTE - 10_000)).toMatchObject(OK);
  });

  it("are 10,240 bytes for all values of headers", async () => {
    const left = 10_240 - api.token.length;
    const refused = await api.call({ headers: [["X-A", "a".repeat(left + 1)]] });
    expect(refused).toEqual(tooLarge("HTTP header is larger than 10240 bytes."));
    expect(await api.call({ headers: [["X-A", "a".repeat(left)]] })).toMatchObject(OK);
  });
});

describe("answerStage", () => {
  /** The outcome of `POST /access` with a good token, but for what is given. */
  async function answer(path = "/access", token: string | null = api.token, admit: Gateway["admit"] = () => undefined) {
    const { account } = api.pretend;
    const found = findStage(account, REGION, text(api.pretend.made.api, "id"), "dev");
    if (found === undefined) throw new Error("no stage");
    const headers = token === null ? [] : [["Authorization", token] as const];
    const request = requestOf({ method: "POST", path: `/dev${path}`, headers });
    const invoke = async (_fn: unknown, event: unknown) => await api.result(api.events.push(event));
    return await answerStage(
      { account, runner: { invoke }, admit },
      { ...found, request, path, ids: newIds(account, request) },
    );
  }
  const method = { resourcePath: "/access", method: { httpMethod: "POST" } };
  const claims = { client_id: "caller" };

  it("records the caller, the method, and the integration or why there is none", async () => {
    const integration = { status: 200, latencyMilliseconds: 0 };
    expect((await answer()).record).toMatchObject({ method, claims, refusal: undefined, integration });
    expect((await answer("/access", null)).record).toMatchObject({
      method,
      claims: undefined,
      refusal: { type: "UNAUTHORIZED", message: "Unauthorized" },
      integration: undefined,
    });
    api.result = () => ({ kind: "answer", payload: "no response" });
    expect((await answer()).record).toMatchObject({
      claims,
      refusal: { type: "INTEGRATION_FAILURE", message: "Internal server error" },
      integration: { status: undefined, latencyMilliseconds: 0 },
    });
    expect((await answer("/other", null)).record).toEqual({
      method: undefined,
      claims: undefined,
      refusal: { type: "MISSING_AUTHENTICATION_TOKEN", message: "Missing Authentication Token" },
      integration: undefined,
    });
  });

  it("admits a call before it checks the caller, and not for unknown methods", async () => {
    const admit: Gateway["admit"] = (_call, { resourcePath }) => {
      paths.push(resourcePath);
      return { type: "THROTTLED" };
    };
    const paths: string[] = [];
    const { response, record } = await answer("/access", null, admit);
    expect(response).toMatchObject({ status: 429, body: '{"message":"Too Many Requests"}' });
    expect(record.refusal).toEqual({ type: "THROTTLED", message: "Too Many Requests" });
    expect((await answer("/other", null, admit)).response).toMatchObject({ status: 403 });
    expect([paths, api.events]).toEqual([["/access"], []]);
  });
});

it.each([
  [0, "false of prod"],
  [100, "true of canary"],
])("a canary answers %d percent of the calls, with variables of its own", async (percentTraffic, body) => {
  const request_templates = { "application/json": '{"statusCode": 200}' };
  const mock = { type: "MOCK", uri: null, request_templates };
  const resource_id = await api.addRoute("varied", { http_method: "GET" }, mock);
  const status = { resource_id, http_method: "GET", status_code: "200" };
  await api.create("method_response", status);
  const response_templates = { "application/json": "$context.isCanaryRequest of $stageVariables.name" };
  await api.create("integration_response", { ...status, response_templates });
  await api.pretend.deploy();
  const [stage] = stages.list(place());
  if (stage === undefined) throw new Error("no stage");
  const { deploymentId } = stage;
  const canarySettings = { percentTraffic, deploymentId, stageVariableOverrides: { name: "canary" } };
  await api.pretend.account.change(async () => {
    stages.put(place(), { ...stage, variables: { name: "prod" }, canarySettings });
    return { result: undefined, operation: null };
  });

  expect(await api.call({ path: "/dev/varied", method: "GET" })).toMatchObject({ status: 200, body });
  expect(jsonOf(await api.call({ token: null }))).toEqual({ message: "Unauthorized" });
});

it("a method that requires an API key answers to an enabled key of a usage plan of the stage, and to no other", async () => {
  const { api: made, stage } = api.pretend.made;
  await api.addRoute("keyed", { http_method: "OPTIONS", api_key_required: true }, { type: "MOCK", uri: null });
  await api.pretend.deploy();
  const [key = {}, stray = {}] = await Promise.all(
    ["orders", "stray"].map((name) => api.pretend.create("aws_api_gateway_api_key", { name, enabled: true })),
  );
  const api_stages = [{ api_id: text(made, "id"), stage: text(stage, "stage_name") }];
  const plan = await api.pretend.create("aws_api_gateway_usage_plan", { name: "orders", api_stages });
  const of = { key_id: text(key, "id"), key_type: "API_KEY", usage_plan_id: text(plan, "id") };
  await api.pretend.create("aws_api_gateway_usage_plan_key", of);
  const callWith = (...values: readonly string[]) =>
    api.call({ path: "/dev/keyed", method: "OPTIONS", headers: values.map((value) => ["x-api-key", value]) });
  const [value, other] = [text(key, "value"), text(stray, "value")];
  for (const sent of [[], ["x"], [other], [value, value]]) expect(await callWith(...sent)).toEqual(FORBIDDEN);
  expect((await callWith(value)).status).not.toBe(403);
  await api.pretend.update("aws_api_gateway_api_key", key, { enabled: false });
  expect(await callWith(value)).toEqual(FORBIDDEN);
});
