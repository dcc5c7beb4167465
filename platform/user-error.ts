/** Errors for people: a sentence that says what to do, an exit code, and no stack trace. */
import pc from "picocolors";

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
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!isForUsers(error)) throw error;
    process.stderr.write(`${pc.red("error:")} ${error.message}\n`);
    process.exitCode = error instanceof UserError ? error.exitCode : EXIT.error;
  }
}

/** Errors of other layers whose message is written for users. */
const FOR_USERS = ["UserError", "AccessModelError", "AccountFileError", "FolderInUseError"];

/** What the file system refuses; its message names the file. */
const OF_FILES = ["EACCES", "EEXIST", "EISDIR", "ENOSPC", "ENOTDIR", "EPERM", "EROFS"];

function isForUsers(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return FOR_USERS.includes(error.name) || ("code" in error && OF_FILES.includes(String(error.code)));
}
