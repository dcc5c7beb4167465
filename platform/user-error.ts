/** Errors for people: a sentence that says what to do, an exit code, and no stack trace. */
import pc from "picocolors";

/** Something that the user can put right. */
export class UserError extends Error {
  override readonly name = "UserError";

  /** @param exitCode exit code of the command; left out means 1 */
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/**
 * Runs a command's body and ends the process with its exit code.
 * @param ofErrors exit code of an error that names none, or 1
 */
export async function runCommand(body: () => Promise<number>, ofErrors = 1): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!isForUsers(error)) throw error;
    process.stderr.write(`${pc.red("error:")} ${error.message}\n`);
    const own = error instanceof UserError ? error.exitCode : 1;
    process.exitCode = own === 1 ? ofErrors : own;
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
