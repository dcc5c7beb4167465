/** Names in messages: quoted, listed, and suggested for one that does not exist. */

const MAX_LISTED = 10;

/**
 * The known name that differs least, ignoring letter case; of several, the first. `undefined` when more than a third of
 * the letters (at least one) would have to change.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const near = known
    .filter((other) => Math.abs(other.length - name.length) <= limit)
    .map((other) => ({ other, distance: distanceOf(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit);
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

/** The names, the first ten of them when there are more: `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const rest = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : "";
  return `${names.slice(0, MAX_LISTED).join(", ")}${rest}`;
}

/** The text in quotes: one line, and cut when it is long. */
export function quote(text: string): string {
  const letters = [...text];
  if (letters.length <= 80) return JSON.stringify(text);
  return `${JSON.stringify(letters.slice(0, 60).join(""))}… (${letters.length} characters)`;
}

/** Letters to insert, remove, change or swap with their neighbour (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [];
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 0; i <= a.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(i + j === 0 ? 0 : Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed, swapped));
    }
  }
  return at(a.length, b.length);
}
