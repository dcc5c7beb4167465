/**
 * The embedded AWS: a Terraform provider and an AWS look-alike in one process, over one pretend account.
 * The composition root, and the only import for outsiders.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { Account, type Operation } from "./account/account";
import { claimFolder, type FolderClaim } from "./account/folder-lock";
import { regionNames } from "./account/regions";
import { environmentFor } from "./client-environment";
import { isCustomHost } from "./gateway/custom-domain";
import { createEndpoint } from "./hosts";
import type { Invocation } from "./protocols/decision-trail";
import { openCertificateAuthority } from "./proxy/certificate-authority";
import { type LocalPort, startLocalPort } from "./proxy/local-port";
import { startProxy } from "./proxy/proxy";
import type { AnsweredRequest } from "./proxy/serve-request";
import { FunctionRunner } from "./runtime/invoke";
import { LogEvents, type LogEventsOptions } from "./runtime/log-events";
import { ReceivedEvents } from "./runtime/received-events";
import { makeTemporaryFolder, removeAbandonedFolders, removeFolder } from "./runtime/temporary-folder";
import { services } from "./services";
import { TRAIL_LIMITS } from "./services/cloudtrail";
import { clients } from "./services/cognito/records";
import { dataSources } from "./services/data-sources";
import { hasFunction } from "./services/lambda";
import { listLogGroups, logGroups, retentionOf, writeOwnLine } from "./services/logs";
import { kinds } from "./services/resources";
import { secretValues } from "./services/secret-values";
import { secrets } from "./services/secretsmanager/records";
import { valueRulesOf } from "./services/value-rules";
import { Activity, untilIdle } from "./terraform/activity";
import { startProvider } from "./terraform/server";

export type { Operation } from "./account/account";
export { FolderInUseError } from "./account/folder-lock";
export { type Emulated, emulatedFeatures } from "./emulated";
export type { Decision, DecisionTrail, Invocation } from "./protocols/decision-trail";
export type { AnsweredRequest } from "./proxy/serve-request";
export { makeTemporaryFolder } from "./runtime/temporary-folder";

/** Settings of the embedded AWS. */
export interface EmulatorOptions {
  /** Folder that keeps the account and the authority's key; made when it is missing. */
  readonly folder: string;

  /**
   * Folders that Terraform may be run in, in which relative paths such as `filename` are resolved where the operating
   * system does not tell Terraform's own working directory; asked again for every file.
   */
  readonly workingDirectories: () => readonly string[];

  /**
   * Ids of the AWS accounts that it stands for, twelve digits each. A `provider` block with `allowed_account_ids` gets
   * the one that it allows, any other the first. All of them share their names and keep their things in one place. None
   * means the default.
   * @default ["123456789012"]
   */
  readonly accountIds?: readonly string[];

  /**
   * Account of callers in each region; elsewhere it is the first.
   * @default {}
   */
  readonly regionAccounts?: Readonly<Record<string, string>>;

  /**
   * Hosts besides those of AWS that may become domains of a user pool or an API: only for them can a certificate be made
   * that callers trust. None means that such domains can be made, but not called.
   * @default []
   */
  readonly customDomains?: readonly string[];

  /**
   * How long a function is Pending after its creation, or its update in progress, in milliseconds, for who uses AWS's
   * own APIs: the AWS CLI, SDKs and the real provider. What the embedded provider made is ready at once.
   * @default 0
   */
  readonly functionDelay?: number;

  /**
   * Backend overrides: origins on this machine by the origin of the backend.
   * Read for each call. Left out: no HTTP backend answers.
   */
  readonly backends?: () => ReadonlyMap<string, string>;

  /**
   * Folder of the project, from which functions get the packages of Lambda's runtime for Node.js: the AWS SDK.
   * Left out: that of the embedded AWS's own package.
   */
  readonly projectFolder?: string;

  /** Called with advice about a call that could not continue. */
  readonly onNotice?: (text: string) => void;

  /** Called for every answered request; without its headers and body. */
  readonly onAnswered?: (answered: AnsweredRequest) => void;

  /** Called with every line that a function writes, and with the reason why its process ended. */
  readonly onFunctionLog?: (functionName: string, line: string) => void;

  /** Called with every line of a stage's access log and the name of its log group. */
  readonly onAccessLog?: (logGroup: string, line: string) => void;

  /** Called with errors of the embedded AWS itself. Left out: they are written to standard error. */
  readonly onBug?: (error: unknown) => void;
}

/** What is kept of an invocation. */
export interface InvocationRecord {
  /** JSON value, with masks in place of secrets; `undefined` when it is no longer kept. */
  readonly event: unknown;
  /** Log lines that name the request, oldest first. */
  readonly lines: readonly { readonly timestamp: number; readonly message: string }[];
}

/** An embedded AWS that is running. */
export interface Emulator {
  /**
   * Environment that makes Terraform, cdktf, the AWS CLI, curl and others use it. `undefined` stands for a variable that
   * must not be set.
   */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `http://<user>:<password>@127.0.0.1:<port>`, the proxy for callers. */
  readonly proxyUrl: string;
  /** Things that were being made when the last run was cut off, and of which Terraform may not know. */
  readonly leftovers: readonly Operation[];
  /**
   * Serves callers without the proxy as well, on a port of loopback until it is closed.
   * @param port 0 lets the system choose one
   * @returns `http://127.0.0.1:<port>`
   * @throws {Error} with the code `EADDRINUSE` when the port is taken
   */
  serveLocally(port: number): Promise<string>;
  /**
   * Runs functions of that name with other code than what is deployed, from the next invocation on. Nothing of the account
   * changes. @param zip deployment package; `undefined` runs what is deployed again
   */
  replaceCode(functionName: string, zip: Uint8Array | undefined): void;
  /** How many records the account holds, such as `cognito-idp/UserPool`; empty when there is nothing. */
  resourceCount(): Readonly<Record<string, number>>;
  /** Whether the folder still belongs to this embedded AWS, and was neither deleted nor taken over. */
  isOurs(): boolean;
  /** Calls back once, when the folder was deleted or taken over. @returns what ends the wait */
  onLost(listener: () => void): () => void;
  /** Names of the user pools' clients by their ids. */
  clientNames(): ReadonlyMap<string, string>;
  /** What is kept of an invocation of a function. */
  invocation(of: Invocation): InvocationRecord;
  /**
   * Resolves when this embedded AWS has no users left: no Terraform is connected, and no process has a lease by a connection
   * to `GET <proxyUrl>/hold`.
   * @param idleMs resolves as well when nothing was under way for that long, in milliseconds: a user may have stopped,
   * or wait for an input
   */
  waitUntilFree(idleMs?: number): Promise<void>;
  /** Ends functions and connections, and leaves the account on disk. */
  close(): Promise<void>;
}

/**
 * Starts an embedded AWS on loopback ports chosen by the system.
 * @throws {FolderInUseError} when another one has the folder
 * @throws {Error} naming the account's file when it is damaged
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  mkdirSync(options.folder, { recursive: true });
  chmodSync(options.folder, 0o700);
  const claim = claimFolder(options.folder);
  const closing: Closing[] = [() => claim.release()];
  try {
    return await startIn(options, claim, closing);
  } catch (error) {
    for (const close of closing.toReversed()) await close();
    throw error;
  }
}

type Closing = () => unknown;

/** @param closing gets what closes each part, in case that a later one cannot be started */
async function startIn(options: EmulatorOptions, claim: FolderClaim, closing: Closing[]): Promise<Emulator> {
  const { folder, onAccessLog, onFunctionLog, onAnswered, customDomains = [] } = options;
  const onBug = options.onBug ?? ((error: unknown) => console.error(error));
  const account = openAccount(options, claim);
  const { leftovers } = account;
  const { logs, received, trail } = openLogs(options, account, claim);
  const events = new ReceivedEvents(received, () => secretValues(account));
  const authority = await openCertificateAuthority(folder, { domains: customDomains });
  const temporary = makeTemporaryFolder();
  closing.push(() => removeFolder(temporary));
  await removeAbandonedFolders();
  let proxyUrl: string | undefined;
  const runner = new FunctionRunner({
    folder: temporary,
    ...(options.projectFolder === undefined ? {} : { packagesFolder: options.projectFolder }),
    network: () => (proxyUrl === undefined ? undefined : { proxyUrl, certificateFile: authority.certificateFile }),
    onEvent: (fn, ...event) => events.add(fn, ...event),
    onLog: (name, logGroup, line, of) => {
      if (of.kind !== "notice") {
        // A line that comes after the function's deletion makes no group.
        if (hasFunction({ account, region: of.region }, name)) writeOwnLine(account, logs, { ...of, logGroup }, line);
        else logs.add({ ...of, logGroup }, line);
      }
      if (of.kind !== "record") onFunctionLog?.(name, line);
    },
  });
  const [requests, calls] = [new Activity(), new Activity()];
  const endpoint = createEndpoint({ account, runner, logs, events, trail, ...settingsOfGateway(options) }, onAccessLog);
  const served = {
    endpoint: (request: Parameters<typeof endpoint>[0]) => requests.during(endpoint(request)),
    onBug,
    isCustomHost: (host: string) => isCustomHost(account, host),
    ...(onAnswered === undefined ? {} : { onAnswered }),
  };
  const localPorts: LocalPort[] = [];
  const proxy = await startProxy({
    ...served,
    authority,
    events: (of) => events.of(of, of.functionName, of.since),
  });
  closing.push(() => proxy.close());
  const provider = await startProvider(
    { kinds, dataSources, valueRulesOf, regions: [...regionNames.keys()] },
    {
      account,
      services,
      runtime: { runner, logs, events },
      readFiles: (path, directories) => readFiles(path, () => directories() ?? options.workingDirectories()),
    },
    temporary,
    calls,
  );
  closing.push(() => provider.close());
  proxyUrl = proxy.url;
  return {
    environment: environmentFor(folder, proxy.url, provider.reattach, authority.certificateFile),
    proxyUrl: proxy.url,
    leftovers,
    replaceCode: (functionName, zip) => runner.replaceCode(functionName, zip),
    resourceCount: () => countOf(account),
    serveLocally: async (port) => {
      const localPort = await startLocalPort({ ...served, port });
      localPorts.push(localPort);
      return localPort.url;
    },
    close: async () => {
      await Promise.all(localPorts.map((localPort) => localPort.close()));
      await provider.close();
      await proxy.close();
      await runner.close();
      await removeFolder(temporary);
      logs.close();
      received.close();
      trail.close();
      await account.close().finally(() => claim.release());
    },
    isOurs: () => claim.isOurs(),
    onLost: (listener) => claim.onLost(listener),
    clientNames: () =>
      new Map(
        clients.listEverywhere(account).map(({ record }) => [record.ClientId, record.ClientName ?? record.ClientId]),
      ),
    invocation: ({ functionName, requestId, ...group }) => ({
      event: events.of(group, functionName, 0).find((event) => event.requestId === requestId)?.event,
      lines: logs.of(group).filter(({ message }) => message.includes(requestId)),
    }),
    waitUntilFree: async (idleMs) => {
      const free = Promise.all([proxy.waitUntilFree(), provider.waitUntilFree()]);
      await (idleMs === undefined ? free : Promise.race([free, untilIdle([requests, calls], idleMs)]));
    },
  };
}

function openAccount({ folder, accountIds }: EmulatorOptions, claim: FolderClaim): Account {
  const ids = accountIds === undefined ? {} : { ids: accountIds };
  return new Account({ file: join(folder, "account.json"), isOurs: () => claim.isOurs(), ...ids });
}

/** Log lines, events that functions received, and events of CloudTrail. */
function openLogs({ folder, onNotice }: EmulatorOptions, account: Account, claim: FolderClaim) {
  const open = (name: string, options: Partial<LogEventsOptions>) =>
    new LogEvents({
      clock: () => account.now(),
      folder: join(folder, name),
      isOurs: () => claim.isOurs(),
      onLost: ({ message }) =>
        onNotice?.(`${name} are kept in memory only and are lost when the embedded AWS stops: ${message}`),
      groups: listLogGroups(account),
      retention: (group) => retentionOf(account, group),
      ...options,
    });
  return {
    logs: open("logs", {}),
    received: open("events", { maxBytes: MAX_EVENT_BYTES }),
    trail: open("trail", TRAIL_LIMITS),
  };
}

/** What is kept of the events that functions received. */
const MAX_EVENT_BYTES = 32 << 20;

/** What is left out stays left out. */
function settingsOfGateway({ backends, onNotice, functionDelay = 0, regionAccounts = {} }: EmulatorOptions) {
  const given = { ...(backends === undefined ? {} : { backends }), ...(onNotice === undefined ? {} : { onNotice }) };
  return { ...given, functionDelay, regionAccounts };
}

/** Records that are not resources of their own: settings of the account, sessions, parts of other records. */
const NOT_COUNTED: readonly string[] = [
  "apigateway/Account",
  "lambda/Code",
  "lambda/ProvisionedConcurrency",
  "logs/LogStream",
  "sts/Session",
];

/** A deleted secret, whose name is not free yet, and a log group that a service made itself are not counted. */
const MEMBER_OF_UNCOUNTED = new Map([
  [secrets.type, "DeletedDate"],
  [logGroups.type, "isOwn"],
]);

function countOf(account: Account): Readonly<Record<string, number>> {
  const counts = Object.entries(account.count()).flatMap(([type, count]): (readonly [string, number])[] => {
    if (NOT_COUNTED.includes(type)) return [];
    const member = MEMBER_OF_UNCOUNTED.get(type);
    const left = member === undefined ? count : account.list(type).filter((record) => !(member in record)).length;
    return left === 0 ? [] : [[type, left]];
  });
  return Object.fromEntries(counts);
}

function readFiles(path: string, directories: () => readonly string[]): readonly Uint8Array[] {
  const candidates = isAbsolute(path) ? [path] : directories().map((directory) => resolve(directory, path));
  return candidates.filter((candidate) => existsSync(candidate)).map((candidate) => readFileSync(candidate));
}
