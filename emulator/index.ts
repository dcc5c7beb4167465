/**
 * The embedded AWS: a Terraform provider and an AWS look-alike in one process, over one pretend account.
 * The composition root, and the only import for outsiders.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { Account, type Operation } from "./account";
import { openCertificateAuthority } from "./endpoints/certificate-authority";
import { createEndpoint } from "./endpoints/dispatch";
import { FunctionRunner } from "./endpoints/invoke";
import { type AnsweredRequest, startProxy } from "./endpoints/proxy";
import { claimFolder, type FolderClaim } from "./folder-lock";
import { startProvider } from "./provider/server";
import { kinds } from "./resources";

export type { Operation } from "./account";
export type { AnsweredRequest } from "./endpoints/proxy";
export { FolderInUseError } from "./folder-lock";

/** Settings of the embedded AWS. */
export interface EmulatorOptions {
  /** Folder that keeps the account and the authority's key; made when it is missing. */
  readonly folder: string;

  /**
   * Folders that Terraform may be run in, against which relative paths such as `filename` are resolved; asked anew for
   * every file. Terraform does not tell a provider that it did not start where it is.
   */
  readonly workingDirectories: () => readonly string[];

  /** Told of every request answered; never of what it carried. */
  readonly onAnswered?: (answered: AnsweredRequest) => void;

  /** Told of every line that a function writes. */
  readonly onFunctionLog?: (functionName: string, line: string) => void;

  /** Told of mistakes of the embedded AWS itself. Left out: they go to standard error. */
  readonly onBug?: (error: unknown) => void;
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
  /** How many things the account holds, by Terraform type; empty when there is nothing. */
  resourceCount(): Readonly<Record<string, number>>;
  /** Whether the folder still belongs to this embedded AWS, and was neither deleted nor taken over. */
  isOurs(): boolean;
  /**
   * Resolves when nobody uses this embedded AWS any more: no Terraform is connected, and nobody holds it by a connection
   * to `GET <proxyUrl>/hold`.
   */
  waitUntilFree(): Promise<void>;
  /** Ends functions and connections, and leaves the account on disk. */
  close(): Promise<void>;
}

/**
 * Starts an embedded AWS on loopback ports chosen by the system.
 * @throws {FolderInUseError} when another one has the folder
 * @throws {Error} naming the account's file when it is damaged
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { folder, onFunctionLog, onAnswered } = options;
  const onBug = options.onBug ?? ((error: unknown) => console.error(error));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const claim = claimFolder(folder);
  const account = openAccount(folder, claim);
  const { leftovers } = account;
  const runner = new FunctionRunner({ onLog: (name, _logGroup, line) => onFunctionLog?.(name, line) });
  const authority = await openCertificateAuthority(folder);
  const endpoint = createEndpoint(account, runner);
  const [proxy, provider] = await Promise.all([
    startProxy({ endpoint, authority, onBug, ...(onAnswered === undefined ? {} : { onAnswered }) }),
    startProvider(kinds, { account, readFiles: (path) => readFiles(path, options.workingDirectories()) }),
  ]);
  return {
    environment: environmentFor(folder, proxy.url, provider.reattach, authority.certificateFile),
    proxyUrl: proxy.url,
    leftovers,
    resourceCount: () => account.count(),
    close: async () => {
      await provider.close();
      await proxy.close();
      await runner.close();
      await account.close();
      claim.release();
    },
    isOurs: () => claim.isOurs(),
    waitUntilFree: async () => {
      await Promise.all([proxy.waitUntilFree(), provider.waitUntilFree()]);
    },
  };
}

function openAccount(folder: string, claim: FolderClaim): Account {
  try {
    return new Account({ file: join(folder, "account.json"), isOurs: () => claim.isOurs() });
  } catch (error) {
    claim.release();
    throw error;
  }
}

function readFiles(path: string, workingDirectories: readonly string[]): readonly Uint8Array[] {
  const candidates = isAbsolute(path) ? [path] : workingDirectories.map((directory) => resolve(directory, path));
  return candidates.filter((candidate) => existsSync(candidate)).map((candidate) => readFileSync(candidate));
}

/** Upper and lower case where clients differ; credentials that cannot be mistaken for real ones. */
function environmentFor(folder: string, proxyUrl: string, reattach: string, certificateFile: string) {
  const terraformConfig = join(folder, "terraform.rc");
  writeFileSync(terraformConfig, "");
  const noProxy = "localhost,127.0.0.1,::1";
  return {
    TF_REATTACH_PROVIDERS: reattach,
    TF_CLI_CONFIG_FILE: terraformConfig,
    CHECKPOINT_DISABLE: "1",
    CDKTF_SKIP_PROVIDER_LOCK: "true",
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // Node's own fetch honours the proxy from Node 24 on, when it is told to.
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: certificateFile,
    AWS_CA_BUNDLE: certificateFile,
    CURL_CA_BUNDLE: certificateFile,
    REQUESTS_CA_BUNDLE: certificateFile,
    SSL_CERT_FILE: certificateFile,
    AWS_ACCESS_KEY_ID: "embedded-aws",
    AWS_SECRET_ACCESS_KEY: "embedded-aws",
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_DEFAULT_PROFILE: undefined,
    AWS_CONFIG_FILE: terraformConfig,
    AWS_SHARED_CREDENTIALS_FILE: terraformConfig,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
