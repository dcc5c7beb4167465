/** The file that an account is kept in: JSON, replaced as a whole, and refused by name when it cannot be an account. */
import { readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import type { Attributes } from "./attributes";

const FORMAT = 1;

/** Something that is kept: what Terraform knows of it, and what it does not. */
export interface Entry {
  readonly attributes: Attributes;
  /** What AWS keeps to itself, such as signing keys or a deployment's snapshot; JSON. */
  readonly internal?: unknown;
}

/** A change of the account of which Terraform may not have heard. */
export interface Operation {
  readonly action: "create" | "update" | "delete";
  readonly type: string;
  readonly key: string;
}

/** All that is kept of an account. */
export interface AccountContent {
  /** The operation whose answer may not have left yet. */
  readonly underWay: Operation | null;
  /** Creations of earlier runs that nobody is known to have heard of. */
  readonly leftovers: readonly Operation[];
  /** By type, then by key. */
  readonly entries: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

/** The account's file cannot be used; the message names it and says what to do. */
export class AccountFileError extends Error {
  override readonly name = "AccountFileError";
}

/**
 * Reads an account.
 * @throws {AccountFileError} naming the file when it is damaged, foreign or of another format; it is left as it is
 */
export function readAccountFile(file: string): AccountContent {
  const refuse = (why: string, cause?: unknown): never => {
    const remedy = "Put back a copy, or move the file away to start with an empty account";
    throw new AccountFileError(`${file}: ${why}. ${remedy}.`, { cause });
  };
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuse("the account cannot be read, it is damaged", error);
  }
  if (!isRecord(stored) || stored["format"] === undefined) return refuse("this is not an account");
  if (stored["format"] !== FORMAT) {
    return refuse(`the account has format ${String(stored["format"])}, expected ${FORMAT}`);
  }
  const { entries, leftovers } = stored;
  if (!isRecord(entries) || !Object.values(entries).every(isRecord) || !Array.isArray(leftovers)) {
    return refuse("the account cannot be read, it is damaged");
  }
  return stored as unknown as AccountContent;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Puts the account in place of what the file holds. */
export async function writeAccountFile(file: string, content: AccountContent): Promise<void> {
  await replaceFile(file, JSON.stringify({ format: FORMAT, ...content }));
}

/** Writes to a neighbour, waits until it is on disk and renames it: a reader sees the old file or the new one. */
async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
