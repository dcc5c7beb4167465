/** A service that answers what a test wants, asked by the real clients of the AWS SDK without any socket. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Account } from "../../emulator/account/account";
import type { Structure } from "../../emulator/protocols/constraints";
import type { HttpRequest, HttpResponse } from "../../emulator/protocols/http";
import { loadModel } from "../../emulator/protocols/model";
import {
  answerService,
  type Operation,
  type OperationContext,
  type ServiceDefinition,
} from "../../emulator/protocols/service";

const folder = mkdtempSync(join(tmpdir(), "probes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let accounts = 0;

export const SIGNED = ["Authorization", "AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=y"] as const;

/** As the SDK hands it to its request handler. */
interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** All operations of a table, with one output or error for whichever is asked. */
export class ProtocolProbe {
  /** What the last operation was given. */
  asked: { readonly operation: string; readonly input: Structure } | undefined;
  /** What was sent and answered last. */
  sent: HttpRequest | undefined;
  answered: HttpResponse | undefined;
  /** What the next operation answers. */
  output: Structure | Error = {};

  readonly service: ServiceDefinition;
  readonly context: OperationContext;

  constructor(room: string, definition: Partial<ServiceDefinition> = {}) {
    const operations = Object.keys(loadModel(room).operations).map((name) => [name, this.operation(name)] as const);
    this.service = {
      name: room,
      model: () => loadModel(room),
      operations: () => Object.fromEntries(operations),
      constraintError: "own",
      ...definition,
    };
    accounts += 1;
    const account = new Account({ file: join(folder, String(accounts), "account.json") });
    const runtime = {} as OperationContext["runtime"];
    this.context = { account, region: "eu-west-1", accountId: account.id, runtime, requestId: "1" };
  }

  /** What the constructor of a client is given. */
  options() {
    return {
      region: "eu-west-1",
      credentials: { accessKeyId: "embedded-aws", secretAccessKey: "embedded-aws" },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: unknown) => ({
          response: toSdk(await this.answer(await fromSdk(request as SdkRequest))),
        }),
      },
    };
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    this.sent = request;
    this.answered = await answerService(this.service, this.context, request);
    return this.answered;
  }

  private operation(name: string): Operation<never, unknown> {
    return (_context, input: Structure) => {
      this.asked = { operation: name, input };
      if (this.output instanceof Error) throw this.output;
      return this.output;
    };
  }
}

async function fromSdk({ method, hostname, path, query, headers, body }: SdkRequest): Promise<HttpRequest> {
  const parameters = Object.entries(query).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value as string | null];
    return values.map((item) =>
      item === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(item)}`,
    );
  });
  const chunks: Buffer[] = [];
  if (body instanceof Readable) for await (const chunk of body) chunks.push(Buffer.from(chunk));
  else if (typeof body === "string") chunks.push(Buffer.from(body));
  else if (body instanceof Uint8Array) chunks.push(Buffer.from(new Uint8Array(body)));
  const sent = { method, host: hostname, path, query: parameters.join("&"), sourceIp: "127.0.0.1" };
  return { ...sent, headers: Object.entries(headers), body: Buffer.concat(chunks) };
}

function toSdk({ status, headers, body }: HttpResponse) {
  const lowerCase = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { statusCode: status, headers: Object.fromEntries(lowerCase), body: Readable.from([Buffer.from(body)]) };
}
