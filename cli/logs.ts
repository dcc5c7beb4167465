/** `npx access logs [name]`: the log lines of functions and stages, and on the embedded AWS the events of functions. */
import { setTimeout as wait } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { readResources } from "../operations/deployed/deployment";
import {
  chooseSources,
  eventText,
  type LogLine,
  LogReader,
  type LogSource,
  logOfStack,
  logText,
} from "../operations/deployed/log-lines";
import { AwsError, aws } from "../platform/aws";
import { parseTime } from "../platform/duration";
import { uninterrupted } from "../platform/interruption";
import { counted } from "../platform/markdown";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, say, waitFor } from "../platform/terminal";
import { EXIT, runCommand, UsageError, UserError } from "../platform/user-error";
import { isOnEmbeddedAws, type ReceivedEvent, readReceivedEvents, rejoinEmbeddedAws } from "./embedded-aws/running-aws";

interface Options {
  readonly env?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly follow?: true;
  readonly event?: true;
  readonly last?: number;
  readonly json?: true;
}

/** Between two calls of FilterLogEvents, of which AWS permits few in a second. */
const POLL_MS = 1000;

const TEN_MINUTES = 600_000;

export const command = new Command("logs")
  .description("Prints the log lines of a function or of the API's access log; without a name, of all of them.")
  .argument("[name]", "name of the function in access.yaml, api, or token-cache")
  .option("-e, --env <name>", "environment; required if access.yaml has more than one")
  .option(
    "--since <time>",
    "first line: a duration before now such as 30m or 2h, or a time such as 2026-01-31T12:00Z (default: 10m)",
    parseTime,
    Date.now() - TEN_MINUTES,
  )
  .option("-f, --follow", "print new lines until Ctrl-C")
  .option(
    "--event",
    "print the events that functions received instead of log lines, with tokens, cookies and secrets masked; only on the embedded AWS",
  )
  .option(
    "--last <n>",
    "print only the last lines or events (default: all, but on a terminal the last event)",
    positiveInteger,
  )
  .option("--json", "print each line as a JSON object: source, time and message; or source, time, requestId and event")
  .action((name: string | undefined, options: Options) => runCommand(() => logs(name, options)));

/** Something to print, as text and as JSON. */
interface Entry {
  readonly text: string;
  readonly json: object;
}

/** Returns what it did not return before. */
type Read = () => Promise<readonly Entry[]>;

async function logs(name: string | undefined, options: Options): Promise<number> {
  const isLocal = isOnEmbeddedAws();
  if (options.event && !isLocal) throw new UserError(NO_EVENTS);
  const environment = findEnvironment(projectModel(), options.env);
  const state = await readResources(environment.name);
  const log = logOfStack(state, environment.prefix);
  const sources = chooseSources(log, name);
  const onMissing = ({ logGroup }: LogSource) => say(`The log group ${logGroup} does not exist (yet).`);
  const reader = new LogReader((region) => aws(region), sources, options.since, onMissing);
  const readLines = async () =>
    (await reader.next()).map((json: LogLine) => ({ text: logText(json, log.clients), json }));
  const read = options.event ? eventReader(sources, name, options.since) : readLines;
  const last = options.last ?? (options.event && process.stdout.isTTY ? 1 : Number.POSITIVE_INFINITY);
  let isFirst = true;
  const show = (all: readonly Entry[]) => {
    const entries = isFirst ? all.slice(-last) : all;
    const hidden = all.length - entries.length;
    if (hidden > 0 && options.last === undefined) {
      say(
        `${counted(hidden, "earlier event is", "earlier events are")} not shown. To see all, add --last ${all.length}.`,
      );
    }
    isFirst = false;
    for (const { text, json } of entries) {
      if (options.json) printJson(json, 0);
      else print(text);
    }
    return entries.length;
  };
  if (options.follow) return await follow(isLocal ? throughRestarts(read, () => reader.reconnect()) : read, show);
  if (show(await waitFor("Reading the log", read())) === 0) {
    const what = options.event ? "events" : "lines";
    const of = name === undefined ? "" : ` of ${name}`;
    say(
      `No ${what}${of} were found since ${new Date(options.since).toISOString()}. For earlier ${what}, add --since 24h.`,
    );
  }
  return EXIT.done;
}

const NO_EVENTS = `--event works only on the embedded AWS: on AWS, Lambda does not keep the events that functions receive.
For the embedded AWS: npx access local npx access logs <name> --event`;

function eventReader(sources: readonly LogSource[], name: string | undefined, since: number): Read {
  const functions = sources.flatMap(({ functionName, ...source }) =>
    functionName === undefined ? [] : [{ ...source, functionName }],
  );
  if (functions.length === 0) throw new UsageError(`--event is for functions, and ${name ?? "the stack"} has none.`);
  let last = 0;
  return async () => {
    const read = functions.map(async ({ name: source, region, logGroup, functionName }) =>
      (await readReceivedEvents({ region, logGroup, functionName, since })).map((received) => ({ source, received })),
    );
    const events = (await Promise.all(read)).flat().filter(({ received }) => received.id > last);
    const sorted = events.toSorted((a, b) => a.received.id - b.received.id);
    last = sorted.at(-1)?.received.id ?? last;
    return sorted.map(({ source, received }) => eventEntry(source, received));
  };
}

function eventEntry(source: string, { timestamp, requestId, event }: ReceivedEvent): Entry {
  const time = new Date(timestamp).toISOString();
  const head = logText({ source, time, message: `request ${requestId}` }, new Map());
  return { text: `${head}\n${eventText(event)}`, json: { source, time, requestId, event } };
}

/** @returns the exit code of the signal that ended it */
async function follow(read: Read, show: (entries: readonly Entry[]) => number): Promise<number> {
  const stop = new AbortController();
  process.stdout.on("error", () => stop.abort());
  return await uninterrupted(
    async (interruption) => {
      while (!stop.signal.aborted) {
        show(await read());
        await wait(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
      return interruption.isAsked ? interruption.exitCode : EXIT.done;
    },
    () => stop.abort(),
  );
}

/**
 * Reads nothing while the embedded AWS is stopped, so that it does not wait for this command, and continues with the one
 * that is started next.
 */
function throughRestarts(read: Read, reconnect: () => void): Read {
  let isStopped = false;
  return async () => {
    const isSame = isOnEmbeddedAws();
    if (isSame || rejoinEmbeddedAws()) {
      if (!isSame) reconnect();
      try {
        const entries = await read();
        isStopped = false;
        return entries;
      } catch (error) {
        if (!isUnanswered(error)) throw error;
      }
    }
    if (!isStopped) say("The embedded AWS has stopped. Its lines follow when it is started again: npx access local");
    isStopped = true;
    return [];
  };
}

/** Whether there was no response, as from a server that was killed. */
function isUnanswered(error: unknown): boolean {
  if (error instanceof AwsError) return error.status === undefined;
  return error instanceof Error && "syscall" in error;
}

function positiveInteger(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number from 1.");
}
