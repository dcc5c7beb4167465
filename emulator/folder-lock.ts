/** One embedded AWS a folder: two would overwrite each other's account. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder belongs to an embedded AWS that is running. */
export class FolderInUseError extends Error {
  override readonly name = "FolderInUseError";

  constructor(
    readonly folder: string,
    readonly pid: number,
    lockFile: string,
  ) {
    super(
      `${folder} is in use by the embedded AWS of process ${pid}. Stop that one, or delete ${lockFile} if process ${pid} is something else.`,
    );
  }
}

/**
 * Claims the folder for this process; what a killed process left behind is taken over.
 *
 * @returns gives the folder back
 * @throws {FolderInUseError} when another process has it
 */
export function claimFolder(folder: string): () => void {
  const lockFile = join(folder, "emulator.pid");
  if (!tryToCreate(lockFile)) {
    const pid = Number(readFileSync(lockFile, "utf8"));
    if (isRunning(pid)) throw new FolderInUseError(folder, pid, lockFile);
    rmSync(lockFile, { force: true });
    if (!tryToCreate(lockFile)) throw new FolderInUseError(folder, Number(readFileSync(lockFile, "utf8")), lockFile);
  }
  return () => rmSync(lockFile, { force: true });
}

function tryToCreate(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Signal 0 only asks. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
