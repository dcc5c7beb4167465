/** Kinds of values in the access model that have parts: lists, maps with free names, maps of settings. */
import type { AccessFile, Entry } from "./access-file";
import { type Documented, type Located, nameOf, read, required, type Shape, type Subject } from "./access-shape";
import { advice, nearestName, quote } from "./nearest-name";

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

/** Lists with at least one item; repeats are dropped. `reason` says why there must be one. */
export function listOf(
  noun: string,
  item: Documented<Located>,
  reason: string,
  quota?: Quota,
): Shape<readonly Located[]> {
  return {
    ...required(`a list with at least one ${noun}`, { type: "array", items: item.schema, minItems: 1 }),
    remedy: () => ` ${reason}`,
    fallback: [],
    accept(place, [, ...owner], file) {
      const items = place.kind === "list" ? place.items() : [];
      if (items.length === 0) return undefined;
      const found = new Map<string, Located>();
      for (const given of items) {
        const located = read(item, given, [noun, ...owner], file);
        if (located.text !== "" && !found.has(located.text)) found.set(located.text, located);
      }
      checkQuota([...found.values()], owner, quota, file);
      return [...found.values()];
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
    read(key, { at: entry.at, kind: "scalar", value: entry.key, source: entry.key }, [words.key, ...subject], file);
    const valueSubject = words.value === undefined ? subject : [words.value, ...subject];
    return { name: entry.key, at: entry.at, value: read(value, entry.value, valueSubject, file) };
  };
  const bounds = { minProperties: 1, ...(quota === undefined ? {} : { maxProperties: quota.max }) };
  const schema = { propertyNames: key.schema, additionalProperties: value.schema, ...bounds };
  return {
    ...required(`a map with at least one ${words.noun}`, { type: "object", ...schema }),
    fallback: [],
    accept(place, [, ...owner], file) {
      const entries = place.kind === "map" ? place.entries() : [];
      if (entries.length === 0) return undefined;
      checkQuota(entries, owner, quota, file);
      return entries.map((entry) => readEntry(entry, owner, file));
    },
  };
}

/** Maps with the given settings and no others. */
export function settings<T extends object>(shapes: { readonly [K in keyof T]: Documented<T[K]> }): Shape<T> {
  const names = Object.keys(shapes) as (keyof T & string)[];
  const collect = (get: (name: keyof T & string) => unknown) =>
    Object.fromEntries(names.map((name) => [name, get(name)]));
  const schema = {
    properties: collect((name) => shapes[name].schema),
    required: names.filter((name) => shapes[name].isRequired),
    additionalProperties: false,
  };
  return {
    ...required(`a map of settings (${names.join(", ")})`, { type: "object", ...schema }),
    fallback: collect((name) => shapes[name].fallback) as T,
    accept(place, subject, file) {
      if (place.kind !== "map") return undefined;
      const entries = new Map(place.entries().map((entry) => [entry.key, entry]));
      const meant = refuseUnknown([...entries.values()], names, subject, file);
      return collect((name) => {
        const entry = entries.get(name);
        if (entry !== undefined) return read(shapes[name], entry.value, [name, ...subject], file);
        if (shapes[name].isRequired && !meant.has(name)) refuseMissing(name, shapes[name], place.at, subject, file);
        return shapes[name].fallback;
      }) as T;
    },
  };
}

/** Returns the names of settings that the unknown ones seem to mean: those are not reported as missing too. */
function refuseUnknown(entries: readonly Entry[], names: readonly string[], subject: Subject, file: AccessFile) {
  const unknown = entries.filter(({ key }) => !names.includes(key));
  for (const { key, at } of unknown) {
    file.report(at, `${nameOf(subject)} has no setting ${quote(key)}.${advice(key, names, "Its settings")}`);
  }
  return new Set(unknown.map(({ key }) => nearestName(key, names)));
}

function refuseMissing(name: string, shape: Shape<unknown>, at: number, subject: Subject, file: AccessFile): void {
  file.report(at, `${nameOf(subject)} needs ${name}: ${shape.expected}.${shape.remedy()}`);
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
