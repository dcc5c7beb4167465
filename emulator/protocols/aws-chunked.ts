/**
 * The body of an upload in chunks, each with its size and perhaps a signature before it and checksums after the last.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */

import { serializationError } from "./codec";
import { type HttpRequest, header } from "./http";

export function isChunked(request: HttpRequest): boolean {
  return (header(request, "x-amz-content-sha256") ?? "").startsWith("STREAMING-");
}

/** The bytes of all chunks. @throws {AwsError} `SerializationException` when they do not have the declared sizes */
export function decodeChunks(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let start = 0; ; ) {
    const end = body.indexOf("\r\n", start);
    const size = /^([0-9a-fA-F]+)(;|$)/.exec(body.subarray(start, Math.max(end, start)).toString("latin1"))?.[1];
    const from = end + 2;
    const to = from + Number.parseInt(size ?? "", 16);
    if (size === undefined || to > body.length) throw serializationError("The request body terminated unexpectedly");
    if (to === from) return Buffer.concat(chunks);
    chunks.push(body.subarray(from, to));
    start = to + 2;
  }
}
