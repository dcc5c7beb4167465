/** The embedded AWS for the commands of this project: started, or joined when one runs already. */

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { AnsweredRequest, Emulator, FolderInUseError, Operation } from "../../emulator/index";
import type { Environment } from "../../platform/child";
import { ON_EMBEDDED_AWS } from "../../platform/local-command";
import { projectFolder } from "../../platform/project";
import { retry } from "../../platform/retry";
import { withPath } from "../../platform/system-error";
import { waitFor } from "../../platform/terminal";
import { UserError } from "../../platform/user-error";
import {
  type EmulatedEnvironment,
  emulatedEnvironments,
  isInLocalState,
  keepStateLocally,
} from "./emulated-environments";
import { loadEmulator } from "./emulator-module";
import { isServed, publish, readPublished, takeLease } from "./lease";
import { LOCAL_URL } from "./local-url";
import { type ProviderChoice, type RealProvider, startRealProvider } from "./real-provider";

/** An embedded AWS in use. */
export interface LocalAws {
  /** Environment in which commands reach it. */
  readonly environment: Environment;
  /** Resources that Terraform may not know of. */
  readonly leftovers: readonly Operation[];
  /** `undefined` when it is another process's. */
  readonly emulator: Emulator | undefined;
  /**
   * Waits for its other users and stops it; or releases the lease on another process's.
   * @param idleMs stops it as well when its users did nothing for that long, in milliseconds
   * @param until stops it as well when this is fulfilled
   */
  close(idleMs?: number, until?: Promise<unknown>): Promise<void>;
}

/** Listeners, backend overrides and the provider. */
export interface LocalOptions {
  readonly onAnswered?: (answered: AnsweredRequest) => void;
  readonly onFunctionLog?: (functionName: string, line: string) => void;
  /** Called with each line of a stage's access log. */
  readonly onAccessLog?: (logGroup: string, line: string) => void;
  /** Called with other notices, such as a backend without an override. */
  readonly onNotice?: (text: string) => void;
  /** Whether the command itself reports that access.yaml has mistakes or cannot be read, so that no notice does. */
  readonly isMistakeReported?: boolean;
  /** Where a backend of access.yaml is on this machine: origins on loopback by the backend's own origin. */
  readonly backends?: ReadonlyMap<string, string>;
  /** How long a function is Pending after a change by AWS's own APIs, in milliseconds; left out means not at all. */
  readonly functionDelay?: number;
  /** Port for callers without the proxy, 0 for any; left out means none. */
  readonly localPort?: LocalPortChoice | undefined;
  /** The real provider that Terraform uses; left out means the embedded one. */
  readonly provider?: ProviderChoice | undefined;
  /**
   * Folder against which a real provider resolves relative file names. Left out: that of the first environment's stack.
   */
  readonly providerFolder?: string | undefined;
}

/** A port on loopback. */
export interface LocalPortChoice {
  readonly port: number;
  /** Whether the user named it: then it is an error when the port is taken. */
  readonly isRequired: boolean;
}

/** Time for another process to publish its environment, or to end, and the interval of the checks. */
const MAX_WAIT_MS = 10_000;
const POLL_MS = 50;

/**
 * Starts an embedded AWS over the folder, or joins the one that has it.
 * @throws {UserError} when another one has the folder and does not answer
 */
export async function openLocalAws(folder: string, options: LocalOptions = {}): Promise<LocalAws> {
  // State and plans hold secrets; what is written from here on is for this user only.
  process.umask(0o077);
  // First of all, since access.yaml may have mistakes.
  const environments = emulatedEnvironments(
    outputFolderIn(folder),
    options.isMistakeReported ? undefined : options.onNotice,
  );
  keepStateLocally(outputFolderIn(folder), environments);
  const giveUpAt = performance.now() + MAX_WAIT_MS;
  const opening = retry(
    () => startOrJoin(folder, environments, options),
    (result) => (isInUse(result) && performance.now() <= giveUpAt ? POLL_MS : undefined),
  );
  const opened = await waitFor("Starting the embedded AWS", opening);
  if (isInUse(opened)) throw new UserError(opened.message);
  return opened;
}

function isInUse(error: unknown): error is FolderInUseError {
  return error instanceof Error && error.name === "FolderInUseError";
}

/** @returns the error when another process has the folder, but cannot be joined at the moment */
async function startOrJoin(
  folder: string,
  environments: readonly EmulatedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws | FolderInUseError> {
  const join = () => joinRunning(folder, environments, options);
  const joined = isServed(folder) ? await join() : undefined;
  if (joined !== undefined) return joined;
  try {
    return await start(folder, environments, options);
  } catch (error) {
    if (!isInUse(error)) throw withPath(error, folder);
    return (await join()) ?? error;
  }
}

async function start(
  folder: string,
  environments: readonly EmulatedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws> {
  const { backends = new Map(), ...listeners } = options;
  const outputFolder = outputFolderIn(folder);
  const emulator = await loadEmulator().startEmulator({
    folder,
    projectFolder,
    workingDirectories: () => subfolders(join(outputFolder, "stacks")),
    ...emulatorOptions(environments),
    backends: () => backends,
    ...listeners,
  });
  let provider: RealProvider | undefined;
  const end = async () => {
    await provider?.close();
    await emulator.close();
  };
  try {
    const leftovers = emulator.leftovers.filter(({ type, key }) => !isInLocalState(folder, type, key));
    const base = {
      ...emulator.environment,
      ...projectEnvironment(outputFolder, environments),
      [LOCAL_URL]: await serveLocally(emulator, options),
    };
    provider = await startProvider(base, outputFolder, environments, options);
    const environment = { ...base, ...provider.environment };
    const withdraw = publish(folder, emulator.proxyUrl, environment);
    const close = async (idleMs?: number, until?: Promise<unknown>) => {
      // No process joins from here on.
      if (emulator.isOurs()) withdraw();
      await Promise.race([emulator.waitUntilFree(idleMs), ...(until === undefined ? [] : [until])]);
      await end();
    };
    return { environment, leftovers, emulator, close };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @returns the port's URL; `undefined` when there is none @throws {UserError} when a required port is taken */
async function serveLocally(emulator: Emulator, { localPort, onNotice }: LocalOptions): Promise<string | undefined> {
  if (localPort === undefined) return undefined;
  try {
    return await emulator.serveLocally(localPort.port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EACCES" ? "may not be opened" : "is in use";
    const what = `port ${localPort.port} of this machine ${why}`;
    if (localPort.isRequired) throw new UserError(`${what}. Name another one with --port.`);
    onNotice?.(`${what}, so callers without the proxy are not served. Name another one with --port.`);
    return undefined;
  }
}

function outputFolderIn(folder: string): string {
  return join(folder, "cdktf.out");
}

/** Variables for cdktf and the AWS CLI: the output folder and the region. */
function projectEnvironment(outputFolder: string, [first]: readonly EmulatedEnvironment[]): Environment {
  return {
    [ON_EMBEDDED_AWS]: "1",
    CDKTF_OUTPUT: relative(projectFolder, outputFolder),
    AWS_REGION: first?.region,
    AWS_DEFAULT_REGION: first?.region,
  };
}

/** Options of the embedded AWS: the accounts and custom domains of the environments. */
export function emulatorOptions(environments: readonly EmulatedEnvironment[]) {
  return {
    accountIds: [...new Set(environments.flatMap(({ accountId }) => accountId ?? []))],
    // A region with several accounts is ambiguous.
    regionAccounts: Object.fromEntries(
      environments.flatMap(({ region, accountId }) => {
        const others = environments.filter((one) => one.region === region && one.accountId !== accountId);
        return accountId === undefined || others.length > 0 ? [] : [[region, accountId]];
      }),
    ),
    customDomains: environments.flatMap(({ customDomains }) => customDomains),
  };
}

function subfolders(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/**
 * Joins an embedded AWS of another process, and keeps it from ending meanwhile; `undefined` when it does not answer. A
 * real provider is started for the joining process, whatever the other process uses.
 */
async function joinRunning(
  folder: string,
  environments: readonly EmulatedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws | undefined> {
  const published = readPublished(folder);
  const release = published && (await takeLease(published.proxyUrl));
  if (published === undefined || release === undefined) return undefined;
  try {
    const { environment } = published;
    const provider = await startProvider(environment, outputFolderIn(folder), environments, options);
    const close = async () => {
      await provider.close();
      release();
    };
    return { environment: { ...environment, ...provider.environment }, leftovers: [], emulator: undefined, close };
  } catch (error) {
    release();
    throw error;
  }
}

/** Starts the chosen provider. */
async function startProvider(
  environment: Environment,
  outputFolder: string,
  [first]: readonly EmulatedEnvironment[],
  { provider, providerFolder, onNotice }: LocalOptions,
): Promise<RealProvider> {
  const workingDirectory = providerFolder ?? join(outputFolder, "stacks", first?.name ?? "");
  return await startRealProvider(provider, environment, { workingDirectory, ...(onNotice && { onNotice }) });
}
