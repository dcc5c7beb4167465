/** Lambda functions for tests, what runs them, and a server that they report to: it hears when their process is gone. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { strToU8, zipSync } from "fflate";
import {
  type DeployedFunction,
  FunctionRunner,
  type FunctionRunnerOptions,
  type InvocationResult,
} from "../../emulator/runtime/invoke";

/** Id of the requests of {@link RunnerInTest}. */
export const REQUEST_ID = "8f5c6a52-3a0e-4b0c-9a4d-6a1f4bb0c9c1";

let count = 0;

/** A runner that lasts for one test. */
export class RunnerInTest {
  runner = new FunctionRunner();
  /** Function's name, log group and line of what it printed and of what people are told, in the order in which they came. */
  logged: (readonly [string, string, string])[] = [];
  /** The lines that are for the log group: what the function printed, and Lambda's own. */
  grouped: string[] = [];

  constructor() {
    beforeEach(() => this.open());
    afterEach(() => this.runner.close());
  }

  /** Starts over with other options. */
  open(options: FunctionRunnerOptions = {}): void {
    this.logged = [];
    this.grouped = [];
    this.runner = new FunctionRunner({
      onLog: (name, group, line, { kind }) => {
        if (kind !== "record") this.logged.push([name, group, line]);
        if (kind !== "notice") this.grouped.push(line);
      },
      ...options,
    });
  }

  invoke(fn: DeployedFunction | string, event: unknown = {}): Promise<InvocationResult> {
    return this.runner.invoke(typeof fn === "string" ? deployed(fn) : fn, event, REQUEST_ID);
  }

  /** What the function answers. */
  async answer(fn: DeployedFunction | string, event: unknown = {}): Promise<unknown> {
    const result = await this.invoke(fn, event);
    if (result.kind === "error") throw new Error(`${result.errorType}: ${result.errorMessage}`);
    return result.payload;
  }

  /** Type and message of the function's error. */
  async error(fn: DeployedFunction | string, event: unknown = {}): Promise<readonly [string, string]> {
    const result = await this.invoke(fn, event);
    if (result.kind === "answer") throw new Error(`An answer: ${JSON.stringify(result.payload)}`);
    return [result.errorType, result.errorMessage];
  }
}

/** A function of its own name with the files, or with the code as `index.js`. */
export function deployed(
  code: string | Readonly<Record<string, string>>,
  changes: Partial<DeployedFunction> = {},
): DeployedFunction {
  const files = Object.entries(typeof code === "string" ? { "index.js": code } : code);
  const zip = zipSync(Object.fromEntries(files.map(([name, text]) => [name, strToU8(text)])));
  count += 1;
  return {
    name: `orders-${count}`,
    arn: `arn:aws:lambda:eu-west-1:123456789012:function:orders-${count}`,
    version: "$LATEST",
    zip,
    codeSha256: createHash("sha256").update(zip).digest("base64"),
    handler: "index.handler",
    runtime: "nodejs22.x",
    environment: {},
    timeoutSeconds: 3,
    memoryMegabytes: 128,
    region: "eu-west-1",
    logGroup: `/aws/lambda/orders-${count}`,
    logFormat: "Text",
    logLevel: "INFO",
    systemLogLevel: "INFO",
    ...changes,
  };
}

/** A server on a port of its own. */
export interface Meeting {
  readonly port: number;
  /** The next connection that was not handed out. */
  next(): Promise<Socket>;
  close(): void;
}

export async function openMeeting(): Promise<Meeting> {
  const arrived: Socket[] = [];
  const awaited: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    // A process that is killed may reset its connection.
    socket.on("error", () => undefined).resume();
    const resolve = awaited.shift();
    if (resolve === undefined) arrived.push(socket);
    else resolve(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    next: async () => arrived.shift() ?? new Promise((resolve) => awaited.push(resolve)),
    close: () => server.close(),
  };
}
