/** The body of a request that comes in over a socket. */
import type { IncomingMessage } from "node:http";

/**
 * The body, or as much of it as shows that it is too long: the rest is read and forgotten, so that the answer reaches a
 * caller who is still sending. `undefined` when the caller hung up.
 * @param maxBytes how many bytes are accepted; one more is read, so that a longer body is recognized
 */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
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
