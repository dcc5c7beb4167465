/**
 * A port on loopback for callers that know no proxy: Postman, browsers, Node's fetch, Java. It serves what machines call,
 * the token endpoint, JWKS, discovery and the APIs, and none of AWS's own APIs, which would need the proxy's password:
 *
 *     http://127.0.0.1:${port}/<host>/<path>
 *     http://<host>.localhost:<port>/<path>
 *
 * A page of another site must not reach it through the user's browser. Its requests carry that page's `Origin`, or are
 * marked as cross-site; where a name of its own was made to point here, they carry that name as `Host`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 * @see https://fetch.spec.whatwg.org/#origin-header
 * @see https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isCalledByMachines } from "../hosts";
import { type ServeOptions, serveRequest } from "./serve-request";

const MAX_HEADER_BYTES = 32 * 1024;

/** For a whole request, and for its headers, in milliseconds. */
const [REQUEST_TIMEOUT_MS, HEADERS_TIMEOUT_MS] = [30_000, 10_000];

/** The names of this machine, without a port. */
const OWN_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])$/;

export interface LocalPortOptions extends ServeOptions {
  /** 0 lets the system choose one. */
  readonly port: number;
  /** Whether a host that is not AWS's is a domain of the account at the moment. */
  readonly isCustomHost: (host: string) => boolean;
}

/** A port that is served. */
export interface LocalPort {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Stops listening and drops connections. */
  close(): Promise<void>;
}

/** Why a request is refused. */
interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** What a request means. */
interface Target {
  readonly host: string;
  /** Path and query. */
  readonly url: string;
}

/** Listens on loopback. @throws {Error} with the code `EADDRINUSE` when the port is taken */
export async function startLocalPort(options: LocalPortOptions): Promise<LocalPort> {
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, ...timeouts }, (incoming, response) => {
    answer(options, incoming, response).catch((error: unknown) => {
      options.onBug?.(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(options: LocalPortOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = isFromOtherSite(incoming) ? OTHER_SITE : targetOf(incoming, options.isCustomHost);
  if ("text" in found) {
    response.writeHead(found.status, { "Content-Type": "text/plain", Connection: "close" }).end(`${found.text}\n`);
    return;
  }
  // To the API, the request came under its own name.
  for (const [at, name] of incoming.rawHeaders.entries()) {
    if (at % 2 === 0 && name.toLowerCase() === "host") incoming.rawHeaders[at + 1] = found.host;
  }
  await serveRequest(options, found, { incoming, response });
}

const OTHER_SITE: Refusal = {
  status: 403,
  text: "This port serves programs and pages of this machine only, not pages of other sites.",
};

function isFromOtherSite({ headers }: IncomingMessage): boolean {
  const { origin } = headers;
  if (origin !== undefined) return !isOwn(originHost(origin));
  return headers["sec-fetch-site"] === "cross-site";
}

function originHost(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : "";
}

function isOwn(hostname: string): boolean {
  return OWN_HOST.test(hostname) || hostname.endsWith(".localhost");
}

/** What the request means, by its Host or by the beginning of its path. */
function targetOf(
  { headers: { host: sent = "" }, url = "/", method = "GET", socket }: IncomingMessage,
  isCustomHost: (host: string) => boolean,
): Target | Refusal {
  const name = sent.toLowerCase().replace(/:\d+$/, "");
  const isWithinPath = OWN_HOST.test(name);
  if (!isWithinPath && !name.endsWith(".localhost")) {
    return { status: 421, text: "This port answers to the names localhost, 127.0.0.1 and <host>.localhost only." };
  }
  const [, first = "", rest = ""] = /^\/([^/?]*)(.*)$/.exec(url) ?? [];
  const target = isWithinPath
    ? { host: first.toLowerCase(), url: rest.startsWith("/") ? rest : `/${rest}` }
    : { host: name.slice(0, -".localhost".length), url };
  if (isCalledByMachines(target.host, method, target.url) || isCustomHost(target.host)) return target;
  return { status: 404, text: usage(socket.localPort) };
}

const usage = (
  port: number | undefined,
) => `This is the embedded AWS for callers without its proxy. Put the host before the path:
  http://127.0.0.1:${port}/<api>.execute-api.<region>.amazonaws.com/<stage>/<path>
  http://127.0.0.1:${port}/<domain>.auth.<region>.amazoncognito.com/oauth2/token
  http://127.0.0.1:${port}/cognito-idp.<region>.amazonaws.com/<pool>/.well-known/jwks.json
AWS's own APIs are served by the proxy only: npx access local <command>`;
