/** Child processes of the commands: with a changed environment, ended as a whole. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { endProgress } from "./terminal";

/** Variables to set; `undefined` stands for one that must not be set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** This process's environment with the changes; `undefined` takes a variable away. */
export function changedEnvironment(changes: Environment): NodeJS.ProcessEnv {
  const merged = { ...process.env, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** Secrets of this project's own commands and of the CI job: passphrases, and tokens that can change repositories. */
const SECRETS = /^(?:PLAN_PASSPHRASE|GITHUB_TOKEN|GH_TOKEN|NPM_TOKEN|NODE_AUTH_TOKEN|ACTIONS_\w*_TOKEN)$/;

/** The environment for programs that run code of a pull request or of providers. */
export function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !SECRETS.test(name)));
}

/**
 * Runs a command in the foreground, with this terminal. A Ctrl-C reaches it directly, so it is left to end by itself. A
 * second SIGTERM kills it; a SIGHUP is passed on.
 * @returns its exit code, 128 and more when a signal ended it
 * @throws {Error} when there is no such program
 */
export async function runInForeground(
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const [program = "", ...args] = command;
  endProgress();
  const child = spawn(program, args, { stdio: "inherit", cwd, env });
  const ignore = () => undefined;
  let isAsked = false;
  // A shell with a terminal ignores SIGTERM.
  const forward = () => {
    child.kill(isAsked ? "SIGKILL" : "SIGTERM");
    isAsked = true;
  };
  // The terminal is closed.
  const hangUp = () => child.kill("SIGHUP");
  process.on("SIGINT", ignore).on("SIGTERM", forward).on("SIGHUP", hangUp);
  try {
    return await exitCodeOf(child);
  } finally {
    process.off("SIGINT", ignore).off("SIGTERM", forward).off("SIGHUP", hangUp);
  }
}

/** The child's exit code, as a shell reports it. */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Output of a command that ended, with what it wrote to both streams in the order in which it came. */
export interface Finished {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Runs a command unseen, in a process group of its own, so that its own children end with it.
 * @param signal ends the group when it is aborted
 * @param variables that it has besides
 */
export async function runUnseen(
  command: readonly string[],
  folder: string,
  signal: AbortSignal,
  variables: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...withoutSecrets(process.env), ...variables },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGKILL");
  signal.addEventListener("abort", end, { once: true });
  try {
    return { exitCode: await exitCodeOf(child), output: Buffer.concat(chunks).toString("utf8") };
  } finally {
    signal.removeEventListener("abort", end);
  }
}

/** Whether there is a process with that id, of any user. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
