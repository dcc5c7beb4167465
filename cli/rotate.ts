/** `npm run rotate -- <client>`: another secret for a client, whose id and callers stay. */
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import { callAws } from "./aws-call";
import { requireStack } from "./deployment";
import { findEnvironment, projectModel } from "./project";
import { ClientSecrets } from "./rotate/client-secrets";
import type { Delivery } from "./rotate/delivery";
import { parseDuration } from "./rotate/duration";
import { FileDelivery } from "./rotate/file-delivery";
import { ManagerDelivery } from "./rotate/manager-delivery";
import { findClient, type RotatedClient } from "./rotate/rotated-client";
import { abort, deliverAgain, finish, type Outcome, rotate } from "./rotate/rotation";
import { StateKeeper } from "./rotate/state-keeper";
import { readState } from "./state-json";
import { requireTerraform } from "./terraform";
import { runCommand, UserError } from "./user-error";

const OVERLAPPING = 4;
const INTERRUPTED = 130;

interface RotateOptions {
  readonly env?: string;
  readonly overlap?: string;
  readonly to?: string;
  readonly finish?: true;
  readonly abort?: true;
  readonly deliver?: true;
  readonly json?: true;
}

new Command("npm run rotate --")
  .description(
    "Gives a client another secret beside the old one, delivers it, proves it by a token, and deletes the old one when the overlap is over. Whenever it is interrupted, the same command goes on from there.",
  )
  .argument("<client>", "name of the client in access.yaml")
  .option("-e, --env <name>", "environment; needed when access.yaml has more than one")
  .option("--to <file>", "where the new credentials go, of a client that has no secret in Secrets Manager")
  .addOption(
    new Option(
      "--overlap <time>",
      "how long both secrets are taken, such as 0s or 24h; until --finish when left out",
    ).conflicts(["finish", "abort"]),
  )
  .addOption(new Option("--finish", "delete the old secret, if the new one is delivered and taken").conflicts("abort"))
  .addOption(new Option("--abort", "deliver the old secret again, and delete the new one").conflicts("deliver"))
  .addOption(
    new Option(
      "--deliver",
      "deliver the same secret once more, with scopes and token URL as they are deployed now",
    ).conflicts(["finish", "overlap"]),
  )
  .option("--json", "print the outcome as JSON")
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 error, 2 wrong arguments, 4 both secrets are taken until the overlap is over, 130 interrupted.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action((client: string, options: RotateOptions) => runCommand(() => run(client, options)))
  .parse();

async function run(name: string, options: RotateOptions): Promise<number> {
  const overlapMs = options.overlap === undefined ? undefined : parseDuration(options.overlap);
  const environment = findEnvironment(projectModel(), options.env).name;
  await requireTerraform();
  const folder = requireStack(environment);
  const client = findClient(environment, await readState(folder), name);
  const context = {
    client,
    secrets: new ClientSecrets(callAws, client),
    delivery: deliveryOf(client, options.to),
    state: new StateKeeper(folder, client),
    say: (line: string) => void process.stderr.write(`${line}\n`),
    wait: async (milliseconds: number) => wait(milliseconds),
    now: () => new Date(),
  };
  process.once("SIGINT", () => {
    context.say("interrupted. Run the same command again: it goes on from where it was.");
    process.exit(INTERRUPTED);
  });
  const outcome = await outcomeOf(context, options, overlapMs);
  process.stdout.write(`${options.json ? JSON.stringify(outcome, null, 2) : describe(client, outcome)}\n`);
  return outcome.kind === "overlapping" ? OVERLAPPING : 0;
}

function outcomeOf(context: Parameters<typeof rotate>[0], options: RotateOptions, overlapMs?: number) {
  if (options.finish) return finish(context);
  if (options.deliver) return deliverAgain(context);
  return options.abort ? abort(context) : rotate(context, overlapMs);
}

/** Asked for before anything is changed, since Cognito tells a new secret once. */
function deliveryOf(client: RotatedClient, to: string | undefined): Delivery {
  if (client.store !== undefined) {
    if (to === undefined) return new ManagerDelivery(callAws, client, client.store);
    throw new UserError(`client "${client.name}" has its secret in Secrets Manager: leave --to out.`, 2);
  }
  if (to !== undefined) return new FileDelivery(resolve(process.env["INIT_CWD"] ?? "", to), client);
  const how = "name a file with --to, or give it a secret: in access.yaml";
  throw new UserError(`client "${client.name}" has no secret in Secrets Manager to deliver to: ${how}.`, 2);
}

function describe({ name, id }: RotatedClient, { kind }: Outcome): string {
  return {
    overlapping: `both secrets of "${name}" are taken. The old one is valid until you run the command with --finish.`,
    finished: `done: "${name}" has a new secret, and the old one is refused. Its id is still ${id}.`,
    aborted: `aborted: "${name}" has its old secret, and no other.`,
    delivered: `delivered: services of "${name}" read what is deployed now.`,
    unchanged: `"${name}" has one secret, so there is nothing to end.`,
  }[kind];
}
