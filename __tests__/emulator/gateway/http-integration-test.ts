/** Requests to HTTP backends, and what the caller gets of their responses. */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { Gateway } from "../../../emulator/gateway/stage-call";
import { stageEntrance } from "../../../emulator/gateway/stage-entrance";
import { createEndpoint } from "../../../emulator/hosts";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { Backend } from "../../support/backend";
import { decisionsOf, type GuardedApi, openGuardedApi } from "../../support/guarded-api";
import { REGION } from "../../support/pretend-account";
import { mintToken, requestOf, valuesOf } from "../../support/requests";

const ORIGIN = "https://legacy.example.com";
const TRACE_ID = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;
const INTERNAL = { status: 500, body: '{"message": "Internal server error"}' };

let api: GuardedApi;
let backend: Backend;
let notices: string[];
let overrides: Map<string, string>;
let emulated: HttpRequest[];
let resource_id: string;

beforeEach(async () => {
  api = await openGuardedApi();
  backend = await Backend.open();
  [notices, emulated] = [[], []];
  overrides = new Map([[ORIGIN, backend.origin]]);
});
afterEach(() => backend.close());

const BY_ID = { "integration.request.path.id": "method.request.path.id" };

/** Adds a method at `/items/{id}` with an integration for the backend, and deploys it. */
async function addMethod(integration: Attributes = {}, method: Attributes = {}, path = "{id}"): Promise<void> {
  resource_id = text(await api.pretend.addResource(path, await api.pretend.addResource("items")), "id");
  const http_method = method["http_method"] ?? "POST";
  const target = { type: "HTTP_PROXY", integration_http_method: http_method, uri: `${ORIGIN}/v1/items/{id}` };
  await api.pretend.addMethod(
    { http_method, resource_id, request_parameters: { "method.request.path.id": true }, ...method },
    { ...target, request_parameters: BY_ID, ...integration },
  );
  await api.pretend.deploy();
}

/** An HTTP integration with responses, each of which has its method response. */
async function addHttp(integration: Attributes = {}, ...responses: readonly Attributes[]): Promise<void> {
  const { method, ...given } = integration;
  await addMethod({ type: "HTTP", ...given }, (method ?? {}) as Attributes);
  for (const response of responses.length === 0 ? [{ status_code: "200" }] : responses) {
    const at = { resource_id, http_method: "POST", status_code: "200", ...response };
    const names = Object.keys((response["response_parameters"] ?? {}) as Attributes);
    const response_parameters = Object.fromEntries(names.map((name) => [name, false]));
    await api.create("method_response", { ...at, response_parameters });
    await api.create("integration_response", at);
  }
  await api.pretend.deploy();
}

const gateway = (): Gateway => ({
  account: api.pretend.account,
  runner: { invoke: () => Promise.reject(new Error("no function is invoked")) },
  backends: () => overrides,
  onNotice: (notice) => notices.push(notice),
  answerEmulated: (request) => {
    if (!request.host.endsWith(".amazoncognito.com")) return undefined;
    emulated.push(request);
    return Promise.resolve({ status: 200, headers: [], body: "emulated" });
  },
});

function call(
  given: Partial<Omit<HttpRequest, "body">> & { readonly body?: string } = {},
  through = gateway(),
): Promise<HttpResponse> {
  const request = { method: "POST", host: api.host, path: "/dev/items/7", sourceIp: "192.0.2.1", ...given };
  return answerExecuteApi(
    through,
    REGION,
    text(api.pretend.made.api, "id"),
    requestOf(request),
    stageEntrance(through),
  );
}

const headersOf = (record: Readonly<Record<string, string>>) => Object.entries(record);
const sent = (...names: readonly string[]) => names.flatMap((name) => backend.sent(name));

describe("a request of HTTP_PROXY", () => {
  it("goes to the integration's URI, with query string, headers and body as they came", async () => {
    await addMethod();
    const twice = ["1", "2"].map((value) => ["X-Twice", value] as const);
    const headers = [...headersOf({ Authorization: "Bearer token", "content-type": "text/plain" }), ...twice];
    await call({ query: "a=1&a=2&b=x%20y", headers, body: "the body" });
    expect(backend.arrived).toMatchObject([{ method: "POST", url: "/v1/items/7?a=1&a=2&b=x%20y", body: "the body" }]);
    expect(sent("Authorization", "X-Twice", "Content-Type", "Content-Length")).toEqual([
      ...["Bearer token", "1", "2", "text/plain", "8"],
    ]);
  });

  it("has API Gateway's own headers in place of the caller's, but for User-Agent", async () => {
    await addMethod();
    const spoofed = { Host: "evil.example", "X-Forwarded-For": "203.0.113.9", "x-forwarded-proto": "http" };
    const others = { "x-amzn-apigateway-api-id": "another", "User-Agent": "curl/8" };
    await call({ headers: headersOf({ ...spoofed, ...others }) });
    const id = api.pretend.made.api["id"];
    expect(sent("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port")).toEqual([
      ...["legacy.example.com", "203.0.113.9, 192.0.2.1", "https", "443"],
    ]);
    expect(sent("x-amzn-apigateway-api-id", "X-Amzn-Trace-Id", "User-Agent")).toEqual([
      ...[id, expect.stringMatching(TRACE_ID), "curl/8"],
    ]);
    await call();
    expect(sent("User-Agent")).toEqual([`AmazonAPIGateway_${id}`]);
  });

  it("has no header of the connection, or that is never forwarded", async () => {
    await addMethod();
    const names = ["Connection", "Content-Encoding", "Expect", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding"];
    const others = ["Content-MD5", "Max-Forwards", "Proxy-Authorization", "Server", "Upgrade", "WWW-Authenticate"];
    await call({ headers: [...names, ...others].map((name) => [name, "x"]), body: "x" });
    const { headers = [] } = backend.arrived[0] ?? {};
    // Node sends a Connection header of its own.
    const arrived = headers.filter(([name, value]) => name !== "Connection" || value === "x").map(([name]) => name);
    expect(arrived.filter((name) => [...names, ...others].includes(name))).toEqual([]);
    expect(headers).toContainEqual(["Content-Length", "1"]);
  });

  it.each([
    ["{id}", "..%2F..%2Fadmin%3Fx%23y%20z", "..%2F..%2Fadmin%3Fx%23y%20z"],
    ["{id+}", "a/b%20c/d", "a/b%20c/d"],
  ])("keeps the parameter %s within its part of the path: %s", async (part, path, expected) => {
    await addMethod({}, {}, part);
    await call({ path: `/dev/items/${path}` });
    expect(backend.arrived[0]?.url).toBe(`/v1/items/${expected}`);
  });

  it.each([
    ...["legacy.example.com/v1", "legacy.example.com%2Fv1", "legacy.example.com%23", "legacy.example.com%3F"],
    ...["legacy.example.com:443", "me@legacy", "legacy%5C", "%E3%80%82", "%20"],
  ])("never goes to a host of the caller's choice: %s", async (path) => {
    await addMethod({ uri: "https://{id}.example.com/x" }, {}, "{id+}");
    expect(await call({ path: `/dev/items/${path}` })).toMatchObject({ status: 500 });
    expect([...backend.arrived, ...notices]).toEqual([]);
    expect(await call({ path: "/dev/items/legacy" })).toMatchObject({ status: 200 });
    expect(backend.arrived).toMatchObject([{ url: "/x" }]);
  });

  it.each<[string, Attributes, Attributes, readonly string[]]>([
    ["the caller's, when the integration stands for any", {}, { http_method: "ANY" }, ["GET", "DELETE"]],
    ["the integration's own", { integration_http_method: "PUT" }, { http_method: "ANY" }, ["PUT", "PUT"]],
  ])("has the method that is %s", async (_, integration, method, methods) => {
    await addMethod(integration, method);
    for (const name of ["GET", "DELETE"]) await call({ method: name });
    expect(backend.arrived.map((request) => request.method)).toEqual(methods);
  });

  it("has mapped parameters in place of the caller's of the same name", async () => {
    const request_parameters = {
      ...BY_ID,
      "integration.request.querystring.team": "method.request.header.X-Team",
      "integration.request.querystring.key": "'a&b'",
      "integration.request.header.X-Stage": "context.stage",
      "integration.request.header.Host": "'other.example.com'",
      "integration.request.header.X-Absent": "method.request.querystring.absent",
    };
    const names = ["path.id", "header.X-Team", "querystring.absent"].map((name) => [`method.request.${name}`, false]);
    const declared = { request_parameters: Object.fromEntries(names) };
    await addMethod({ request_parameters, uri: `${ORIGIN}/v1/items/{id}?fixed=1` }, declared);
    const headers = headersOf({ "x-team": "first", "X-Team": "last", "x-stage": "spoofed" });
    await call({ query: "team=spoofed&key=spoofed&rest=kept", headers });
    expect(backend.arrived[0]?.url).toBe("/v1/items/7?fixed=1&rest=kept&team=last&key=a%26b");
    expect(sent("X-Stage", "X-Absent", "Host")).toEqual(["dev", "other.example.com"]);
  });

  it.each<[string, Attributes]>([
    ["a parameter of the URI is not mapped", { uri: `${ORIGIN}/v1/{other}` }],
    [
      "Content-Length is mapped",
      { request_parameters: { "integration.request.header.Content-Length": "'1'" }, uri: `${ORIGIN}/` },
    ],
  ])("is not made when %s", async (_, integration) => {
    await addMethod(integration);
    expect(await call()).toMatchObject(INTERNAL);
    expect(backend.arrived).toEqual([]);
  });
});

describe("the response of HTTP_PROXY", () => {
  it("is the backend's with the call's ids, also a redirection", async () => {
    await addMethod();
    const own = headersOf({ "Content-Type": "text/plain", "X-Own": "1", Location: "http://elsewhere.example/" });
    const cookies = ["a=1", "b=2"].map((value) => ["Set-Cookie", value]);
    backend.answer = (response) => response.writeHead(302, [...own, ...cookies] as never).end("short and stout");
    const response = await call();
    expect(response).toMatchObject({ status: 302, body: Buffer.from("short and stout") });
    for (const [name, value] of own) expect(valuesOf(response, name)).toEqual([value]);
    expect(valuesOf(response, "Set-Cookie")).toEqual(["a=1", "b=2"]);
    for (const name of ["x-amzn-RequestId", "x-amz-apigw-id"]) expect(valuesOf(response, name)).toHaveLength(1);
  });

  it("has API Gateway's own headers under another name", async () => {
    await addMethod();
    const names = ["Server", "WWW-Authenticate", "Date", "x-amzn-RequestId", "User-Agent"];
    backend.answer = (response) => {
      response.sendDate = false;
      const headers = [...names, "X-Plain"].map((name) => [name, `the backend's ${name}`]);
      response.writeHead(200, Object.fromEntries(headers)).end("x");
    };
    const response = await call();
    for (const name of names) {
      expect(valuesOf(response, `x-amzn-Remapped-${name}`)).toEqual([`the backend's ${name}`]);
      expect(valuesOf(response, name)).not.toContain(`the backend's ${name}`);
    }
    expect(valuesOf(response, "X-Plain")).toEqual(["the backend's X-Plain"]);
    expect(valuesOf(response, "Transfer-Encoding")).toEqual([]);
  });
});

describe("a backend without a response", () => {
  const UNREACHABLE = { status: 504, body: '{"message": "Network error communicating with endpoint"}' };
  const TIMED_OUT = { status: 504, body: '{"message": "Endpoint request timed out"}' };
  const ELSEWHERE = "is not on this machine, and the embedded AWS connects to nothing else.";

  it("is unreachable without an override of this very origin, with a notice on how to set one", async () => {
    const uri = `${ORIGIN}:8443/v1/items/{id}`;
    await addMethod({ uri });
    const response = await call();
    expect(response).toMatchObject(UNREACHABLE);
    expect(valuesOf(response, "x-amzn-ErrorType")).toEqual(["InternalServerErrorException"]);
    expect(notices).toEqual([
      `${ORIGIN}:8443 ${ELSEWHERE} Override it: --backend ${ORIGIN}:8443=http://127.0.0.1:<port>`,
    ]);
    expect(backend.arrived).toEqual([]);
  });

  it.each([
    ...["http://192.0.2.7:8080", "http://127.0.0.1.example.com", "http://localhost.example.com:80"],
    ...["http://127.0.0.1@192.0.2.7:80", "https://127.0.0.1:443", "http://[::2]:80", "http://0.0.0.0:80"],
    ...["file:///etc/passwd", "nowhere"],
  ])("is never called away from this machine, as at %s", async (override) => {
    overrides.set(ORIGIN, override);
    await addMethod();
    expect(await call()).toMatchObject(UNREACHABLE);
    const expected = "Expected http://127.0.0.1:<port>";
    expect(notices).toEqual([`${override}, the backend override of ${ORIGIN}, ${ELSEWHERE} ${expected}`]);
  });

  it("is unreachable when the connection breaks, its response is not final, or it does not listen", async () => {
    await addMethod();
    const upgrade = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n";
    const odd = ["099", "999"].map((status) => `HTTP/1.1 ${status} Odd\r\nContent-Length: 0\r\n\r\n`);
    for (const raw of [...odd, upgrade]) {
      backend.answer = (response) => response.socket?.end(raw);
      expect([raw, await call()]).toMatchObject([raw, UNREACHABLE]);
    }
    backend.answer = (response) => response.destroy();
    expect(await call()).toMatchObject(UNREACHABLE);
    await backend.close();
    expect(await call()).toMatchObject(UNREACHABLE);
    expect(notices).toEqual([]);
  });

  it("times out after what the integration waits, and is not called without a token", async () => {
    const authorizer_id = text(api.pretend.made.authorizer, "id");
    await addMethod({ timeout_milliseconds: 50 }, { authorization: "COGNITO_USER_POOLS", authorizer_id });
    expect(await call()).toMatchObject({ status: 401 });
    expect(backend.arrived).toEqual([]);
    backend.answer = () => undefined;
    const token = await mintToken(api.pretend.pool, { claims: { token_use: "id" } });
    expect(await call({ headers: [["Authorization", token]] })).toMatchObject(TIMED_OUT);
  });

  it.each(["HTTP_PROXY", "HTTP"])(
    "times out when %s leads back to the API that calls it, with a notice",
    async (type) => {
      const uri = `https://${api.host}/dev/items/{id}`;
      await addHttp({ type, uri, timeout_milliseconds: 300 });
      const { answerEmulated: _none, ...others } = gateway();
      const request = requestOf({ method: "POST", host: api.host, path: "/dev/items/7" });
      expect(await createEndpoint(others)(request)).toMatchObject(TIMED_OUT);
      expect(notices).toEqual([
        `https://${api.host} was called through 10 APIs, one after the other: they call each other.`,
      ]);
    },
  );
});

describe("an emulated host", () => {
  it("is called without a socket", async () => {
    const host = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
    await addMethod({ uri: `https://${host}/oauth2/token?x=1` });
    expect(await call({ query: "y=2", body: "b" })).toMatchObject({ status: 200, body: "emulated" });
    const request = { method: "POST", host, path: "/oauth2/token", query: "x=1&y=2", body: Buffer.from("b") };
    expect(emulated).toMatchObject([request]);
    expect([...backend.arrived, ...notices]).toEqual([]);
  });

  it.each(["http://x.auth.eu-west-1.amazoncognito.com/", "https://x.auth.eu-west-1.amazoncognito.com:8443/"])(
    "is none of AWS's at %s",
    async (uri) => {
      await addMethod({ uri });
      expect(await call()).toMatchObject({ status: 504 });
      expect(emulated).toEqual([]);
    },
  );
});

describe("a request of HTTP", () => {
  it("has nothing of the caller's but the body and its type", async () => {
    await addHttp();
    const ignored = { Authorization: "Bearer token", Accept: "text/html", "User-Agent": "curl/8" };
    const headers = headersOf({
      ...ignored,
      "X-Forwarded-For": "203.0.113.9",
      "Content-Type": "text/plain; charset=x",
    });
    await call({ query: "a=1", headers, body: "the body" });
    const id = api.pretend.made.api["id"];
    const [{ url, headers: arrived, body } = { url: "", headers: [], body: "" }] = backend.arrived;
    expect({ url, body }).toEqual({ url: "/v1/items/7", body: "the body" });
    expect(arrived.filter(([name]) => name !== "Connection")).toEqual([
      ["Host", "legacy.example.com"],
      ["Accept", "application/json"],
      ["Content-Type", "text/plain"],
      ["User-Agent", `AmazonAPIGateway_${id}`],
      ["x-amzn-apigateway-api-id", id],
      ["X-Amzn-Trace-Id", expect.stringMatching(TRACE_ID)],
      ["Content-Length", "8"],
    ]);
  });

  it("has the template's body, and mapped headers in place of its own", async () => {
    await addHttp({
      request_templates: { "text/plain": "id=$util.urlEncode($input.params('id'))&body=$util.urlEncode($input.body)" },
      request_parameters: {
        ...BY_ID,
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
        "integration.request.header.User-Agent": "'mine'",
      },
    });
    await call({ headers: [["Content-Type", "text/plain"]], body: "a&b" });
    expect(backend.arrived[0]?.body).toBe("id=7&body=a%26b");
    expect(sent("Content-Type", "User-Agent")).toEqual(["application/x-www-form-urlencoded", "mine"]);
  });

  it("has the template's overrides in place of mapped parameters", async () => {
    const overridden = { "path.id": "8", "header.X-A": "b", "querystring.q": "c" };
    const sets = Object.entries(overridden).map(
      ([name, value]) => `#set($context.requestOverride.${name} = '${value}')`,
    );
    await addHttp({ request_templates: { "application/json": sets.join("") } });
    await call();
    expect([backend.arrived[0]?.url, sent("X-A")]).toEqual(["/v1/items/8?q=c", ["b"]]);
  });

  const OVERRIDE = "#set($context.requestOverride.querystring.q = $input.path('$.x'))";
  const NOT_JSON = { status: 400, body: '{"message": "Could not parse request body into json"}' };

  it.each<[string, Attributes, Parameters<typeof call>[0], object]>([
    [
      "of a type without a template when nothing passes through",
      { passthrough_behavior: "NEVER", request_templates: { "application/json": "{}" } },
      { headers: [["Content-Type", "text/plain"]] },
      { status: 415 },
    ],
    [
      "with a body that is not JSON, where the template reads it",
      { request_templates: { "application/json": "$input.json('$.a')" } },
      { body: "<a/>" },
      NOT_JSON,
    ],
    [
      "with a body that is nested too deep",
      { request_templates: { "application/json": OVERRIDE } },
      { body: `{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}` },
      NOT_JSON,
    ],
    [
      "whose template cannot be evaluated",
      { request_templates: { "application/json": "$util.parseJson($input.body).a" } },
      { body: "no" },
      INTERNAL,
    ],
  ])("is not made %s", async (_, integration, given, expected) => {
    await addHttp(integration);
    const response = await call(given);
    expect(response).toMatchObject(expected);
    expect(backend.arrived).toEqual([]);
    const reason = "$util.parseJson() was given a text that is not JSON";
    expect(decisionsOf(response).at(-1)?.includes(reason)).toBe(expected === INTERNAL);
  });

  it("has the replacement character for half a character", async () => {
    await addHttp({ request_templates: { "application/json": OVERRIDE } });
    expect(await call({ body: '{"x":"\\ud800"}' })).toMatchObject({ status: 200 });
    expect(backend.arrived).toMatchObject([{ url: "/v1/items/7?q=%EF%BF%BD" }]);
  });
});

describe("the response of HTTP", () => {
  const templated = (template: string) => ({ response_templates: { "application/json": template } });

  it("is the one whose pattern fits the whole status, or the default, or 500", async () => {
    const patterns = { "404": "40", "409": "4\\d{2}" };
    const others = Object.entries(patterns).map(([status_code, selection_pattern]) => ({
      status_code,
      selection_pattern,
    }));
    await addHttp({}, { status_code: "200" }, ...others);
    const statusFor = async (status: number) => {
      backend.answer = (response) => response.writeHead(status).end("secret");
      return (await call()).status;
    };
    expect([await statusFor(201), await statusFor(404), await statusFor(503)]).toEqual([200, 409, 200]);
    api = await openGuardedApi();
    await addHttp({}, { selection_pattern: "200" });
    expect(await call()).toMatchObject(INTERNAL);
  });

  it("has the backend's body without a template, as JSON whatever it is, and none of the headers", async () => {
    await addHttp();
    backend.answer = (response) => response.writeHead(200, { "Content-Type": "text/html", "X-Own": "1" }).end("<a/>");
    const response = await call();
    expect(Buffer.from(response.body).toString()).toBe("<a/>");
    expect(response.headers).toEqual([
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", expect.any(String)],
      ["x-amz-apigw-id", expect.any(String)],
      ["X-Amzn-Trace-Id", sent("X-Amzn-Trace-Id")[0]],
    ]);
  });

  it("has headers and body made of the backend's", async () => {
    const names = { "X-Mapped": "header.x-own", "X-Absent": "header.absent", "X-Part": "body.part" };
    const mapped = Object.entries(names).map(([name, from]) => [
      `method.response.header.${name}`,
      `integration.response.${from}`,
    ]);
    const response_parameters = {
      ...Object.fromEntries(mapped),
      "method.response.header.X-Request": "context.requestId",
      "method.response.header.Server": "'mine'",
    };
    await addHttp({}, { response_parameters, ...templated('{"left": $input.path("$.life")}') });
    const body = '{"life": 3600, "secret": 1, "part": {"b": [1, "2"]}}';
    backend.answer = (response) => response.writeHead(200, { "X-Own": "1" }).end(body);
    const response = await call();
    expect(response).toMatchObject({ status: 200, body: '{"left": 3600}' });
    const values = ["X-Mapped", "X-Absent", "X-Part", "x-amzn-Remapped-Server"].map((name) => valuesOf(response, name));
    expect(values).toEqual([["1"], [], ['{"b":[1,"2"]}'], ["mine"]]);
    expect(valuesOf(response, "X-Request")).toEqual(valuesOf(response, "x-amzn-RequestId"));
  });

  it("has the template that the caller accepts, then that for JSON", async () => {
    await addHttp({}, { response_templates: { "application/json": "json", "text/xml": "xml" } });
    const typed = async (accept: string) => {
      const response = await call({ headers: [["Accept", accept]] });
      return [response.body, ...valuesOf(response, "Content-Type")];
    };
    expect(await typed("text/xml; q=1, */*")).toEqual(["xml", "text/xml"]);
    expect(await typed("text/html")).toEqual(["json", "application/json"]);
  });

  it("is 500 when the template cannot be evaluated, or a header cannot be sent, with the reason", async () => {
    await addHttp({}, templated("#set($context.responseOverride.header.X = $input.path('$.x'))"));
    const faulty: readonly (readonly [body: string, why: string])[] = [
      ["no JSON", "the body is not JSON"],
      ['{"x": "a\\nb"}', "the value of X cannot be sent"],
      ['{"x": "1\\r\\nSet-Cookie: x=1"}', "the value of X cannot be sent"],
    ];
    for (const [body, why] of faulty) {
      backend.answer = (response) => response.end(body);
      const response = await call();
      expect(response).toMatchObject(INTERNAL);
      expect(decisionsOf(response).at(-1)).toContain(`integration refused: the integration is misconfigured: ${why}`);
    }
    backend.answer = (response) => response.end('{"x": "a"}');
    expect(valuesOf(await call(), "X")).toEqual(["a"]);
  });

  it.each([
    ["418", 418],
    ["99", 200],
    ["600", 200],
    ["'x'", 200],
  ])("has for the override %s the status %s", async (status, expected) => {
    await addHttp({}, templated(`#set($context.responseOverride.status = ${status})`));
    expect(await call()).toMatchObject({ status: expected });
  });
});

/** Recorded on AWS: localstack's test_apigateway_header_remapping_http. */
describe("headers of the connection", () => {
  const NAMES = [
    ...["Connection", "Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "Trailer"],
    ...["Transfer-Encoding", "Upgrade", "WWW-Authenticate"],
  ];

  it("are seen neither by templates nor by mappings", async () => {
    const declared = NAMES.map((name) => [`method.request.header.${name}`, false] as const);
    const mapped = NAMES.map((name, at) => [`integration.request.header.X-${at}`, `method.request.header.${name}`]);
    await addHttp({
      uri: `${ORIGIN}/v1`,
      request_parameters: Object.fromEntries(mapped),
      request_templates: { "application/json": NAMES.map((name) => `$input.params('${name}')`).join("") },
      method: { request_parameters: Object.fromEntries([...declared, ["method.request.path.id", true]]) },
    });
    await call({ headers: NAMES.map((name) => [name, "sent"] as const) });
    expect(backend.arrived).toMatchObject([{ body: "" }]);
    expect(sent(...NAMES.map((_name, at) => `X-${at}`))).toEqual([]);
  });

  it.each(["HTTP", "HTTP_PROXY"])("are omitted from a mapping of %s, or sent, and never throw", async (type) => {
    const omitted = ["Connection", "Expect", "Proxy-Authenticate", "TE", "Via"];
    const mapped = ["Content-MD5", "Max-Forwards", "Server", "WWW-Authenticate"];
    const all = [...omitted, ...mapped, "Trailer"].map((name) => [`integration.request.header.${name}`, "'mapped'"]);
    await addHttp({ type, uri: `${ORIGIN}/v1`, request_parameters: Object.fromEntries(all) });
    expect(await call()).toMatchObject({ status: 200 });
    expect(sent(...mapped)).toEqual(mapped.map(() => "mapped"));
    expect(sent(...omitted).filter((value) => value === "mapped")).toEqual([]);
  });
});
