/** When a changed attribute protects less than before: what the rows of the table of protections are made of. Pure. */
import { code } from "../../platform/markdown";

/** Attributes of a resource. */
export type Values = Readonly<Record<string, unknown>>;

/** What a message shows of a loss: Markdown for `{before}` and `{after}`, and names for `{items}`. */
export interface Loss {
  readonly before: string;
  readonly after: string;
  readonly items: readonly string[];
}

/** Compares a resource before and after a plan. @returns `undefined` when these attributes protect as before */
export type Predicate = (before: Values, after: Values, paths: readonly string[]) => Loss | undefined;

/** An attribute's value as code. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? code("-") : value.map(shown).join(", ");
  return code(isEmpty(value) ? "-" : String(value));
}

/** Whether there is a text or an item of a list. */
export function isThere(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : typeof value === "string" && value !== "";
}

/** Whether a value is what Terraform takes for nothing: null, an empty text, list or map. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The value as attributes; those of the first when it is a list of blocks; none when it is something else. */
export function valuesIn(value: unknown): Values {
  const inner: unknown = Array.isArray(value) ? value[0] : value;
  return typeof inner === "object" && inner !== null ? (inner as Values) : {};
}

/** The value of an attribute, or of one within single blocks. @param path such as `settings.logging_level` */
export function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    const inner: unknown = Array.isArray(value) ? value[0] : value;
    return inner === true ? true : valuesIn(inner)[name];
  }, values);
}

/** Each path on its own; `{items}` are the paths that protect less. */
function each(isLess: (before: unknown, after: unknown) => boolean): Predicate {
  return (before, after, paths) => {
    const items = paths.filter((path) => isLess(valueAt(before, path), valueAt(after, path)));
    const [first] = items;
    if (first === undefined) return undefined;
    return { before: shown(valueAt(before, first)), after: shown(valueAt(after, first)), items };
  };
}

export const turnedOff = each((before, after) => before === true && after !== true);
export const turnedOn = each((before, after) => before === false && after === true);
export const removed = each((before, after) => isThere(before) && !isThere(after));
/** Another value, and not none. */
export const replaced = each((before, after) => isThere(before) && isThere(after) && isOther(before, after));
/** Another value, or none, or the first one. */
export const changed = each((before, after) => isOther(before, after) && !(isEmpty(before) && isEmpty(after)));
export const raised = each((before, after) => Number(after) > Number(before));
/** It was this value, or a list with it, and no longer is. */
export const leaves = (value: unknown) => each((before, after) => holds(before, value) && !holds(after, value));
/** It is this value, or a list with it, and was not. */
export const becomes = (value: unknown) => each((before, after) => !holds(before, value) && holds(after, value));

/** @param order the weakest first, which is also the default */
export const weakened = (order: readonly string[]) =>
  each((before, after) => order.indexOf(String(after ?? order[0])) < order.indexOf(String(before ?? order[0])));

/** Holds only while another attribute is on after the change. */
export const whileOn =
  (path: string, predicate: Predicate): Predicate =>
  (before, after, paths) =>
    valueAt(after, path) === true ? predicate(before, after, paths) : undefined;

type Read<T> = (values: Values, path: string) => T;

/** A quantity of the resource is higher than before. @param format as it is shown */
export const higher =
  (read: Read<number>, format: (value: number) => string = quantity): Predicate =>
  (before, after, [path = ""]) => {
    const [old, now] = [read(before, path), read(after, path)];
    return now > old ? { before: format(old), after: format(now), items: [] } : undefined;
  };

/** A quantity of the resource is lower than before. */
export const lower = (read: Read<number>): Predicate =>
  higher(
    (values, path) => -read(values, path),
    (value) => quantity(-value),
  );

/** There are items that were not there. A list with `*` has all. */
export const widened = (read: Read<readonly string[]> = listAt): Predicate =>
  compared(read, (old, now) => (old.includes("*") ? [] : without(now, old)));

/** Some items are gone, and others are left. */
export const narrowed = (read: Read<readonly string[]> = listAt): Predicate =>
  compared(read, (old, now) => (now.length === 0 ? [] : without(old, now)));

/** Some items are gone, or all. */
export const lost = (read: Read<readonly string[]>): Predicate => compared(read, without);

function compared(
  read: Read<readonly string[]>,
  lessOf: (old: readonly string[], now: readonly string[]) => readonly string[],
): Predicate {
  return (before, after, [path = ""]) => {
    const [old, now] = [read(before, path), read(after, path)];
    const items = lessOf(old, now);
    return items.length === 0 ? undefined : { before: shown(old), after: shown(now), items };
  };
}

/** Texts of a list. */
export function listAt(values: Values, path: string): readonly string[] {
  const value = valueAt(values, path);
  return Array.isArray(value) ? value.map(String) : [];
}

export function without(items: readonly string[], others: readonly string[]): readonly string[] {
  return items.filter((item) => !others.includes(item));
}

function holds(value: unknown, wanted: unknown): boolean {
  return value === wanted || (Array.isArray(value) && value.includes(wanted));
}

function isOther(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function quantity(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en") : "unlimited";
}
