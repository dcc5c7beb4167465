/** In what two values of a resource differ, without showing what is secret. Pure. */

/** What is shown in the place of a secret. */
const NOT_SHOWN = "(not shown)";
const CHANGED = "(changed, not shown)";

/** Shape of a value, with `true` where something holds. */
export type Marks = boolean | Readonly<Record<string, unknown>>;

/** The attributes of a resource. */
export type Values = Readonly<Record<string, unknown>>;

/** One attribute with two values. */
export interface Difference {
  /** Dotted name. */
  readonly attribute: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Single blocks and maps are looked into; lists and sets of plain values are shown whole.
 * @param sensitive what is not shown; environment variables never are
 */
export function differencesOf(expected: Values, found: Values, sensitive: readonly Marks[]): readonly Difference[] {
  const names = Object.keys({ ...expected, ...found });
  return names.flatMap((name) =>
    differences(
      name,
      expected[name],
      found[name],
      sensitive.some((marks) => isMarked(marks, name)),
    ),
  );
}

/** Whether there is nothing in a value; AWS and Terraform have several ways to say so. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "" || value === false) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** The value with what is not known yet taken from another one, so that it makes no difference. */
export function withKnown(value: unknown, unknown: unknown, other: unknown): unknown {
  if (unknown === true) return other;
  if (Array.isArray(unknown)) {
    const [items, others] = [Array.isArray(value) ? value : [], Array.isArray(other) ? other : []];
    const length = Math.max(items.length, unknown.length);
    return Array.from({ length }, (_, index) => withKnown(items[index], unknown[index], others[index]));
  }
  if (typeof unknown !== "object" || unknown === null) return value;
  const [own, others] = [(value ?? {}) as Values, (other ?? {}) as Values];
  const known = Object.entries(unknown).map(([name, mark]) => [name, withKnown(own[name], mark, others[name])]);
  return { ...own, ...Object.fromEntries(known.filter(([, one]) => one !== undefined)) };
}

/** Marks have the shape of the value, with `true` where it is sensitive. */
function isMarked(sensitive: Marks, name: string): boolean {
  return sensitive === true || (typeof sensitive === "object" && hasTrue(sensitive[name]));
}

function hasTrue(mark: unknown): boolean {
  return mark === true || (typeof mark === "object" && mark !== null && Object.values(mark).some(hasTrue));
}

function differences(attribute: string, expected: unknown, found: unknown, isHidden: boolean): readonly Difference[] {
  if (isSame(expected, found)) return [];
  const [left, right] = [unwrap(expected, found), unwrap(found, expected)];
  if (left !== undefined && right !== undefined && !isHidden) {
    return Object.keys({ ...left, ...right }).flatMap((inner) =>
      differences(`${attribute}.${inner}`, left[inner], right[inner], inner === "variables"),
    );
  }
  if (isHidden) return hidden(attribute, expected, found);
  return [{ attribute, expected: shown(expected), found: shown(found) }];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || (isEmpty(one) && isEmpty(other));
}

/** The names of environment variables that differ may be shown, their values may not. */
function hidden(attribute: string, expected: unknown, found: unknown): readonly Difference[] {
  const secret = { expected: NOT_SHOWN, found: CHANGED };
  const [left, right] = [unwrap(expected, found), unwrap(found, expected)];
  if (!attribute.endsWith(".variables") || left === undefined || right === undefined) return [{ attribute, ...secret }];
  const changed = Object.keys({ ...left, ...right }).filter((name) => !isSame(left[name], right[name]));
  return changed.map((name) => ({ attribute: `${attribute}.${name}`, ...secret }));
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

/** The object of a single block or map; an empty one where there is nothing and the other side has one. */
function unwrap(value: unknown, other: unknown): Values | undefined {
  return objectIn(value) ?? (isEmpty(value) && objectIn(other) !== undefined ? {} : undefined);
}

function objectIn(value: unknown): Values | undefined {
  const inner: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return undefined;
  return inner as Values;
}

/**
 * Two texts from a little before where they begin to differ. Pure.
 *
 * @param maxLength characters of each that are left
 * @param lead how many of those come before the first difference
 * @returns both parts, with `…` where something is cut off, and the number of characters before the difference
 */
export function aroundDifference(one: string, other: string, maxLength: number, lead: number) {
  const [left, right] = [[...one], [...other]];
  const found = left.findIndex((character, index) => character !== right[index]);
  const same = found < 0 ? left.length : found;
  const start = Math.max(0, same - lead);
  const cut = (characters: readonly string[]) => {
    const end = start + maxLength;
    return `${start > 0 ? "…" : ""}${characters.slice(start, end).join("")}${end < characters.length ? "…" : ""}`;
  };
  return { parts: [cut(left), cut(right)] as const, same, lengths: [left.length, right.length] as const };
}
