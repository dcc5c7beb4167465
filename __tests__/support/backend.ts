/** A stand-in for an HTTP backend: a server on this machine that answers as a test says, and remembers what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  /** In the order and case in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** Answers requests on a port of its own. */
export class Backend {
  readonly arrived: Arrived[] = [];
  /** Answers the next requests; at first `200` without a body. */
  answer: (response: ServerResponse, request: Arrived) => void = (response) => {
    response.end();
  };

  private constructor(
    /** `http://127.0.0.1:<port>` */
    readonly origin: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(): Promise<Backend> {
    const server = createServer((request, response) => {
      receive(request).then((arrived) => {
        backend.arrived.push(arrived);
        backend.answer(response, arrived);
      }, response.destroy);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const backend = new Backend(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return backend;
  }

  /** Values of a header of the last request. */
  sent(name: string): readonly string[] {
    const { headers = [] } = this.arrived.at(-1) ?? {};
    return headers.filter(([sent]) => sent.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  }
}

async function receive(request: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { rawHeaders, method = "", url = "" } = request;
  const headers = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""] as const] : [],
  );
  return { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
}
