/**
 * Backends that are reached by HTTP. The embedded AWS connects to nothing outside: a backend is another emulated host,
 * which is answered without a socket, or has a backend override on this machine.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { HttpRequest, HttpResponse } from "../protocols/http";
import { within } from "../runtime/within";
import type { Gateway } from "./stage-call";

/** What API Gateway takes back at most. */
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;
/** APIs that a call may go through. More are taken for a loop, which ends when the first of them has waited enough. */
const MAX_HOPS = 10;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A request to a backend. */
export interface BackendRequest extends Pick<HttpRequest, "method" | "path" | "query" | "headers" | "body" | "hops"> {
  /** Such as `https://orders.example.com`. */
  readonly origin: string;
  readonly sourceIp: string;
}

/** The backend's response, or why there is none. */
export type BackendResponse = HttpResponse | "unreachable" | "timeout";

/** @param timeout how long to wait for the response, in milliseconds */
export async function callBackend(
  { answerEmulated, backends, onNotice }: Gateway,
  request: BackendRequest,
  timeout: number,
): Promise<BackendResponse> {
  const { hops = 0, origin: _, ...plain } = request;
  const { protocol, hostname: host, port, origin } = new URL(request.origin);
  if (hops >= MAX_HOPS) {
    onNotice?.(`${origin} was called through ${MAX_HOPS} APIs, one after the other: they call each other.`);
    return (await within(timeout, new Promise<never>(() => {}))) ?? "timeout";
  }
  // Where APIs call each other, nothing else would get a turn.
  await new Promise((resolve) => setImmediate(resolve));
  const isEmulated = protocol === "https:" && port === "";
  const emulated = isEmulated ? answerEmulated?.({ ...plain, host, hops: hops + 1 }) : undefined;
  if (emulated !== undefined) return (await within(timeout, emulated)) ?? "timeout";
  const override = backends?.().get(origin);
  const elsewhere = "is not on this machine, and the embedded AWS connects to nothing else.";
  if (override === undefined) {
    onNotice?.(`${origin} ${elsewhere} Override it: --backend ${origin}=http://127.0.0.1:<port>`);
    return "unreachable";
  }
  if (!isOnThisMachine(override)) {
    onNotice?.(`${override}, the backend override of ${origin}, ${elsewhere} Expected http://127.0.0.1:<port>`);
    return "unreachable";
  }
  try {
    return await callOverride(override, request, timeout);
  } catch (error) {
    onNotice?.(`${origin} cannot be called: ${error instanceof Error ? error.message : error}`);
    return "unreachable";
  }
}

function isOnThisMachine(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && url.protocol === "http:" && LOOPBACK.test(url.hostname);
}

/** @throws {Error} when Node has no way to write the request */
async function callOverride(override: string, request: BackendRequest, timeout: number): Promise<BackendResponse> {
  const { hostname, port } = new URL(override);
  const { method, path, query, headers, body } = request;
  const sent = httpRequest({
    host: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? 80 : Number(port),
    method,
    path: query === "" ? path : `${path}?${query}`,
    // As a list, so that repeated headers and their case stay. Node refuses to announce trailers of a whole body.
    headers: headers.filter(([name]) => name.toLowerCase() !== "trailer").flat(),
    agent: false,
  });
  const response = new Promise<BackendResponse>((resolve) => {
    sent.on("response", (incoming) => receive(incoming).then(resolve, () => resolve("unreachable")));
    sent.on("error", () => resolve("unreachable"));
    // A protocol that was not requested.
    sent.on("upgrade", () => resolve("unreachable"));
  });
  sent.end(body);
  const received = (await within(timeout, response)) ?? "timeout";
  sent.destroy();
  return received;
}

async function receive(incoming: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) throw new Error("the response is too large");
    chunks.push(chunk);
  }
  const { rawHeaders, statusCode: status = 0 } = incoming;
  if (status < 200 || status > 599) throw new Error(`${status} is not a final status`);
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : []));
  return { status, headers, body: Buffer.concat(chunks) };
}
