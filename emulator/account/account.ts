/**
 * The pretend AWS account: the only thing between what Terraform manages and what callers reach.
 *
 * Every change is on disk before it is acknowledged, as a whole or not at all, so a process killed at any instant
 * leaves an account that agrees with Terraform's state or is the one operation under way ahead of it, as AWS would be. A
 * creation that was cut off is kept by name until Terraform shows that it knows of it.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { AccountContent, Entries, Operation, StoredRecord } from "./file";
import type { ChangedRecord } from "./journal";
import { drawBytes, drawId, uuidOf } from "./random";
import { AccountStore } from "./store";

export type { Operation } from "./file";

/** The one that AWS's documentation uses for its examples. */
const EXAMPLE_ID = "123456789012";

/** Where an account gets what is not decided by its input. */
export interface AccountOptions {
  /** File that the account is kept in, with its journal beside it; its folder is made when it is missing. */
  readonly file: string;
  /** Milliseconds since 1970; left out means the clock of the machine. */
  readonly clock?: () => number;
  /** Random bytes; left out means the system's. */
  readonly random?: (length: number) => Uint8Array;
  /** Whether the file still belongs to this account; left out means that it always does. */
  readonly isOurs?: () => boolean;
  /** Ids of the AWS accounts that it stands for; none means the one of AWS's examples. */
  readonly ids?: readonly string[];
}

/** One AWS account with everything in it; to Terraform, it may stand for several. */
export class Account {
  /** Account ids that it goes by, twelve digits each; at least one. */
  readonly ids: readonly string[];

  private readonly store: AccountStore;
  private readonly entries: Entries;
  private underWay: Operation | null = null;
  private unconfirmed: readonly Operation[];
  /** What the change under way touched, in order, and how it was before. */
  private touched: { readonly type: string; readonly key: string; readonly before: StoredRecord | undefined }[] = [];
  /** Ends when the change before has ended: one change at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * Opens the account of the file, or an empty one when there is no such file.
   * @throws {AccountFileError} naming the file that is damaged; it is left as it is
   */
  constructor(private readonly options: AccountOptions) {
    const { ids = [] } = options;
    this.ids = ids.length === 0 ? [EXAMPLE_ID] : ids;
    for (const id of this.ids)
      if (!/^\d{12}$/.test(id)) throw new Error(`"${id}" is not an AWS account id: expected 12 digits`);
    mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
    this.store = new AccountStore(options.file, () => options.isOurs?.() ?? true);
    const { entries, underWay, leftovers } = this.store.read() ?? { entries: new Map(), underWay: null, leftovers: [] };
    this.entries = entries;
    this.unconfirmed = underWay?.action === "create" ? [...leftovers, underWay] : leftovers;
  }

  /** The default account id. */
  get id(): string {
    return this.ids[0] ?? EXAMPLE_ID;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return (this.options.clock ?? Date.now)();
  }

  /** The time as AWS's APIs write it: `2026-07-02T11:43:54Z`. */
  timestamp(): string {
    return new Date(this.now()).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /** Lower-case letters and digits, unless others are given, drawn at random. */
  randomId(length: number, alphabet?: string): string {
    return drawId((bytes) => this.randomBytes(bytes), length, alphabet);
  }

  randomBytes(length: number): Uint8Array {
    return this.options.random?.(length) ?? drawBytes(length);
  }

  /** A UUID of version 4. */
  uuid(): string {
    return this.options.random === undefined ? randomUUID() : uuidOf(this.randomBytes(16));
  }

  get(type: string, key: string): StoredRecord | undefined {
    return this.entries.get(type)?.get(key);
  }

  /** Records of everything of the type. */
  list(type: string): readonly StoredRecord[] {
    return [...(this.entries.get(type)?.values() ?? [])];
  }

  /** Key and record of everything of the type, in the order of creation. */
  entriesOf(type: string): readonly (readonly [key: string, record: StoredRecord])[] {
    return [...(this.entries.get(type) ?? [])];
  }

  /** How many things there are of each type that has any. */
  count(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.entries].filter(([, of]) => of.size > 0).map(([type, of]) => [type, of.size] as const),
    );
  }

  put(type: string, key: string, record: StoredRecord): void {
    const of = this.entries.get(type) ?? new Map<string, StoredRecord>();
    this.touched.push({ type, key, before: of.get(key) });
    this.entries.set(type, of.set(key, record));
  }

  delete(type: string, key: string): void {
    const before = this.get(type, key);
    if (before === undefined) return;
    this.touched.push({ type, key, before });
    this.entries.get(type)?.delete(key);
  }

  /**
   * Runs one change after all changes before it, and puts it on disk. When it throws, nothing of it remains.
   *
   * @param change returns its result and the operation that is going to be acknowledged to its caller
   * @param acknowledged resolves when the caller has the response; the next change waits for it
   */
  async change<Result>(
    change: () => Promise<{ result: Result; operation: Operation | null }>,
    acknowledged: () => Promise<void> = () => new Promise((resolve) => setImmediate(resolve)),
  ): Promise<Result> {
    const turn = this.turn.then(async () => {
      this.touched = [];
      try {
        const { result, operation } = await change();
        this.underWay = operation === null ? null : this.located(operation);
        if (operation !== null) this.confirm(operation.type, operation.key);
        await this.store.record({ ...this.unacknowledged, changed: this.changed }, () => this.content);
        return result;
      } catch (error) {
        this.undo();
        throw error;
      }
    });
    this.turn = turn.then(acknowledged, () => undefined);
    return turn;
  }

  /**
   * Creations that were under way when the account was last cut off, and of which Terraform may not have heard. A
   * change or a deletion that was cut off is not among them: the next refresh shows it as it is.
   */
  get leftovers(): readonly Operation[] {
    return this.unconfirmed.filter((operation) => {
      const { type, key } = operation.holder ?? operation;
      return this.get(type, key) !== undefined;
    });
  }

  /** The latest operation, until the next change begins. */
  get latest(): Operation | null {
    return this.underWay;
  }

  /** Notes that Terraform may not know of what it had made; kept on disk with the next change or the end. */
  markUnacknowledged(creations: readonly Operation[]): void {
    this.unconfirmed = [...this.unconfirmed, ...creations];
  }

  /** Notes that Terraform knows of the thing. */
  confirm(type: string, key: string): void {
    this.unconfirmed = this.unconfirmed.filter((operation) => operation.type !== type || operation.key !== key);
  }

  /** Waits for changes under way and notes that all of them were answered. */
  async close(): Promise<void> {
    await this.turn;
    this.underWay = null;
    await this.store.close(this.content);
  }

  /**
   * Runs a part of the change under way. When it throws, nothing of that part remains.
   * @throws what the part throws
   */
  async attempt<Result>(part: () => Promise<Result>): Promise<Result> {
    const { length } = this.touched;
    try {
      return await part();
    } catch (error) {
      this.undo(length);
      throw error;
    }
  }

  /** Puts back what the change under way touched after its first `kept` touches. */
  private undo(kept = 0): void {
    for (const { type, key, before } of this.touched.splice(kept).reverse()) {
      if (before === undefined) this.entries.get(type)?.delete(key);
      else this.entries.get(type)?.set(key, before);
    }
  }

  /**
   * With the record that the creation added, or else changed, as an integration is a part of its resource; unless type
   * and key name it.
   */
  private located(operation: Operation): Operation {
    if (operation.action !== "create" || this.get(operation.type, operation.key) !== undefined) return operation;
    const holder = this.touched.find(({ before }) => before === undefined) ?? this.touched[0];
    return holder === undefined ? operation : { ...operation, holder: { type: holder.type, key: holder.key } };
  }

  /** What the change under way touched, each thing once, as it is now. */
  private get changed(): readonly ChangedRecord[] {
    const things = new Map(this.touched.map(({ type, key }) => [`${type} ${key}`, { type, key }]));
    return [...things.values()].map(({ type, key }) => {
      const record = this.get(type, key);
      return { type, key, ...(record === undefined ? {} : { record }) };
    });
  }

  private get unacknowledged() {
    return { underWay: this.underWay, leftovers: this.leftovers };
  }

  private get content(): AccountContent {
    return { ...this.unacknowledged, entries: this.entries };
  }
}
