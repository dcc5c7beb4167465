/** What the operating system refuses, in words. */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";

/** As much of an error of Node's file functions as is used; what a write reports has no path. */
export interface SystemError {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string | undefined;
}

/** By the error's code: what is wrong and what to do. */
const TEXTS: Readonly<Record<string, (file: string) => string>> = {
  ENOSPC: (file) => `the disk is full, ${file} cannot be written. Free some space and run the command again.`,
  EDQUOT: (file) => `the disk quota is used up, ${file} cannot be written. Free some space and run the command again.`,
  EFBIG: (file) => `${file} would exceed the file-size limit. Raise it (ulimit -f) and run the command again.`,
  EROFS: (file) => `${file} is on a read-only file system. Run the command where it can write.`,
  EACCES: (file) => `there is no permission to use ${obstacleOf(file)} and run the command again.`,
  EPERM: (file) => `the system does not permit to use ${file}. Change its owner or mode and run the command again.`,
  EISDIR: (file) => `${file} is a folder, and a file is needed. Move it away and run the command again.`,
  ENOTDIR: (file) => `${file} is below a file, and a folder is needed. Move the file away and run the command again.`,
  EEXIST: (file) => `${file} exists. Move it away and run the command again.`,
  EMFILE: () => "too many files are open. Raise the limit (ulimit -n) and run the command again.",
  ENFILE: () => "too many files are open on this machine. Close programs and run the command again.",
  EIO: (file) => `the device of ${file} reports an error. Check the disk.`,
};

/** The sentence about such an error; `undefined` for any other. */
export function describeSystemError(error: unknown): string | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, syscall, path } = error;
  const folder = path === undefined ? tmpdir() : dirname(path);
  if (syscall === "mkdtemp" && (code === "ENOENT" || folder === tmpdir())) {
    return `the folder for temporary files, ${folder}, cannot be used (${code}). Set TMPDIR to a folder that exists and that only you can write to.`;
  }
  return TEXTS[code]?.(path ?? "a file");
}

/**
 * What stands in the way of the file: the first folder that cannot be entered, or the file, or the folder that it would be
 * made in; whose it is, and what to do.
 */
function obstacleOf(file: string): string {
  const [folder, parent] = [dirname(file), dirname(dirname(file))];
  if (!isAllowed(folder, constants.X_OK) && folder !== parent) return obstacleOf(folder);
  const found = existsSync(file) && !isAllowed(file, constants.R_OK | constants.W_OK) ? file : folder;
  const path = isAllowed(found, constants.W_OK) ? file : found;
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  const user = process.geteuid?.();
  if (owner === undefined || user === undefined || owner === user) return `${path}. Change its owner or mode`;
  return `${path}: it belongs to another user (id ${owner}). Change its owner, or become that user,`;
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** The error, with a path where the system gave none: errors of writes have none. */
export function withPath(error: unknown, path: string): unknown {
  return isSystemError(error) && error.path === undefined ? Object.assign(error, { path }) : error;
}

/** The first such error in what another Node process printed, such as `EACCES: permission denied, open '/x'`. */
export function describePrintedError(text: string): string | undefined {
  const [, code = "", syscall = "", path] = /\b(E[A-Z]{2,}): [^,\n]+, (\w+)(?: '([^'\n]+)')?/.exec(text) ?? [];
  return describeSystemError({ code, syscall, path });
}

function isSystemError(error: unknown): error is SystemError {
  return typeof error === "object" && error !== null && "code" in error && "syscall" in error;
}
