/** Files that nobody but their owner may read. */
import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../user-error";

const OWNER_ONLY = 0o600;

/** @throws {UserError} when a file cannot be written there: its folder is missing, or a link or folder is in its place */
export function requirePlace(file: string): void {
  if (!existsSync(dirname(file)))
    throw new UserError(`there is no folder ${dirname(file)}. Name another file with --out.`);
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there === undefined || there.isFile()) return;
  throw new UserError(`${file} is ${there.isDirectory() ? "a folder" : "a link"}. Name another file with --out.`);
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
