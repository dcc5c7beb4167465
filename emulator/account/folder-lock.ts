/** One embedded AWS a folder: two would overwrite each other's account. */
import { type FSWatcher, linkSync, readFileSync, renameSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Others may come and go in between; more often than this is not a coincidence. */
const MAX_TRIES = 20;

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

/** A folder that belongs to this process. */
export interface FolderClaim {
  /** Whether it still does: it may have been deleted, and another process may have created and claimed it again. */
  isOurs(): boolean;
  /** Calls back once, when it no longer does. It keeps no process running. @returns what ends the wait */
  onLost(listener: () => void): () => void;
  /** Gives the folder back. */
  release(): void;
}

/**
 * Claims the folder for this process; what a killed process left behind is taken over.
 *
 * @throws {FolderInUseError} when another process has it
 */
export function claimFolder(folder: string): FolderClaim {
  const lockFile = join(folder, "emulator.pid");
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (tryToCreate(lockFile)) return hold(lockFile);
    const pid = ownerOf(lockFile);
    if (isHeld(lockFile, pid)) throw new FolderInUseError(folder, pid, lockFile);
    takeAway(lockFile, pid);
  }
  throw new FolderInUseError(folder, ownerOf(lockFile), lockFile);
}

/** The file appears with the process id in it, or not at all: a link is made in one step, and only if there is none. */
function tryToCreate(lockFile: string): boolean {
  const own = `${lockFile}.${process.pid}`;
  try {
    writeFileSync(own, String(process.pid));
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Process id in the file; 0 when it is not there any more. */
function ownerOf(lockFile: string): number {
  try {
    return Number(readFileSync(lockFile, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return 0;
    throw error;
  }
}

/**
 * Removes the lock of a process that is gone. It is moved away first, and put back when it turns out to be another's
 * who was quicker.
 */
function takeAway(lockFile: string, stalePid: number): void {
  const aside = `${lockFile}.stale.${process.pid}`;
  try {
    renameSync(lockFile, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  const moved = ownerOf(aside);
  if (moved !== stalePid && isHeld(lockFile, moved)) {
    try {
      linkSync(aside, lockFile);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
  rmSync(aside, { force: true });
}

/** Locks of this process; one with its id that is not among them is of an earlier process that had the same id. */
const held = new Set<string>();

function hold(lockFile: string): FolderClaim {
  held.add(lockFile);
  const { ino } = statSync(lockFile);
  const isOurs = () => statSync(lockFile, { throwIfNoEntry: false })?.ino === ino && ownerOf(lockFile) === process.pid;
  return {
    isOurs,
    onLost: (listener) => {
      const look = () => {
        if (isOurs()) return;
        watcher?.close();
        listener();
      };
      // A folder that cannot be watched is used as one that stays.
      const watcher = watcherOf(dirname(lockFile), look);
      watcher?.on("error", () => watcher.close());
      return () => watcher?.close();
    },
    release: () => {
      held.delete(lockFile);
      if (isOurs()) rmSync(lockFile, { force: true });
    },
  };
}

function isHeld(lockFile: string, pid: number): boolean {
  return pid === process.pid ? held.has(lockFile) : isRunning(pid);
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

/** `undefined` when the system has no watch left, for instance. */
function watcherOf(folder: string, listener: () => void): FSWatcher | undefined {
  try {
    return watch(folder, { persistent: false }, listener);
  } catch {
    return undefined;
  }
}
