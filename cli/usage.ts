/** `npx access usage <env>`: last tokens and calls of each client, routes that it does not call, and secrets' ages. */
import { Command, InvalidArgumentError } from "commander";
import { DAY_MS } from "../access/access-model";
import { accessMatrix } from "../operations/access-graph/access-matrix";
import { readResources } from "../operations/deployed/deployment";
import { stackOfState } from "../operations/deployed/stack-of-state";
import { clientsOf } from "../operations/deployed/unmanaged";
import { clientNotes, findUsage, hasFindings, type Progress } from "../operations/usage/usage";
import { usageText } from "../operations/usage/usage-text";
import { parseTime } from "../platform/duration";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, stepDetail, terminalColumns, waitFor } from "../platform/terminal";
import { EXIT, runCommand, UsageError } from "../platform/user-error";

const HELP = `
A client or route is:
  used     a token or call was found within the days
  unused   none was found, and everything is known of these days
  new      the client is younger than that
  disabled by access.yaml, or expired: not reported
  unknown  what is known does not go back far enough. The access log goes back
           as far as retentionDays, and CloudTrail's event history 90 days
A call of any status counts, and a token that was issued. Requests of
npx access verify do not count.`;

/** Meaning of exit code 2. */
export const findings = "a secret is older than rotateAfterDays or, with --unused, a client or route is unused";

interface Options {
  /** Milliseconds since 1970. */
  readonly since?: number;
  readonly unused?: number;
  readonly json?: true;
}

const DEFAULT_DAYS = 90;

export const command = new Command("usage")
  .description(
    "Prints when each client last got a token and called the API, which routes it does not call, and how old its secret is. Reads the API's access log and CloudTrail's event history, and changes nothing.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option(
    "--unused <days>",
    `end with 2 if a client or route was not used for so many days (default: ${DEFAULT_DAYS} days, and no 2)`,
    days,
  )
  .option(
    "--since <time>",
    "how far back to read: a duration before now such as 30d or 12h, or a time such as 2026-01-31T12:00Z (default: the days of --unused)",
    parseTime,
  )
  .option("--json", "print the usage as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: Options) => runCommand(() => usage(env, options)));

async function usage(env: string | undefined, { since, unused, json }: Options): Promise<number> {
  const now = Date.now();
  const unusedDays = unused ?? (since === undefined ? DEFAULT_DAYS : Math.max(1, Math.ceil((now - since) / DAY_MS)));
  const from = since ?? now - unusedDays * DAY_MS;
  if (from > now) throw new UsageError("--since is in the future.");
  if (unused !== undefined && from > now - unused * DAY_MS) {
    throw new UsageError(`--since is less than ${unused} days ago, so what was unused for ${unused} days is unknown.`);
  }
  const model = projectModel();
  const environment = findEnvironment(model, env);
  const { name, prefix } = environment;
  const state = await readResources(name);
  const matrix = accessMatrix(name, stackOfState(state));
  const notes = clientNotes(model, environment);
  const request = {
    environment: name,
    prefix,
    state,
    matrix,
    notes,
    clients: clientsOf(),
    now,
    since: from,
    unusedDays,
  };
  const found = await waitFor(
    "Reading the access log and CloudTrail",
    findUsage({ ...request, onProgress: progress() }),
  );
  if (json) printJson(found);
  else print(usageText(found, terminalColumns()));
  return hasFindings(found, unused !== undefined) ? EXIT.findings : EXIT.done;
}

/** Shows what was read so far. */
function progress(): (more: Partial<Progress>) => void {
  let read: Progress = { lines: 0, events: 0 };
  return (more) => {
    read = { ...read, ...more };
    const [lines, events] = [read.lines, read.events].map((count) => count.toLocaleString("en"));
    stepDetail(`${lines} log lines, ${events} token requests`);
  };
}

function days(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number of days from 1 to 9999.");
}
