/**
 * Tables of the account: the records of one AWS resource type, in AWS's own shape. Only the operations of a service read
 * and write them.
 */
import type { Account } from "./account";

/** Where records are looked for. */
export interface TablePlace {
  readonly account: Account;
  readonly region: string;
}

/** Records of one AWS resource type. */
export class Table<T extends object> {
  /**
   * @param type service and resource type, such as `cognito-idp/UserPool`
   * @param keyOf key of a record, unique within a region
   * @param isGlobal whether the records belong to no region, as those of IAM
   */
  constructor(
    readonly type: string,
    private readonly keyOf: (record: T) => string,
    private readonly isGlobal = false,
  ) {}

  get(place: TablePlace, key: string): T | undefined {
    return place.account.get(this.type, this.prefix(place) + key) as T | undefined;
  }

  /** All records of the region, in the order of their creation. */
  list(place: TablePlace): readonly T[] {
    const prefix = this.prefix(place);
    return place.account.entriesOf(this.type).flatMap(([key, record]) => (key.startsWith(prefix) ? [record as T] : []));
  }

  /** Records of the region whose members have these values; a value that is `undefined` is not compared. */
  where(place: TablePlace, members: { readonly [Name in keyof T]?: T[Name] | undefined }): readonly T[] {
    const wanted = Object.entries(members).filter(([, value]) => value !== undefined);
    return this.list(place).filter((record) => wanted.every(([name, value]) => record[name as keyof T] === value));
  }

  /** @throws what `refusal` returns, when there is no such record */
  getOr(place: TablePlace, key: string | undefined, refusal: () => Error): T {
    const record = this.get(place, key ?? "");
    if (record === undefined) throw refusal();
    return record;
  }

  /** All records of every region, each with its region; the region of a global record is empty. */
  listEverywhere(account: Account): readonly { readonly region: string; readonly record: T }[] {
    return account.entriesOf(this.type).map(([key, record]) => ({
      region: this.isGlobal ? "" : key.slice(0, key.indexOf("/")),
      record: record as T,
    }));
  }

  /** Adds the record, or replaces the one with its key. */
  put<R extends T>(place: TablePlace, record: R): R {
    place.account.put(this.type, this.prefix(place) + this.keyOf(record), record as never);
    return record;
  }

  delete(place: TablePlace, record: T): void {
    place.account.delete(this.type, this.prefix(place) + this.keyOf(record));
  }

  private prefix({ region }: TablePlace): string {
    return this.isGlobal ? "" : `${region}/`;
  }
}
