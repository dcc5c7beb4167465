/** The body of a request that comes in over a socket. */
import type { IncomingMessage } from "node:http";

/** One more byte than API Gateway takes, so that it can be seen that a body is too long without reading all of it. */
const MAX_BODY_BYTES = 10 * 1024 * 1024 + 1;

/**
 * The body, or as much of it as shows that it is too long: the rest is read and forgotten, so that the answer reaches a
 * caller who is still sending. `undefined` when the caller hung up.
 */
export function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve) => {
    incoming.on("data", (chunk: Buffer) => {
      if (length >= MAX_BODY_BYTES) return;
      chunks.push(chunk);
      length += chunk.length;
      if (length >= MAX_BODY_BYTES) resolve(Buffer.concat(chunks));
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", () => resolve(undefined));
    incoming.on("close", () => resolve(undefined));
  });
}
