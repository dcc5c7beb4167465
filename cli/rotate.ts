/** `npx access rotate <client>`: another secret for a client, whose id and callers stay. */
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import { requireStack } from "../operations/deployed/deployment";
import { notIgnored } from "../operations/plan-file/commit";
import { readState } from "../operations/plan-file/state-json";
import { ClientSecrets } from "../operations/rotate/client-secrets";
import { FileStore, filesOf } from "../operations/rotate/file-store";
import { findClient, type RotatedClient } from "../operations/rotate/rotated-client";
import { type Outcome, Rotation } from "../operations/rotate/rotation";
import type { SecretStore } from "../operations/rotate/secret-store";
import { SecretsManagerStore } from "../operations/rotate/secrets-manager-store";
import { TerraformState } from "../operations/rotate/terraform-state";
import { type Aws, aws } from "../platform/aws";
import { parseDuration } from "../platform/duration";
import { sdkHandler } from "../platform/http";
import { uninterrupted } from "../platform/interruption";
import { findEnvironment, projectModel, shownPath, userFolder } from "../platform/project";
import { print, printJson, say, warn } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand, UsageError } from "../platform/user-error";

const INTERRUPTED = "interrupted. Run the same command again: it continues from there.";

/** What Terraform writes is for this user only. */
const FOR_OWNER = 0o077;

interface RotateOptions {
  readonly env?: string;
  /** Milliseconds. */
  readonly overlap?: number;
  readonly to?: string;
  readonly finish?: true;
  readonly keep?: string;
  readonly abort?: true;
  readonly deliver?: true;
  readonly json?: true;
}

export const command = new Command("rotate")
  .description(
    "Adds a second secret to a client, tests it with a token request, delivers it, and deletes the old secret after the overlap. After an interruption, run the same command to continue.",
  )
  .argument("<client>", "name of the client in access.yaml")
  .option("-e, --env <name>", "environment; required if access.yaml has more than one")
  .option(
    "--to <file>",
    "file for the credentials of a client that has no secret in Secrets Manager; <file>.pending keeps a new secret until a token is issued for it",
  )
  .addOption(
    new Option(
      "--overlap <time>",
      "how long both secrets are accepted, such as 0s or 24h (default: until --finish). The command waits at most ten minutes; after a longer overlap, run it again",
    )
      .argParser(parseDuration)
      .conflicts(["finish", "abort"]),
  )
  .addOption(
    new Option("--finish", "delete the other secret, if a token is issued for the one that services read").conflicts(
      "abort",
    ),
  )
  .option("--keep <id>", "with --finish: id of the secret that services read, if it is not recorded")
  .addOption(
    new Option("--abort", "deliver the old secret again if a token is issued for it, and delete the new one").conflicts(
      "deliver",
    ),
  )
  .addOption(
    new Option("--deliver", "deliver the current secret again, with the deployed scopes and token URL").conflicts([
      "finish",
      "overlap",
    ]),
  )
  .option("--json", "print the outcome as JSON")
  .action((client: string, options: RotateOptions) => runCommand(() => run(client, options)));

async function run(name: string, options: RotateOptions): Promise<number> {
  process.umask(FOR_OWNER);
  if (options.keep !== undefined && !options.finish) throw new UsageError("--keep requires --finish.");
  const environment = findEnvironment(projectModel(), options.env).name;
  if (options.to !== undefined) await warnOfCommits(resolve(userFolder, options.to));
  await requireTerraform();
  const folder = requireStack(environment);
  const client = findClient(environment, await readState(folder), name);
  const stopped = new AbortController();
  const outcome = await uninterrupted(
    async ({ check }) => {
      const requireCalm = () => check(INTERRUPTED);
      const sdk = interruptibleAws(client.region, requireCalm);
      const secrets = new ClientSecrets(sdk, client);
      const rotation = new Rotation({
        client,
        secrets,
        store: await storeOf(sdk, client, secrets, options),
        state: new TerraformState(folder, client),
        report: say,
        wait: (milliseconds) => wait(milliseconds, undefined, { signal: stopped.signal }).catch(requireCalm),
        now: () => new Date(),
      });
      return await outcomeOf(rotation, options).catch((error: unknown) => {
        requireCalm();
        throw error;
      });
    },
    () => stopped.abort(),
  );
  if (options.json) printJson(outcome);
  else print(describe(client, outcome));
  return EXIT.done;
}

/** A file in a Git work tree may be committed with its secret. */
async function warnOfCommits(place: string): Promise<void> {
  const exposed = await notIgnored(Object.values(filesOf(place)));
  if (exposed.length === 0) return;
  const names = exposed.map(shownPath).join(", ");
  warn(`Git does not ignore ${names}, which hold the client's secret. Add ${shownPath(place)}* to .gitignore.`);
}

/** The clients, which send nothing more after a signal. */
function interruptibleAws(region: string, requireCalm: () => void): Aws {
  const handler = sdkHandler();
  const handle: typeof handler.handle = async (request, options) => {
    requireCalm();
    return await handler.handle(request, options);
  };
  return aws(region, { requestHandler: { ...handler, handle } });
}

function outcomeOf(rotation: Rotation, { finish, deliver, abort, keep, overlap }: RotateOptions): Promise<Outcome> {
  if (finish) return rotation.finish(keep);
  if (deliver) return rotation.deliverAgain();
  return abort ? rotation.abort() : rotation.rotate(overlap);
}

/** A file beside Secrets Manager only ends what was delivered before, while no secret there is accepted. */
async function storeOf(
  sdk: Aws,
  client: RotatedClient,
  secrets: ClientSecrets,
  { to, finish }: RotateOptions,
): Promise<SecretStore> {
  const file = to === undefined ? undefined : resolve(userFolder, to);
  if (client.store !== undefined) {
    const manager = new SecretsManagerStore(sdk, client, client.store);
    if (file === undefined) return manager;
    const stored = finish ? (await manager.read("current"))?.value : undefined;
    if (finish && (!stored || !(await secrets.isAccepted(stored)))) return new FileStore(file, client);
    throw new UsageError(`client "${client.name}" has its secret in Secrets Manager. Remove --to.`);
  }
  if (file !== undefined) return new FileStore(file, client);
  const how = "Name a file for its credentials with --to, or add a secret to the client in access.yaml";
  throw new UsageError(`client "${client.name}" has no secret in Secrets Manager. ${how}.`);
}

function describe({ name, id }: RotatedClient, { kind, overlapEnds }: Outcome): string {
  const until =
    overlapEnds === undefined
      ? "The old one is valid until you run the command with --finish"
      : `The overlap ends at ${overlapEnds}: run the same command again then, or with --finish`;
  return {
    overlapping: `both secrets of "${name}" are accepted. ${until}.`,
    finished: `done: "${name}" has a new secret, and the old one is refused. Its id is still ${id}.`,
    aborted: `aborted: "${name}" has only its old secret.`,
    delivered: `delivered: services of "${name}" read the deployed values.`,
    unchanged: `"${name}" has one secret, which services read, so there is nothing to do.`,
  }[kind];
}
