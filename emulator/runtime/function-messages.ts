/**
 * Messages between the embedded AWS and the process of a function, one line of JSON each.
 *
 * They go over a socket of their own and not over Node's IPC channel: a function that writes to that channel ends its
 * parent, by a line that is not JSON (a SyntaxError in `parseChannelMessages`) or by `{"cmd":"NODE_HANDLE_ACK"}` (an
 * assertion), and neither can be caught. What arrives here is parsed, and dropped when it is not a message.
 */
/**
 * Bytes of JSON that a function may answer with.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const PAYLOAD_BYTES = 6_291_556;

/** Bytes of the longest message: a payload and what is around it. */
const MAX_MESSAGE = PAYLOAD_BYTES + 4096;

/**
 * Bytes of a line of the log. Lambda continues a longer one as the next event, where CloudWatch's former limit of 256 KB
 * is reached, of which 26 bytes are the event's own.
 * @see https://stackoverflow.com/questions/77175643
 */
export const MAX_LOG_LINE = 262_144 - 26;

/** An error as the runtime reports it. */
interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a function's process says, and with every message how much memory it uses. */
export type FunctionMessage = { readonly memoryBytes: number } & (
  | { readonly type: "ready" }
  // The last one of a process that uses more memory than the function has.
  | { readonly type: "outOfMemory" }
  | { readonly type: "initError"; readonly error: ReportedError }
  | { readonly type: "answer"; readonly requestId: string; readonly payload?: unknown }
  // The process does not outlive a fatal error.
  | { readonly type: "error"; readonly requestId: string; readonly error: ReportedError; readonly isFatal: boolean }
);

/** What a function is invoked with. */
export interface FunctionRequest {
  /** A UUID. */
  readonly id: string;
  readonly eventJson: string;
  /** What was invoked: the function's ARN, with a qualifier when the caller gave one. */
  readonly arn: string;
  /** What an SDK for mobile applications says of itself; left out when the caller says nothing. */
  readonly clientContext?: unknown;
}

/** Calls back with every message that arrives. */
export function messageReader(onMessage: (message: FunctionMessage) => void): LineReader {
  return new LineReader(MAX_MESSAGE, (line) => {
    const message = parseMessage(line);
    if (message !== undefined) onMessage(message);
  });
}

/** The line that asks a function's process to run its handler. */
export function invokeLine(request: FunctionRequest, traceId: string, remainingMilliseconds: number): string {
  const { id: requestId, arn, clientContext } = request;
  const head = JSON.stringify({ requestId, arn, traceId, remainingMilliseconds, clientContext });
  return `${head.slice(0, -1)},"event":${request.eventJson}}\n`;
}

/** Text that arrives in pieces, handed on line by line. */
export class LineReader {
  private parts: string[] = [];
  private bytes = 0;

  /** @param longest bytes in UTF-8 after which a line is cut in two, so that no function fills the memory */
  constructor(
    private readonly longest: number,
    private readonly onLine: (line: string) => void,
  ) {}

  push(text: string): void {
    const [first = "", ...others] = text.split("\n");
    this.add(first);
    for (const line of others) {
      this.endLine();
      this.add(line);
    }
  }

  /** Hands on what is left without a line's end. */
  end(): void {
    if (this.bytes > 0) this.endLine();
  }

  private add(part: string): void {
    let rest = part;
    let bytes = Buffer.byteLength(rest);
    while (this.bytes + bytes > this.longest) {
      // Only whole characters are taken.
      const { read, written } = new TextEncoder().encodeInto(rest, new Uint8Array(this.longest - this.bytes));
      this.parts.push(rest.slice(0, read));
      this.endLine();
      rest = rest.slice(read);
      bytes -= written;
    }
    this.parts.push(rest);
    this.bytes += bytes;
  }

  private endLine(): void {
    const line = this.parts.join("");
    this.parts = [];
    this.bytes = 0;
    this.onLine(line);
  }
}

function parseMessage(line: string): FunctionMessage | undefined {
  // Each message begins with the end of a line, so that every other line is empty.
  if (line === "") return undefined;
  try {
    const message: unknown = JSON.parse(line);
    return isMessage(message) ? message : undefined;
  } catch {
    return undefined; // Not JSON: not a message, but something that the function wrote.
  }
}

/** Checked without a library: it is done for each call. */
function isMessage(value: unknown): value is FunctionMessage {
  if (!isMap(value) || typeof value["memoryBytes"] !== "number") return false;
  const { type, requestId, error, isFatal } = value;
  if (type === "ready" || type === "outOfMemory") return true;
  if (type === "answer") return typeof requestId === "string";
  if (type === "initError") return isError(error);
  return type === "error" && typeof requestId === "string" && typeof isFatal === "boolean" && isError(error);
}

function isError(value: unknown): value is ReportedError {
  if (!isMap(value)) return false;
  const { errorType, errorMessage, trace = [] } = value;
  const isTrace = Array.isArray(trace) && trace.every((frame) => typeof frame === "string");
  return typeof errorType === "string" && typeof errorMessage === "string" && isTrace;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
