/** `npm run rotate -- <client>`: another secret for a client, whose id and callers stay. */
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import { requireStack } from "../operations/deployed/deployment";
import { readState } from "../operations/plan-file/state-json";
import { abort } from "../operations/rotate/abort";
import { ClientSecrets } from "../operations/rotate/client-secrets";
import type { Delivery } from "../operations/rotate/delivery";
import { parseDuration } from "../operations/rotate/duration";
import { finish } from "../operations/rotate/ending";
import { FileDelivery } from "../operations/rotate/file-delivery";
import { ManagerDelivery } from "../operations/rotate/manager-delivery";
import type { Outcome } from "../operations/rotate/outcome";
import { isTaken } from "../operations/rotate/proof";
import { findClient, type RotatedClient } from "../operations/rotate/rotated-client";
import { deliverAgain, rotate } from "../operations/rotate/rotation";
import { StateKeeper } from "../operations/rotate/state-keeper";
import { callAws } from "../platform/aws-call";
import { uninterrupted } from "../platform/interruption";
import { type CallAws, patient } from "../platform/patient-call";
import { findEnvironment, projectModel, userFolder } from "../platform/project";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand, UsageError } from "../platform/user-error";

const INTERRUPTED = "interrupted. Run the same command again: it goes on from where it was.";

/** What Terraform writes is for this user only. */
const FOR_OWNER = 0o077;

interface RotateOptions {
  readonly env?: string;
  readonly overlap?: string;
  readonly to?: string;
  readonly finish?: true;
  readonly keep?: string;
  readonly abort?: true;
  readonly deliver?: true;
  readonly json?: true;
}

/** Meaning of exit code 2. */
export const findings = "both secrets are valid until the overlap ends";

export const command = new Command("rotate")
  .description(
    "Gives a client another secret beside the old one, delivers it, proves it by a token, and deletes the old one when the overlap is over. Whenever it is interrupted, the same command goes on from there.",
  )
  .argument("<client>", "name of the client in access.yaml")
  .option("-e, --env <name>", "environment; needed when access.yaml has more than one")
  .option(
    "--to <file>",
    "where the credentials go, of a client that has no secret in Secrets Manager; beside it, <file>.pending keeps a new one until it is proved",
  )
  .addOption(
    new Option(
      "--overlap <time>",
      "how long both secrets are taken, such as 0s or 24h; until --finish when left out. Ten minutes at most are waited for; after a longer one, run the command again",
    ).conflicts(["finish", "abort"]),
  )
  .addOption(
    new Option("--finish", "delete the other secret, if a token proves the one that is delivered").conflicts("abort"),
  )
  .option("--keep <id>", "with --finish: which secret is the delivered one, where that is not noted")
  .addOption(
    new Option("--abort", "deliver the old secret again if a token proves it, and delete the new one").conflicts(
      "deliver",
    ),
  )
  .addOption(
    new Option(
      "--deliver",
      "deliver the same secret once more, with scopes and token URL as they are deployed now",
    ).conflicts(["finish", "overlap"]),
  )
  .option("--json", "print the outcome as JSON")
  .action((client: string, options: RotateOptions) => runCommand(() => run(client, options)));

async function run(name: string, options: RotateOptions): Promise<number> {
  process.umask(FOR_OWNER);
  if (options.keep !== undefined && !options.finish) throw new UsageError("--keep goes with --finish.");
  const overlapMs = options.overlap === undefined ? undefined : parseDuration(options.overlap);
  const environment = findEnvironment(projectModel(), options.env).name;
  await requireTerraform();
  const folder = requireStack(environment);
  const client = findClient(environment, await readState(folder), name);
  const stopped = new AbortController();
  const outcome = await uninterrupted(
    async ({ check }) => {
      const requireCalm = () => check(INTERRUPTED);
      const call = patient(async (request) => {
        requireCalm();
        return await callAws(request);
      });
      const context = {
        client,
        secrets: new ClientSecrets(call, client),
        delivery: await deliveryOf(call, client, options),
        state: new StateKeeper(folder, client),
        say,
        wait: async (milliseconds: number) => {
          await wait(milliseconds, undefined, { signal: stopped.signal }).catch(requireCalm);
        },
        now: () => new Date(),
      };
      return await outcomeOf(context, options, overlapMs).catch((error: unknown) => {
        requireCalm();
        throw error;
      });
    },
    () => stopped.abort(),
  );
  process.stdout.write(`${options.json ? JSON.stringify(outcome, null, 2) : describe(client, outcome)}\n`);
  return outcome.kind === "overlapping" ? EXIT.findings : EXIT.done;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function outcomeOf(context: Parameters<typeof rotate>[0], options: RotateOptions, overlapMs?: number) {
  if (options.finish) return finish(context, options.keep);
  if (options.deliver) return deliverAgain(context);
  return options.abort ? abort(context) : rotate(context, overlapMs);
}

/** A file serves with Secrets Manager only to prove what is used meanwhile, while nothing that is taken is there. */
async function deliveryOf(call: CallAws, client: RotatedClient, { to, finish }: RotateOptions): Promise<Delivery> {
  const file = to === undefined ? undefined : resolve(userFolder, to);
  if (client.store !== undefined) {
    const manager = new ManagerDelivery(call, client, client.store);
    if (file === undefined) return manager;
    const there = finish ? (await manager.current())?.value : undefined;
    if (finish && (!there || !(await isTaken(client, there)))) return new FileDelivery(file, client);
    throw new UsageError(`client "${client.name}" has its secret in Secrets Manager: leave --to out.`);
  }
  if (file !== undefined) return new FileDelivery(file, client);
  const how = "name the file that its credentials go to with --to, or give it a secret: in access.yaml";
  throw new UsageError(`client "${client.name}" has no secret in Secrets Manager: ${how}.`);
}

function describe({ name, id }: RotatedClient, { kind, overlapEnds }: Outcome): string {
  const until =
    overlapEnds === undefined
      ? "The old one is valid until you run the command with --finish"
      : `The overlap ends at ${overlapEnds}: run the same command again then, or with --finish`;
  return {
    overlapping: `both secrets of "${name}" are taken. ${until}.`,
    finished: `done: "${name}" has a new secret, and the old one is refused. Its id is still ${id}.`,
    aborted: `aborted: "${name}" has its old secret, and no other.`,
    delivered: `delivered: services of "${name}" read what is deployed now.`,
    unchanged: `"${name}" has one secret, which is delivered, so there is nothing to end.`,
  }[kind];
}
