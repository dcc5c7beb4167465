/**
 * What has changed since an account's file was written: a file of lines, each of them one change as sealed JSON, which is on
 * disk before the change is acknowledged. The first line says which writing of the account's file it continues.
 */
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { refuseFile, type StoredRecord, type Unacknowledged } from "./file";
import { seal, unseal } from "./seal";

/** A record of the account as a change left it. */
export interface ChangedRecord {
  readonly type: string;
  readonly key: string;
  /** Left out when it was deleted. */
  readonly record?: StoredRecord;
}

/** One change, with everything that it touched, each thing once. */
export interface Change extends Unacknowledged {
  readonly changed: readonly ChangedRecord[];
}

/** A journal as it was found. */
export interface Journal {
  /** The writing of the account's file that it continues. */
  readonly generation: number;
  readonly changes: readonly Change[];
}

/**
 * Reads a journal to its last whole line: what follows was cut off while it was written, and it was never acknowledged.
 *
 * @returns `undefined` when there is none
 * @throws {AccountFileError} naming file and line when one is damaged; the file is left as it is
 */
export function readJournal(file: string): Journal | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const last = lines.pop() ?? "";
  // No part of a line is a whole line and something else.
  if (unseal(last.slice(0, -1)) !== undefined) return refuseLine(file, lines.length + 1);
  const [begin, ...changes] = lines.map((line, index) => unseal(line) ?? refuseLine(file, index + 1));
  if (begin === undefined) return undefined;
  const { generation } = begin as Pick<Journal, "generation">;
  return { generation, changes: changes as unknown as readonly Change[] };
}

function refuseLine(file: string, number: number): never {
  return refuseFile(file, `line ${number} cannot be read, it is damaged`);
}

/**
 * Adds a change, and has it on disk before it returns.
 * @param begins the writing of the account's file that a new journal continues; left out to go on with the one there is
 * @returns how many characters were added
 */
export async function appendToJournal(file: string, change: Change, begins?: number): Promise<number> {
  const header = begins === undefined ? "" : `${seal({ generation: begins })}\n`;
  const text = `${header}${seal(change)}\n`;
  const handle = await open(file, begins === undefined ? "a" : "w", 0o600);
  try {
    // A mode is only given to a file that is new.
    if (begins !== undefined) await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.datasync();
  } finally {
    await handle.close();
  }
  return text.length;
}
