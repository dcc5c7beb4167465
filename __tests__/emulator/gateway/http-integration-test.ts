/** What an HTTP backend hears of a call, and what the caller gets of its answer. */

import { answerExecuteApi } from "../../../emulator/gateway/execute-api";
import type { Gateway } from "../../../emulator/gateway/stage-call";
import { createEndpoint } from "../../../emulator/hosts";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { resources } from "../../../emulator/services/apigateway/records";
import { type Attributes, text } from "../../../emulator/terraform/attributes";
import { Backend } from "../../support/backend";
import { openPretendAccount, type PretendAccount, REGION } from "../../support/pretend-account";
import { requestOf, valuesOf } from "../../support/requests";

const ORIGIN = "https://legacy.example.com";
const TRACE_ID = /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/;

let pretend: PretendAccount;
let backend: Backend;
let notices: string[];
let standIns: Map<string, string>;
let played: HttpRequest[];

beforeEach(async () => {
  pretend = await openPretendAccount();
  backend = await Backend.open();
  notices = [];
  played = [];
  standIns = new Map([[ORIGIN, backend.origin]]);
});
afterEach(() => backend.close());

/** Adds a method at `/items/{id}` with an integration for the backend, and makes it live. */
async function addMethod(integration: Attributes = {}, method: Attributes = {}, path = "{id}"): Promise<void> {
  const items = await pretend.addResource("items");
  const resource_id = text(await pretend.addResource(path, items), "id");
  const http_method = method["http_method"] ?? "POST";
  await pretend.addMethod(
    { http_method, resource_id, request_parameters: { "method.request.path.id": true }, ...method },
    {
      type: "HTTP_PROXY",
      integration_http_method: http_method,
      uri: `${ORIGIN}/v1/items/{id}`,
      request_parameters: { "integration.request.path.id": "method.request.path.id" },
      ...integration,
    },
  );
  await pretend.deploy();
}

/** Adds integration responses, each with its method response. */
async function addResponses(...responses: readonly Attributes[]): Promise<void> {
  const place = { account: pretend.account, region: REGION };
  const [[resource_id = null, http_method = null] = []] = resources
    .list(place)
    .flatMap(({ id, resourceMethods }) =>
      Object.entries(resourceMethods).flatMap(([name, { methodIntegration }]) =>
        methodIntegration?.type === "HTTP" ? [[id, name]] : [],
      ),
    );
  const rest_api_id = text(pretend.made.api, "id");
  for (const response of responses) {
    const at = { rest_api_id, resource_id, http_method, status_code: text(response, "status_code") };
    const names = Object.keys((response["response_parameters"] ?? {}) as Attributes);
    const response_parameters = Object.fromEntries(names.map((name) => [name, false]));
    await pretend.create("aws_api_gateway_method_response", { ...at, response_parameters });
    await pretend.create("aws_api_gateway_integration_response", { ...at, ...response });
  }
  await pretend.deploy();
}

const gateway = (): Gateway => ({
  account: pretend.account,
  runner: { invoke: () => Promise.reject(new Error("no function is asked")) },
  backends: () => standIns,
  onNotice: (notice) => notices.push(notice),
  answerEmulated: (request) => {
    if (!request.host.endsWith(".amazoncognito.com")) return undefined;
    played.push(request);
    return Promise.resolve({ status: 200, headers: [], body: "played" });
  },
});

function ask(
  given: Partial<Omit<HttpRequest, "body">> & { readonly body?: string } = {},
  through = gateway(),
): Promise<HttpResponse> {
  const apiId = text(pretend.made.api, "id");
  const host = `${apiId}.execute-api.${REGION}.amazonaws.com`;
  const request = requestOf({ method: "POST", host, path: "/dev/items/7", sourceIp: "192.0.2.1", ...given });
  return answerExecuteApi(through, REGION, apiId, request);
}

describe("HTTP_PROXY, the request", () => {
  it("goes to the integration's URI, with query string, headers and body as they came", async () => {
    await addMethod();
    await ask({
      query: "a=1&a=2&b=x%20y",
      headers: [
        ["Authorization", "Bearer token"],
        ["X-Twice", "1"],
        ["X-Twice", "2"],
        ["content-type", "text/plain"],
      ],
      body: "the body",
    });
    expect(backend.arrived).toMatchObject([{ method: "POST", url: "/v1/items/7?a=1&a=2&b=x%20y", body: "the body" }]);
    expect(backend.sent("Authorization")).toEqual(["Bearer token"]);
    expect(backend.sent("X-Twice")).toEqual(["1", "2"]);
    expect(backend.sent("Content-Type")).toEqual(["text/plain"]);
    expect(backend.sent("Content-Length")).toEqual(["8"]);
  });

  it("says who asks, and on whose behalf; a caller has no say in it", async () => {
    await addMethod();
    await ask({
      headers: [
        ["Host", "evil.example"],
        ["X-Forwarded-For", "203.0.113.9"],
        ["x-forwarded-proto", "http"],
        ["x-amzn-apigateway-api-id", "another"],
        ["User-Agent", "curl/8"],
      ],
    });
    const id = pretend.made.api["id"];
    expect(backend.sent("Host")).toEqual(["legacy.example.com"]);
    expect(backend.sent("X-Forwarded-For")).toEqual(["203.0.113.9, 192.0.2.1"]);
    expect(backend.sent("X-Forwarded-Proto")).toEqual(["https"]);
    expect(backend.sent("X-Forwarded-Port")).toEqual(["443"]);
    expect(backend.sent("x-amzn-apigateway-api-id")).toEqual([id]);
    expect(backend.sent("X-Amzn-Trace-Id")).toEqual([expect.stringMatching(TRACE_ID)]);
    expect(backend.sent("User-Agent")).toEqual(["curl/8"]);
    await ask();
    expect(backend.sent("User-Agent")).toEqual([`AmazonAPIGateway_${id}`]);
  });

  it("does not hand on what is the connection's, or never handed on", async () => {
    await addMethod();
    const names = ["Connection", "Content-Encoding", "Expect", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding"];
    const others = ["Content-MD5", "Max-Forwards", "Proxy-Authorization", "Server", "Upgrade", "WWW-Authenticate"];
    await ask({ headers: [...names, ...others].map((name) => [name, "x"]), body: "x" });
    const { headers = [] } = backend.arrived[0] ?? {};
    // Node sends a Connection header of its own.
    const sent = headers.filter(([name, value]) => name !== "Connection" || value === "x").map(([name]) => name);
    expect(sent.filter((name) => [...names, ...others].includes(name))).toEqual([]);
    expect(headers).toContainEqual(["Content-Length", "1"]);
  });

  it("keeps a parameter within its part of the path", async () => {
    await addMethod();
    await ask({ path: "/dev/items/..%2F..%2Fadmin%3Fx%23y%20z" });
    expect(backend.arrived[0]?.url).toBe("/v1/items/..%2F..%2Fadmin%3Fx%23y%20z");
  });

  it("hands on all of the path that a greedy parameter stands for", async () => {
    await addMethod({}, {}, "{id+}");
    await ask({ path: "/dev/items/a/b%20c/d" });
    expect(backend.arrived[0]?.url).toBe("/v1/items/a/b%20c/d");
  });

  it.each([
    "legacy.example.com/v1",
    "legacy.example.com%2Fv1",
    "legacy.example.com%23",
    "legacy.example.com%3F",
    "legacy.example.com:443",
    "me@legacy",
    "legacy%5C",
    "%E3%80%82",
    "%20",
  ])("never goes to a host of the caller's choice: %s", async (sent) => {
    await addMethod({ uri: "https://{id}.example.com/x" }, {}, "{id+}");
    expect(await ask({ path: `/dev/items/${sent}` })).toMatchObject({ status: 500 });
    expect(backend.arrived).toEqual([]);
    expect(notices).toEqual([]);
  });

  it("goes to a host that the caller names a part of", async () => {
    await addMethod({ uri: "https://{id}.example.com/x" }, {}, "{id+}");
    expect(await ask({ path: "/dev/items/legacy" })).toMatchObject({ status: 200 });
    expect(backend.arrived).toMatchObject([{ url: "/x" }]);
  });

  it("names one host, the mapped one if there is one", async () => {
    const request_parameters = {
      "integration.request.path.id": "method.request.path.id",
      "integration.request.header.Host": "'other.example.com'",
    };
    await addMethod({ request_parameters });
    await ask();
    expect(backend.sent("Host")).toEqual(["other.example.com"]);
  });

  it("is made by the caller's method, when the integration stands for any", async () => {
    await addMethod({}, { http_method: "ANY" });
    for (const method of ["GET", "DELETE"]) await ask({ method });
    expect(backend.arrived.map(({ method }) => method)).toEqual(["GET", "DELETE"]);
  });

  it("is made by the integration's own method, when it has one", async () => {
    await addMethod({ integration_http_method: "PUT" });
    await ask();
    expect(backend.arrived).toMatchObject([{ method: "PUT" }]);
  });

  it("has mapped parameters in place of the caller's of the same name", async () => {
    const request_parameters = {
      "integration.request.path.id": "method.request.path.id",
      "integration.request.querystring.team": "method.request.header.X-Team",
      "integration.request.querystring.key": "'a&b'",
      "integration.request.header.X-Stage": "context.stage",
      "integration.request.header.X-Absent": "method.request.querystring.absent",
    };
    const declared = ["path.id", "header.X-Team", "querystring.absent"].map((name) => [
      `method.request.${name}`,
      false,
    ]);
    await addMethod(
      { request_parameters, uri: `${ORIGIN}/v1/items/{id}?fixed=1` },
      { request_parameters: Object.fromEntries(declared) },
    );
    await ask({
      query: "team=spoofed&key=spoofed&rest=kept",
      headers: [
        ["x-team", "first"],
        ["X-Team", "last"],
        ["x-stage", "spoofed"],
      ],
    });
    expect(backend.arrived[0]?.url).toBe("/v1/items/7?fixed=1&rest=kept&team=last&key=a%26b");
    expect(backend.sent("X-Stage")).toEqual(["dev"]);
    expect(backend.sent("X-Absent")).toEqual([]);
  });

  it("is not made when the URI has a parameter that nothing is mapped to, or Content-Length is mapped", async () => {
    await addMethod({ uri: `${ORIGIN}/v1/{other}` });
    expect(await ask()).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' });
    pretend = await openPretendAccount();
    await addMethod({ request_parameters: { "integration.request.header.Content-Length": "'1'" }, uri: `${ORIGIN}/` });
    expect(await ask()).toMatchObject({ status: 500 });
    expect(backend.arrived).toEqual([]);
  });
});

describe("HTTP_PROXY, the answer", () => {
  it("is the backend's, and says under which ids it was given", async () => {
    await addMethod();
    backend.answer = (response) => {
      response.sendDate = false;
      response.writeHead(418, [
        ["Content-Type", "text/plain"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Own", "1"],
      ]);
      response.end("short and stout");
    };
    const answer = await ask();
    expect(answer).toMatchObject({ status: 418, body: Buffer.from("short and stout") });
    expect(valuesOf(answer, "Content-Type")).toEqual(["text/plain"]);
    expect(valuesOf(answer, "Set-Cookie")).toEqual(["a=1", "b=2"]);
    expect(valuesOf(answer, "X-Own")).toEqual(["1"]);
    expect(valuesOf(answer, "x-amzn-RequestId")).toHaveLength(1);
    expect(valuesOf(answer, "x-amz-apigw-id")).toHaveLength(1);
  });

  it("has API Gateway's own headers under another name", async () => {
    await addMethod();
    backend.answer = (response) => {
      response.sendDate = false;
      const headers = ["Server", "WWW-Authenticate", "Date", "x-amzn-RequestId", "User-Agent", "X-Plain"];
      response.writeHead(200, Object.fromEntries(headers.map((name) => [name, `the backend's ${name}`])));
      response.end("x");
    };
    const answer = await ask();
    for (const name of ["Server", "WWW-Authenticate", "Date", "x-amzn-RequestId", "User-Agent"]) {
      expect(valuesOf(answer, `x-amzn-Remapped-${name}`)).toEqual([`the backend's ${name}`]);
      expect(valuesOf(answer, name)).not.toContain(`the backend's ${name}`);
    }
    expect(valuesOf(answer, "X-Plain")).toEqual(["the backend's X-Plain"]);
    expect(valuesOf(answer, "Transfer-Encoding")).toEqual([]);
  });

  it("does not follow a redirection", async () => {
    await addMethod();
    backend.answer = (response) => response.writeHead(302, { Location: "http://elsewhere.example/" }).end();
    const answer = await ask();
    expect(answer).toMatchObject({ status: 302 });
    expect(valuesOf(answer, "Location")).toEqual(["http://elsewhere.example/"]);
  });
});

describe("HTTP, what no URI can hold", () => {
  const OVERRIDE = "#set($context.requestOverride.querystring.q = $input.path('$.x'))";

  it("is sent as the sign for what cannot be shown, when it is half a character", async () => {
    await addMethod({ type: "HTTP", request_templates: { "application/json": OVERRIDE } });
    await addResponses({ status_code: "200" });
    expect(await ask({ body: '{"x":"\\ud800"}' })).toMatchObject({ status: 200 });
    expect(backend.arrived).toMatchObject([{ url: "/v1/items/7?q=%EF%BF%BD" }]);
  });

  it("is refused in API Gateway's own words, when it is nested deeper than anybody means", async () => {
    await addMethod({ type: "HTTP", request_templates: { "application/json": OVERRIDE } });
    await addResponses({ status_code: "200" });
    const body = `{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    const message = "Could not parse request body into json";
    expect(await ask({ body })).toMatchObject({ status: 400, body: `{"message": "${message}"}` });
    expect(backend.arrived).toEqual([]);
  });
});

describe("HTTP backends that do not answer", () => {
  const UNREACHABLE = { status: 504, body: '{"message": "Network error communicating with endpoint"}' };

  it("are reported as unreachable without a stand-in, with a word for people on how to name one", async () => {
    standIns.clear();
    await addMethod();
    const answer = await ask();
    expect(answer).toMatchObject(UNREACHABLE);
    expect(valuesOf(answer, "x-amzn-ErrorType")).toEqual(["InternalServerErrorException"]);
    expect(notices).toEqual([
      `${ORIGIN} is not on this machine, and the embedded AWS connects to nothing else. Override it: --backend ${ORIGIN}=http://127.0.0.1:<port>`,
    ]);
  });

  it.each([
    "http://192.0.2.7:8080",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com:80",
    "http://127.0.0.1@192.0.2.7:80",
    "https://127.0.0.1:443",
    "http://[::2]:80",
    "http://0.0.0.0:80",
    "file:///etc/passwd",
    "nowhere",
  ])("are never looked for away from this machine, as at %s", async (standIn) => {
    standIns.set(ORIGIN, standIn);
    await addMethod();
    expect(await ask()).toMatchObject(UNREACHABLE);
    expect(notices).toEqual([
      `${standIn}, the backend override of ${ORIGIN}, is not on this machine, and the embedded AWS connects to nothing else. Expected http://127.0.0.1:<port>`,
    ]);
  });

  it("have no stand-in under another origin", async () => {
    await addMethod({ uri: `${ORIGIN}:8443/v1/items/{id}` });
    expect(await ask()).toMatchObject(UNREACHABLE);
    expect(backend.arrived).toEqual([]);
  });

  it("are unreachable when nobody listens, or the connection breaks", async () => {
    await addMethod();
    backend.answer = (response) => response.destroy();
    expect(await ask()).toMatchObject(UNREACHABLE);
    await backend.close();
    expect(await ask()).toMatchObject(UNREACHABLE);
    expect(notices).toEqual([]);
  });

  it.each([
    ["HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"],
    ["HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"],
    ["HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n"],
  ])("are unreachable when they answer with what is no answer: %j", async (raw) => {
    await addMethod();
    backend.answer = (response) => response.socket?.end(raw);
    expect(await ask()).toMatchObject(UNREACHABLE);
  });

  it("are given up when they lead back to the API that asks, with a word for people", async () => {
    await addMethod({ uri: "https://loop.auth.eu-west-1.amazoncognito.com/{id}", timeout_milliseconds: 300 });
    const looping: Gateway = { ...gateway(), answerEmulated: ({ hops = 0 }) => ask({ hops }, looping) };
    expect(await ask({}, looping)).toMatchObject({ status: 504, body: '{"message": "Endpoint request timed out"}' });
    expect(notices).toEqual([
      "https://loop.auth.eu-west-1.amazoncognito.com was called through 10 APIs, one after the other: they call each other.",
    ]);
  });

  it("are given up when they lead back to an API that makes another answer of theirs", async () => {
    const apiId = text(pretend.made.api, "id");
    const uri = `https://${apiId}.execute-api.${REGION}.amazonaws.com/dev/items/{id}`;
    await addMethod({ type: "HTTP", uri, timeout_milliseconds: 300 });
    await addResponses({ status_code: "200" });
    const { answerEmulated: _none, ...others } = gateway();
    const endpoint = createEndpoint(others);
    const host = new URL(uri).host;
    expect(await endpoint(requestOf({ method: "POST", host, path: "/dev/items/7" }))).toMatchObject({ status: 504 });
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(`https://${host} was called through 10 APIs`);
  });

  it("are given up when they take longer than the integration waits", async () => {
    await addMethod({ timeout_milliseconds: 50 });
    backend.answer = () => undefined;
    expect(await ask()).toMatchObject({ status: 504, body: '{"message": "Endpoint request timed out"}' });
  });

  it("are not asked for callers without a token", async () => {
    const { authorizer } = pretend.made;
    await addMethod({}, { authorization: "COGNITO_USER_POOLS", authorizer_id: text(authorizer, "id") });
    expect(await ask()).toMatchObject({ status: 401 });
    expect(backend.arrived).toEqual([]);
  });
});

describe("hosts that are played", () => {
  it("are asked without a socket", async () => {
    await addMethod({ uri: "https://cc-demo-dev.auth.ap-northeast-1.amazoncognito.com/oauth2/token?x=1" });
    expect(await ask({ query: "y=2", body: "b" })).toMatchObject({ status: 200, body: "played" });
    expect(played).toMatchObject([
      {
        method: "POST",
        host: "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com",
        path: "/oauth2/token",
        query: "x=1&y=2",
        body: Buffer.from("b"),
      },
    ]);
    expect([...backend.arrived, ...notices]).toEqual([]);
  });

  it.each([
    "http://x.auth.eu-west-1.amazoncognito.com/",
    "https://x.auth.eu-west-1.amazoncognito.com:8443/",
  ])("are none of AWS's when they are reached otherwise, as at %s", async (uri) => {
    await addMethod({ uri });
    expect(await ask()).toMatchObject({ status: 504 });
    expect(played).toEqual([]);
  });
});

describe("HTTP", () => {
  const http = (changes: Attributes = {}) => addMethod({ type: "HTTP", ...changes });

  it("sends nothing of the caller's but the body and its type, and what is mapped", async () => {
    await http();
    await addResponses({ status_code: "200" });
    await ask({
      query: "a=1",
      headers: [
        ["Authorization", "Bearer token"],
        ["Accept", "text/html"],
        ["User-Agent", "curl/8"],
        ["X-Forwarded-For", "203.0.113.9"],
        ["Content-Type", "text/plain; charset=utf-8"],
      ],
      body: "the body",
    });
    const id = pretend.made.api["id"];
    const [{ url, headers, body } = { url: "", headers: [], body: "" }] = backend.arrived;
    expect({ url, body }).toEqual({ url: "/v1/items/7", body: "the body" });
    expect(headers.filter(([name]) => name !== "Connection")).toEqual([
      ["Host", "legacy.example.com"],
      ["Accept", "application/json"],
      ["Content-Type", "text/plain"],
      ["User-Agent", `AmazonAPIGateway_${id}`],
      ["x-amzn-apigateway-api-id", id],
      ["X-Amzn-Trace-Id", expect.stringMatching(TRACE_ID)],
      ["Content-Length", "8"],
    ]);
  });

  it("makes the body of a template, and mapped headers replace its own", async () => {
    await http({
      request_templates: { "text/plain": "id=$util.urlEncode($input.params('id'))&body=$util.urlEncode($input.body)" },
      request_parameters: {
        "integration.request.path.id": "method.request.path.id",
        "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
        "integration.request.header.User-Agent": "'mine'",
      },
    });
    await addResponses({ status_code: "200" });
    await ask({ headers: [["Content-Type", "text/plain"]], body: "a&b" });
    expect(backend.arrived[0]?.body).toBe("id=7&body=a%26b");
    expect(backend.sent("Content-Type")).toEqual(["application/x-www-form-urlencoded"]);
    expect(backend.sent("User-Agent")).toEqual(["mine"]);
  });

  it("takes overrides of the template in place of mapped parameters", async () => {
    await http({
      request_templates: {
        "application/json":
          "#set($context.requestOverride.path.id = '8')#set($context.requestOverride.header.X-A = 'b')#set($context.requestOverride.querystring.q = 'c')",
      },
    });
    await addResponses({ status_code: "200" });
    await ask();
    expect(backend.arrived[0]?.url).toBe("/v1/items/8?q=c");
    expect(backend.sent("X-A")).toEqual(["b"]);
  });

  it("refuses a type without a template when nothing passes through", async () => {
    await http({ passthrough_behavior: "NEVER", request_templates: { "application/json": "{}" } });
    await addResponses({ status_code: "200" });
    expect(await ask({ headers: [["Content-Type", "text/plain"]] })).toMatchObject({ status: 415 });
    expect(backend.arrived).toEqual([]);
  });

  it("says 400 to a body that is not JSON, where the template reads it", async () => {
    await http({ request_templates: { "application/json": "$input.json('$.a')" } });
    await addResponses({ status_code: "200" });
    expect(await ask({ body: "<a/>" })).toMatchObject({
      status: 400,
      body: '{"message": "Could not parse request body into json"}',
    });
    expect(backend.arrived).toEqual([]);
  });

  it("answers with the response whose pattern fits the whole status, or the default", async () => {
    await http();
    await addResponses(
      { status_code: "200" },
      { status_code: "404", selection_pattern: "40" },
      { status_code: "409", selection_pattern: "4\\d{2}" },
    );
    const statusFor = async (status: number) => {
      backend.answer = (response) => response.writeHead(status).end();
      return (await ask()).status;
    };
    expect(await statusFor(201)).toBe(200);
    expect(await statusFor(404)).toBe(409);
    expect(await statusFor(503)).toBe(200);
  });

  it("says 500 when no response is meant for the status", async () => {
    await http();
    await addResponses({ status_code: "200", selection_pattern: "200" });
    backend.answer = (response) => response.writeHead(503).end("secret");
    expect(await ask()).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' });
  });

  it("passes the body through without a template, as JSON whatever it is, and none of the headers", async () => {
    await http();
    await addResponses({ status_code: "200" });
    backend.answer = (response) => response.writeHead(200, { "Content-Type": "text/html", "X-Own": "1" }).end("<a/>");
    const answer = await ask();
    expect(Buffer.from(answer.body).toString()).toBe("<a/>");
    expect(answer.headers).toEqual([
      ["Content-Type", "application/json"],
      ["x-amzn-RequestId", expect.any(String)],
      ["x-amz-apigw-id", expect.any(String)],
      ["X-Amzn-Trace-Id", expect.stringMatching(TRACE_ID)],
    ]);
    expect(valuesOf(answer, "X-Amzn-Trace-Id")).toEqual(backend.sent("X-Amzn-Trace-Id"));
  });

  it("makes headers and body of the backend's", async () => {
    await http();
    await addResponses({
      status_code: "200",
      response_parameters: {
        "method.response.header.X-Mapped": "integration.response.header.x-own",
        "method.response.header.X-Absent": "integration.response.header.absent",
        "method.response.header.X-Request": "context.requestId",
        "method.response.header.Server": "'mine'",
      },
      response_templates: { "application/json": '{"left": $input.path("$.life")}' },
    });
    backend.answer = (response) => response.writeHead(200, { "X-Own": "1" }).end('{"life": 3600, "secret": 1}');
    const answer = await ask();
    expect(answer).toMatchObject({ status: 200, body: '{"left": 3600}' });
    expect(valuesOf(answer, "X-Mapped")).toEqual(["1"]);
    expect(valuesOf(answer, "X-Absent")).toEqual([]);
    expect(valuesOf(answer, "X-Request")).toEqual(valuesOf(answer, "x-amzn-RequestId"));
    expect(valuesOf(answer, "x-amzn-Remapped-Server")).toEqual(["mine"]);
  });

  it("chooses the template by what the caller accepts, then JSON, then any", async () => {
    await http();
    await addResponses({
      status_code: "200",
      response_templates: { "application/json": "json", "text/xml": "xml" },
    });
    const bodyFor = async (accept: string) => (await ask({ headers: [["Accept", accept]] })).body;
    expect(await bodyFor("text/xml; q=1, */*")).toBe("xml");
    expect(await bodyFor("text/html")).toBe("json");
    expect(valuesOf(await ask({ headers: [["Accept", "text/xml"]] }), "Content-Type")).toEqual(["text/xml"]);
  });

  it("says 500 when the template cannot be filled in, or a header cannot be sent", async () => {
    await http();
    await addResponses({
      status_code: "200",
      response_templates: { "application/json": "#set($context.responseOverride.header.X = $input.path('$.x'))" },
    });
    backend.answer = (response) => response.end("no JSON");
    expect(await ask()).toMatchObject({ status: 500 });
    backend.answer = (response) => response.end('{"x": "a\\nb"}');
    expect(await ask()).toMatchObject({ status: 500 });
    backend.answer = (response) => response.end('{"x": "a"}');
    expect(valuesOf(await ask(), "X")).toEqual(["a"]);
  });

  it.each([
    ["418", 418],
    ["99", 200],
    ["600", 200],
    ["'x'", 200],
  ])("takes the status %s of a template for %s", async (status, expected) => {
    await http();
    await addResponses({
      status_code: "200",
      response_templates: { "application/json": `#set($context.responseOverride.status = ${status})` },
    });
    expect(await ask()).toMatchObject({ status: expected });
  });
});

/** Recorded on AWS: localstack's test_apigateway_header_remapping_http. */
describe("HTTP, headers of the connection", () => {
  const NAMES = [
    "Connection",
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

  it("are seen neither by templates nor by mappings", async () => {
    const request_parameters = Object.fromEntries(
      NAMES.map((name) => [`method.request.header.${name}`, false] as const),
    );
    await addMethod(
      {
        type: "HTTP",
        uri: `${ORIGIN}/v1`,
        request_parameters: Object.fromEntries(
          NAMES.map((name, index) => [`integration.request.header.X-${index}`, `method.request.header.${name}`]),
        ),
        request_templates: { "application/json": NAMES.map((name) => `$input.params('${name}')`).join("") },
      },
      { request_parameters: { ...request_parameters, "method.request.path.id": true } },
    );
    await addResponses({ status_code: "200" });
    await ask({ headers: NAMES.map((name) => [name, "sent"] as const) });
    expect(backend.arrived).toMatchObject([{ body: "" }]);
    expect(NAMES.flatMap((_name, index) => backend.sent(`X-${index}`))).toEqual([]);
  });

  it.each([
    "HTTP",
    "HTTP_PROXY",
  ])("are left out of an %s integration's mapping, or sent, and never throw", async (type) => {
    const left = ["Connection", "Expect", "Proxy-Authenticate", "TE", "Via"];
    const sent = ["Content-MD5", "Max-Forwards", "Server", "WWW-Authenticate"];
    await addMethod({
      type,
      uri: `${ORIGIN}/v1`,
      request_parameters: Object.fromEntries(
        [...left, ...sent, "Trailer"].map((name) => [`integration.request.header.${name}`, "'mapped'"]),
      ),
    });
    if (type === "HTTP") await addResponses({ status_code: "200" });
    expect(await ask()).toMatchObject({ status: 200 });
    expect(sent.flatMap((name) => backend.sent(name))).toEqual(sent.map(() => "mapped"));
    expect(left.flatMap((name) => backend.sent(name)).filter((value) => value === "mapped")).toEqual([]);
  });

  it("fails with a reason on a value that no header can hold", async () => {
    await addMethod({ type: "HTTP", uri: `${ORIGIN}/v1`, request_parameters: {} });
    await addResponses({
      status_code: "200",
      response_parameters: { "method.response.header.X-A": "integration.response.body.a" },
    });
    backend.answer = (response) => response.writeHead(200).end('{"a": "1\\r\\nSet-Cookie: x=1"}');
    expect(await ask()).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' });
    expect(notices).toEqual([
      expect.stringContaining("the integration is misconfigured: the value of X-A cannot be sent"),
    ]);
    backend.answer = (response) => response.writeHead(200).end('{"a": {"b": [1, "2"]}}');
    expect(valuesOf(await ask(), "X-A")).toEqual(['{"b":[1,"2"]}']);
  });

  it("fails with a reason when a template cannot be evaluated", async () => {
    const request_templates = { "application/json": "$util.parseJson($input.body).a" };
    await addMethod({ type: "HTTP", uri: `${ORIGIN}/v1`, request_parameters: {}, request_templates });
    await addResponses({ status_code: "200" });
    expect(await ask({ body: "no" })).toMatchObject({ status: 500, body: '{"message": "Internal server error"}' });
    expect(notices).toEqual([expect.stringContaining("$util.parseJson() was given a text that is not JSON")]);
  });
});
