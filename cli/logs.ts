/** `npx access logs [name]`: the log lines of functions and stages. */
import { setTimeout as wait } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { readDeployment, requireStack } from "../operations/deployed/deployment";
import { chooseSources, type LogLine, LogReader, logOfStack, logText } from "../operations/deployed/log-lines";
import { managedResources, readState } from "../operations/plan-file/state-json";
import { aws } from "../platform/aws";
import { parseDuration } from "../platform/duration";
import { uninterrupted } from "../platform/interruption";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, say } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand } from "../platform/user-error";

interface Options {
  readonly env?: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly follow?: true;
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
    since,
    Date.now() - TEN_MINUTES,
  )
  .option("-f, --follow", "print new lines until Ctrl-C")
  .option("--json", "print each line as a JSON object: source, time and message")
  .action((name: string | undefined, options: Options) => runCommand(() => logs(name, options)));

async function logs(name: string | undefined, options: Options): Promise<number> {
  const environment = findEnvironment(projectModel(), options.env);
  await requireTerraform();
  const state = await readState(requireStack(environment.name));
  // Reports that nothing is deployed.
  if (managedResources(state).length === 0) await readDeployment(environment.name);
  const log = logOfStack(state, environment.prefix);
  const reader = new LogReader((region) => aws(region), chooseSources(log, name), options.since);
  const show = (lines: readonly LogLine[]) => {
    for (const line of lines) {
      if (options.json) printJson(line, 0);
      else print(logText(line, log.clients));
    }
    return lines.length;
  };
  if (options.follow) return await follow(reader, show);
  if (show(await reader.next()) === 0) say(`There are no lines since ${new Date(options.since).toISOString()}.`);
  return EXIT.done;
}

/** @returns the exit code of the signal that ended it */
async function follow(reader: LogReader, show: (lines: readonly LogLine[]) => number): Promise<number> {
  const stop = new AbortController();
  process.stdout.on("error", () => stop.abort());
  return await uninterrupted(
    async (interruption) => {
      while (!stop.signal.aborted) {
        show(await reader.next());
        await wait(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      }
      return interruption.isAsked ? interruption.exitCode : EXIT.done;
    },
    () => stop.abort(),
  );
}

function since(text: string): number {
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const time = Date.parse(text);
    if (Number.isNaN(time)) throw new InvalidArgumentError("Expected a time such as 2026-01-31T12:00Z.");
    return time;
  }
  return Date.now() - parseDuration(text);
}
