/**
 * HTTP for the commands. Node's own fetch does not honour HTTPS_PROXY, and NODE_EXTRA_CA_CERTS only as it was when the
 * process started; platform engineers sit behind proxies with authorities of their own.
 */
import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type { Dispatcher, EnvHttpProxyAgent, fetch, Response } from "undici";
import { isEmbeddedAws } from "./local-command";
import { waitFor } from "./terminal";
import { UserError } from "./user-error";

/**
 * What is used of undici, loaded when something is sent. As a whole, with caches, web sockets and what tests use, it is
 * a tenth of what commands load.
 */
const undici = {
  openAgent(options: EnvHttpProxyAgent.Options = {}): EnvHttpProxyAgent {
    const { prototype } = require("undici/lib/dispatcher/dispatcher.js") as typeof Dispatcher;
    // As undici itself does where it is loaded as a whole.
    Object.assign(prototype, require("undici/lib/api/index.js"));
    const Agent = require("undici/lib/dispatcher/env-http-proxy-agent.js") as typeof EnvHttpProxyAgent;
    return new Agent({ requestTls: trusted(), ...options });
  },
  fetch: () => (require("undici/lib/web/fetch/index.js") as { readonly fetch: typeof fetch }).fetch,
};

/** What to send. */
export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface Incoming {
  readonly status: number;
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends one request, through the proxy that the environment names.
 * @throws {UserError} naming the host when it cannot be reached
 */
export async function send(url: string, outgoing: Outgoing): Promise<Incoming> {
  return await receive(url, outgoing, async (response) => {
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, body: await response.text() };
  });
}

/**
 * Downloads a file, through the proxy that the environment names. Redirects are followed.
 * @throws {UserError} naming the host when it cannot be reached or responds with an error, or the file is too large
 */
export async function download(url: string, headers: Outgoing["headers"], maxBytes: number): Promise<Uint8Array> {
  return await receive(url, { method: "GET", headers }, async (response) => {
    if (!response.ok) throw new UserError(`${url} responded with status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new UserError(`${url} is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  });
}

async function receive<Result>(
  url: string,
  outgoing: Outgoing,
  read: (response: Response) => Promise<Result>,
): Promise<Result> {
  const dispatcher = undici.openAgent();
  try {
    const fetch = undici.fetch();
    const reading = fetch(url, { ...outgoing, dispatcher }).then(read);
    return await waitFor(`Waiting for ${new URL(url).host}`, reading);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`${new URL(url).host} cannot be reached${throughProxy()}: ${why}`);
  } finally {
    // An idle connection, or the rest of a response that is not read, would keep the command from ending.
    await dispatcher.destroy();
  }
}

/** A `fetch` for other code that goes the same way; it must be closed, or an idle connection keeps the command alive. */
export function openFetch(): { readonly fetch: typeof globalThis.fetch; close(): Promise<void> } {
  const dispatcher = undici.openAgent();
  const fetch = undici.fetch();
  const through = (input: unknown, init: object = {}) =>
    waitFor("Waiting for a response", fetch(input as string, { ...init, dispatcher }));
  // The same web API; only the two packages' types do not know of each other.
  return { fetch: through as unknown as typeof globalThis.fetch, close: () => dispatcher.close() };
}

/** What the AWS SDK sends; of its own types no more is needed. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Sends the requests of the AWS SDK through the proxy that the environment names. */
export function sdkHandler() {
  // On this machine no answer is on its way for long, and a handshake takes longer than a request.
  const dispatcher = undici.openAgent(isEmbeddedAws() ? { connections: 1 } : {});
  return {
    async handle(
      { protocol, hostname, port, path, query = {}, method, headers, body }: SdkRequest,
      options?: { readonly abortSignal?: unknown },
    ) {
      const url = new URL(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${queryOf(query)}`);
      const signal = options?.abortSignal instanceof AbortSignal ? { signal: options.abortSignal } : {};
      const content = body === undefined ? {} : { body: body as string | Uint8Array };
      const place = { origin: url.origin, path: `${url.pathname}${url.search}` };
      const outgoing = { ...place, method: method as Dispatcher.HttpMethod, headers, ...content, ...signal };
      const response = await dispatcher.request(outgoing);
      const received = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
      return {
        response: {
          statusCode: response.statusCode,
          headers: Object.fromEntries(received),
          body: response.body,
        },
      };
    },
    destroy: () => void dispatcher.destroy(),
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
}

function queryOf(query: NonNullable<SdkRequest["query"]>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => (one === null ? encode(name) : `${encode(name)}=${encode(String(one))}`)),
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** As signatures need it: RFC 3986. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** By what they add to Node's own certificates, which take long to read. All hosts of the embedded AWS have its own. */
const contexts = new Map<string, SecureContext>();

function trusted(): { readonly secureContext?: SecureContext } {
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  if (file === undefined || file === "") return {};
  const added = readFileSync(file, "utf8");
  const known = isEmbeddedAws() ? [] : rootCertificates;
  const key = JSON.stringify([known.length, added]);
  const secureContext = contexts.get(key) ?? createSecureContext({ ca: [...known, added] });
  contexts.set(key, secureContext);
  return { secureContext };
}

function throughProxy(): string {
  const proxy = process.env["https_proxy"] ?? process.env["HTTPS_PROXY"];
  return proxy === undefined ? "" : ` through the proxy ${proxy.replace(/\/\/[^/@]*@/, "//…@")}`;
}
