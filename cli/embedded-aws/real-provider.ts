/**
 * Runs the real `hashicorp/aws` provider on the embedded AWS: started with `-debug` for Terraform to attach to, or left
 * to Terraform, which then installs and starts it itself.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/debugging
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, rmSync, statSync } from "node:fs";
import type { Environment } from "../../platform/child";
import { changedEnvironment, withoutSecrets } from "../../platform/child";
import { SIGNALS } from "../../platform/signals";
import { UserError } from "../../platform/user-error";
import { loadEmulator } from "./emulator-module";
import { EXPECTED, printedValue, type ReadableProcess, reattachValue } from "./provider-output";

/** Which real provider Terraform uses: the file of one, or the word that leaves the choice to Terraform. */
export type ProviderChoice = { readonly kind: "file"; readonly file: string } | { readonly kind: "terraform" };

/** A real provider that Terraform can use. */
export interface RealProvider {
  /** Changes to the environment of commands; `undefined` stands for a variable that must not be set. */
  readonly environment: Environment;
  /** Stops the provider's process, where there is one, and waits for its end. */
  close(): Promise<void>;
}

/** Settings of {@link startProviderFile}. */
export interface ProviderFileOptions {
  /**
   * Folder against which the provider resolves relative file names such as `filename`: Terraform does not tell a provider
   * to which it attaches where it runs.
   */
  readonly workingDirectory: string;
  /** Time until the provider has to be ready, in milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  /** Called when the provider's process ends before it is closed. */
  readonly onNotice?: (text: string) => void;
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** Time between the request to end and the signal that cannot be ignored. */
const GRACE_MS = 3_000;

/** Hosts from which Terraform and OpenTofu install providers. */
const REGISTRIES = [
  ...["registry.terraform.io", "releases.hashicorp.com", "registry.opentofu.org", "github.com"],
  ...["objects.githubusercontent.com", "release-assets.githubusercontent.com"],
];

/** Reads the value of `--provider`. */
export function providerChoice(value: string): ProviderChoice {
  return value === "terraform" ? { kind: "terraform" } : { kind: "file", file: value };
}

/**
 * Makes the chosen provider ready; without a choice, the one that the environment names stays.
 * @param environment environment in which commands reach the embedded AWS
 * @throws {UserError} when the file is not a provider that can be used
 */
export async function startRealProvider(
  choice: ProviderChoice | undefined,
  environment: Environment,
  options: ProviderFileOptions,
): Promise<RealProvider> {
  if (choice === undefined) return { environment: {}, close: async () => undefined };
  if (choice.kind === "file") {
    // cdktf makes a stack's folder when it synthesizes, and the provider is started before that.
    mkdirSync(options.workingDirectory, { recursive: true });
    return await startProviderFile(choice.file, environment, options);
  }
  return { environment: environmentOfTerraform(environment), close: async () => undefined };
}

/** Terraform's own settings count again, and it reaches the registries directly: the proxy refuses them. */
function environmentOfTerraform(environment: Environment): Environment {
  const config = process.env["TF_CLI_CONFIG_FILE"];
  const noProxy = [environment["NO_PROXY"] ?? "", ...REGISTRIES].join(",");
  return {
    TF_REATTACH_PROVIDERS: undefined,
    // One that does not exist stops Terraform; the empty one stays in its place.
    ...(config === undefined || existsSync(config) ? { TF_CLI_CONFIG_FILE: config } : {}),
    NO_PROXY: noProxy,
    no_proxy: noProxy,
  };
}

/**
 * Starts a provider binary with `-debug`.
 * @throws {UserError} when the file is missing, not executable or not the `hashicorp/aws` provider, when its protocol
 * differs, or when it is not ready in time
 */
export async function startProviderFile(
  file: string,
  environment: Environment,
  { workingDirectory, timeoutMs = DEFAULT_TIMEOUT_MS, onNotice }: ProviderFileOptions,
): Promise<RealProvider> {
  requireExecutable(file);
  // Holds the socket: the protocol has no password, and no other user of this machine can enter the folder.
  const folder = loadEmulator().makeTemporaryFolder();
  const child = spawn(file, ["-debug"], {
    cwd: workingDirectory,
    // With a bundle as well, its second configuration fails: "unable to add custom RootCAs HTTPClient".
    env: withoutSecrets(
      changedEnvironment({
        ...environment,
        TMPDIR: folder,
        AWS_CA_BUNDLE: undefined,
        TF_REATTACH_PROVIDERS: undefined,
      }),
    ),
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C in a terminal reaches its whole process group, and Terraform needs the provider to end in order.
    detached: true,
  });
  const stop = stopWithThisProcess(child);
  const close = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const reattach = reattachValue(file, await printedValue(child, file, timeoutMs));
    logWhenAsked(child);
    if (onNotice !== undefined) watch(child, file, onNotice);
    return { environment: { TF_REATTACH_PROVIDERS: reattach }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function requireExecutable(file: string): void {
  const refuse = (why: string) => new UserError(`--provider: ${file || "the empty name"} ${why}. ${EXPECTED}`);
  if (!existsSync(file)) throw refuse("does not exist");
  if (!statSync(file).isFile()) throw refuse("is not a file");
  try {
    accessSync(file, constants.X_OK);
  } catch {
    throw refuse("is not executable");
  }
}

/** What the provider logs, when Terraform's own variables ask for it; a stream that is not read would stop it. */
function logWhenAsked(child: ReadableProcess): void {
  child.stdout.resume();
  const isAsked = ["TF_LOG", "TF_LOG_PROVIDER"].some((name) => (process.env[name] ?? "") !== "");
  if (isAsked) child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  else child.stderr.resume();
}

function watch(child: ChildProcess, file: string, onNotice: (text: string) => void): void {
  child.once("exit", (code, signal) => {
    if (child.killed) return;
    onNotice(`the provider ${file} ended with ${code ?? signal}. Start npx access local again.`);
  });
}

/**
 * Lets the process end with this one, also when a signal ends this one before anything else listens to it.
 * @returns what stops it and waits for its end
 */
function stopWithThisProcess(child: ChildProcess): () => Promise<void> {
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const killNow = () => void (hasEnded() || child.kill("SIGKILL"));
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return;
    killNow();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  process.on("exit", killNow);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return async () => {
    if (!hasEnded()) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      const timer = setTimeout(killNow, GRACE_MS);
      await ended;
      clearTimeout(timer);
    }
    process.off("exit", killNow);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
