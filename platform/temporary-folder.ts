/** Folders for files that only one step of a command needs, such as saved plans, which hold secrets. */
import { rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "./user-error";

/**
 * Runs the body with a folder that only this user can enter, and removes it, also when this process is exiting.
 * @param parent where it is made
 * @throws {UserError} as {@link requireSafeFolder}
 */
export async function withTemporaryFolder<Result>(
  body: (folder: string) => Promise<Result>,
  parent = tmpdir(),
): Promise<Result> {
  requireSafeFolder(parent);
  const folder = await mkdtemp(join(parent, "access-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  try {
    return await body(folder);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

const [BY_GROUP, BY_OTHERS, STICKY] = [0o020, 0o002, 0o1000];

/** How errors call a folder, and the variable that names another one. */
const TEMPORARY_FOLDER = { name: "folder for temporary files", variable: "TMPDIR" };

/** The same of the user's cache. */
export const CACHE_FOLDER = { name: "cache folder", variable: "XDG_CACHE_HOME" };

/**
 * Checks that no other user can put a folder of their own in the place of one of this process: what a command runs and
 * reads lies there. A folder that does not exist is reported when it is used.
 * @throws {UserError} when another user owns the folder, or may rename what is in it
 */
export function requireSafeFolder(folder: string, { name, variable } = TEMPORARY_FOLDER): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  const user = process.geteuid?.();
  if (found === undefined || user === undefined) return;
  const { uid, gid, mode } = found;
  // The group of the same number as the user is the user's own, by convention.
  const isWritable = (mode & BY_OTHERS) !== 0 || ((mode & BY_GROUP) !== 0 && (gid !== user || user === 0));
  if ((uid === user || uid === 0) && (!isWritable || (mode & STICKY) !== 0)) return;
  throw new UserError(
    `other users can replace files in the ${name}, ${folder}. Set ${variable} to a folder that only you can write to.`,
  );
}
