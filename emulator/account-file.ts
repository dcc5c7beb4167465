/** The file that an account is kept in: JSON, replaced as a whole, and refused by name when it cannot be an account. */
import { existsSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
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

/** What is kept of operations that may not have been heard of. */
export interface Unheard {
  /** The operation whose answer may not have left yet. */
  readonly underWay: Operation | null;
  /** Creations of earlier runs that nobody is known to have heard of. */
  readonly leftovers: readonly Operation[];
}

/** Everything of an account, by type, then by key. */
export type Entries = Map<string, Map<string, Entry>>;

/** All that is kept of an account. */
export interface AccountContent extends Unheard {
  readonly entries: Entries;
}

/** The account's file cannot be used; the message names it and says what to do. */
export class AccountFileError extends Error {
  override readonly name = "AccountFileError";
}

/** Refuses a file, which is left as it is. @throws {AccountFileError} always */
export function refuseFile(file: string, why: string, cause?: unknown): never {
  const remedy =
    "Put back copies of account.json and account.journal, or move both away to start with an empty account";
  throw new AccountFileError(`${file}: ${why}. ${remedy}.`, { cause });
}

/**
 * Reads an account.
 *
 * @returns the account and how often it had been written before; `undefined` when there is no such file
 * @throws {AccountFileError} naming the file when it is damaged, foreign or of another format; it is left as it is
 */
export function readAccountFile(file: string): (AccountContent & { readonly generation: number }) | undefined {
  if (!existsSync(file)) return undefined;
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return refuseFile(file, "the account cannot be read, it is damaged", error);
  }
  if (!isRecord(stored) || stored["format"] === undefined) return refuseFile(file, "this is not an account");
  if (stored["format"] !== FORMAT) {
    return refuseFile(file, `the account has format ${String(stored["format"])}, expected ${FORMAT}`);
  }
  const { entries, generation = 0, underWay = null, leftovers } = stored;
  const isWhole = isRecord(entries) && Object.values(entries).every(areEntries) && isUnheard({ underWay, leftovers });
  if (!isWhole || !Number.isInteger(generation)) {
    return refuseFile(file, "the account cannot be read, it is damaged");
  }
  const byType = Object.entries(entries).map(([type, of]) => [type, new Map(Object.entries(of as object))] as const);
  return {
    generation: generation as number,
    underWay: underWay as Operation | null,
    leftovers: leftovers as readonly Operation[],
    entries: new Map(byType),
  };
}

function areEntries(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isEntry);
}

/** Whether the value is a thing of an account, as it is kept. */
export function isEntry(value: unknown): boolean {
  return isRecord(value) && isRecord(value["attributes"]);
}

/** Whether both are what is kept of operations. */
export function isUnheard({ underWay, leftovers }: Readonly<Record<string, unknown>>): boolean {
  return (underWay === null || isOperation(underWay)) && Array.isArray(leftovers) && leftovers.every(isOperation);
}

function isOperation(value: unknown): boolean {
  if (!isRecord(value) || typeof value["type"] !== "string" || typeof value["key"] !== "string") return false;
  return ["create", "update", "delete"].includes(String(value["action"]));
}

/** Whether the value is an object with names, as JSON has it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Puts the account in place of what the file holds.
 * @param generation how often it was written before
 * @returns how many characters it has
 */
export async function writeAccountFile(file: string, generation: number, content: AccountContent): Promise<number> {
  const { underWay, leftovers } = content;
  const entries = Object.fromEntries([...content.entries].map(([type, of]) => [type, Object.fromEntries(of)]));
  const text = JSON.stringify({ format: FORMAT, generation, underWay, leftovers, entries });
  await replaceFile(file, text);
  return text.length;
}

/** Writes to a neighbour, waits until it is on disk and renames it: a reader sees the old file or the new one. */
async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = `${file}.new`;
  const handle = await open(temporary, "w", 0o600);
  try {
    // A mode is only given to a file that is new.
    await handle.chmod(0o600);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  await syncFolder(dirname(file));
}

/** Only then is the new name on disk as well. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
