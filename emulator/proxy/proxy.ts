/**
 * The HTTPS proxy through which callers reach the embedded AWS under AWS's own URLs: it accepts `CONNECT` for emulated
 * hosts, ends the TLS itself, and never opens a connection to anywhere. The only file with a port.
 *
 * Loopback is open to every user of this machine, and callers may change the account: the proxy serves only those with
 * its password, which is made at each start and handed on in the environment and files that only the owner can read.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-connect
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-authentication-credentials
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { EMULATED_HOSTS, isAnswered } from "../hosts";
import { refusedBy } from "../protocols/decision-trail";
import type { CertificateAuthority } from "./certificate-authority";
import { type ServeOptions, serveRequest } from "./serve-request";

const MAX_HEADER_BYTES = 32 * 1024;

/** Time for the TLS handshake with the first request's headers, for each body, and for the caller to read a response. */
const DEFAULT_CALLER_TIMEOUT_MS = 30_000;

/** Settings of the proxy. */
export interface ProxyOptions extends ServeOptions {
  readonly authority: CertificateAuthority;
  /** Whether a host that is not AWS's is a domain of the account at the moment; left out: none is. */
  readonly isCustomHost?: (host: string) => boolean;
  /** Events that functions received. Left out: none are returned. */
  readonly events?: (of: EventsQuery) => readonly object[];
  /** Time that a caller may take for each part of a request in a tunnel, in milliseconds. @default 30000 */
  readonly callerTimeoutMs?: number;
}

/** Which events are asked for. */
export interface EventsQuery {
  readonly region: string;
  readonly logGroup: string;
  readonly functionName: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** A proxy that is listening. */
export interface RunningProxy {
  /** `http://<user>:<password>@127.0.0.1:<port>` */
  readonly url: string;
  /** Resolves when no lease, an open request to `/hold`, is left. */
  waitUntilFree(): Promise<void>;
  /** Stops listening and drops connections. */
  close(): Promise<void>;
}

/** Listens on loopback, on a port chosen by the system. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const onBug = (stream: { destroy(): unknown }) => (error: unknown) => {
    options.onBug?.(error);
    stream.destroy();
  };
  const tunnelled = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const { host = "", deadline } = tunnels.get(request.socket) ?? {};
    serveRequest(options, { host }, { incoming: request, response }, deadline).catch(onBug(response));
  });
  // No tunnel leads on from within a tunnel; without this, Node would hang up without a response.
  tunnelled.on("connect", (_request, socket) => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
  const userInfo = `aws:${randomBytes(24).toString("base64url")}`;
  const hasPassword = (header = "") => {
    const [sent, expected] = [header, `Basic ${Buffer.from(userInfo).toString("base64")}`].map((text) =>
      createHash("sha256").update(text).digest(),
    ) as [Buffer, Buffer];
    return timingSafeEqual(sent, expected);
  };
  const leases = new Leases();
  const proxy = createServer((request, response) =>
    answerPlain(request, response, { hasPassword, leases, events: options.events }),
  );
  const sockets = new Set<Duplex>();
  proxy.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  proxy.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const deadline = new CallerDeadline(socket, options.callerTimeoutMs ?? DEFAULT_CALLER_TIMEOUT_MS);
    if (hasPassword(request.headers["proxy-authorization"])) {
      connect(options, tunnelled, request, { socket, head, deadline }).catch(onBug(socket));
    } else {
      refuse(socket, "407 Proxy Authentication Required", UNKNOWN_CALLER);
    }
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://${userInfo}@127.0.0.1:${port}`,
    waitUntilFree: () => leases.waitUntilNone(),
    close: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A tunnel. The host that it was opened for decides, whatever a request inside has in its Host header. */
interface Tunnel {
  readonly host: string;
  readonly deadline: CallerDeadline;
}

const tunnels = new WeakMap<object, Tunnel>();

/**
 * Ends a connection whose caller takes too long. Node's own timeouts only apply to connections that its server accepted
 * itself, and those of a socket begin again with every byte.
 */
class CallerDeadline {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly socket: Socket,
    private readonly timeoutMs: number,
  ) {
    this.callerIsDue();
    socket.once("close", () => this.endpointIsDue());
  }

  /** From now on, the time is the caller's. */
  callerIsDue(): void {
    clearTimeout(this.timer);
    if (!this.socket.destroyed) this.timer = setTimeout(() => this.socket.destroy(), this.timeoutMs).unref();
  }

  /** From now on, the time is the endpoint's. */
  endpointIsDue(): void {
    clearTimeout(this.timer);
  }
}

async function connect(
  { authority, isCustomHost, onAnswered }: ProxyOptions,
  tunnelled: Server,
  { url: target = "" }: IncomingMessage,
  { socket, head, deadline }: { readonly socket: Socket; readonly head: Buffer; readonly deadline: CallerDeadline },
): Promise<void> {
  const host = /^([a-z0-9.-]+):443$/i.exec(target)?.[1]?.toLowerCase() ?? "";
  const isCustom = isCustomHost?.(host) === true;
  if (!isAnswered(host) && !(isCustom && authority.covers(host))) {
    const text = isCustom ? restartFor(host) : refusalOf(target);
    refuse(socket, "502 Bad Gateway", text);
    const trail = refusedBy("proxy", text.trimEnd().replace(/\.$/, ""));
    onAnswered?.({ method: "CONNECT", host: target, path: "", status: 502, durationMs: 0, trail });
    return;
  }
  const secureContext = await authority.contextFor(host);
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  if (head.length > 0) socket.unshift(head);
  const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ["http/1.1"] });
  secure.on("error", () => secure.destroy());
  tunnels.set(secure, { host, deadline });
  tunnelled.emit("connection", secure);
}

const UNKNOWN_CALLER =
  "The embedded AWS requires its password, which is in the environment of: npx access local <command>\n";

/** Answers a CONNECT with a refusal, and ends the connection. @param status such as `502 Bad Gateway` */
function refuse(socket: Socket, status: string, text: string): void {
  const challenge = 'Proxy-Authenticate: Basic realm="embedded AWS"';
  const headers = ["Content-Type: text/plain", `Content-Length: ${text.length}`, challenge];
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join("\r\n")}\r\n\r\n${text}`);
}

/** The refusal of a host that is not emulated. */
function refusalOf(target: string): string {
  const host = target.replace(/[^\w.:-]/g, "?");
  return `The embedded AWS does not emulate ${host} and connects to nowhere. Emulated: ${EMULATED_HOSTS.join(", ")}.\n`;
}

/** The refusal of a domain that was created after the authority, which is not for it. */
function restartFor(host: string): string {
  return `${host} is a domain of this account, but the certificate that callers trust is not for it. Restart: npx access local\n`;
}

interface PlainOptions {
  readonly hasPassword: (header: string | undefined) => boolean;
  readonly leases: Leases;
  readonly events: ProxyOptions["events"];
}

/**
 * Requests that are not tunnelled: a health check, a lease, the events that a function received, and a refusal for
 * everything else.
 */
function answerPlain(
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
  { hasPassword, leases, events }: PlainOptions,
): void {
  const answer = (status: number, text: string, type = "text/plain") =>
    response.writeHead(status, { "Content-Type": type }).end(text);
  const [path = "", query] = url.split("?");
  if (method === "GET" && url === "/health") answer(200, "ok\n");
  else if (method !== "GET" || !["/hold", "/events"].includes(path)) answer(502, refusalOf(url));
  else if (!hasPassword(headers.authorization)) answer(401, UNKNOWN_CALLER);
  else if (path === "/hold") leases.add(response.writeHead(200, { "Content-Type": "text/plain" }));
  else answer(200, JSON.stringify(events?.(readEventsQuery(query)) ?? []), "application/json");
}

/** @param query the members of {@link EventsQuery} */
function readEventsQuery(query: string | undefined): EventsQuery {
  const asked = new URLSearchParams(query);
  const text = (name: keyof EventsQuery) => asked.get(name) ?? "";
  return {
    region: text("region"),
    logGroup: text("logGroup"),
    functionName: text("functionName"),
    since: Number(text("since")),
  };
}

/** Responses that stay open to those who use this embedded AWS without having started it; they end with their process. */
class Leases {
  private readonly responses = new Set<ServerResponse>();
  private waiting: (() => void)[] = [];

  /** Keeps the response open until the caller hangs up. */
  add(response: ServerResponse): void {
    this.responses.add(response);
    response.flushHeaders();
    response.on("close", () => {
      this.responses.delete(response);
      this.resolveIfNone();
    });
  }

  waitUntilNone(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.resolveIfNone();
    });
  }

  private resolveIfNone(): void {
    if (this.responses.size > 0) return;
    for (const resolve of this.waiting) resolve();
    this.waiting = [];
  }
}
