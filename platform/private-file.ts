/** Files that only their owner may read. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { UserError } from "./user-error";

const OWNER_ONLY = 0o600;

/** What a bundle may hold at most, and more than anything needs. */
const MAX_BYTES = 1 << 30;

/**
 * Checks before the work that what comes of it can be written there.
 * @throws {UserError} when its folder is missing or may not be written to, or a link or folder is in its place
 */
export function requirePlace(file: string): void {
  const folder = dirname(file);
  const above = statSync(folder, { throwIfNoEntry: false });
  if (above === undefined) throw elsewhere(`the folder ${folder} does not exist`);
  if (!above.isDirectory()) throw elsewhere(`${folder} is not a folder`);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw elsewhere(`nothing can be written to the folder ${folder}`);
  }
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) throw elsewhere(`${file} is ${kindOf(there)}`);
}

/**
 * Where a saved plan really is: a link is followed, so that what is deleted later is the plan and not the link.
 * @throws {UserError} when there is none
 */
export function locatePlanFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const isMissing = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    if (!isMissing) throw error;
    throw new UserError(`the plan ${path} does not exist. Create it: npx access review <env>`);
  }
}

/** @throws {UserError} when it is not a file, or larger than a plan can be */
export function readPlanFile(file: string): Uint8Array {
  const there = statSync(file);
  if (!there.isFile()) throw new UserError(`${file} is ${kindOf(there)}. Name the file that review saved.`);
  if (there.size > MAX_BYTES) throw new UserError(`${file} is too large for a plan. Name the file that review saved.`);
  return readFileSync(file);
}

function kindOf(there: Stats): string {
  if (there.isSymbolicLink()) return "a link";
  return there.isDirectory() ? "a folder" : "not a regular file";
}

function elsewhere(why: string): UserError {
  return new UserError(`${why}. Name another file with --out.`);
}

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/**
 * Writes a file whole or not at all. What was there is replaced; nothing is ever written through a link.
 * @throws {UserError} as {@link requirePlace}
 */
export function writePrivately(file: string, bytes: Uint8Array): void {
  requirePlace(file);
  const scratch = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(scratch, bytes, { flag: "wx", mode: OWNER_ONLY });
    // A rename replaces a link that came in the meantime; it does not follow it.
    renameSync(scratch, file);
  } finally {
    rmSync(scratch, { force: true });
  }
}
