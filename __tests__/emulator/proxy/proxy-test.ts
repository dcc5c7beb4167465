/** The proxy over real loopback sockets: what gets through, under which certificate, and that nothing gets out. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { UnsupportedError } from "../../../emulator/errors";
import type { HttpRequest, HttpResponse } from "../../../emulator/protocols/http";
import { openCertificateAuthority } from "../../../emulator/proxy/certificate-authority";
import { type AnsweredRequest, type RunningProxy, startProxy } from "../../../emulator/proxy/proxy";

const HOST = "cc-demo-dev.auth.ap-northeast-1.amazoncognito.com";
const CUSTOM = "api.example.com";
const OK: HttpResponse = { status: 200, headers: [["Content-Type", "text/plain"]], body: "played" };

const folder = mkdtempSync(join(tmpdir(), "proxy-test-"));
let ca: string;
let proxy: RunningProxy;
let answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;
let seen: HttpRequest[];
let answered: AnsweredRequest[];
let bugs: unknown[];
/** Domains that somebody made in the account. */
let customHosts: readonly string[];

beforeAll(async () => {
  const authority = await openCertificateAuthority(folder, { domains: [CUSTOM] });
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
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const { statusCode: status, headers, rawHeaders } = response;
  return { status, headers, rawHeaders, text: Buffer.concat(chunks).toString() };
}

/** Sends a request to the proxy itself, not through it. */
function askProxy(method: string, path: string): Promise<Received> {
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

/** Answer to CONNECT, and the socket when it is a tunnel. */
function openTunnel(
  target: string,
  headers: OutgoingHttpHeaders = { "Proxy-Authorization": authorization() },
): Promise<{ readonly response: IncomingMessage; readonly socket: Socket; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(proxy.url, { method: "CONNECT", path: target, headers, agent: false });
    request.on("connect", (response, socket, head) => resolve({ response, socket, text: head.toString() }));
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
async function ask(path: string, given: { method?: string; headers?: OutgoingHttpHeaders; body?: Buffer } = {}) {
  const { method = "POST", headers = {}, body = Buffer.alloc(0) } = given;
  const socket = await openTls();
  const received = new Promise<Received>((resolve, reject) => {
    const options = { method, path, headers: { "Content-Length": body.length, ...headers }, host: HOST };
    const request = httpRequest({ ...options, createConnection: () => socket }, (response) =>
      resolve(receive(response)),
    );
    request.on("error", reject).end(body);
  });
  return await received.finally(() => socket.destroy());
}

/** Everything that comes back for these bytes, until the connection is closed. */
async function sendBytes(socket: Socket, bytes: string): Promise<string> {
  socket.end(bytes);
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const port = () => Number(new URL(proxy.url).port);

describe("startProxy, answers without a body", () => {
  it.each([204, 304])("sends no Content-Length with %i, as RFC 9110 says", async (status) => {
    answer = () => ({ status, headers: [["X-A", "1"]], body: "" });
    expect(await ask("/")).toMatchObject({ status, headers: expect.not.objectContaining({ "content-length": "0" }) });
  });
});

describe("startProxy, tunnels to hosts that are played", () => {
  it("listens on loopback only", () => {
    expect(proxy.url).toMatch(/^http:\/\/aws:[\w-]{32}@127\.0\.0\.1:\d+$/);
  });

  it("listens on one address of loopback, and on no other of this machine", async () => {
    const socket = connectTcp({ port: port(), host: "127.0.0.2" });
    const outcome = await new Promise((resolve) => {
      socket.once("connect", () => resolve("connected")).once("error", () => resolve("refused"));
    });
    socket.destroy();

    expect(outcome).toBe("refused");
  });

  it.each([
    HOST,
    "cognito-idp.ap-northeast-1.amazonaws.com",
    "a1b2c3.execute-api.ap-northeast-1.amazonaws.com",
  ])("shows a certificate of its authority for %s", async (host) => {
    const socket = await openTls(host);
    expect(socket.authorized).toBe(true);
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${host}`);
    socket.destroy();
  });

  it("shows the tunnel's certificate whatever name the client hello carries", async () => {
    await expect(openTls(HOST, "cognito-idp.ap-northeast-1.amazonaws.com")).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  });

  it("takes the host in any case", async () => {
    const socket = await openTls(HOST.toUpperCase(), HOST);
    const text = await sendBytes(socket, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen).toMatchObject([{ host: HOST }]);
  });

  it("hands on the request as it was sent", async () => {
    const headers = { "X-One": ["1", "2"], "x-TWO": "ü" };
    await ask("/a//b/../%61?c=d?e&f=%zz", { headers, body: Buffer.from([0xff, 0x00]) });
    const [request] = seen;
    expect(request).toMatchObject({
      method: "POST",
      host: HOST,
      path: "/a//b/../%61",
      query: "c=d?e&f=%zz",
      body: Buffer.from([0xff, 0x00]),
      sourceIp: "127.0.0.1",
    });
    expect(request?.headers.filter(([name]) => /^x-/i.test(name))).toEqual([
      ["X-One", "1"],
      ["X-One", "2"],
      ["x-TWO", "ü"],
    ]);
  });

  it("hands back the answer with its length and repeated headers", async () => {
    const headers = [
      ["Set-Cookie", "a"],
      ["Set-Cookie", "b"],
      ["X-Odd", "c"],
    ] as const;
    answer = () => ({ status: 418, headers, body: "é" });
    const received = await ask("/");
    expect(received).toMatchObject({ status: 418, text: "é", headers: { "content-length": "2", "x-odd": "c" } });
    expect(received.headers["set-cookie"]).toEqual(["a", "b"]);
    expect(received.rawHeaders).toContain("X-Odd");
  });

  it("tells of what it answered, and nothing of what it carried", async () => {
    await ask("/oauth2/token?client_secret=x", { headers: { Authorization: "Basic x" } });
    expect(answered).toEqual([{ method: "POST", host: HOST, path: "/oauth2/token", status: 200 }]);
  });

  it.each([
    "example.com",
    "a1b2c3.execute-api.ap-northeast-1.amazonaws.com",
    "127.0.0.1",
    "x\r\nHost: y",
  ])("gives the Host header no say: %j", async (sent) => {
    const socket = await openTls();
    const bytes = `GET / HTTP/1.1\r\nHost: ${sent}\r\nConnection: close\r\n\r\n`;
    const text = await sendBytes(socket, bytes);
    expect(seen.every(({ host }) => host === HOST)).toBe(true);
    expect(text).toMatch(/^HTTP\/1\.1 (200|400) /);
  });

  it("gives a whole URL in the request no say either", async () => {
    const socket = await openTls();
    await sendBytes(socket, "GET https://example.com/x HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n");
    expect(seen).toMatchObject([{ host: HOST, path: "https://example.com/x" }]);
  });

  it("answers several requests of one tunnel", async () => {
    const socket = await openTls();
    const one = `GET /1 HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
    await sendBytes(socket, `${one}${one.replace("/1", "/2").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")}`);
    expect(seen.map(({ path }) => path)).toEqual(["/1", "/2"]);
  });
});

describe("startProxy, domains of one's own", () => {
  const refusalFor = async (target: string) => {
    const socket = connectTcp(port(), "127.0.0.1");
    const head = `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${authorization()}\r\n\r\n`;
    const text = await sendBytes(socket, head);
    expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
    expect(seen).toEqual([]);
    return text.split("\r\n\r\n")[1];
  };

  it("gets through to one that is in the account", async () => {
    customHosts = [CUSTOM];
    const socket = await openTls(CUSTOM);
    expect(socket.getPeerCertificate().subjectaltname).toBe(`DNS:${CUSTOM}`);
    await sendBytes(socket, `GET /orders HTTP/1.1\r\nHost: ${CUSTOM}\r\nConnection: close\r\n\r\n`);
    expect(seen).toMatchObject([{ host: CUSTOM, path: "/orders" }]);
  });

  it("refuses one that the authority is for, but nobody has made", async () => {
    expect(await refusalFor(`${CUSTOM}:443`)).toContain(`does not play ${CUSTOM}:443 and connects to nowhere`);
  });

  it("refuses one that was made but the authority is not for, and says what to do", async () => {
    customHosts = ["auth.example.org"];
    expect(await refusalFor("auth.example.org:443")).toBe(
      "auth.example.org is a domain of this account, but the certificates that callers were told to trust are not for it. Restart: npm run local\n",
    );
    expect(answered).toEqual([{ method: "CONNECT", host: "auth.example.org:443", path: "", status: 502 }]);
  });

  it.each([
    `x.${CUSTOM}:443`,
    `${CUSTOM}.:443`,
    `${CUSTOM}:80`,
    "example.com:443",
  ])("refuses %s, which only looks like it", async (target) => {
    customHosts = [CUSTOM];
    expect(await refusalFor(target)).toContain("connects to nowhere");
  });

  it("knows none when it is not told of any", async () => {
    const authority = await openCertificateAuthority(folder, { domains: [CUSTOM] });
    const other = await startProxy({ authority, endpoint: async () => OK });
    const socket = connectTcp(Number(new URL(other.url).port), "127.0.0.1");
    const head = `CONNECT ${CUSTOM}:443 HTTP/1.1\r\nProxy-Authorization: ${authorization(other.url)}\r\n\r\n`;
    expect(await sendBytes(socket, head)).toMatch(/^HTTP\/1\.1 502 /);
    await other.close();
  });
});

describe("startProxy, callers without the password", () => {
  it.each([
    ["none", {}],
    ["another password", { "Proxy-Authorization": `Basic ${Buffer.from("aws:wrong").toString("base64")}` }],
    ["an empty one", { "Proxy-Authorization": `Basic ${Buffer.from("aws:").toString("base64")}` }],
    ["another scheme", { "Proxy-Authorization": "Bearer x" }],
  ])("are told 407 and where it is, with %s", async (_what, headers) => {
    const { response } = await openTunnel(`${HOST}:443`, headers);

    expect(response.statusCode).toBe(407);
    expect(response.headers["proxy-authenticate"]).toBe('Basic realm="embedded AWS"');
    expect(seen).toEqual([]);
  });

  it("cannot hold it", async () => {
    const { host } = new URL(proxy.url);

    expect((await fetch(`http://${host}/hold`)).status).toBe(401);
  });

  it("have another one to guess at each start", async () => {
    const authority = await openCertificateAuthority(folder);
    const other = await startProxy({ authority, endpoint: async () => OK });

    expect(new URL(other.url).password).not.toBe(new URL(proxy.url).password);
    await other.close();
  });
});

describe("startProxy, refusals", () => {
  it.each([
    "example.com:443",
    "127.0.0.1:443",
    "localhost:443",
    `${HOST}:80`,
    `${HOST}:8443`,
    `${HOST}:0443`,
    `${HOST}:443:443`,
    `${HOST}:`,
    HOST,
    `${HOST}.:443`,
    `${HOST}.evil.example:443`,
    `evil.example/${HOST}:443`,
    "amazoncognito.com:443",
    "auth.ap-northeast-1.amazoncognito.com:443",
    "sqs.ap-northeast-1.amazonaws.com:443",
    "ec2.amazonaws.com:443",
    "a.b.execute-api.ap-northeast-1.amazonaws.com:443",
    "[::1]:443",
    ":443",
  ])("says 502 and why to CONNECT %s", async (target) => {
    const socket = connectTcp(port(), "127.0.0.1");
    const text = await sendBytes(
      socket,
      `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nProxy-Authorization: ${authorization()}\r\n\r\n`,
    );
    const [head = "", body] = text.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nContent-Type: text\/plain\r\n/);
    expect(body).toContain(`does not play ${target.replace(/[^\w.:-]/g, "?")} and connects to nowhere`);
    expect(body).toContain("cognito-idp.<region>.amazonaws.com");
    expect(seen).toEqual([]);
  });

  it.each([
    ["GET", "http://example.com/"],
    ["POST", `http://${HOST}/oauth2/token`],
    ["GET", "/"],
    ["GET", "/healthy"],
    ["GET", "/health/"],
    ["GET", "/health?x"],
    ["POST", "/health"],
    ["POST", "/hold"],
  ])("says 502 and why to %s %s", async (method, url) => {
    const received = await askProxy(method, url);
    expect(received).toMatchObject({ status: 502, headers: { "content-type": "text/plain" } });
    expect(received.text).toContain("connects to nowhere");
    expect(seen).toEqual([]);
  });

  it("never connects to where it is told, by CONNECT or by a whole URL", async () => {
    const visitors: Socket[] = [];
    const server = createServer((socket) => visitors.push(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const target = typeof address === "object" ? `127.0.0.1:${address?.port}` : "";
    expect((await openTunnel(target)).response.statusCode).toBe(502);
    expect((await askProxy("GET", `http://${target}/`)).status).toBe(502);
    expect(visitors).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("does not answer plain HTTP inside a tunnel", async () => {
    const { socket } = await openTunnel(`${HOST}:443`);
    expect(await sendBytes(socket, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`)).not.toContain("HTTP/1.1");
    expect(seen).toEqual([]);
  });
});

describe("startProxy, errors", () => {
  it("says 501 and what when something is not played", async () => {
    answer = () => {
      throw new UnsupportedError("aws_x is not emulated");
    };
    expect(await ask("/")).toMatchObject({ status: 501, text: "Not emulated: aws_x is not emulated\n" });
  });

  it("owns up to its own mistakes, without their text", async () => {
    answer = () => {
      throw new Error("secret");
    };
    const received = await ask("/");
    expect(received).toMatchObject({ status: 500, headers: { "content-type": "text/plain" } });
    expect(received.text).toMatch(/^This is a mistake of the embedded AWS/);
    expect(received.text).not.toContain("secret");
    expect(bugs.splice(0)).toEqual([new Error("secret")]);
  });

  it.each([
    ["X-Bad", "a\r\nb: c"],
    ["X-Bad", "€"],
    ["X Bad", "a"],
  ])("owns up to an answer that cannot be written, and stays up: %j, %j", async (name, value) => {
    answer = () => ({ status: 200, headers: [[name, value]], body: "" });
    const received = await ask("/");
    expect(received).toMatchObject({ status: 500, headers: { "content-type": "text/plain" } });
    expect(received.text).toMatch(/^This is a mistake of the embedded AWS/);
    expect(bugs.splice(0)).toEqual([new Error(`HTTP has no way to write a header ${name} like this one`)]);
    answer = () => OK;
    expect(await ask("/")).toMatchObject({ status: 200 });
  });

  it("stays up when a caller hangs up in the middle of a body", async () => {
    const socket = await openTls();
    socket.on("error", () => undefined);
    await new Promise((resolve) => {
      socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 100\r\n\r\nten bytes.`, resolve);
    });
    socket.destroy();
    expect(await ask("/")).toMatchObject({ status: 200 });
    expect(answered).toHaveLength(1);
  });

  it("stays up when a caller sends what is no HTTP", async () => {
    expect(await sendBytes(await openTls(), "\u0000\u0001nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    expect(await ask("/")).toMatchObject({ status: 200 });
  });

  it("stays up when a caller sends headers without end", async () => {
    const bytes = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${"x".repeat(40_000)}\r\n\r\n`;
    expect(await sendBytes(await openTls(), bytes)).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("hands on ten megabytes, and of a longer body enough to see that it is too long", async () => {
    const limit = 10 * 1024 * 1024;
    await ask("/", { body: Buffer.alloc(limit) });
    await ask("/", { body: Buffer.alloc(limit + 1) });
    await ask("/", { body: Buffer.alloc(3 * limit) });
    const [right, more = 0, most = 0] = seen.map(({ body }) => body.length);
    expect(right).toBe(limit);
    expect(more).toBe(limit + 1);
    expect(most).toBeGreaterThan(limit);
    expect(most).toBeLessThan(2 * limit);
  });
});

describe("startProxy, signs of life", () => {
  it("answers GET /health", async () => {
    expect(await askProxy("GET", "/health")).toMatchObject({ status: 200, text: "ok\n" });
  });

  it("is free when nobody holds it", async () => {
    await expect(proxy.waitUntilFree()).resolves.toBeUndefined();
  });

  it("is held until the last one hangs up", async () => {
    const hold = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        httpRequest(`${proxy.url}/hold`, { agent: false }, resolve).on("error", reject).end();
      });
    const holders = [await hold(), await hold()];
    let isFree = false;
    const free = proxy.waitUntilFree().then(() => {
      isFree = true;
    });
    expect(holders.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    holders[0]?.destroy();
    await askProxy("GET", "/health");
    expect(isFree).toBe(false);
    holders[1]?.destroy();
    await free;
    expect(isFree).toBe(true);
  });

  it("drops connections when it closes", async () => {
    const authority = await openCertificateAuthority(folder);
    const other = await startProxy({ authority, endpoint: async () => OK });
    const socket = connectTcp(Number(new URL(other.url).port), "127.0.0.1");
    socket.write(`CONNECT ${HOST}:443 HTTP/1.1\r\nProxy-Authorization: ${authorization(other.url)}\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await other.close();
    await closed;
    await expect(fetch(`http://${new URL(other.url).host}`)).rejects.toThrow();
  });
});
