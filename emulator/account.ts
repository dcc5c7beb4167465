/**
 * The pretend AWS account: the only thing between what Terraform manages and what callers reach.
 *
 * Every change is on disk before anybody is told of it. The file is replaced as a whole, so whoever is killed at any
 * instant leaves an account that agrees with Terraform's state or is the one operation under way ahead of it, as AWS
 * would be. A creation that was cut off is kept by name until Terraform shows that it knows of it.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import {
  type AccountContent,
  AccountFileError,
  type Entry,
  type Operation,
  readAccountFile,
  writeAccountFile,
} from "./account-file";
import type { Attributes } from "./attributes";

export type { Entry, Operation } from "./account-file";

const LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Where an account gets what is not decided by its input. */
export interface AccountOptions {
  /** File that the account is kept in; its folder is made when it is missing. */
  readonly file: string;
  /** Milliseconds since 1970; left out means the clock of the machine. */
  readonly clock?: () => number;
  /** Random bytes; left out means the system's. */
  readonly random?: (length: number) => Uint8Array;
  /** Whether the file still belongs to this account; left out means that it always does. */
  readonly isOurs?: () => boolean;
}

/** One AWS account with everything in it. */
export class Account {
  /** Account id, twelve digits; the one that AWS's documentation uses for its examples. */
  readonly id = "123456789012";

  private readonly entries = new Map<string, Map<string, Entry>>();
  private underWay: Operation | null = null;
  private unconfirmed: readonly Operation[] = [];
  private undo: (() => void)[] = [];
  /** Ends when the change before has ended: one change at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * Opens the account of the file, or an empty one when there is no such file.
   * @throws {AccountFileError} naming the file when it is damaged; it is left as it is
   */
  constructor(private readonly options: AccountOptions) {
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    if (!existsSync(options.file)) return;
    const stored = readAccountFile(options.file);
    for (const [type, entries] of Object.entries(stored.entries)) {
      this.entries.set(type, new Map(Object.entries(entries)));
    }
    const cutOff = stored.underWay?.action === "create" ? [stored.underWay] : [];
    this.unconfirmed = [...stored.leftovers, ...cutOff];
  }

  /** Milliseconds since 1970. */
  now(): number {
    return (this.options.clock ?? Date.now)();
  }

  /** The time as AWS's APIs write it: `2026-07-02T11:43:54Z`. */
  timestamp(): string {
    return new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** Letters and digits drawn at random, each as likely as the other. */
  randomId(length: number, alphabet: string = LETTERS_AND_DIGITS): string {
    const limit = 256 - (256 % alphabet.length);
    let id = "";
    while (id.length < length) {
      for (const byte of this.randomBytes(length)) if (byte < limit) id += alphabet[byte % alphabet.length];
    }
    return id.slice(0, length);
  }

  randomBytes(length: number): Uint8Array {
    return this.options.random?.(length) ?? randomBytes(length);
  }

  /** A UUID of version 4. */
  uuid(): string {
    return this.options.random === undefined ? randomUUID() : uuidOf(this.randomBytes(16));
  }

  get(type: string, key: string): Entry | undefined {
    return this.entries.get(type)?.get(key);
  }

  /** Attributes of everything of the type. */
  list(type: string): readonly Attributes[] {
    return [...(this.entries.get(type)?.values() ?? [])].map(({ attributes }) => attributes);
  }

  /** How many things there are of each type that has any. */
  count(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.entries].filter(([, of]) => of.size > 0).map(([type, of]) => [type, of.size] as const),
    );
  }

  put(type: string, key: string, entry: Entry): void {
    const of = this.entries.get(type) ?? new Map<string, Entry>();
    const before = of.get(key);
    this.undo.push(() => (before === undefined ? of.delete(key) : of.set(key, before)));
    this.entries.set(type, of.set(key, entry));
  }

  delete(type: string, key: string): void {
    const of = this.entries.get(type);
    const before = of?.get(key);
    if (of === undefined || before === undefined) return;
    this.undo.push(() => of.set(key, before));
    of.delete(key);
  }

  /**
   * Runs one change after all changes before it, and puts it on disk. When it throws, nothing of it remains.
   *
   * @param change returns its result and the operation that whoever asked for it is going to be told of
   */
  async change<Result>(change: () => Promise<{ result: Result; operation: Operation | null }>): Promise<Result> {
    const turn = this.turn.then(async () => {
      this.undo = [];
      try {
        const { result, operation } = await change();
        this.underWay = operation;
        await this.save();
        return result;
      } catch (error) {
        for (const undo of this.undo.reverse()) undo();
        throw error;
      }
    });
    // The next change waits until this one's answer had a chance to leave.
    this.turn = turn.catch(() => undefined).then(() => new Promise((resolve) => setImmediate(resolve)));
    return turn;
  }

  /**
   * Creations that were under way when the account was last cut off, and of which Terraform may not have heard. A
   * change or a deletion that was cut off is not among them: the next refresh shows it as it is.
   */
  get leftovers(): readonly Operation[] {
    return this.unconfirmed.filter(({ type, key }) => this.get(type, key) !== undefined);
  }

  /** Notes that Terraform may not know of what it had made; kept on disk with the next change or the end. */
  doubt(creations: readonly Operation[]): void {
    this.unconfirmed = [...this.unconfirmed, ...creations];
  }

  /** Notes that Terraform knows of the thing. */
  confirm(type: string, key: string): void {
    this.unconfirmed = this.unconfirmed.filter((operation) => operation.type !== type || operation.key !== key);
  }

  /** Waits for changes under way and notes that all of them were answered. */
  async close(): Promise<void> {
    await this.turn;
    if (!existsSync(dirname(this.options.file)) || !this.isOurs) return;
    this.underWay = null;
    await this.save();
  }

  private get isOurs(): boolean {
    return this.options.isOurs?.() ?? true;
  }

  private async save(): Promise<void> {
    if (!this.isOurs) {
      const why = "the folder was deleted or taken over while it was in use";
      throw new AccountFileError(`${this.options.file}: ${why}. Stop this embedded AWS and start it anew.`);
    }
    const content: AccountContent = {
      underWay: this.underWay,
      leftovers: this.leftovers,
      entries: Object.fromEntries([...this.entries].map(([type, of]) => [type, Object.fromEntries(of)])),
    };
    await writeAccountFile(this.options.file, content);
  }
}

function uuidOf(bytes: Uint8Array): string {
  const hex = createHash("sha256").update(bytes).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
