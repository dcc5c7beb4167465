/** `npx access kill <client>`: a client gets no more tokens, now and without a deployment. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { type AccessModel, AccessModelError, isIn, readAccessModel, readTeamFiles } from "../access/access-model";
import { withEnabled } from "../access/enabled-entry";
import { hasEntry, NewEntryError } from "../access/new-entry";
import {
  type Deployment,
  poolIdOf,
  readDeployment,
  readDeploymentOf,
  requireStack,
  unknownClient,
} from "../operations/deployed/deployment";
import { type KilledClient, noteInState, type Switched, switchClient } from "../operations/kill/kill";
import { aws, poolRegion } from "../platform/aws";
import { confirm } from "../platform/confirm";
import { uninterrupted } from "../platform/interruption";
import { awsName, copyable, isEmbeddedAws } from "../platform/local-command";
import { counted } from "../platform/markdown";
import { writeWhole } from "../platform/private-file";
import { findEnvironment, projectFolder, projectModel } from "../platform/project";
import { quoted } from "../platform/shell";
import { describeSystemError } from "../platform/system-error";
import { print, printJson, say, warn } from "../platform/terminal";
import { EXIT, runCommand, UserError } from "../platform/user-error";
import type { KillOutput } from "./json-output";

const MAIN = "access.yaml";

interface Options {
  readonly undo?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** What to do. */
interface Wanted {
  readonly client: string;
  readonly environment: string;
  /** Whether the client is to get tokens. */
  readonly isOn: boolean;
}

export const command = new Command("kill")
  .description(
    "Disables a client at once, without a deployment: it gets no more tokens, and keeps its id, secrets and scopes. Writes enabled: false into access.yaml, so that deployments leave it disabled. Tokens that were issued stay valid until they expire.",
  )
  .argument("<client>", "name of the client in access.yaml")
  .argument("[env]", "environment; required if access.yaml has more than one")
  .option("--undo", "enable it again, with the scopes that it had")
  .option("--yes", "do not ask")
  .option("--json", "print the outcome as JSON")
  .addHelpText(
    "after",
    `
It needs cognito-idp:DescribeUserPoolClient and UpdateUserPoolClient, and may
write Terraform's state. If one step fails, it prints what is done and what is
not; run the same command again to complete it.`,
  )
  .action((client: string, env: string | undefined, options: Options) => runCommand(() => kill(client, env, options)));

async function kill(client: string, env: string | undefined, { undo, yes, json }: Options): Promise<number> {
  const isOn = undo === true;
  const model = modelFor(env, isOn);
  const environment = model instanceof AccessModelError ? (env ?? "") : findEnvironment(model, env).name;
  const wanted = { client, environment, isOn };
  const deployment = await (model instanceof AccessModelError
    ? readDeployment(environment)
    : readDeploymentOf(environment, { names: [client], model }));
  const deployed = deployedClient(client, deployment);
  if (!(model instanceof AccessModelError) && isOn) requireEnabling(wanted, model);
  const effect = isOn ? "gets tokens again" : "gets no more tokens";
  const where = isEmbeddedAws() ? ` on ${awsName()}` : "";
  if (!yes && !(await confirm(`${quoted(client)} ${effect} in ${environment}${where}. Continue?`))) {
    throw new UserError("nothing was changed.");
  }
  const outcome = await uninterrupted(async () => {
    const done = await switchClient(aws(poolRegion(deployed.userPoolId)), deployed, isOn);
    const isNoted = await noteUnlessRefused(wanted, deployed);
    const file = fileOf(client);
    return {
      ...outcomeOf(wanted, done),
      isInState: isNoted,
      file,
      isFileChanged: writeEntry(wanted, model, done, file),
    };
  });
  if (json) printJson(outcome);
  else print(textOf(outcome, model));
  return EXIT.done;
}

/** Mistakes in access.yaml do not keep a client from being disabled. */
function modelFor(env: string | undefined, isOn: boolean): AccessModel | AccessModelError {
  try {
    return projectModel();
  } catch (error) {
    if (error instanceof AccessModelError && env !== undefined && !isOn) return error;
    throw error;
  }
}

function deployedClient(name: string, { environment, clientIds, ...deployment }: Deployment): KilledClient {
  const id = clientIds[name];
  if (id === undefined) throw unknownClient(environment, name, Object.keys(clientIds));
  return { name, id, userPoolId: poolIdOf(deployment) };
}

/** @throws {UserError} when the code would take the tokens away again */
function requireEnabling({ client, environment }: Wanted, { clients }: AccessModel): void {
  const written = clients.find(({ name }) => name === client);
  if (written === undefined || !isIn(written, environment)) {
    const removed = `access.yaml has no client "${client}" in ${environment}, so that the next deployment removes it`;
    throw new UserError(`nothing was changed: ${removed}. Add it again first.`);
  }
  if (!written.isExpired) return;
  const ends = [
    ...(written.expires === undefined ? [] : [written.expires]),
    ...written.grants.map(({ until = "" }) => until),
  ];
  const end = ends.toSorted().at(-1);
  throw new UserError(
    `nothing was changed: the access of "${client}" ended on ${end}. Set a later date in access.yaml, and deploy.`,
  );
}

/** Terraform's state is not what counts: the next deployment notes the same. */
async function noteUnlessRefused({ environment, isOn }: Wanted, client: KilledClient): Promise<boolean> {
  try {
    await noteInState(requireStack(environment), client, isOn);
    return true;
  } catch (error) {
    const why = error instanceof UserError ? error.message.split("\n")[0] : String(error);
    warn(`Terraform's state could not be changed, so that drift reports the client until the next deployment: ${why}`);
    return false;
  }
}

/** The file that has the client: access.yaml, or a team's. */
function fileOf(client: string): string {
  try {
    const found = readTeamFiles(projectFolder).find(({ text }) => hasEntry(text, ["clients", client]));
    return found?.name ?? MAIN;
  } catch (error) {
    // It is reported when the entry is written.
    if (error instanceof AccessModelError) return MAIN;
    throw error;
  }
}

/** @returns whether the file was changed @throws {UserError} with what is done and what is not */
function writeEntry(
  { client, environment, isOn }: Wanted,
  model: AccessModel | AccessModelError,
  done: Switched,
  file: string,
): boolean {
  const fail = (why: string) => {
    const lines = isOn
      ? [
          `On AWS, "${client}" gets tokens again in ${environment}. ${file} was not changed, so that the next deployment disables it.`,
          why,
          `Remove enabled of client "${client}" from ${file}, or run the command again.`,
        ]
      : [
          `On AWS, "${client}" gets no more tokens in ${environment}${issued(done)}. ${file} was not changed, so that the next deployment enables it again.`,
          why,
          `Set enabled of client "${client}" to false in ${file}, or run the command again.`,
        ];
    return new UserError(lines.join("\n"));
  };
  if (model instanceof AccessModelError) throw fail(model.message);
  const found = model.clients.find(({ name }) => name === client);
  if (found === undefined) {
    say(`${MAIN} has no client "${client}": the next deployment removes it.`);
    return false;
  }
  const path = join(projectFolder, file);
  const names = model.environments.map(({ name }) => name);
  try {
    const before = readFileSync(path, "utf8");
    const text = withEnabled(before, found, environment, isOn, names);
    const { clients } = readAccessModel(join(projectFolder, MAIN), { [file]: text });
    const after = clients.find(({ name }) => name === client);
    if (after === undefined || after.disabledIn.includes(environment) === isOn)
      throw fail("Its enabled is inherited, or not where it is looked for.");
    if (text === before) return false;
    writeWhole(path, text);
    return true;
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof NewEntryError || error instanceof AccessModelError) throw fail(error.message);
    throw fail(describeSystemError(error) ?? String(error));
  }
}

function outcomeOf({ client, environment, isOn }: Wanted, { isChanged, lifetime, changedAt }: Switched) {
  const end = endOf({ lifetime, changedAt });
  return {
    client,
    environment,
    isEnabled: isOn,
    isClientChanged: isChanged,
    tokensEndAt: isOn || end <= new Date() ? null : end.toISOString(),
    tokenSeconds: lifetime,
  };
}

function endOf({ lifetime, changedAt }: Pick<Switched, "lifetime" | "changedAt">): Date {
  return new Date(Math.ceil(changedAt.getTime() / 1000 + lifetime) * 1000);
}

function issued(done: Switched): string {
  const { tokensEndAt } = outcomeOf({ client: "", environment: "", isOn: false }, done);
  return tokensEndAt === null ? "" : `; tokens that it has are valid until ${tokensEndAt} at the latest`;
}

function textOf(outcome: KillOutput, model: AccessModel | AccessModelError): string {
  const {
    client,
    environment,
    isEnabled: isOn,
    isClientChanged,
    file,
    isFileChanged,
    tokensEndAt,
    tokenSeconds,
  } = outcome;
  const name = `"${client}"`;
  const minutes = counted(Math.ceil(tokenSeconds / 60), "minute");
  const cache = model instanceof AccessModelError ? undefined : findEnvironment(model, environment).tokenCache;
  const command = copyable(`npx access kill ${quoted(client)} ${environment}${isOn ? "" : " --undo"}`);
  const state = isOn ? "gets tokens again" : "gets no more tokens";
  const lines = [
    `${pc.green(isClientChanged ? "done:" : "already:")} ${name} ${state} in ${environment}.`,
    ...(isOn
      ? []
      : tokensEndAt === null
        ? ["No token that it has is valid any more."]
        : [
            `Tokens that it has are valid until ${tokensEndAt} at the latest, ${minutes} after the change.`,
            ...(cache === undefined
              ? []
              : [`Until then, the token cache can return one for up to ${counted(cache.minutes, "minute")}.`]),
          ]),
    isFileChanged ? `${file} was changed: commit it. There is nothing to deploy.` : `${file} has that already.`,
    ...(isOn ? [] : [`To enable it again: ${command}`]),
  ];
  return lines.join("\n");
}
