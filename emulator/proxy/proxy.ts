/**
 * The HTTPS proxy through which callers reach the embedded AWS under AWS's own URLs: it accepts `CONNECT` for the
 * hosts that are played, ends the TLS itself, and never opens a connection to anywhere. The only file with a port.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-connect
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { UnsupportedError } from "../errors";
import { isSendable } from "../gateway/remapped-headers";
import { isPlayed, maxBodyBytes } from "../hosts";
import type { Endpoint, HttpRequest, HttpResponse } from "../protocols/http";
import type { CertificateAuthority } from "./certificate-authority";
import { Holders } from "./holders";
import { ProxyPassword } from "./proxy-password";
import { refusalOf, refuse, restartFor, UNKNOWN_CALLER } from "./proxy-refusals";
import { readBody } from "./request-body";

const MAX_HEADER_BYTES = 32 * 1024;

/** A request that was answered; what it carried is not told. */
export interface AnsweredRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
}

/** Settings of the proxy. */
export interface ProxyOptions {
  readonly endpoint: Endpoint;
  readonly authority: CertificateAuthority;
  /** Whether a host that is not AWS's is a domain of the account at the moment; left out: none is. */
  readonly isCustomHost?: (host: string) => boolean;
  readonly onAnswered?: (answered: AnsweredRequest) => void;
  /** Told of errors that are this program's own fault. */
  readonly onBug?: (error: unknown) => void;
}

/** A proxy that is listening. */
export interface RunningProxy {
  /** `http://<user>:<password>@127.0.0.1:<port>`; without the password nobody is served. */
  readonly url: string;
  /** Resolves when no request to `/hold` is open any more. */
  waitUntilFree(): Promise<void>;
  /** Stops listening and drops connections. */
  close(): Promise<void>;
}

/** Listens on loopback, on a port chosen by the system. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const tunnelled = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      options.onBug?.(error);
      response.destroy();
    });
  });
  // No tunnel leads on from within a tunnel; unasked, Node would hang up without a word.
  tunnelled.on("connect", (_request, socket) => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
  const holders = new Holders();
  const password = new ProxyPassword();
  const proxy = createServer((request, response) => answerPlain(request, response, password, holders));
  const sockets = new Set<Duplex>();
  proxy.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  proxy.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (!password.isIn(request.headers["proxy-authorization"])) {
      refuse(socket, "407 Proxy Authentication Required", UNKNOWN_CALLER);
      return;
    }
    connect(options, tunnelled, request, socket, head).catch((error: unknown) => {
      options.onBug?.(error);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://${password.userInfo}@127.0.0.1:${port}`,
    waitUntilFree: () => holders.waitUntilNone(),
    close: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function connect(
  options: ProxyOptions,
  tunnelled: Server,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const target = request.url ?? "";
  const host = /^([a-z0-9.-]+):443$/i.exec(target)?.[1]?.toLowerCase();
  const refusal = host === undefined ? refusalOf(target) : refusalFor(host, target, options);
  if (host === undefined || refusal !== undefined) {
    refuse(socket, "502 Bad Gateway", refusal ?? "");
    options.onAnswered?.({ method: "CONNECT", host: target, path: "", status: 502 });
    return;
  }
  const secureContext = await options.authority.contextFor(host);
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  if (head.length > 0) socket.unshift(head);
  const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
  secure.on("error", () => secure.destroy());
  tunnels.set(secure, host);
  tunnelled.emit("connection", secure);
}

/** Why no tunnel is opened to the host; `undefined` when one is. */
function refusalFor(host: string, target: string, { authority, isCustomHost }: ProxyOptions): string | undefined {
  if (isPlayed(host)) return undefined;
  if (isCustomHost?.(host) !== true) return refusalOf(target);
  return authority.covers(host) ? undefined : restartFor(host);
}

/** The host that a tunnel was opened for: what decides, whatever a request inside says in its Host header. */
const tunnels = new WeakMap<object, string>();

/** Requests that are not tunnelled: a sign of life, a way to hold on, and a refusal for everything else. */
function answerPlain(
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
  password: ProxyPassword,
  holders: Holders,
): void {
  const answer = (status: number, text: string) =>
    response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
  if (method === "GET" && url === "/health") answer(200, "ok\n");
  else if (method !== "GET" || url !== "/hold") answer(502, refusalOf(url));
  else if (!password.isIn(headers.authorization)) answer(401, UNKNOWN_CALLER);
  else holders.add(response.writeHead(200, { "Content-Type": "text/plain" }));
}

async function serve(options: ProxyOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(incoming, maxBodyBytes(tunnels.get(incoming.socket) ?? ""));
  // Whoever hung up does not wait for an answer.
  if (body === undefined) return;
  const request = readRequest(incoming, body);
  const answer = await answerSafely(options, request);
  // RFC 9110, 8.6: an answer that never has a body has no length either.
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? ["Content-Length", String(Buffer.byteLength(answer.body))] : [];
  response.writeHead(answer.status, [...answer.headers.flat(), ...length]);
  response.end(answer.body);
  const { method, host, path } = request;
  options.onAnswered?.({ method, host, path, status: answer.status });
}

function readRequest(incoming: IncomingMessage, body: Buffer): HttpRequest {
  const [path = "/", ...query] = (incoming.url ?? "/").split("?");
  const headers = incoming.rawHeaders.flatMap((name, index, all) =>
    index % 2 === 0 ? [[name, all[index + 1] ?? ""] as const] : [],
  );
  return {
    method: incoming.method ?? "GET",
    host: tunnels.get(incoming.socket) ?? "",
    path,
    query: query.join("?"),
    headers,
    body,
    sourceIp: "127.0.0.1",
  };
}

/** What is not played is said so; only a mistake of this program is an error of the server. */
async function answerSafely({ endpoint, onBug }: ProxyOptions, request: HttpRequest): Promise<HttpResponse> {
  const plain = (status: number, text: string): HttpResponse => ({
    status,
    headers: [["Content-Type", "text/plain"]],
    body: `${text}\n`,
  });
  try {
    const answer = await endpoint(request);
    const unsendable = answer.headers.find((header) => !isSendable(header));
    if (unsendable !== undefined) throw new Error(`HTTP has no way to write a header ${unsendable[0]} like this one`);
    return answer;
  } catch (error) {
    if (error instanceof UnsupportedError) return plain(501, `Not emulated: ${error.message}`);
    onBug?.(error);
    return plain(500, "This is a mistake of the embedded AWS, not an answer of AWS. Its output says more.");
  }
}
