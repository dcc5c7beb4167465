/**
 * What has changed since an account's file was written: a file of lines, each of them one change as JSON, which is on
 * disk before anybody is told of the change. The first line says which writing of the account's file it continues.
 */
import { existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { type Entry, isEntry, isRecord, isUnheard, refuseFile, type Unheard } from "./account-file";

/** A thing of the account as a change left it. */
export interface ChangedEntry {
  readonly type: string;
  readonly key: string;
  /** Left out when it was deleted. */
  readonly entry?: Entry;
}

/** One change, with everything that it touched, each thing once. */
export interface Change extends Unheard {
  readonly changed: readonly ChangedEntry[];
}

/** A journal as it was found. */
export interface Journal {
  /** The writing of the account's file that it continues. */
  readonly generation: number;
  readonly changes: readonly Change[];
}

/**
 * Reads a journal to its last whole line: what follows was cut off while it was written, and nobody was told of it.
 *
 * @returns `undefined` when there is none
 * @throws {AccountFileError} naming file and line when one is damaged; the file is left as it is
 */
export function readJournal(file: string): Journal | undefined {
  if (!existsSync(file)) return undefined;
  const [first, ...lines] = readFileSync(file, "utf8").split("\n").slice(0, -1);
  if (first === undefined) return undefined;
  const { generation } = parseLine(file, first, 1, ({ generation }) => Number.isInteger(generation));
  const changes = lines.map((line, index) => parseLine(file, line, index + 2, isChange));
  return { generation: generation as number, changes: changes as unknown as readonly Change[] };
}

function parseLine(
  file: string,
  line: string,
  number: number,
  isRight: (parsed: Readonly<Record<string, unknown>>) => boolean,
): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (isRecord(parsed) && isRight(parsed)) return parsed;
  } catch (error) {
    return refuseFile(file, `line ${number} cannot be read, it is damaged`, error);
  }
  return refuseFile(file, `line ${number} cannot be read, it is damaged`);
}

function isChange(parsed: Readonly<Record<string, unknown>>): boolean {
  const { changed } = parsed;
  return isUnheard(parsed) && Array.isArray(changed) && changed.every(isChangedEntry);
}

function isChangedEntry(value: unknown): boolean {
  if (!isRecord(value) || typeof value["type"] !== "string" || typeof value["key"] !== "string") return false;
  return value["entry"] === undefined || isEntry(value["entry"]);
}

/**
 * Adds a change, and has it on disk before it returns.
 * @param begins the writing of the account's file that a new journal continues; left out to go on with the one there is
 * @returns how many characters were added
 */
export async function appendToJournal(file: string, change: Change, begins?: number): Promise<number> {
  const header = begins === undefined ? "" : `${JSON.stringify({ generation: begins })}\n`;
  const text = `${header}${JSON.stringify(change)}\n`;
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
