/** Log lines of a deployed stack: those of its functions, and the access logs of its stages. */
import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { z } from "zod";
import { advice, quote } from "../../access/nearest-name";
import { oneLine } from "../../access/visible";
import { type Aws, AwsError } from "../../platform/aws";
import { jsonIn } from "../../platform/json";
import { UsageError, UserError } from "../../platform/user-error";
import { managedResources, type StateResource, type StateValues } from "../plan-file/state-json";
import { functionNameIn } from "./logs-command";

/** Where lines are kept. */
export interface LogSource {
  /** Name of the function in access.yaml, `api`, or `token-cache`. */
  readonly name: string;
  readonly logGroup: string;
  readonly region: string;
  /** Name that Lambda knows; left out for a source that is not a function. */
  readonly functionName?: string;
}

/** One line. */
export interface LogLine {
  readonly source: string;
  /** ISO 8601, in UTC. */
  readonly time: string;
  /** As CloudWatch Logs has it. */
  readonly message: string;
}

/** What is needed to read a stack's log lines. */
export interface LogOfStack {
  readonly sources: readonly LogSource[];
  /** Name of the client by its id. */
  readonly clients: ReadonlyMap<string, string>;
}

/**
 * The sources of a stack.
 * @param prefix of the environment's names
 */
export function logOfStack(state: StateValues, prefix: string): LogOfStack {
  const resources = managedResources(state);
  const functions = resources
    .filter(({ type }) => type === "aws_lambda_function")
    .flatMap(({ values }) => {
      const fullName = String(values["function_name"]);
      const name = functionNameIn(fullName, prefix);
      const logGroup = textAt(values, "logging_config", "log_group") ?? `/aws/lambda/${fullName}`;
      return [{ name, logGroup, region: regionOf(values["arn"]), functionName: fullName }];
    });
  const stages = resources
    .filter(({ type }) => type === "aws_api_gateway_stage")
    .flatMap(({ name, values }) => {
      const arn = textAt(values, "access_log_settings", "destination_arn");
      if (arn === undefined) return [];
      const logGroup = arn.split(":").slice(6).join(":");
      return [{ name: name.startsWith("token-cache") ? "token-cache" : "api", logGroup, region: regionOf(arn) }];
    });
  const clients = resources.filter(({ type }) => type === "aws_cognito_user_pool_client");
  return {
    sources: [...functions, ...stages],
    clients: new Map(clients.map(({ values }) => [String(values["id"]), String(values["name"])])),
  };
}

/** The source of that name or, without one, all. @throws {UserError} when there is none */
export function chooseSources({ sources }: LogOfStack, name: string | undefined): readonly LogSource[] {
  const found = sources.filter((source) => name === undefined || source.name === name);
  if (found.length > 0) return found;
  const names = sources.map((source) => source.name);
  if (sources.length === 0) throw new UserError("the stack has neither functions nor an access log.");
  const hint =
    name === "api"
      ? " The API has an access log with accessLog: true in access.yaml."
      : advice(name ?? "", names, "It has");
  throw new UsageError(`the stack has no log ${quote(name ?? "")}.${hint}`);
}

/** Lines arrive late: so much is read again. */
const LATE_MS = 60_000;

/** Reads lines that are new at each call. */
export class LogReader {
  /** Times of lines that may be read again. */
  private readonly seen = new Map<string, number>();
  /** By region. */
  private readonly clients = new Map<string, Aws>();
  private readonly missing = new Set<LogSource>();
  private from: number;

  /**
   * @param since milliseconds since 1970
   * @param onMissing called once for each source whose log group does not exist
   */
  constructor(
    private readonly aws: (region: string) => Aws,
    private readonly sources: readonly LogSource[],
    since: number,
    private readonly onMissing: (source: LogSource) => void,
  ) {
    this.from = since;
  }

  /** Lines that were not read before, oldest first. @throws {UserError} when AWS refuses */
  async next(): Promise<readonly LogLine[]> {
    const events = (await Promise.all(this.sources.map((source) => this.read(source)))).flat();
    const sorted = events.toSorted((a, b) => a.timestamp - b.timestamp);
    this.from = Math.max(this.from, (sorted.at(-1)?.timestamp ?? 0) - LATE_MS);
    for (const [key, timestamp] of this.seen) if (timestamp < this.from) this.seen.delete(key);
    return sorted.map(({ source, timestamp, message }) => ({
      source,
      time: new Date(timestamp).toISOString(),
      message,
    }));
  }

  /** Makes new clients, for another environment of this process. */
  reconnect(): void {
    this.clients.clear();
  }

  private async clientOf(region: string): Promise<CloudWatchLogs> {
    const aws = this.clients.get(region) ?? this.aws(region);
    this.clients.set(region, aws);
    return await aws.logs();
  }

  private async read(source: LogSource) {
    const { name, logGroup, region } = source;
    const found: { readonly source: string; readonly timestamp: number; readonly message: string }[] = [];
    const client = await this.clientOf(region);
    try {
      const pages = client.paginateFilterLogEvents({ logGroupName: logGroup, startTime: this.from });
      for await (const { events = [] } of pages) {
        for (const { eventId = "", timestamp = 0, message = "" } of events) {
          const key = `${logGroup} ${eventId}`;
          if (this.seen.has(key)) continue;
          this.seen.set(key, timestamp);
          found.push({ source: name, timestamp, message: message.trimEnd() });
        }
      }
    } catch (error) {
      // The group may be created with the first line.
      if (!(error instanceof AwsError && error.isNotFound)) throw error;
      if (!this.missing.has(source)) this.onMissing(source);
      this.missing.add(source);
    }
    return found;
  }
}

/** An error as Lambda's runtime logs it: the whole message or, beside a text that was logged with it, a part of the line. */
const errorParts = {
  errorType: z.string(),
  errorMessage: z.string(),
  stackTrace: z.array(z.string()),
};
const loggedError = z.looseObject(errorParts);
const functionLine = z.object({ level: z.string(), message: z.unknown(), ...z.object(errorParts).partial().shape });
const accessLine = z.object({
  method: z.string(),
  resourcePath: z.string(),
  status: z.string(),
  clientId: z.string(),
  latency: z.string(),
  error: z.string(),
});

/**
 * A line for a terminal: JSON of functions and access logs in words, every other as it is. Frames of a stack trace follow,
 * a line each.
 */
export function logText({ source, time, message }: LogLine, clients: LogOfStack["clients"]): string {
  const begin = `${time.slice(0, 10)} ${time.slice(11, 23)}  ${oneLine(source)}`;
  const json = jsonIn(message);
  const access = accessLine.safeParse(json);
  if (access.success) {
    const { method, resourcePath, status, clientId, latency, error } = access.data;
    const caller = clientId === "-" ? "no client" : (clients.get(clientId) ?? clientId);
    const why = error === "-" ? [] : [error];
    return [begin, ...[status, `${method} ${resourcePath}`, caller, `${latency} ms`, ...why].map(oneLine)].join("  ");
  }
  const line = functionLine.safeParse(json);
  if (!line.success) return `${begin}  ${oneLine(message)}`;
  const { level, message: content, stackTrace } = line.data;
  const error = loggedError.safeParse(content);
  const [text, frames] = error.success ? errorText(error.data) : [textOf(content), stackTrace ?? []];
  return [[begin, oneLine(level), oneLine(text)].join("  "), ...frameLines(frames)].join("\n");
}

/** The message, with the error's own properties, and its stack trace. */
function errorText({ errorType, errorMessage, stackTrace, ...properties }: z.infer<typeof loggedError>) {
  const own = Object.keys(properties).length === 0 ? "" : ` ${JSON.stringify(properties)}`;
  // An error's name, which its stack trace begins with, may differ from its class.
  const head = stackTrace[0]?.endsWith(`: ${errorMessage}`) ? stackTrace[0] : `${errorType}: ${errorMessage}`;
  return [`${head}${own}`, stackTrace] as const;
}

const FRAME = /^\s*at (?:(.*) \()?(.*?)\)?$/;

/** A text that was logged with an error contains its stack trace. */
function textOf(content: unknown): string {
  if (typeof content !== "string") return JSON.stringify(content) ?? "";
  const lines = content.split("\n");
  return lines.length === 1 ? content : lines.filter((line) => !/^\s+at \S/.test(line)).join("\n");
}

/** Of Node.js, of Lambda's runtime, and of what the bundle adds to the function's own code. */
const FOREIGN_FRAME =
  /^node:|^<anonymous>$|\/var\/runtime\/|\/function-runtime[\w-]*\.cjs:|^(?!.*\/node_modules\/).*\/(?:index\.js|load\.mjs):/;

/** Folder of the function's code on Lambda, and here. */
const CODE_FOLDER = /^(?:file:\/\/)?(?:\/var\/task\/|.*?\/(?=(?:lambda|node_modules)\/))/;

/** Minified names have one or two characters, and say nothing. */
const NAME = /[\w$]{3,}$/;

/** The frames of the function's own code and of its packages. */
function frameLines(stackTrace: readonly string[]): readonly string[] {
  return stackTrace.flatMap((line) => {
    const [, name = "", place = ""] = FRAME.exec(line) ?? [];
    if (place === "" || FOREIGN_FRAME.test(place)) return [];
    const short = place.replace(CODE_FOLDER, "");
    return [`    at ${oneLine(NAME.test(name) ? `${name} (${short})` : short)}`];
  });
}

/** What events have twice: headers, and each with the list of its values. */
const eventHeaders = z.looseObject({
  headers: z.record(z.string(), z.unknown()),
  multiValueHeaders: z.record(z.string(), z.array(z.unknown())),
});

/** An event for a terminal: in JSON, and without `multiValueHeaders` when no header has several values. */
export function eventText(event: unknown): string {
  const { success, data } = eventHeaders.safeParse(event);
  if (!success) return JSON.stringify(event, null, 2);
  const { multiValueHeaders, ...others } = data;
  const isSame = Object.entries(multiValueHeaders).every(
    ([name, values]) => values.length === 1 && values[0] === data.headers[name],
  );
  return JSON.stringify(isSame ? others : event, null, 2);
}

function textAt(values: StateResource["values"], block: string, attribute: string): string | undefined {
  const blocks = z.array(z.record(z.string(), z.unknown())).safeParse(values[block]);
  const value = blocks.data?.[0]?.[attribute];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function regionOf(arn: unknown): string {
  return String(arn).split(":")[3] ?? "";
}
