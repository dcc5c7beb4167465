/** Errors for people: a sentence that says what to do, an exit code, and no stack trace. */
import pc from "picocolors";
import { describeSystemError } from "./system-error";
import { say } from "./terminal";

/**
 * Exit codes of all commands; 128 and the signal's number after an interruption: 130 (SIGINT), 143 (SIGTERM), 129
 * (SIGHUP).
 */
export const EXIT = {
  /** Done, and nothing was found. */
  done: 0,
  error: 1,
  /** Done, and something was found: drift, unexpected responses, a stale file, something left over, not ready. */
  findings: 2,
  /** Wrong usage, as `EX_USAGE` of sysexits.h. */
  usage: 64,
} as const;

/** Something that the user can put right. */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    message: string,
    readonly exitCode: number = EXIT.error,
  ) {
    super(message);
  }
}

/** The command line is wrong: an option, or a name that does not exist. */
export class UsageError extends UserError {
  constructor(message: string) {
    super(message, EXIT.usage);
  }
}

/** Runs a command's body and sets the process's exit code. */
export async function runCommand(body: () => Promise<number>): Promise<void> {
  outliveReaders();
  try {
    process.exitCode = await body();
  } catch (error) {
    const text = describeSystemError(error) ?? (isForUsers(error) ? error.message : undefined);
    if (text === undefined) throw error;
    say(`${pc.red("error:")} ${text}`);
    process.exitCode = error instanceof UserError ? error.exitCode : EXIT.error;
  }
}

/** Errors of other layers whose message is written for users. */
const FOR_USERS = ["UserError", "AccessModelError", "AccountFileError", "FolderInUseError"];

function isForUsers(error: unknown): error is Error {
  return error instanceof Error && FOR_USERS.includes(error.name);
}

/**
 * Lets this process continue to its end when the reader of its output has ended, as `head` does, or the terminal is
 * closed. Output that the system cannot write is an error.
 */
export function outliveReaders(): void {
  for (const [stream, listener] of [[process.stdout, onOutputError] as const, [process.stderr, ignore] as const]) {
    if (!stream.listeners("error").includes(listener)) stream.on("error", listener);
  }
}

function ignore(): void {}

function onOutputError(error: NodeJS.ErrnoException): void {
  const text = ["EPIPE", "EIO"].includes(error.code ?? "") ? undefined : describeSystemError(error);
  if (text === undefined) return;
  say(`${pc.red("error:")} ${text}`);
  process.once("exit", () => {
    process.exitCode = EXIT.error;
  });
}
