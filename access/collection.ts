/** Kinds of values in the access model that have any number of parts: lists, and maps with free names. */
import type { AccessFile, Entry } from "./file";
import { quote } from "./nearest-name";
import { type Documented, type Located, nameOf, read, required, type Shape, type Subject } from "./shape";

/** An entry of a map with free names, as its shapes have read it. */
export interface Named<T> {
  readonly name: string;
  /** Offset of the key. */
  readonly at: number;
  readonly value: T;
}

/** How an entry is called in mistakes. */
export interface EntryWords {
  /** The entry, such as `client`. */
  readonly noun: string;
  /** Its key, such as `name`. */
  readonly key: string;
  /** Its value where that is not a map of settings, such as `description`. */
  readonly value?: string;
}

/** How many there may be by AWS's default quotas. */
export interface Quota {
  readonly max: number;
  /** What is counted, such as `clients`. */
  readonly noun: string;
  /** What has them, such as `a user pool`. */
  readonly of: string;
  /** What to do when there are more. */
  readonly remedy: string;
}

/**
 * Lists with at least one item; repeats are dropped, and what was wrong is one empty text.
 *
 * @param reason why there must be one, or what else to do: a sentence
 */
export function listOf(
  noun: string,
  item: Documented<Located>,
  reason: string,
  quota?: Quota,
): Shape<readonly Located[]> {
  return {
    ...required(`a list with at least one ${noun}`, { type: "array", items: item.schema, minItems: 1 }, []),
    remedy: () => ` ${reason}`,
    accept(place, [, ...owner], file) {
      const items = place.kind === "list" ? place.items() : [];
      if (items.length === 0) return undefined;
      const found = new Map<string, Located>();
      for (const given of items) {
        const located = read(item, given, [noun, ...owner], file);
        if (!found.has(located.text)) found.set(located.text, located);
      }
      const list = [...found.values()];
      checkQuota(
        list.filter(({ text }) => text !== ""),
        owner,
        quota,
        file,
      );
      return list;
    },
  };
}

/** Maps with at least one entry, under names that the author chooses. */
export function mapOf<T>(
  words: EntryWords,
  key: Shape<Located>,
  value: Documented<T>,
  quota?: Quota,
): Shape<readonly Named<T>[]> {
  const readEntry = (entry: Entry, owner: Subject, file: AccessFile): Named<T> => {
    const subject = [`${words.noun} ${quote(entry.key)}`, ...owner];
    if (entry.key === "__proto__") {
      file.report(entry.at, `${nameOf(subject)} has a name that JavaScript keeps for itself. Give it another.`);
    }
    read(key, { at: entry.at, kind: "scalar", value: entry.key, source: entry.key }, [words.key, ...subject], file);
    const valueSubject = words.value === undefined ? subject : [words.value, ...subject];
    return { name: entry.key, at: entry.at, value: read(value, entry.value, valueSubject, file) };
  };
  const bounds = { minProperties: 1, ...(quota === undefined ? {} : { maxProperties: quota.max }) };
  const schema = { propertyNames: key.schema, additionalProperties: value.schema, ...bounds };
  return {
    ...required(`a map with at least one ${words.noun}`, { type: "object", ...schema }, []),
    accept(place, [, ...owner], file) {
      const entries = place.kind === "map" ? place.entries() : [];
      if (entries.length === 0) return undefined;
      checkQuota(entries, owner, quota, file);
      return entries.map((entry) => readEntry(entry, owner, file));
    },
  };
}

/** The mistake stands at the first one too many. */
function checkQuota(
  counted: readonly { readonly at: number }[],
  owner: Subject,
  quota: Quota | undefined,
  file: AccessFile,
): void {
  const first = quota && counted[quota.max];
  if (quota === undefined || first === undefined) return;
  const max = quota.max.toLocaleString("en");
  const has = `${nameOf(owner)} has ${counted.length.toLocaleString("en")} ${quota.noun}`;
  file.report(first.at, `${has}, but AWS's default quota is ${max} ${quota.of}. ${quota.remedy}`);
}
