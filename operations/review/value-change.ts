/** An old and a new value as Markdown, short, and so that what differs is seen. Pure. */
import { code } from "../../platform/markdown";

/** Longer values are not shown whole. */
const MOST_CHARACTERS = 120;

/** Of each list so many items are named. */
const NAMED = 10;

/** So much of what is the same is shown before what differs. */
const LEAD = 30;

/** @param before value as JSON @param after another one, as JSON */
export function valueChange(before: string, after: string): string {
  const isShort = Math.max(before.length, after.length) <= MOST_CHARACTERS;
  if (isShort) return told(before, after) ?? `${code(before)} (differs in spaces only)`;
  return listChange(listIn(before), listIn(after)) ?? textChange(before, after);
}

/** Both sides; nothing where they look the same. */
function told(before: string, after: string): string | undefined {
  const [left, right] = [code(before), code(after)];
  return left === right ? undefined : `${left} → ${right}`;
}

/** What is added and what is removed. */
function listChange(before: readonly string[] | undefined, after: readonly string[] | undefined): string | undefined {
  if (before === undefined || after === undefined) return undefined;
  const [added, removed] = [without(after, before), without(before, after)];
  if (added.length + removed.length === 0) return `the same ${before.length.toLocaleString("en")} in another order`;
  // What is much alike is told better by where it differs.
  const isLong = [...added, ...removed].some((item) => item.length > MOST_CHARACTERS);
  if (isLong && added.length === removed.length) return undefined;
  const parts = [...named("+", added), ...named("−", removed)];
  return `${parts.join(", ")} (${before.length.toLocaleString("en")} → ${after.length.toLocaleString("en")})`;
}

function named(sign: string, items: readonly string[]): readonly string[] {
  const more = items.length - NAMED;
  const texts = items.slice(0, NAMED).map((item) => `${sign} ${code(item)}`);
  return more > 0 ? [...texts, `${sign} ${more.toLocaleString("en")} more`] : texts;
}

/** The items that the other list has less often. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const item of others) left.set(item, (left.get(item) ?? 0) + 1);
  return items.filter((item) => {
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

/** The part around the first difference. */
function textChange(before: string, after: string): string {
  const [left, right] = [[...before], [...after]];
  const same = left.findIndex((character, index) => character !== right[index]);
  const first = same < 0 ? left.length : same;
  const start = Math.max(0, first - LEAD);
  const texts = [part(left, start), part(right, start)] as const;
  const where = `from character ${(first + 1).toLocaleString("en")} of ${left.length.toLocaleString("en")} → ${right.length.toLocaleString("en")}`;
  return `${told(...texts) ?? `${code(texts[0])} (differs in spaces only)`} (${where})`;
}

function part(characters: readonly string[], start: number): string {
  const end = start + MOST_CHARACTERS;
  const text = characters.slice(start, end).join("");
  return `${start > 0 ? "…" : ""}${text}${end < characters.length ? "…" : ""}`;
}

/** Items of a list, as JSON. */
function listIn(text: string): readonly string[] | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return undefined;
  return value.map((item: unknown) => JSON.stringify(item));
}
