/** Files that commands write, whole or not at all; and those that only their owner may read. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
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
import { copyable } from "./local-command";
import { UserError } from "./user-error";

const OWNER_ONLY = 0o600;
/** As far as the umask allows. */
const FOR_ALL = 0o666;

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
    throw new UserError(`the plan ${path} does not exist. Create it: ${copyable("npx access review <env>")}`);
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
 * Writes a file for its owner alone, whole or not at all. What was there is replaced; nothing is written through a link.
 * @throws {UserError} as {@link requirePlace}
 */
export function writePrivately(file: string, bytes: Uint8Array | string): void {
  requirePlace(file);
  write(file, file, bytes, OWNER_ONLY);
}

/**
 * Writes a file whole or not at all. It keeps its mode, and a link to it stays.
 * @throws {NodeJS.ErrnoException} the system's error, with the file as its path
 */
export function writeWhole(file: string, text: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  // A file that its owner made read-only would be replaced otherwise.
  if (there !== undefined) accessSync(file, constants.W_OK);
  write(file, there === undefined ? file : realpathSync(file), text, there?.mode);
}

/** @param file as errors name it @param target where it is */
function write(file: string, target: string, content: Uint8Array | string, mode?: number): void {
  const scratch = `${target}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(scratch, content, { flag: "wx", mode: mode ?? FOR_ALL });
    if (mode !== undefined) chmodSync(scratch, mode);
    // A rename replaces a link that came in the meantime; it does not follow it.
    renameSync(scratch, target);
  } catch (error) {
    removeIfPossible(scratch);
    // The scratch file means nothing to users.
    throw Object.assign(error as NodeJS.ErrnoException, { path: file });
  }
}

function removeIfPossible(scratch: string): void {
  try {
    rmSync(scratch, { force: true });
  } catch {
    // The error before this one is reported.
  }
}
