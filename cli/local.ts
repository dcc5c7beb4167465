/** `access local`: serves the embedded AWS, or runs one command in its environment. */
import { existsSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import pc from "picocolors";
import { oneLine } from "../access/visible";
import type { AnsweredRequest, Decision, Emulator } from "../emulator/index";
import { logText } from "../operations/deployed/log-lines";
import { functionNameIn } from "../operations/deployed/logs-command";
import { changedEnvironment, runInForeground } from "../platform/child";
import { exitCodeOf } from "../platform/interruption";
import { localFolder, projectFolder, projectModel } from "../platform/project";
import { SIGNALS, type Signal } from "../platform/signals";
import { print, say, sayOver, terminalColumns, waitFor } from "../platform/terminal";
import { hanging, paragraph, unbroken } from "../platform/terminal-table";
import { refuseRedirects, requireTerraform } from "../platform/terraform";
import { allowDownload, provideTerraform } from "../platform/terraform-program";
import { EXIT, runCommand, UserError } from "../platform/user-error";
import { type LocalConsole, startConsole } from "./console/console";
import { exampleCall } from "./demo-fixture";
import { addBackendOverride, type BackendOverrides } from "./embedded-aws/backend-override";
import { leftoverLines } from "./embedded-aws/leftover-lines";
import { type LocalAws, type LocalOptions, openLocalAws } from "./embedded-aws/local-aws";
import { type LocalShell, localShell } from "./embedded-aws/local-shell";
import { LOCAL_URL, servedPlace } from "./embedded-aws/local-url";
import { type ProviderChoice, providerChoice } from "./embedded-aws/real-provider";
import { useEnvironment } from "./embedded-aws/running-aws";

/** About as long as AWS takes for a zip of a few megabytes (not measured). */
const FUNCTION_DELAY_MS = 3000;

/** Time after which commands that are connected and do nothing, such as a shell, no longer keep it from stopping. */
const IDLE_MS = 10_000;

/** Port for callers without a proxy, while it serves. */
const DEFAULT_PORT = Number(process.env["ACCESS_LOCAL_PORT"] ?? 8787);

/** What is waited for at the end. */
const OTHERS = "Waiting for other commands that use the embedded AWS";

const folderName = relative(projectFolder, localFolder);

export const command = new Command("local")
  .description(
    "Serves the embedded AWS until Ctrl-C or, given a command, runs that command in its environment. The command uses the embedded AWS that is running, or one started for it alone.",
  )
  .argument("[command...]", "command to run, such as npx access deploy dev")
  .option(
    "--backend <origin=origin>",
    "backend override: an origin on this machine in place of an HTTP backend of access.yaml, such as https://orders.example.com=http://127.0.0.1:8080; may be repeated",
    addBackendOverride,
    new Map(),
  )
  .option(
    "--provider <file|terraform>",
    "the real hashicorp/aws provider instead of the embedded one: a provider binary, which is started with -debug, or the word terraform, which lets Terraform install and start the provider",
    providerChoice,
  )
  .option("--delays", "functions take as long to become active as on AWS, for the AWS CLI, SDKs and the real provider")
  .option("--watch", "a function whose file is saved runs its new code with the next call, without a deployment")
  .addOption(
    new Option(
      "--port <number>",
      `port on loopback for callers without a proxy, 0 for any (default: ${DEFAULT_PORT} while it serves, none for one command)`,
    ).argParser(port),
  )
  .passThroughOptions()
  .addHelpText(
    "after",
    `
Examples:
  npx access local npx access deploy dev
  npx access local npx access token test-server
  npx access local bash
  npx access local --watch
  npx access local --delays --provider terraform npx access deploy dev
  npx access local --provider ./terraform-provider-aws npx access deploy dev

A provider binary resolves relative file names in Terraform's -chdir, or in the
stack that the command names, or in the first environment's stack. With
--provider terraform, registries are reached directly and not through the proxy.

Without --delays, a function is active as soon as it is created or updated. With
it, it is Pending, or its update is InProgress, for ${FUNCTION_DELAY_MS / 1000}
seconds, and calls and updates are refused until then
(ResourceConflictException), so programs which do not wait fail here as they
would on AWS. The embedded provider's own functions are active at once.

With --watch, functions run the code of lambda/ as it is saved, whatever is
deployed. Nothing else changes: the next plan compares with what was deployed.
Commands in other terminals get the saved code as well. While a file does not
compile, its functions keep their last code.

The account and Terraform's state are kept in ${folderName}/; delete that folder
to start over. The exit code is that of the command; 127 if the program does not
exist.`,
  )
  .action((command: readonly string[], { backend: backends, provider, delays, watch = false, port }: Options) => {
    const options = {
      backends,
      provider,
      ...(delays && { functionDelay: FUNCTION_DELAY_MS }),
      localPort: port === undefined ? undefined : { port, isRequired: true },
      isWatching: watch,
    };
    return runCommand(() => (command.length === 0 ? serve(options) : run(command, options)));
  });

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new InvalidArgumentError("Expected a port from 0 to 65535.");
}

interface Options {
  readonly backend: BackendOverrides;
  readonly provider?: ProviderChoice;
  readonly delays?: true;
  readonly watch?: boolean;
  readonly port?: number;
}

/** Options that the embedded AWS is started with. */
interface Started extends Pick<LocalOptions, "backends" | "provider" | "functionDelay" | "localPort"> {
  readonly isWatching: boolean;
}

async function run(command: readonly string[], options: Started): Promise<number> {
  refuseRedirects();
  await offerTerraform(command);
  const providerFolder = options.provider === undefined ? undefined : terraformFolderOf(command);
  const local = await openLocalAws(localFolder, {
    ...options,
    providerFolder,
    isMistakeReported: reportsMistakes(command),
    onAnswered: noteFailure,
    onNotice: noteOver,
  });
  warnOfLeftovers(local);
  // A closed terminal sends it more than once; the last one may come while this stops.
  process.on("SIGHUP", () => undefined);
  let stopWatching: (() => Promise<void>) | undefined;
  try {
    requireOwn(local, options);
    stopWatching = await watchFunctions(local, options);
    const shell = process.stdin.isTTY ? localShell(command) : undefined;
    if (shell === undefined) {
      return await runInForeground(command, projectFolder, changedEnvironment(local.environment));
    }
    return await runShell(shell, local);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UserError(`the program "${command[0]}" was not found`, 127);
    }
    throw error;
  } finally {
    await stopWatching?.();
    await waitFor(OTHERS, local.close());
  }
}

/** Begins to watch the functions' files, if that is asked for. @returns what ends it */
async function watchFunctions({ emulator }: LocalAws, { isWatching }: Started): Promise<() => Promise<void>> {
  if (emulator === undefined || !isWatching) return async () => undefined;
  // Loads esbuild.
  const { FunctionWatch } = require("./embedded-aws/function-watch") as typeof import("./embedded-aws/function-watch");
  const { replaceCode } = emulator;
  const onLine = (line: string) => say(`${pc.cyan("watch:")} ${oneLine(line)}`);
  const watch = new FunctionWatch({ folder: projectFolder, replaceCode, onLine });
  await watch.ready;
  return () => watch.close();
}

/** Programs that need Terraform, and those that may start one that does. */
const NEEDS_TERRAFORM = ["cdktf", "terraform", "tofu"];
const OWN_PROGRAM = ["access", "access.cjs"];
const MAY_NEED_TERRAFORM = [...OWN_PROGRAM, "npm", "bash", "zsh", "fish", "sh"];

/** Terraform is downloaded, if the user agrees, before the command runs: the embedded AWS connects to no other host. */
async function offerTerraform(command: readonly string[]): Promise<void> {
  if (isAgreed(command)) allowDownload();
  const has = (programs: readonly string[]) => command.some((word) => programs.includes(basename(word)));
  if (has(NEEDS_TERRAFORM)) await requireTerraform();
  else if (has(MAY_NEED_TERRAFORM)) await provideTerraform();
}

/** Whether a command of this project has `--yes`, which agrees to the download; that of `npx` does not. */
export function isAgreed(command: readonly string[]): boolean {
  return ownWords(command).some((word) => word === "--yes" || word === "-y");
}

/** Commands of this project that do without access.yaml. */
const WITHOUT_MODEL = ["apply", "destroy", "kill", "teardown"];

/** Whether it is a command of this project that ends with the mistakes of access.yaml, if there are any. */
export function reportsMistakes(command: readonly string[]): boolean {
  const [name] = ownWords(command);
  return name !== undefined && !WITHOUT_MODEL.includes(name);
}

/** Name and arguments of a command of this project; empty for other programs. */
function ownWords(command: readonly string[]): readonly string[] {
  const own = command.findIndex((word) => OWN_PROGRAM.includes(basename(word)));
  return own < 0 ? [] : command.slice(own + 1);
}

/** Prints where the shell is, and when it has left. */
async function runShell(shell: LocalShell, local: LocalAws): Promise<number> {
  say("This shell uses the embedded AWS: terraform, cdktf, aws, curl and npx access reach it. Leave it with exit.");
  try {
    const variables = { ...local.environment, ...shell.environment };
    return await runInForeground(shell.command, projectFolder, changedEnvironment(variables));
  } finally {
    shell.remove();
    say(
      shell.isNested
        ? "Left this shell. The one that started it uses the embedded AWS as well."
        : `Left the embedded AWS. Its account is kept in ${folderName}/.`,
    );
  }
}

/** Folder that Terraform runs in, as far as the command names it. */
function terraformFolderOf(command: readonly string[]): string | undefined {
  const [, changed] = command.map((word) => /^-chdir=(.+)/.exec(word)).find((match) => match !== null) ?? [];
  if (changed !== undefined) {
    const folder = resolve(projectFolder, changed);
    if (existsSync(folder)) return folder;
    throw new UserError(`-chdir=${changed}: the folder does not exist`);
  }
  const names = environmentNames();
  const named = command.find((word) => names.includes(word));
  return named === undefined ? undefined : join(localFolder, "cdktf.out", "stacks", named);
}

function environmentNames(): readonly string[] {
  try {
    return projectModel().environments.map(({ name }) => name);
  } catch {
    return [];
  }
}

/** These options are those of the process that serves. */
function requireOwn({ emulator }: LocalAws, { backends, functionDelay, isWatching, localPort }: Started): void {
  if (emulator !== undefined) return;
  const [given] = [
    ...(backends?.size ? ["--backend"] : []),
    ...(functionDelay === undefined ? [] : ["--delays"]),
    ...(isWatching ? ["--watch"] : []),
    ...(localPort === undefined ? [] : ["--port"]),
  ];
  if (given === undefined) return;
  throw new UserError(
    `the embedded AWS of ${folderName} is already being served${servedPlace(localFolder)}. Stop it, and start it with ${given}.`,
  );
}

async function serve(options: Started): Promise<number> {
  let clientNames: Emulator["clientNames"] = () => new Map();
  const shortName = functionNames();
  let localConsole: LocalConsole | undefined;
  const listeners = {
    onAnswered: (answered: AnsweredRequest) => {
      logRequest(answered);
      localConsole?.add(answered);
    },
    onFunctionLog: (name: string, line: string) => logLine(shortName(name), line, new Map()),
    onAccessLog: (_logGroup: string, line: string) => logLine("api", line, clientNames()),
    onNotice,
  };
  const localPort = options.localPort ?? { port: DEFAULT_PORT, isRequired: false };
  const local = await openLocalAws(localFolder, { ...options, localPort, ...listeners });
  const { emulator } = local;
  if (emulator === undefined) {
    await local.close();
    throw new UserError(
      `the embedded AWS of ${folderName} is already being served${servedPlace(localFolder)}. Use it: npx access local <command>`,
    );
  }
  clientNames = emulator.clientNames;
  process.on("exit", printWaiting);
  const { first, second } = signals();
  const lost = new Promise<"lost">((resolve) => emulator.onLost(() => resolve("lost")));
  warnOfLeftovers(local);
  const stopWatching = await watchFunctions(local, options);
  // The console does what the commands do, in this process.
  useEnvironment(local.environment);
  let consoleUrl = "";
  localConsole = await startConsole({
    emulator,
    onUrl: (url, isFirst) => {
      consoleUrl = url;
      if (!isFirst) print(unbroken("The console was opened. In another browser, open ", url, terminalColumns()));
    },
    onBug: (error) => say(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  print(welcome(emulator.proxyUrl, local.environment[LOCAL_URL], consoleUrl));
  const isLost = (await Promise.race([first, lost])) === "lost";
  if (!isLost) {
    const text = "Stopping; the account is kept. Commands that are running may end first; a second Ctrl-C stops them.";
    print(`\n${paragraph(text, terminalColumns())}`);
  }
  await stopWatching();
  await localConsole.close();
  // Commands that are connected have no account to use.
  const hurried = second.then(exitCodeOf);
  await waitFor(OTHERS, local.close(isLost ? 0 : IDLE_MS, hurried));
  if (isLost) throw new UserError(`${folderName} was deleted, so the embedded AWS stopped. Start it: npx access local`);
  return await Promise.race([hurried, EXIT.done]);
}

/** The first signal, and the second one. The third ends this process, unless its terminal is closed, which sends several. */
function signals(): { readonly first: Promise<Signal>; readonly second: Promise<Signal> } {
  const expected: ((name: Signal) => void)[] = [];
  const next = () => new Promise<Signal>((resolve) => expected.push(resolve));
  const [first, second] = [next(), next()];
  const onSignal = (name: Signal) => {
    const resolve = expected.shift();
    if (resolve !== undefined) resolve(name);
    else if (name !== "SIGHUP") process.exit(exitCodeOf(name));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { first, second };
}

function welcome(proxyUrl: string, localUrl: string | undefined, consoleUrl: string): string {
  const width = terminalColumns();
  const port = `${localUrl}/<host>/<path>: token endpoint, JWKS and APIs for programs that do not use the proxy`;
  return [
    `${pc.green("The embedded AWS is ready")} after ${process.uptime().toFixed(1)} s.`,
    hanging("  account  ", `${folderName}/, kept between runs; delete it to start over`, width),
    hanging("  proxy    ", `${new URL(proxyUrl).host}, for the hosts of emulated AWS services only`, width),
    ...(localUrl === undefined ? [] : [hanging("  port     ", port, width)]),
    unbroken("  console  ", consoleUrl, width),
    "",
    "In another terminal:",
    ...firstSteps().map((command) => unbroken("  ", `npx access local ${command}`, width)),
    "",
    "Requests are listed below. Press Ctrl-C to stop.",
  ].join("\n");
}

/** First steps with the clients and routes of access.yaml; none when it has mistakes. */
function firstSteps(): readonly string[] {
  try {
    const model = projectModel();
    const [environment] = model.environments;
    if (environment === undefined) return ["bash"];
    const call = exampleCall(model, environment);
    return [`npx access deploy ${environment.name}`, ...(call === undefined ? [] : [call]), "bash"];
  } catch {
    return ["bash"];
  }
}

function warnOfLeftovers({ leftovers }: LocalAws): void {
  if (leftovers.length === 0) return;
  const lines = leftoverLines(leftovers).map((line) => `  ${line}`);
  say(`${pc.yellow("left over,")} created by an interrupted run and not in the Terraform state:\n${lines.join("\n")}`);
}

function logRequest(answered: AnsweredRequest): void {
  const { status, method, host, path } = answered;
  const color = status < 400 ? pc.green : pc.yellow;
  const refused = refusalOf(answered);
  const why = refused === undefined ? [] : [`    ${oneLine(`${refused.by}: ${refused.text}`)}`];
  printSoon([`${color(String(status))} ${oneLine(`${method} https://${host}${path}`)}`, ...why].join("\n"));
}

/** The reason that the caller does not learn, where API Gateway itself failed. */
function noteFailure(answered: AnsweredRequest): void {
  const { status, method, path } = answered;
  const refused = status >= 500 && answered.method !== "CONNECT" ? refusalOf(answered) : undefined;
  if (refused !== undefined) noteOver(oneLine(`${method} ${path} was answered with ${status}: ${refused.text}`));
}

/** The decision that ended a request. */
function refusalOf({ trail }: AnsweredRequest): Decision | undefined {
  return trail?.().decisions.find(({ isRefused }) => isRefused);
}

/** Maps the name that Lambda knows to that of access.yaml, behind the environment's where there are several. */
function functionNames(): (fullName: string) => string {
  try {
    const { environments } = projectModel();
    const longestFirst = environments.toSorted((a, b) => b.prefix.length - a.prefix.length);
    return (fullName) => {
      const found = longestFirst.find(({ prefix }) => fullName.startsWith(`${prefix}-`));
      if (found === undefined) return fullName;
      const name = functionNameIn(fullName, found.prefix);
      return environments.length === 1 ? name : `${found.name}/${name}`;
    };
  } catch {
    return (fullName) => fullName;
  }
}

function onNotice(text: string): void {
  say(`${pc.yellow("note:")} ${text}`);
}

/** The command has the terminal. */
function noteOver(text: string): void {
  sayOver(`${pc.yellow("note:")} ${text}`);
}

function logLine(source: string, message: string, clients: ReadonlyMap<string, string>): void {
  printSoon(logText({ source, time: new Date().toISOString(), message }, clients));
}

/** Lines of requests and functions that are not printed yet. */
let waiting: string[] = [];

/** Prints the line together with those of all requests that are answered in the same turn: each write takes its time. */
function printSoon(line: string): void {
  if (waiting.push(line) === 1) setImmediate(printWaiting);
}

function printWaiting(): void {
  if (waiting.length > 0) print(waiting.join("\n"));
  waiting = [];
}
