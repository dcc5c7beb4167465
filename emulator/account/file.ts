/** The file that an account is kept in: JSON, replaced as a whole, and refused by name when it cannot be an account. */
import { existsSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { seal, unseal } from "./seal";

const FORMAT = 3;

/** A record in AWS's shape, with what AWS keeps to itself, such as signing keys or a deployment's snapshot; JSON. */
export type StoredRecord = Readonly<Record<string, unknown>>;

/** A change of the account of which Terraform may not have heard. */
export interface Operation {
  readonly action: "create" | "update" | "delete";
  readonly type: string;
  readonly key: string;
  /** The record that a creation added or changed, where type and key do not name it themselves. */
  readonly holder?: { readonly type: string; readonly key: string };
}

/** What is kept of operations that may not have been heard of. */
export interface Unacknowledged {
  /** The operation whose answer may not have left yet. */
  readonly underWay: Operation | null;
  /** Unacknowledged creations of earlier runs. */
  readonly leftovers: readonly Operation[];
}

/** Everything of an account, by type, then by key. */
export type Entries = Map<string, Map<string, StoredRecord>>;

/** All that is kept of an account. */
export interface AccountContent extends Unacknowledged {
  readonly entries: Entries;
}

/** The account's file cannot be used; the message names it and says what to do. */
export class AccountFileError extends Error {
  override readonly name = "AccountFileError";
}

/** Refuses a file, which is left as it is. @throws {AccountFileError} always */
export function refuseFile(
  file: string,
  why: string,
  cause?: unknown,
  remedy = `Put back copies of account.json and account.journal, or delete ${dirname(file)}, which also has Terraform's states, to start over`,
): never {
  throw new AccountFileError(`${file}: ${why}. ${remedy}.`, { cause });
}

/** An account's file, unsealed. */
interface Stored extends Unacknowledged {
  readonly format: number;
  readonly generation: number;
  readonly entries: Readonly<Record<string, Readonly<Record<string, StoredRecord>>>>;
}

/**
 * Reads an account.
 *
 * @returns the account and how often it had been written before; `undefined` when there is no such file
 * @throws {AccountFileError} naming the file when it is damaged, foreign or of another format; it is left as it is
 */
export function readAccountFile(file: string): (AccountContent & { readonly generation: number }) | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  const stored = unseal(text) as Stored | undefined;
  const format = stored === undefined ? formatOf(text) : stored.format;
  if (format !== undefined && format !== FORMAT) return refuseFormat(file, format);
  if (stored === undefined) return refuseFile(file, whatIsWrong(text));
  const { generation, underWay, leftovers, entries } = stored;
  const byType = Object.entries(entries).map(([type, of]) => [type, new Map(Object.entries(of))] as const);
  return { generation, underWay, leftovers, entries: new Map(byType) };
}

/** What a text is that was not written as it is now. */
function whatIsWrong(text: string): string {
  const content = parsed(text);
  return content === undefined || content["sha256"] !== undefined
    ? "the account cannot be read, it is damaged"
    : "this is not an account";
}

/** The format that a text says it has, sealed or not. */
function formatOf(text: string): unknown {
  return parsed(text)?.["format"];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Its folder also has the states of the things that the account holds. */
function refuseFormat(file: string, format: unknown): never {
  const why = `the account has format ${String(format)}, expected ${FORMAT}: another version of this project wrote it`;
  return refuseFile(file, why, undefined, `Use that version, or delete ${dirname(file)} to start over`);
}

/**
 * Puts the account in place of what the file holds.
 * @param generation how often it was written before
 * @returns how many characters it has
 */
export async function writeAccountFile(file: string, generation: number, content: AccountContent): Promise<number> {
  const { underWay, leftovers } = content;
  const entries = Object.fromEntries([...content.entries].map(([type, of]) => [type, Object.fromEntries(of)]));
  const text = seal({ format: FORMAT, generation, underWay, leftovers, entries });
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
