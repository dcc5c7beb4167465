/**
 * Headers, methods and requests within requests that must not open a guarded method: over a real socket, because what two
 * readers of the same bytes make of them is what such an attack lives on. `OPTIONS /access` is open, `GET /access` takes ID
 * tokens, and a second API is open to all.
 */
import { text } from "../../../emulator/terraform/attributes";
import { type GuardedApi, hostOf, INVOKED, openGuardedApi, UNAUTHORIZED } from "../../support/guarded-api";
import { openRawTunnels, type RawTunnels, type WireAnswer } from "../../support/raw-tunnel";

const LET_THROUGH = { status: 200, errorType: undefined, body: INVOKED };
const REFUSED = { status: 401, errorType: "UnauthorizedException", body: '{"message":"Unauthorized"}' };
const NO_METHOD = {
  status: 403,
  errorType: "MissingAuthenticationTokenException",
  body: '{"message":"Missing Authentication Token"}',
};
const BAD_REQUEST = { status: 400, errorType: undefined, body: "" };

let api: GuardedApi;
let openHost: string;
let tunnels: RawTunnels;
beforeAll(async () => {
  api = await openGuardedApi();
  openHost = hostOf(await addOpenApi());
  tunnels = await openRawTunnels(api.endpoint);
});
afterAll(() => tunnels.close());
beforeEach(() => api.events.splice(0));
afterEach(() => expect(tunnels.bugs).toEqual([]));

/** An API whose `POST /dev/access` is open to all. */
async function addOpenApi(): Promise<string> {
  const { pretend } = api;
  const made = await pretend.create("aws_api_gateway_rest_api", { name: "open" });
  const rest_api_id = text(made, "id");
  const at = { rest_api_id, parent_id: text(made, "root_resource_id") };
  const resource = await pretend.create("aws_api_gateway_resource", { ...at, path_part: "access" });
  await pretend.addMethod({ http_method: "POST", rest_api_id, resource_id: text(resource, "id") }, { rest_api_id });
  const { permission } = pretend.made;
  const source_arn = `${text(made, "execution_arn")}/*`;
  await pretend.create("aws_lambda_permission", { ...permission, id: null, statement_id: "open", source_arn });
  const { id } = await pretend.create("aws_api_gateway_deployment", { rest_api_id });
  await pretend.create("aws_api_gateway_stage", { rest_api_id, stage_name: "dev", deployment_id: id ?? null });
  return rest_api_id;
}

/** A request for the method but for what is given, as bytes; `GOOD` in a line stands for a good token. */
function bytesOf(
  lines: readonly string[] = [],
  {
    start = "POST /dev/access HTTP/1.1",
    host = `Host: ${api.host}`,
    end = ["Content-Length: 0", "Connection: close"],
  } = {},
): string {
  const head = [start, ...(host === "" ? [] : [host]), ...lines, ...end];
  return `${head.join("\r\n").replaceAll("GOOD", api.token)}\r\n\r\n`;
}

const send = (...given: Parameters<typeof bytesOf>): Promise<readonly WireAnswer[]> =>
  tunnels.send(api.host, bytesOf(...given));

async function expectAnswers(answers: Promise<readonly WireAnswer[]>, ...expected: readonly WireAnswer[]) {
  expect(await answers).toEqual(expected);
  expect(api.events).toHaveLength(expected.filter(({ body }) => body === INVOKED).length);
}

describe("a good token, as a control,", () => {
  it.each([
    "Authorization: GOOD",
    "authorization: GOOD",
    "AUTHORIZATION:GOOD",
    "Authorization: Bearer GOOD",
    "Authorization: \t GOOD \t ",
  ])("gets through as %s", async (line) => {
    await expectAnswers(send([line]), LET_THROUGH);
  });

  it("is asked for", async () => {
    await expectAnswers(send(), REFUSED);
    expect(await api.call({ token: null })).toEqual(UNAUTHORIZED);
  });
});

describe("headers that do not open the method", () => {
  it.each<[string, readonly string[]]>([
    ["the same token twice", ["Authorization: GOOD", "Authorization: GOOD"]],
    ["the same token twice, in another case", ["Authorization: GOOD", "authorization: GOOD"]],
    ["a good one before a bad one", ["Authorization: GOOD", "Authorization: x"]],
    ["a bad one before a good one", ["Authorization: x", "Authorization: GOOD"]],
    ["an empty one before a good one", ["Authorization:", "Authorization: GOOD"]],
    ["a good one before an empty one", ["Authorization: GOOD", "Authorization:"]],
    ["a good one, others, and a good one", ["Authorization: GOOD", "X: y", "Authorization: GOOD"]],
    ["Basic before a good one", ["Authorization: Basic eDp5", "Authorization: GOOD"]],
    ["two tokens in one header", ["Authorization: GOOD, GOOD"]],
    ["a token and a parameter", ["Authorization: Bearer GOOD, realm=x"]],
    ["a token for the proxy", ["Proxy-Authorization: Bearer GOOD"]],
    ["a token under another name", ["X-Authorization: GOOD", "X-Amz-Security-Token: GOOD"]],
    ["a token under a name with an underscore", ["Authorization_: GOOD"]],
    ["a token in a cookie", ["Cookie: Authorization=GOOD"]],
    ["a token in the name of a forwarded header", ["X-Forwarded-Authorization: GOOD"]],
    ["9 kB of it", [`Authorization: ${"x".repeat(9000)}`]],
    ["9 kB of a token", [`Authorization: GOOD${"A".repeat(8000)}`]],
    ["9 kB of blanks in it", [`Authorization: Bearer${" ".repeat(9000)}x`]],
    ["9 kB of dots", [`Authorization: ${".".repeat(9000)}`]],
    ["bytes that are no ASCII", ["Authorization: \u00ff\u00fe.\u00ff.\u00ff"]],
    ["claims of the caller's own", ["X-Amzn-Oidc-Data: x", 'X-Amzn-Apigateway-Claims: {"scope":"test_resource/test"}']],
    ["an upgrade", ["Connection: Upgrade", "Upgrade: websocket"]],
    ["an upgrade to HTTP/2", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]],
    ["the header named as one of the connection", ["Connection: Authorization", "X: GOOD"]],
    ["an address of its own", ["X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "True-Client-IP: 127.0.0.1"]],
    ["another path", ["X-Original-URL: /dev/open", "X-Rewrite-URL: /dev/open", "X-Forwarded-Path: /dev/open"]],
    ["another host", ["X-Forwarded-Host: OPEN", "X-Host: OPEN", "Forwarded: host=OPEN"]],
    ["another stage", ["X-Amzn-Stage: open", "X-Forwarded-Prefix: /open"]],
  ])("are refused: %s", async (_, lines) => {
    await expectAnswers(send(lines.map((line) => line.replace("OPEN", openHost))), REFUSED);
  });

  it.each<[string, readonly string[]]>([
    ["a blank before the colon", ["Authorization : GOOD"]],
    ["a line break within its name", ["Author", "ization: GOOD"]],
    ["a null character in it", ["Authorization: GOOD\u0000"]],
    ["a carriage return in it", ["Authorization: GOOD\rX: y"]],
    ["no name", [": GOOD"]],
    ["a line without a colon", ["Authorization"]],
  ])("are no HTTP: %s", async (_, lines) => {
    await expectAnswers(send(lines), BAD_REQUEST);
  });

  it.each([
    ["in one", ["X: ", 10_241]],
    ["with a good token, together", ["Authorization: GOOD\r\nX: ", 10_240]],
  ] as const)("are refused when they are over 10,240 bytes, %s", async (_, [start, length]) => {
    const body = "HTTP header is larger than 10240 bytes.";
    await expectAnswers(send([start + "x".repeat(length)]), { status: 413, errorType: undefined, body });
  });

  it("are refused unread when they are over 32 kB", async () => {
    await expectAnswers(send([`Authorization: ${"x".repeat(33_000)}`]), { ...BAD_REQUEST, status: 431 });
  });
});

describe("methods that do not open the method", () => {
  const OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];

  it("are other ones, as a control: OPTIONS needs no token", async () => {
    await expectAnswers(send([], { start: "OPTIONS /dev/access HTTP/1.1" }), { ...LET_THROUGH, body: "" });
  });

  it.each(OVERRIDES)("are refused: %s, whatever its value", async (name) => {
    for (const method of ["OPTIONS", "options", "HEAD", "NONE"])
      await expectAnswers(send([`${name}: ${method}`]), REFUSED);
    const start = "GET /dev/access HTTP/1.1";
    await expectAnswers(send([`${name}: POST`, "Authorization: GOOD"], { start }), REFUSED);
    // The open one stays what it is as well.
    const options = { start: "OPTIONS /dev/access HTTP/1.1" };
    await expectAnswers(send([`${name}: POST`], options), { ...LET_THROUGH, body: "" });
  });

  it.each(["_method=OPTIONS", "_method=options", "method=OPTIONS", "X-HTTP-Method-Override=OPTIONS"])(
    "are refused: %s in query and form",
    async (parameter) => {
      await expectAnswers(send([], { start: `POST /dev/access?${parameter} HTTP/1.1` }), REFUSED);
      const form = ["Content-Type: application/x-www-form-urlencoded"];
      const end = [`Content-Length: ${parameter.length}`, "Connection: close"];
      await expectAnswers(tunnels.send(api.host, bytesOf(form, { end }) + parameter), REFUSED);
    },
  );

  it.each(["PUT", "DELETE", "PATCH", "HEAD", "TRACE", "PROPFIND", "MKCOL", "LINK", "PURGE", "SEARCH"])(
    "are none of the API: %s",
    async (method) => {
      const [answer] = await send([], { start: `${method} /dev/access HTTP/1.1` });
      expect(answer).toMatchObject({ status: 403, errorType: NO_METHOD.errorType });
      expect(api.events).toEqual([]);
    },
  );

  it.each(["post", "Post", "POSTT", "ANY", "OPTIONS\u0000", "P OST", "*", "PRI"])("are no HTTP: %j", async (method) => {
    await expectAnswers(send(["Authorization: GOOD"], { start: `${method} /dev/access HTTP/1.1` }), BAD_REQUEST);
  });

  it.each(["API", "example.com:443", "127.0.0.1:22", "/dev/access"])(
    "reach no other host: CONNECT %s within the tunnel",
    async (target) => {
      const start = `CONNECT ${target.replace("API", `${api.host}:443`)} HTTP/1.1`;
      await expectAnswers(send(["Authorization: GOOD"], { start }), BAD_REQUEST);
    },
  );
});

describe("hosts that do not open the method", () => {
  it("are another one, as a control: it is open under its own", async () => {
    await expectAnswers(tunnels.send(openHost, bytesOf([], { host: `Host: ${openHost}` })), LET_THROUGH);
  });

  it("are refused: another API's in the Host header", async () => {
    await expectAnswers(send([], { host: `Host: ${openHost}` }), REFUSED);
  });

  it("have no effect: the tunnel decides", async () => {
    await expectAnswers(tunnels.send(openHost, bytesOf([], { host: `Host: ${api.host}` })), LET_THROUGH);
  });

  it("are refused: another API's in a whole URL", async () => {
    const start = `POST https://${openHost}/dev/access HTTP/1.1`;
    const forbidden = { status: 403, errorType: "ForbiddenException", body: '{"message":"Forbidden"}' };
    await expectAnswers(send([], { start, host: `Host: ${openHost}` }), forbidden);
  });

  it.each(["POST /dev/access HTTP/1.0", "POST /dev/access"])(
    "are not needed by %s, which is guarded all the same",
    async (start) => {
      await expectAnswers(send([], { start, host: "" }), REFUSED);
      await expectAnswers(send(["Authorization: GOOD"], { start, host: "" }), LET_THROUGH);
    },
  );

  it.each(["HTTP/1.1", "HTTP/9.9"])("are missed by %s", async (version) => {
    const start = `POST /dev/access ${version}`;
    await expectAnswers(send(["Authorization: GOOD"], { start, host: "" }), BAD_REQUEST);
  });
});

describe("requests within requests", () => {
  const keepOpen = { end: ["Content-Length: 0"] };

  it("do not inherit the token of the one before", async () => {
    const pipelined = bytesOf(["Authorization: GOOD"], keepOpen) + bytesOf();
    await expectAnswers(tunnels.send(api.host, pipelined), LET_THROUGH, REFUSED);
  });

  it("do not lend their token to the one before", async () => {
    const pipelined = bytesOf([], keepOpen) + bytesOf(["Authorization: GOOD"]);
    await expectAnswers(tunnels.send(api.host, pipelined), REFUSED, LET_THROUGH);
  });

  it("are a body when they are where a body is", async () => {
    const inner = bytesOf(["Authorization: GOOD"]);
    const end = [`Content-Length: ${inner.length}`, "Connection: close"];
    await expectAnswers(tunnels.send(api.host, bytesOf([], { end }) + inner), REFUSED);
  });

  it.each<[string, readonly string[]]>([
    ["two lengths", ["Content-Length: 0", "Content-Length: 5"]],
    ["two lengths in one", ["Content-Length: 0, 5"]],
    ["a length and chunks", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["chunks and a length", ["Transfer-Encoding: chunked", "Content-Length: 5"]],
    ["a length with a sign", ["Content-Length: +0"]],
    ["a length below nothing", ["Content-Length: -1"]],
    ["a length in hexadecimal", ["Content-Length: 0x0"]],
    ["chunks that are not the last coding", ["Transfer-Encoding: chunked, identity"]],
    ["chunks after a blank", ["Transfer-Encoding : chunked", "Content-Length: 5"]],
  ])("are not told apart by guessing: %s", async (_, end) => {
    const smuggled = bytesOf(["Authorization: GOOD"], { end: [...end, "Connection: close"] });
    await expectAnswers(tunnels.send(api.host, `${smuggled}0\r\n\r\n`), BAD_REQUEST);
  });
});
