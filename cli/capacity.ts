/** `access capacity <env>`: load against quotas, what breaks first, and what a month costs. */
import { Command, InvalidArgumentError } from "commander";
import pc from "picocolors";
import { capacityOf } from "../operations/capacity/capacity";
import { capacityText } from "../operations/capacity/capacity-text";
import { findEnvironment, projectModel } from "../platform/project";
import { print, printJson, terminalColumns } from "../platform/terminal";
import { EXIT, runCommand } from "../platform/user-error";

interface Options {
  /** Milliseconds. */
  readonly duration: number;
  readonly json?: true;
}

/** Lambda's own limit is 15 minutes, but API Gateway does not wait longer. */
const MAX_MILLISECONDS = 29_000;

const HELP = `
The load of a client is in access.yaml:
  clients:
    billing:
      scopes: [orders/read]
      load: { instances: 20, callsPerSecond: 50, tokenSeconds: 3000 }
and so are quotas of the account that are not AWS's defaults, in an environment
or in defaults:
  quotas: { tokenRequestsPerSecond: 300, concurrentExecutions: 5000 }
Reads nothing of AWS.`;

/** Meaning of exit code 2. */
export const findings = "a limit is exceeded";

export const command = new Command("capacity")
  .description(
    "Compares the load of the clients with AWS's quotas and the throttling in access.yaml: what breaks first, at which growth, what to do, and what a month costs.",
  )
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--duration <ms>", "how long a function runs on average, in milliseconds", milliseconds, 100)
  .option("--json", "print it as JSON")
  .addHelpText("after", HELP)
  .action((env: string | undefined, options: Options) => runCommand(async () => capacity(env, options)));

function capacity(env: string | undefined, { duration, json }: Options): number {
  const model = projectModel();
  const found = capacityOf(model, findEnvironment(model, env), duration);
  const style = { width: terminalColumns(), alarm: (text: string) => pc.bold(pc.red(text)), heading: pc.bold };
  if (json) printJson(found);
  else print(capacityText(found, style));
  return found.isExceeded ? EXIT.findings : EXIT.done;
}

function milliseconds(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MAX_MILLISECONDS) return value;
  throw new InvalidArgumentError(`Expected a whole number of milliseconds from 1 to ${MAX_MILLISECONDS}.`);
}
