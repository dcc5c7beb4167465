/** Names in messages: quoted, listed, and suggested for one that does not exist. */

import { visible } from "./visible";

const MAX_LISTED = 10;

/** Why `constructor`, `toString` and such are refused where a construct has the name: completes "environment "x" …". */
export const OF_OBJECTS = "has a name that every JavaScript object has";

/** Longer names are shown in part. */
const MAX_LETTERS = 80;

/** Pairs of letters that are compared for one suggestion: 600 names of 12 letters, or one of 300. */
const MAX_PAIRS = 90_000;

/**
 * The known name that differs least, ignoring letter case; of several, the first. `undefined` when more than a third of
 * the letters (at least one) would have to change, or more than one and the first one as well: `import` is not `report`.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let left = MAX_PAIRS;
  const near = known
    .filter((other) => Math.abs(other.length - name.length) <= limit)
    .filter((other) => {
      left -= name.length * other.length;
      return left >= 0;
    })
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ distance, other }) => distance <= (isSameLetter(name, other) ? limit : 1));
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.other;
}

/** ` Did you mean "…"?` with the nearest name; empty when none is near. */
export function suggestion(name: string, known: readonly string[], prefix = ""): string {
  const near = nearestName(name, known);
  return near === undefined ? "" : ` Did you mean ${quote(prefix + near)}?`;
}

/** The {@link suggestion} or, when no name is near, the known names under a heading; empty when there are none. */
export function advice(name: string, known: readonly string[], heading: string, prefix = ""): string {
  return suggestion(name, known, prefix) || (known.length === 0 ? "" : ` ${heading}: ${listed(known)}.`);
}

/** The {@link suggestion} or, when no name is near, the known names as a sentence: ` It has a, b.` */
export function namesInstead(name: string, known: readonly string[]): string {
  return suggestion(name, known) || (known.length === 0 ? "" : ` It has ${listed(known)}.`);
}

/** The names, the first ten of them when there are more: `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const rest = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  const shown = names.slice(0, MAX_LISTED).map((name) => (name.length <= MAX_LETTERS ? name : quote(name)));
  return `${shown.join(", ")}${rest}`;
}

/** The text in quotes: one line, in which everything can be seen, and cut when it is long. */
export function quote(text: string): string {
  const letters = [...text.slice(0, 10 * MAX_LETTERS)];
  if (letters.length <= MAX_LETTERS) return visible(JSON.stringify(text));
  return `${visible(JSON.stringify(letters.slice(0, 60).join("")))}… (${text.length} characters)`;
}

function isSameLetter(name: string, other: string): boolean {
  return name[0]?.toLowerCase() === other[0]?.toLowerCase();
}

/** Letters to insert, remove, change or swap with their neighbour (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  let older: readonly number[] = [];
  let old: readonly number[] = [];
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= b.length; j++) {
      const above = (old[j] ?? Number.POSITIVE_INFINITY) + 1;
      const before = (row[j - 1] ?? Number.POSITIVE_INFINITY) + 1;
      const changed = (old[j - 1] ?? Number.POSITIVE_INFINITY) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (older[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(i + j === 0 ? 0 : Math.min(above, before, changed, swapped));
    }
    [older, old] = [old, row];
  }
  return old[b.length] ?? 0;
}
