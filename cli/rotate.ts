/** `npx access rotate [client]`: another secret for a client, whose id and callers stay. */
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import pc from "picocolors";
import { type AccessModel, type Environment, isEnabled, isIn, secretAgesOf } from "../access/access-model";
import { listed } from "../access/nearest-name";
import { readForClients, requireStack, unknownClient } from "../operations/deployed/deployment";
import { notIgnored } from "../operations/plan-file/commit";
import { readState } from "../operations/plan-file/state-json";
import { ClientSecrets } from "../operations/rotate/client-secrets";
import { FileStore, filesOf } from "../operations/rotate/file-store";
import { deployedClients, findClient, type RotatedClient } from "../operations/rotate/rotated-client";
import { notDueYet, type Outcome, Rotation } from "../operations/rotate/rotation";
import type { SecretStore } from "../operations/rotate/secret-store";
import { SecretsManagerStore } from "../operations/rotate/secrets-manager-store";
import { TerraformState } from "../operations/rotate/terraform-state";
import { type Aws, aws } from "../platform/aws";
import { parseDuration } from "../platform/duration";
import { sdkHandler } from "../platform/http";
import { type Interruption, uninterrupted } from "../platform/interruption";
import { findEnvironment, projectModel, shownPath, userFolder } from "../platform/project";
import { prepareStack } from "../platform/stack";
import { print, printJson, say, waitFor, warn } from "../platform/terminal";
import { requireTerraform } from "../platform/terraform";
import { EXIT, runCommand, UsageError, UserError } from "../platform/user-error";
import type { ClientRotation } from "./json-output";

const INTERRUPTED = "interrupted. Run the same command again: it continues from there.";

/** What Terraform writes is for this user only. */
const FOR_OWNER = 0o077;

interface RotateOptions {
  readonly env?: string;
  /** Milliseconds. */
  readonly overlap?: number;
  readonly to?: string;
  readonly ifDue?: true;
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
  .argument(
    "[client]",
    "name of the client in access.yaml; with --if-due, by default each client that has rotateAfterDays",
  )
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
    new Option(
      "--if-due",
      "change nothing unless the oldest secret is as old as rotateAfterDays or a rotation is in progress; for schedules, so the stack is synthesized and initialized",
    ).conflicts(["finish", "abort", "deliver"]),
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
  .action((client: string | undefined, options: RotateOptions) => runCommand(() => run(client, options)));

async function run(name: string | undefined, options: RotateOptions): Promise<number> {
  process.umask(FOR_OWNER);
  if (options.keep !== undefined && !options.finish) throw new UsageError("--keep requires --finish.");
  if (name === undefined && options.ifDue && options.to !== undefined) throw new UsageError("--to requires a client.");
  const model = projectModel();
  if (name === undefined && !options.ifDue) throw clientRequired(model, options.env);
  const environment = findEnvironment(model, options.env);
  const limits = options.ifDue ? requireLimits(model, environment, name) : new Map<string, number>();
  if (options.to !== undefined) await warnOfCommits(resolve(userFolder, options.to));
  await requireTerraform();
  const named = { names: name === undefined ? [] : [name], model };
  const folder = options.ifDue
    ? await prepareStack(environment.name)
    : await readForClients(environment.name, named, async () => requireStack(environment.name));
  const state = await readState(folder);
  const rotate = async (one: string, place: Interruptible) => {
    const client = findClient(environment.name, state, one);
    return { client, outcome: await rotateClient(client, folder, place, { ...options, limit: limits.get(one) }) };
  };
  const stopped = new AbortController();
  return await uninterrupted(
    async (interruption) => {
      const place = { interruption, stopped: stopped.signal };
      if (name === undefined) {
        const deployed = deployedClients(environment.name, state);
        const names = [...limits.keys()].filter((one) => deployed.includes(one));
        return await rotateEach(names, (one) => rotate(one, place), interruption, options);
      }
      const { client, outcome } = await rotate(name, place);
      if (options.json) printJson(outcome);
      else print(describe(client, outcome));
      return EXIT.done;
    },
    () => stopped.abort(),
  );
}

/** @param env environment, if it is named; otherwise the clients of all environments are listed */
function clientRequired(model: AccessModel, env: string | undefined): UsageError {
  const environment = env === undefined ? undefined : findEnvironment(model, env);
  const clients = model.clients.filter((client) => environment === undefined || isIn(client, environment.name));
  const names = clients.length === 0 ? "" : ` Name one of ${listed(clients.map(({ name }) => name))}.`;
  return new UsageError(`the client is missing.${names} For all that are due, use --if-due.`);
}

/**
 * The ages in days at which secrets are rotated, by the names of clients.
 * @throws {UsageError} when the client that is named, or each client, has none
 */
function requireLimits(
  model: AccessModel,
  environment: Environment,
  name: string | undefined,
): ReadonlyMap<string, number> {
  const limits = secretAgesOf(model, environment);
  if (name === undefined ? limits.size > 0 : limits.has(name)) return limits;
  const client = model.clients.find((one) => one.name === name);
  const known = model.clients.map((one) => one.name);
  if (name !== undefined && client === undefined) throw unknownClient(environment.name, name, known);
  if (client !== undefined && !isEnabled(client, environment.name)) {
    throw new UsageError(
      `client "${name}" gets no tokens in ${environment.name}, so --if-due does not rotate its secret.`,
    );
  }
  const who = name === undefined ? `no client of ${environment.name} that gets tokens` : `client "${name}"`;
  const has = name === undefined ? "has rotateAfterDays" : "has no rotateAfterDays";
  throw new UsageError(`${who} ${has} in access.yaml, so no secret is due. Set it for the client or in defaults.`);
}

/** Rotates one client after the other. One that fails does not keep the others from being rotated. */
async function rotateEach(
  names: readonly string[],
  rotate: (name: string) => Promise<{ readonly client: RotatedClient; readonly outcome: Outcome }>,
  interruption: Interruption,
  { json }: RotateOptions,
): Promise<number> {
  const all: ClientRotation[] = [];
  for (const name of names) {
    try {
      const { client, outcome } = await rotate(name);
      all.push({ client: name, outcome, error: null });
      if (!json) print(describe(client, outcome));
    } catch (error) {
      if (!(error instanceof UserError) || interruption.isAsked) throw error;
      all.push({ client: name, outcome: null, error: error.message });
      say(`${pc.red("error:")} "${name}" was not rotated: ${error.message}`);
    }
  }
  if (json) printJson(all);
  else if (names.length === 0) print("no client that has rotateAfterDays in access.yaml is deployed.");
  return all.some(({ error }) => error !== null) ? EXIT.error : EXIT.done;
}

interface Interruptible {
  readonly interruption: Interruption;
  /** Ends what is waited for. */
  readonly stopped: AbortSignal;
}

/** @param options with the age in days at which the secret is rotated, for `--if-due` */
async function rotateClient(
  client: RotatedClient,
  folder: string,
  { interruption, stopped }: Interruptible,
  options: RotateOptions & { readonly limit: number | undefined },
): Promise<Outcome> {
  const requireCalm = () => interruption.check(INTERRUPTED);
  const sdk = interruptibleAws(client.region, requireCalm);
  const secrets = new ClientSecrets(sdk, client);
  try {
    if (options.limit !== undefined && client.store === undefined && options.to === undefined) {
      // A rotation to a file can be continued only where the file is.
      const notDue = notDueYet(await secrets.list(), options.limit, new Date());
      if (notDue !== undefined) return notDue;
    }
    const rotation = new Rotation({
      client,
      secrets,
      store: await storeOf(sdk, client, secrets, options),
      state: new TerraformState(folder, client),
      report: say,
      wait: (milliseconds) => waitFor("Waiting", wait(milliseconds, undefined, { signal: stopped }).catch(requireCalm)),
      now: () => new Date(),
    });
    return await outcomeOf(rotation, options);
  } catch (error) {
    requireCalm();
    throw error;
  }
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

function outcomeOf(
  rotation: Rotation,
  { finish, deliver, abort, keep, overlap, limit }: RotateOptions & { readonly limit: number | undefined },
): Promise<Outcome> {
  if (limit !== undefined) return rotation.rotateIfDue(limit, overlap);
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

function describe({ name, id }: RotatedClient, { kind, overlapEnds, dueAt }: Outcome): string {
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
    "not-due": `"${name}" is not due until ${dueAt}, so nothing was changed.`,
  }[kind];
}
