/** Requests of HTTP, read whole, handed to the endpoint, and answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AccountFileError } from "../account/file";
import { UnsupportedError } from "../errors";
import { isSendable } from "../gateway/headers";
import { maxBodyBytes } from "../hosts";
import { type DecisionTrail, decisionTrailOf } from "../protocols/decision-trail";
import type { Endpoint, HttpRequest, HttpResponse } from "../protocols/http";

/** A request that was answered, without what it carried. */
export interface AnsweredRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly status: number;
  /** From the whole request to the response, in milliseconds. */
  readonly durationMs: number;
  /** Makes the trail of decisions. Left out: nothing was decided, as by AWS's own APIs. */
  readonly trail?: (() => DecisionTrail) | undefined;
}

/** What answers. */
export interface ServeOptions {
  readonly endpoint: Endpoint;
  readonly onAnswered?: (answered: AnsweredRequest) => void;
  /** Called with errors that are this program's own fault. */
  readonly onBug?: (error: unknown) => void;
}

/** Whose time it is that passes. */
export interface Deadline {
  callerIsDue(): void;
  endpointIsDue(): void;
}

/**
 * Answers one request to a host.
 * @param target host, path and query that are meant, where they are not those of the request's first line
 * @param deadline learns whose turn it is
 */
export async function serveRequest(
  options: ServeOptions,
  target: { readonly host: string; readonly url?: string },
  { incoming, response }: { readonly incoming: IncomingMessage; readonly response: ServerResponse },
  deadline?: Deadline,
): Promise<void> {
  const { host, url = incoming.url } = target;
  deadline?.callerIsDue();
  const body = await readBody(incoming, maxBodyBytes(host));
  // A caller that hung up does not wait for a response.
  if (body === undefined) return;
  const request = readRequest(incoming, { host, url }, body);
  deadline?.endpointIsDue();
  const startedAt = performance.now();
  const answer = await answerSafely(options, request);
  const durationMs = Math.round(performance.now() - startedAt);
  deadline?.callerIsDue();
  // RFC 9110, 8.6: a response that never has a body has no length either.
  const hasBody = answer.status !== 204 && answer.status !== 304;
  const length = hasBody ? ["Content-Length", String(Buffer.byteLength(answer.body))] : [];
  response.writeHead(answer.status, [...answer.headers.flat(), ...length]);
  response.end(answer.body);
  const { method, path } = request;
  options.onAnswered?.({ method, host, path, status: answer.status, durationMs, trail: decisionTrailOf(answer) });
}

/**
 * The body, or as much of it as shows that it is too long: the rest is read and dropped, so that the response reaches a
 * caller who is still sending. `undefined` when the caller hung up.
 * @param maxBytes how many bytes are accepted; one more is read, so that a longer body is recognized
 */
function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    incoming.on("data", (chunk: Buffer) => {
      if (length > maxBytes) return;
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) resolve(Buffer.concat(chunks));
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}

function readRequest(
  { method = "GET", rawHeaders }: IncomingMessage,
  { host, url = "/" }: { readonly host: string; readonly url: string | undefined },
  body: Buffer,
) {
  const [path = "/", ...query] = url.split("?");
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ""] as const] : []));
  return { method, host, path, query: query.join("?"), headers, body, sourceIp: "127.0.0.1" };
}

/** What is not emulated is answered with 501; only a mistake of this program is an error of the server. */
async function answerSafely({ endpoint, onBug }: ServeOptions, request: HttpRequest): Promise<HttpResponse> {
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
    if (error instanceof AccountFileError) return plain(500, error.message);
    if (error instanceof UnsupportedError) return plain(501, `Not emulated: ${error.message}`);
    onBug?.(error);
    return plain(500, "This is a mistake of the embedded AWS, not a response of AWS. Its output has the cause.");
  }
}
