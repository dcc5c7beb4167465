/** The proxy over real loopback sockets: what gets through, under which certificate, and that nothing gets out. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { AccountFileError } from "../../../emulator/account/file";
import { UnsupportedError } from "../../../emulator/errors";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { type CertificateAuthority, openCertificateAuthority } from "../../../emulator/proxy/certificate-authority";
import { type RunningProxy, startProxy } from "../../../emulator/proxy/proxy";
import type { AnsweredRequest } from "../../../emulator/proxy/serve-request";

const HOST = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
const CUSTOM = "api.example.com";
const OK: HttpResponse = { status: 200, headers: [["Content-Type", "text/plain"]], body: "emulated" };

const folder = mkdtempSync(join(tmpdir(), "proxy-test-"));
let authority: CertificateAuthority;
let ca: string;
let proxy: RunningProxy;
let answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
let seen: HttpRequest[];
let answered: AnsweredRequest[];
let bugs: unknown[];
/** Domains of the account. */
let customHosts: readonly string[];

beforeAll(async () => {
  authority = await openCertificateAuthority(folder, { domains: [CUSTOM] });
  ca = readFileSync(authority.certificateFile, "utf8");
  proxy = await startProxy({
    authority,
    isCustomHost: (host) => customHosts.includes(host),
    endpoint: async (request) => {
      seen.push(request);
      return await answer(request);
    },
    onAnswered: (request) => answered.push(request),
    onBug: (error) => bugs.push(error),
  });
});
afterAll(async () => {
  await proxy.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  [seen, answered, bugs, customHosts] = [[], [], [], []];
  answer = () => OK;
});
afterEach(() => expect(bugs).toEqual([]));

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly text: string;
}

async function receive(response: IncomingMessage): Promise<Received> {
  const { statusCode: status, headers, rawHeaders } = response;
  return { status, headers, rawHeaders, text: await textOf(response) };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Sends a request to the proxy itself, not through it. */
function callProxy(method: string, path: string): Promise<Received> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(proxy.url, { method, path, agent: false }, (response) => resolve(receive(response)));
    request.on("error", reject).end();
  });
}

/** What a client makes of the user and password in the proxy's URL. */
function authorization(url = proxy.url): string {
  const { username, password } = new URL(url);
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

const portOf = ({ url }: RunningProxy) => Number(new URL(url).port);

/** Response to CONNECT, and the socket when it is a tunnel. */
function openTunnel(
  target: string,
  headers: OutgoingHttpHeaders = { "Proxy-Authorization": authorization() },
): Promise<{ readonly response: IncomingMessage; readonly socket: Socket }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(proxy.url, { method: "CONNECT", path: target, headers, agent: false });
    request.on("connect", (response, socket) => resolve({ response, socket }));
    request.on("error", reject).end();
  });
}

/** TLS through a tunnel to the host, verified against the authority alone. */
async function openTls(host: string = HOST, servername = host): Promise<TLSSocket> {
  const { response, socket } = await openTunnel(`${host}:443`);
  expect(response.statusCode).toBe(200);
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket, servername, ca }, () => resolve(secure));
    secure.on("error", reject);
  });
}

/** A request through the proxy. */
async function call(path: string, given: { headers?: OutgoingHttpHeaders; body?: Buffer } = {}) {
  const { headers = {}, body = Buffer.alloc(0) } = given;
  const socket = await openTls();
  const received = new Promise<Received>((resolve, reject) => {
    const options = { method: "POST", path, headers: { "Content-Length": body.length, ...headers }, host: HOST };
    const request = httpRequest({ ...options, createConnection: () => socket }, (response) =>
      resolve(receive(response)),
    );
    request.on("error", reject).end(body);
  });
  return await received.finally(() => socket.destroy());
}

/** Everything that comes back for these bytes, until the connection is closed. */
function sendBytes(socket: Socket, bytes: string): Promise<string> {
  socket.end(bytes);
  return textOf(socket as AsyncIterable<Buffer>);
}

/** Everything that comes back for a CONNECT to the target. */
function connectBytes(target: string, to = proxy): Promise<string> {
  const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${authorization(to.url)}\r\n\r\n`;
  return sendBytes(connectTcp(portOf(to), "127.0.0.1"), head);
}

const closing = (line: string, host = HOST) => `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

describe("tunnels to emulated hosts", () => {
  it("are on one address of loopback, and on no other of this machine", async () => {
    expect(proxy.url).toMatch(/^http:\/\/aws:[\w-]{32}@127\.0\.0\.1:\d+$/);
    const socket = connectTcp({ port: portOf(proxy), host: "127.0.0.2" });
    const outcome = await new Promise((resolve) => {
      socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
    });
    socket.destroy();
    expect(outcome).toBe("refused");
  });

  it.each([HOST, "cognito-idp.ap-northeast-1.amazonaws.com", "a1b2c3.execute-api.ap-northeast-1.amazonaws.com"])(
    "show a certificate of the authority for %s",
    async (host) => {
      const socket = await openTls(host);
      expect(socket.authorized).toBe(true);
      expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${host}`);
      socket.destroy();
    },
  );

  it("show the tunnel's certificate for any name in the client hello, and take the host in any case", async () => {
    await expect(openTls(HOST, "cognito-idp.ap-northeast-1.amazonaws.com")).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect(await sendBytes(await openTls(HOST.toUpperCase(), HOST), closing("GET /", "x"))).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toMatchObject([{ host: HOST }]);
  });

  it("pass on the request as it was sent, and report it without what it carried", async () => {
    const headers = { "X-One": ["1", "2"], "x-TWO": "ü" };
    await call("/a//b/../%61?c=d?e&f=%zz", { headers, body: Buffer.from([0xff, 0x00]) });
    expect(seen).toMatchObject([
      {
        method: "POST",
        host: HOST,
        path: "/a//b/../%61",
        query: "c=d?e&f=%zz",
        body: Buffer.from([0xff, 0x00]),
        sourceIp: "127.0.0.1",
      },
    ]);
    expect(seen[0]?.headers.filter(([name]) => /^x-/i.test(name))).toEqual([
      ["X-One", "1"],
      ["X-One", "2"],
      ["x-TWO", "ü"],
    ]);
    expect(answered).toMatchObject([{ method: "POST", host: HOST, path: "/a//b/../%61", status: 200 }]);
  });

  it("pass on the response with its length and repeated headers", async () => {
    const cookies = ["a", "b"].map((value) => ["Set-Cookie", value] as const);
    answer = () => ({ status: 418, headers: [...cookies, ["X-Odd", "c"]], body: "é" });
    const received = await call("/");
    const headers = { "content-length": "2", "x-odd": "c", "set-cookie": ["a", "b"] };
    expect(received).toMatchObject({ status: 418, text: "é", headers });
    expect(received.rawHeaders).toContain("X-Odd");
  });

  it.each([204, 304])("send no Content-Length with %i, as RFC 9110 requires", async (status) => {
    answer = () => ({ status, headers: [["X-A", "1"]], body: "" });
    expect(await call("/")).toMatchObject({ status, headers: expect.not.objectContaining({ "content-length": "0" }) });
  });

  it.each<readonly [string, string]>([
    ...["example.com", "a1b2c3.execute-api.ap-northeast-1.amazonaws.com", "127.0.0.1", "x\r\nHost: y"].map(
      (host) => ["/", host] as const,
    ),
    ["https://example.com/x", "example.com"],
  ])("ignore the host in the request: %s, %j", async (path, host) => {
    expect(await sendBytes(await openTls(), closing(`GET ${path}`, host))).toMatch(/^HTTP\/1\.1 (200|400) /);
    expect(seen.map((request) => [request.host, request.path])).toEqual([[HOST, path]]);
  });

  it("answer several requests", async () => {
    const first = closing("GET /1").replace("\r\nConnection: close", "");
    await sendBytes(await openTls(), `${first}${closing("GET /2")}`);
    expect(seen.map(({ path }) => path)).toEqual(["/1", "/2"]);
  });
});

describe("custom domains", () => {
  it("are reached when they are in the account", async () => {
    customHosts = [CUSTOM];
    const socket = await openTls(CUSTOM);
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${CUSTOM}`);
    await sendBytes(socket, closing("GET /orders", CUSTOM));
    expect(seen).toMatchObject([{ host: CUSTOM, path: "/orders" }]);
  });

  it("are refused when the authority is not for them, with what to do", async () => {
    customHosts = ["auth.example.org"];
    expect((await connectBytes("auth.example.org:443")).split("\r\n\r\n")[1]).toBe(
      "auth.example.org is a domain of this account, but the certificate that callers trust is not for it. Restart: npx access local\n",
    );
    expect(answered).toMatchObject([{ method: "CONNECT", host: "auth.example.org:443", path: "", status: 502 }]);
    const [decision] = answered[0]?.trail?.().decisions ?? [];
    expect(decision).toMatchObject({
      by: "proxy",
      text: expect.stringContaining("auth.example.org is a domain of this account"),
    });
    expect(seen).toEqual([]);
  });

  it("are unknown to a proxy without isCustomHost", async () => {
    const other = await startProxy({ authority, endpoint: async () => OK });
    expect(await connectBytes(`${CUSTOM}:443`, other)).toMatch(/^HTTP\/1\.1 502 /);
    await other.close();
  });
});

describe("callers without the password", () => {
  const basic = (text: string) => ({ "Proxy-Authorization": `Basic ${Buffer.from(text).toString("base64")}` });

  it.each([
    ["none", {}],
    ["another password", basic("aws:wrong")],
    ["an empty one", basic("aws:")],
    ["another scheme", { "Proxy-Authorization": "Bearer x" }],
  ])("get 407 with %s", async (_what, headers) => {
    const { response } = await openTunnel(`${HOST}:443`, headers);
    expect(response.statusCode).toBe(407);
    expect(response.headers["proxy-authenticate"]).toBe('Basic realm="embedded AWS"');
    expect(seen).toEqual([]);
  });

  it("get no lease, and cannot use the password of another start", async () => {
    expect((await fetch(`http://${new URL(proxy.url).host}/hold`)).status).toBe(401);
    const other = await startProxy({ authority, endpoint: async () => OK });
    expect(new URL(other.url).password).not.toBe(new URL(proxy.url).password);
    await other.close();
  });
});

describe("refusals", () => {
  it.each([
    ...["example.com:443", "127.0.0.1:443", "localhost:443", "[::1]:443", ":443", HOST],
    ...["80", "8443", "0443", "443:443", ""].map((port) => `${HOST}:${port}`),
    ...[`${HOST}.:443`, `${HOST}.evil.example:443`, `evil.example/${HOST}:443`, "amazoncognito.com:443"],
    "auth.ap-northeast-1.amazoncognito.com:443",
    "a.b.execute-api.ap-northeast-1.amazonaws.com:443",
    // Domains of the account, but for the first.
    ...[`${CUSTOM}:443`, `x.${CUSTOM}:443`, `${CUSTOM}.:443`, `${CUSTOM}:80`],
  ])("answer 502 and why to CONNECT %s", async (target) => {
    customHosts = target === `${CUSTOM}:443` ? [] : [CUSTOM];
    const [head = "", body] = (await connectBytes(target)).split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: text\/plain\r\n/);
    expect(body).toContain(`does not emulate ${target.replace(/[^\w.:-]/g, "?")} and connects to nowhere`);
    expect(body).toContain("cognito-idp.<region>.amazonaws.com");
    expect(seen).toEqual([]);
  });

  it.each<readonly [string, string]>([
    ["GET", "http://example.com/"],
    ["POST", `http://${HOST}/oauth2/token`],
    ...["/", "/healthy", "/health/", "/health?x"].map((path) => ["GET", path] as const),
    ["POST", "/health"],
    ["POST", "/hold"],
  ])("answer 502 and why to %s %s", async (method, url) => {
    const received = await callProxy(method, url);
    expect(received).toMatchObject({ status: 502, headers: { "content-type": "text/plain" } });
    expect(received.text).toContain("connects to nowhere");
    expect(seen).toEqual([]);
  });

  it("never connect to the target of CONNECT or a whole URL", async () => {
    const visitors: Socket[] = [];
    const server = createServer((socket) => visitors.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const target = typeof address === "object" ? `127.0.0.1:${address?.port}` : "";
    expect((await openTunnel(target)).response.statusCode).toBe(502);
    expect((await callProxy("GET", `http://${target}/`)).status).toBe(502);
    expect(visitors).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe("errors", () => {
  const MISTAKE = { status: 500, text: expect.stringMatching(/^This is a mistake of the embedded AWS/) };

  it("are 500 with the reason when the account cannot be written", async () => {
    answer = () => {
      throw new AccountFileError("the account cannot be written");
    };
    expect(await call("/")).toMatchObject({ status: 500, text: "the account cannot be written\n" });
  });

  it("are 501 for what is not emulated, and 500 without its text for any other", async () => {
    answer = () => {
      throw new UnsupportedError("aws_x is not emulated");
    };
    expect(await call("/")).toMatchObject({ status: 501, text: "Not emulated: aws_x is not emulated\n" });
    answer = () => {
      throw new Error("secret");
    };
    const received = await call("/");
    expect(received).toMatchObject({ ...MISTAKE, headers: { "content-type": "text/plain" } });
    expect(received.text).not.toContain("secret");
    expect(bugs.splice(0)).toEqual([new Error("secret")]);
  });

  it.each([
    ["X-Bad", "a\r\nb: c"],
    ["X-Bad", "€"],
    ["X Bad", "a"],
  ])("are 500 for a response that cannot be written: %j, %j", async (name, value) => {
    answer = () => ({ status: 200, headers: [[name, value]], body: "" });
    expect(await call("/")).toMatchObject(MISTAKE);
    expect(bugs.splice(0)).toEqual([new Error(`HTTP has no way to write a header ${name} like this one`)]);
    answer = () => OK;
    expect(await call("/")).toMatchObject({ status: 200 });
  });

  it("of callers leave the proxy running: a body that breaks off, what is not HTTP or TLS, headers without end", async () => {
    const socket = await openTls();
    socket.on("error", () => undefined);
    await new Promise((resolve) => {
      socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100\r\n\r\nten bytes.`, resolve);
    });
    socket.destroy();
    const plain = (await openTunnel(`${HOST}:443`)).socket;
    expect(await sendBytes(plain, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)).not.toContain("HTTP/1.1");
    expect(await sendBytes(await openTls(), "\u0000\u0001nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    const headers = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${"x".repeat(40_000)}\r\n\r\n`;
    expect(await sendBytes(await openTls(), headers)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await call("/")).toMatchObject({ status: 200 });
    expect(answered).toHaveLength(1);
  });

  it("of size are left to the endpoint: of a longer body than 10 MB it gets enough to recognize it", async () => {
    const limit = 10 * 1024 * 1024;
    for (const length of [limit, limit + 1, 3 * limit]) await call("/", { body: Buffer.alloc(length) });
    const [right, more = 0, most = 0] = seen.map(({ body }) => body.length);
    expect([right, more]).toEqual([limit, limit + 1]);
    expect(most).toBeGreaterThan(limit);
    expect(most).toBeLessThan(2 * limit);
  });
});

describe("a running proxy", () => {
  it("answers GET /health, and is free without leases", async () => {
    expect(await callProxy("GET", "/health")).toMatchObject({ status: 200, text: "ok\n" });
    await expect(proxy.waitUntilFree()).resolves.toBeUndefined();
  });

  it("is leased until the last one hangs up", async () => {
    const lease = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        httpRequest(`${proxy.url}/hold`, { agent: false }, resolve).on("error", reject).end();
      });
    const leases = [await lease(), await lease()];
    let isFree = false;
    const free = proxy.waitUntilFree().then(() => {
      isFree = true;
    });
    expect(leases.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    leases[0]?.destroy();
    await callProxy("GET", "/health");
    expect(isFree).toBe(false);
    leases[1]?.destroy();
    await free;
    expect(isFree).toBe(true);
  });

  describe("with a time limit for callers", () => {
    const head = `POST / HTTP/1.1\r\nHost: ${HOST}\r\n`;
    let impatient: RunningProxy;
    let usual: RunningProxy;
    beforeEach(async () => {
      usual = proxy;
      impatient = await startProxy({
        authority,
        endpoint: async () => await answer(seen[0] as never),
        callerTimeoutMs: 100,
      });
      proxy = impatient;
    });
    afterEach(async () => {
      proxy = usual;
      await impatient.close();
    });

    it.each<readonly [string, () => Promise<Socket>]>([
      ["a tunnel without a handshake", async () => (await openTunnel(`${HOST}:443`)).socket],
      ["a tunnel that is refused", async () => (await openTunnel(`${HOST}:80`)).socket],
      ["TLS without a request", () => openTls()],
      ["headers that never end", () => writing(`${head}X-Slow: `)],
      ["a body that never ends", () => writing(`${head}Content-Length: 10\r\n\r\n1234`)],
      ["a second request that never ends", () => writing(`${head}Content-Length: 0\r\n\r\nPOST / HT`)],
    ])("ends %s", async (_what, open) => {
      const socket = await open();
      socket.on("error", () => undefined).resume();

      await new Promise((resolve) => socket.once("close", resolve));
    });

    it("ends headers that arrive byte by byte", async () => {
      const socket = await writing(head);
      const timer = setInterval(() => socket.write("x"), 5);
      socket.on("error", () => undefined).resume();

      await new Promise((resolve) => socket.once("close", resolve));
      clearInterval(timer);
    });

    it("leaves the endpoint its own time", async () => {
      const { socket: other } = await openTunnel(`${HOST}:443`);
      const otherEnds = new Promise<HttpResponse>((resolve) => other.resume().once("close", () => resolve(OK)));
      answer = () =>
        otherEnds
          .then(() => openTunnel(`${HOST}:443`))
          .then(({ socket }) => closeOf(socket))
          .then(() => OK);

      expect(await call("/")).toMatchObject({ status: 200 });
    });

    async function writing(bytes: string): Promise<Socket> {
      const socket = await openTls();
      socket.write(bytes);
      return socket;
    }

    const closeOf = (socket: Socket) => new Promise((resolve) => socket.resume().once("close", resolve));
  });

  it("drops connections when it closes", async () => {
    const other = await startProxy({ authority, endpoint: async () => OK });
    const socket = connectTcp(portOf(other), "127.0.0.1");
    socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nProxy-Authorization: ${authorization(other.url)}\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await other.close();
    await closed;
    await expect(fetch(`http://${new URL(other.url).host}`)).rejects.toThrow();
  });
});
