/** The clients of AWS's APIs on endpoints of the embedded AWS in this process, without sockets. */
import { Readable } from "node:stream";
import type { Endpoint } from "../../emulator/protocols/http";
import { type Aws, aws } from "../../platform/aws";
import { REGION } from "./pretend-account";
import { requestOf } from "./requests";

/** As much of a request of the AWS SDK as is passed on. */
export interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Sends a request; tests fail it, delay it or change it. */
export type Send = (request: SdkRequest) => Promise<unknown>;

/** Sends requests of the AWS SDK to an endpoint. */
export function sendTo(endpoint: Endpoint): Send {
  return async (request) => {
    const { method, hostname, path, query = {}, headers } = request;
    const target = { method, host: hostname, path, query: new URLSearchParams(query).toString() };
    const sent = requestOf({ ...target, headers: Object.entries(headers), body: bytesOf(request) });
    const answer = await endpoint(sent);
    const received = { statusCode: answer.status, headers: Object.fromEntries(answer.headers) };
    return { response: { ...received, body: Readable.from([Buffer.from(answer.body)]) } };
  };
}

export function bytesOf({ body = "" }: SdkRequest): Buffer {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.length);
}

/** Clients whose requests go there. Each is sent once, so that every failure is seen. */
export function awsBy(send: Send, region = REGION): Aws {
  const handle = (request: unknown) => send(request as SdkRequest);
  const requestHandler = { handle } as unknown as NonNullable<Parameters<typeof aws>[1]>["requestHandler"];
  const credentials = { accessKeyId: "embedded-aws", secretAccessKey: "embedded-aws" };
  return aws(region, { credentials, maxAttempts: 1, ...(requestHandler && { requestHandler }) });
}
