/** An old and a new value as Markdown: short, with what differs. Pure. */
import { code } from "../../platform/markdown";
import { aroundDifference } from "../plan-file/differences";

/** Longer values are cut. */
const MAX_CHARACTERS = 120;

/** Added and removed items that are shown. */
const MAX_ITEMS = 10;

/** Characters shown before the first difference. */
const LEAD = 30;

/** @param before value as JSON @param after another one, as JSON */
export function valueChange(before: string, after: string): string {
  if (Math.max(before.length, after.length) <= MAX_CHARACTERS) return arrow(before, after);
  const [old, now] = [before, after].map((text): unknown => JSON.parse(text));
  return (Array.isArray(old) && Array.isArray(now) ? listChange(old, now) : undefined) ?? textChange(before, after);
}

function arrow(before: string, after: string): string {
  const [left, right] = [code(before), code(after)];
  return left === right ? `${left} (differs in spaces only)` : `${left} → ${right}`;
}

/** Added and removed items; `undefined` where long items are much alike: the part that differs is shorter. */
function listChange(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  const [old, now] = [before, after].map((items) => items.map((item) => JSON.stringify(item)));
  if (old === undefined || now === undefined) return undefined;
  const [added, removed] = [without(now, old), without(old, now)];
  if (added.length + removed.length === 0) return `the same ${old.length.toLocaleString("en")} in another order`;
  const isLong = [...added, ...removed].some((item) => item.length > MAX_CHARACTERS);
  if (isLong && added.length === removed.length) return undefined;
  const parts = [...named("+", added), ...named("−", removed)];
  return `${parts.join(", ")} (${old.length.toLocaleString("en")} → ${now.length.toLocaleString("en")})`;
}

function named(sign: string, items: readonly string[]): readonly string[] {
  const more = items.length - MAX_ITEMS;
  const texts = items.slice(0, MAX_ITEMS).map((item) => `${sign} ${code(item)}`);
  return more > 0 ? [...texts, `${sign} ${more.toLocaleString("en")} more`] : texts;
}

/** The items that the other list has less often. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return items.filter((item) => {
    const index = left.indexOf(item);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** The part around the first difference. */
function textChange(before: string, after: string): string {
  const { parts, same, lengths } = aroundDifference(before, after, MAX_CHARACTERS, LEAD);
  const [old, now] = lengths.map((length) => length.toLocaleString("en"));
  return `${arrow(...parts)} (from character ${(same + 1).toLocaleString("en")} of ${old} → ${now})`;
}
