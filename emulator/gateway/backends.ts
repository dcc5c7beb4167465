/**
 * Backends that are reached by HTTP. The embedded AWS connects to nothing outside: a backend is another host that it
 * plays, which is answered without a socket, or a stand-in on this machine that somebody named for it.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import type { HttpRequest, HttpResponse } from "../protocols/http";
import { within } from "../runtime/within";
import type { Gateway } from "./stage-call";

/** What API Gateway takes back at most. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
/** APIs that a call may go through. More are taken for a loop, which ends when the first of them has waited enough. */
const MAX_HOPS = 10;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A request to a backend. */
export interface BackendRequest extends Pick<HttpRequest, "method" | "path" | "query" | "headers" | "body" | "hops"> {
  /** Such as `https://orders.example.com`. */
  readonly origin: string;
  readonly sourceIp: string;
}

/** The backend's answer, or why there is none. */
export type BackendAnswer = HttpResponse | "unreachable" | "late";

/** @param timeout how long to wait for the answer, in milliseconds */
export async function askBackend(gateway: Gateway, request: BackendRequest, timeout: number): Promise<BackendAnswer> {
  const { protocol, hostname, port, origin } = new URL(request.origin);
  if ((request.hops ?? 0) >= MAX_HOPS) {
    gateway.onNotice?.(`${origin} was called through ${MAX_HOPS} APIs, one after the other: they call each other.`);
    return (await within(timeout, new Promise<never>(() => {}))) ?? "late";
  }
  // Where APIs call each other, nothing else would get a turn.
  await new Promise((resolve) => setImmediate(resolve));
  const played = protocol === "https:" && port === "" ? answerPlayed(gateway, hostname, request) : undefined;
  if (played !== undefined) return (await within(timeout, played)) ?? "late";
  const standIn = gateway.backends?.().get(origin);
  if (standIn !== undefined && isOnThisMachine(standIn)) {
    try {
      return await askStandIn(standIn, request, timeout);
    } catch (error) {
      gateway.onNotice?.(`${origin} cannot be called: ${error instanceof Error ? error.message : error}`);
      return "unreachable";
    }
  }
  gateway.onNotice?.(
    standIn === undefined
      ? `${origin} is not on this machine, and the embedded AWS connects to nothing else. Name a stand-in for it: --backend ${origin}=http://127.0.0.1:<port>`
      : `${standIn}, the stand-in for ${origin}, is not on this machine, and the embedded AWS connects to nothing else. Expected http://127.0.0.1:<port>`,
  );
  return "unreachable";
}

function answerPlayed({ answerPlayed: answer }: Gateway, host: string, request: BackendRequest) {
  const { method, path, query, headers, body, sourceIp, hops = 0 } = request;
  return answer?.({ method, host, path, query, headers, body, sourceIp, hops: hops + 1 });
}

function isOnThisMachine(origin: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url !== undefined && url.protocol === "http:" && LOOPBACK.test(url.hostname);
}

/** @throws {Error} when Node has no way to write the request */
function askStandIn(standIn: string, request: BackendRequest, timeout: number): Promise<BackendAnswer> {
  const { hostname, port } = new URL(standIn);
  const { method, path, query, headers, body } = request;
  return new Promise((resolve) => {
    const sent = httpRequest({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? 80 : Number(port),
      method,
      path: query === "" ? path : `${path}?${query}`,
      // As a list, so that repeated headers and their case stay. Node refuses to announce trailers of a whole body.
      headers: headers.filter(([name]) => name.toLowerCase() !== "trailer").flat(),
      agent: false,
    });
    const timer = setTimeout(() => {
      resolve("late");
      sent.destroy();
    }, timeout);
    const end = (answer: BackendAnswer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    sent.on("response", (answer) => receive(answer).then(end, () => end("unreachable")));
    sent.on("error", () => end("unreachable"));
    // A protocol that nobody asked for.
    sent.on("upgrade", (_answer, socket) => {
      socket.destroy();
      end("unreachable");
    });
    try {
      sent.end(body);
    } catch (error) {
      clearTimeout(timer);
      throw error;
    }
  });
}

async function receive(answer: IncomingMessage): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  const { rawHeaders, statusCode = 0 } = answer;
  if (statusCode < 200 || statusCode > 599) throw new Error(`${statusCode} is no status of an answer`);
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
  return { status: statusCode, headers, body: Buffer.concat(chunks) };
}
