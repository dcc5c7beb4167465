/**
 * Where an account is kept: a file with all of it, and a journal of what has changed since, so that a change costs as
 * much as it is large and not as much as the account is. The file is written again, and the journal with it, once the
 * journal has outgrown it.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type AccountContent, AccountFileError, readAccountFile, refuseFile, writeAccountFile } from "./file";
import { appendToJournal, type Change, readJournal } from "./journal";

/** A journal may have as many characters as the account's file, but always this many. */
const SMALL_JOURNAL = 1 << 20;

/** An account on disk. */
export class AccountStore {
  private readonly journal: string;
  /** How often the file had been written before it was written last; `undefined` as long as there is none. */
  private generation: number | undefined;
  /** Characters in the journal; `undefined` when the file has to be written before the journal goes on. */
  private journalSize: number | undefined;
  private journalLimit = 0;

  /**
   * @param file `account.json`; its journal is `account.journal` beside it
   * @param isOurs whether the file still belongs to this account
   */
  constructor(
    private readonly file: string,
    private readonly isOurs: () => boolean,
  ) {
    this.journal = file.replace(/(\.json)?$/, ".journal");
  }

  /**
   * The account as it is on disk; nothing is written.
   * @returns `undefined` when there is none
   * @throws {AccountFileError} naming the file that is damaged, or that is not of the same account as the other
   */
  read(): AccountContent | undefined {
    // In this order a reader is never ahead of a writer, who puts the file in place before a new journal begins.
    const journal = readJournal(this.journal);
    const stored = readAccountFile(this.file);
    this.generation = stored?.generation;
    if (journal === undefined) return stored;
    if (stored === undefined) return refuseFile(this.journal, `it continues ${this.file}, which is missing`);
    if (journal.generation > stored.generation) {
      return refuseFile(this.journal, `it continues a later ${this.file} than the one that is there`);
    }
    // The file holds all of an earlier journal: who wrote it was killed before the next journal began.
    return journal.generation < stored.generation ? stored : applyAll(stored, journal.changes);
  }

  /**
   * Puts a change on disk.
   * @param all the account after the change
   * @throws {AccountFileError} when the file does not belong to this account any more, or the system cannot write it
   */
  async record(change: Change, all: () => AccountContent): Promise<void> {
    this.requireOurs();
    await this.append(change, all).catch((error: unknown) => this.refuseToWrite(error));
  }

  private async append(change: Change, all: () => AccountContent): Promise<void> {
    const size = this.journalSize;
    // If this fails, the end of the journal is unknown.
    this.journalSize = undefined;
    if (size === undefined || size > this.journalLimit) return this.writeAll(all());
    const begins = size === 0 ? this.generation : undefined;
    this.journalSize = size + (await appendToJournal(this.journal, change, begins));
  }

  /**
   * Leaves all of the account in its file, unless the file is gone or another's by now.
   * @throws {AccountFileError} when the system cannot write it; file and journal still have all of the account
   */
  async close(all: AccountContent): Promise<void> {
    if (!existsSync(dirname(this.file)) || !this.isOurs()) return;
    await this.writeAll(all).catch((error: unknown) => this.refuseToWrite(error));
    await rm(this.journal, { force: true });
  }

  /** A full disk or a limit is not a mistake of this program. */
  private refuseToWrite(error: unknown): never {
    if (!isSystemError(error)) throw error;
    const remedy = "Free some space, or raise the limit, and run the command again";
    return refuseFile(
      this.file,
      `the account cannot be written, nothing was changed (${error.message})`,
      error,
      remedy,
    );
  }

  private async writeAll(all: AccountContent): Promise<void> {
    const generation = (this.generation ?? -1) + 1;
    const size = await writeAccountFile(this.file, generation, all);
    this.generation = generation;
    this.journalSize = 0;
    this.journalLimit = Math.max(SMALL_JOURNAL, size);
  }

  private requireOurs(): void {
    if (this.isOurs()) return;
    const why = "the folder was deleted or taken over while it was in use";
    throw new AccountFileError(`${this.file}: ${why}. Stop this embedded AWS and start it again.`);
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return typeof error === "object" && error !== null && "syscall" in error;
}

function applyAll(stored: AccountContent, changes: readonly Change[]): AccountContent {
  for (const { type, key, record } of changes.flatMap(({ changed }) => changed)) {
    const of = stored.entries.get(type) ?? new Map();
    if (record === undefined) of.delete(key);
    else stored.entries.set(type, of.set(key, record));
  }
  const { underWay, leftovers } = changes.at(-1) ?? stored;
  return { underWay, leftovers, entries: stored.entries };
}
