/** The embedded AWS for the commands of this project: started, or joined when one runs already. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join, relative } from "node:path";
import { z } from "zod";
import { type AnsweredRequest, type Emulator, FolderInUseError, startEmulator } from "../emulator/index";
import { keepStateLocally } from "./local-state";
import { type PlayedEnvironment, playedEnvironments } from "./played-environments";
import { projectFolder } from "./project";
import { type ProviderChoice, startRealProvider } from "./real-provider";
import { UserError } from "./user-error";

/** Variables to set; `undefined` stands for one that must not be set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An embedded AWS in use. */
export interface LocalAws {
  /** Environment in which commands reach it. */
  readonly environment: Environment;
  /** Things of which Terraform may not know, for people. */
  readonly leftovers: readonly string[];
  /** `undefined` when it is another process's. */
  readonly emulator: Emulator | undefined;
  /** Waits for others that use it, and ends it; or lets go of another process's. */
  close(): Promise<void>;
}

/** What to be told of while it runs, and what stands in for the backends that it does not play. */
export interface LocalOptions {
  readonly onAnswered?: (answered: AnsweredRequest) => void;
  readonly onFunctionLog?: (functionName: string, line: string) => void;
  /** Told of every line of a stage's access log. */
  readonly onAccessLog?: (logGroup: string, line: string) => void;
  /** Told what else people should know, such as that a backend has no stand-in. */
  readonly onNotice?: (text: string) => void;
  /** Where a backend of access.yaml is on this machine: origins on loopback by the backend's own origin. */
  readonly backends?: ReadonlyMap<string, string>;
  /** The real provider that Terraform uses; left out means the embedded one. */
  readonly provider?: ProviderChoice | undefined;
  /**
   * Folder against which a real provider resolves relative file names. Left out: that of the first environment's stack.
   */
  readonly providerFolder?: string | undefined;
}

/** What a running one tells those who join it; a variable that must not be set is null. */
const PUBLISHED = "environment.json";
const publishedShape = z.object({
  proxyUrl: z.string(),
  variables: z.array(z.tuple([z.string(), z.string().nullable()])),
});

/** Folder of the embedded AWS that the commands share. */
export const localFolder = join(projectFolder, ".local");

/** How long a starting one may take to say where it is, or an ending one to go, and how often that is looked at. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Starts an embedded AWS over the folder, or joins the one that has it.
 * @throws {UserError} when another one has the folder and does not answer
 */
export async function openLocalAws(folder: string, options: LocalOptions = {}): Promise<LocalAws> {
  // State and plans hold secrets; what is written from here on is for this user only.
  process.umask(0o077);
  // First of all, since access.yaml may have mistakes.
  const environments = playedEnvironments(outputFolderIn(folder), options.onNotice);
  keepStateLocally(outputFolderIn(folder), environments);
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const opened = await startOrJoin(folder, environments, options);
    if (!(opened instanceof FolderInUseError)) return opened;
    if (performance.now() > giveUpAt) throw new UserError(opened.message);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** @returns the error when another process has the folder, but cannot be joined at the moment */
async function startOrJoin(
  folder: string,
  environments: readonly PlayedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws | FolderInUseError> {
  try {
    return await start(folder, environments, options);
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    return (await joinRunning(folder, environments, options)) ?? error;
  }
}

async function start(
  folder: string,
  environments: readonly PlayedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws> {
  const { backends = new Map(), ...listeners } = options;
  const outputFolder = outputFolderIn(folder);
  const emulator = await startEmulator({
    folder,
    workingDirectories: () => subfolders(join(outputFolder, "stacks")),
    ...playedFor(environments),
    backends: () => backends,
    ...listeners,
  });
  const ofProject = projectEnvironment(outputFolder, environments);
  const { environment, closeProvider } = await withProvider(
    { ...emulator.environment, ...ofProject },
    outputFolder,
    environments,
    options,
  ).catch(async (error: unknown) => {
    await emulator.close();
    throw error;
  });
  const published = join(folder, PUBLISHED);
  writeFileSync(published, JSON.stringify({ proxyUrl: emulator.proxyUrl, variables: Object.entries(environment) }), {
    mode: 0o600,
  });
  return {
    environment,
    leftovers: emulator.leftovers.map(({ type, key }) => `${type} ${key}`),
    emulator,
    close: async () => {
      // Nobody joins from here on; whoever comes now starts one when this has ended.
      if (emulator.isOurs()) rmSync(published, { force: true });
      await emulator.waitUntilFree();
      await closeProvider();
      await emulator.close();
    },
  };
}

/** The environment with the provider that is asked for, and what stops that provider. */
async function withProvider(
  environment: Environment,
  outputFolder: string,
  [first]: readonly PlayedEnvironment[],
  { provider: choice, providerFolder, onNotice }: LocalOptions,
): Promise<{ readonly environment: Environment; closeProvider(): Promise<void> }> {
  if (choice === undefined) return { environment, closeProvider: async () => undefined };
  const workingDirectory = providerFolder ?? join(outputFolder, "stacks", first?.name ?? "");
  // cdktf makes it when it synthesizes, and the provider is started before that.
  mkdirSync(workingDirectory, { recursive: true });
  const listener = onNotice === undefined ? {} : { onNotice };
  const provider = await startRealProvider(choice, environment, { workingDirectory, ...listener });
  return { environment: { ...environment, ...provider.environment }, closeProvider: () => provider.close() };
}

function outputFolderIn(folder: string): string {
  return join(folder, "cdktf.out");
}

/** What cdktf and the AWS CLI take from the project: where output and state go, and the region. */
function projectEnvironment(outputFolder: string, [first]: readonly PlayedEnvironment[]): Environment {
  return {
    CDKTF_OUTPUT: relative(projectFolder, outputFolder),
    AWS_REGION: first?.region,
    AWS_DEFAULT_REGION: first?.region,
  };
}

/** What the embedded AWS stands for: every account and every domain of one's own that the environments name. */
export function playedFor(environments: readonly PlayedEnvironment[]) {
  return {
    accountIds: [...new Set(environments.flatMap(({ accountId }) => accountId ?? []))],
    // Of a region with several, nobody can tell.
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
 * real provider is started for the one that joins, whatever the other process uses.
 */
async function joinRunning(
  folder: string,
  environments: readonly PlayedEnvironment[],
  options: LocalOptions,
): Promise<LocalAws | undefined> {
  const published = readPublished(folder);
  const release = published && (await hold(published.proxyUrl));
  if (published === undefined || release === undefined) return undefined;
  try {
    const used = await withProvider(published.environment, outputFolderIn(folder), environments, options);
    const close = async () => {
      await used.closeProvider();
      release();
    };
    return { environment: used.environment, leftovers: [], emulator: undefined, close };
  } catch (error) {
    release();
    throw error;
  }
}

function readPublished(folder: string): { readonly proxyUrl: string; readonly environment: Environment } | undefined {
  try {
    const { proxyUrl, variables } = publishedShape.parse(JSON.parse(readFileSync(join(folder, PUBLISHED), "utf8")));
    return { proxyUrl, environment: Object.fromEntries(variables.map(([name, value]) => [name, value ?? undefined])) };
  } catch {
    return undefined;
  }
}

/** A connection that stays open; it ends with this process, however that ends. */
function hold(proxyUrl: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const request = get(`${proxyUrl}/hold`, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? () => request.destroy() : undefined);
    });
    request.on("error", () => resolve(undefined));
  });
}
