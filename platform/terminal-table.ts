/** Tables and lines that fit a terminal, whose columns are not characters: Chinese ones are two wide, accents none. Pure. */
import { oneLine } from "../access/visible";

/** Wide characters, by their blocks. @see https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}]/u;
/** Most texts, whose characters are each one wide. */
const ASCII = /^[ -~]*$/;

/** Where a line is broken: behind spaces, or within a word that is too wide, behind punctuation or anywhere. */
const BREAKS = [/(?<=\s)/u, /(?<=[,/:._-])/u, /(?:)/u] as const;

/** Columns are never narrower than this, or than what they hold. */
const MIN_COLUMN = 6;

/** A cell's longer texts do not widen its column. */
const MAX_COLUMN = 300;

/** Columns of a terminal that the text takes. @param text one line without styles */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) {
    if (WIDE.test(character)) width += 2;
    else if (!WITHOUT_WIDTH.test(character)) width += 1;
  }
  return width;
}

/** The text in lines of at most that width: broken behind spaces and punctuation, or within a word that is wider. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  const add = (piece: string) => {
    if (line !== "" && widthOf((line + piece).trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else line += piece;
  };
  const addAll = (piece: string, [first, ...others]: readonly RegExp[]) => {
    if (first === undefined || widthOf(piece.trimEnd()) <= width) add(piece);
    else for (const part of piece.split(first)) addAll(part, others);
  };
  addAll(text, BREAKS);
  return [...lines, line.trimEnd()];
}

/**
 * A text on one line behind the beginning, wrapped to a terminal's width: its other lines are indented as far.
 * @param width left out, nothing is wrapped
 */
export function hanging(begin: string, text: string, width: number = Number.POSITIVE_INFINITY): string {
  const lines = wrapped(oneLine(text), width - widthOf(begin));
  return begin + lines.join(`\n${" ".repeat(widthOf(begin))}`);
}

/** A text on one line, wrapped to a terminal's width. Its other lines are indented, so that none looks like a line of its own. */
export function paragraph(text: string, width: number = Number.POSITIVE_INFINITY): string {
  return wrapped(oneLine(text), width - 2).join("\n  ");
}

/**
 * What is copied, such as a command or a URL, behind the beginning. It is never broken: where it does not fit there, it
 * has a line of its own, indented as far as that fits.
 * @param width left out, everything fits
 */
export function unbroken(begin: string, text: string, width: number = Number.POSITIVE_INFINITY): string {
  const own = oneLine(text);
  if (widthOf(begin + own) <= width) return begin + own;
  const indent = " ".repeat(Math.max(0, Math.min(4, width - widthOf(own))));
  return begin.trim() === "" ? indent + own : `${begin.trimEnd()}\n${indent}${own}`;
}

/**
 * A table for a terminal: columns aligned, two spaces before and between them.
 * @param cells without styles
 * @param width columns of the terminal, into which cells are wrapped; left out, nothing is wrapped
 * @returns one text for each row, of several lines where cells are wrapped
 */
export function aligned(
  cells: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const rows = cells.map((row) => row.map(oneLine));
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const natural = Array.from({ length: columns }, (_, column) =>
    Math.min(MAX_COLUMN, Math.max(...rows.map((row) => widthOf(row[column] ?? "")))),
  );
  const least = fitsWhole(rows, width) ? natural.map((_, column) => wordWidth(rows, column)) : [];
  const widths = fitted(natural, width - 2 * columns, least);
  const isWrapped = widths.some((one, column) => one !== natural[column]);
  return rows.map((row) => {
    const parts = row.map((cell, column) => (isWrapped ? wrapped(cell, widths[column] ?? 0) : [cell]));
    const height = Math.max(1, ...parts.map((lines) => lines.length));
    const lineAt = (index: number) => parts.map((lines, column) => padded(lines[index] ?? "", widths[column] ?? 0));
    return Array.from({ length: height }, (_, index) => `  ${lineAt(index).join("  ")}`.trimEnd()).join("\n");
  });
}

/**
 * A table with a head for a terminal or, where words would have to be broken for it, a list: the first cell of each row,
 * and below it the others behind their heads.
 * @param width as in {@link aligned}
 */
export function tableOrList(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const cells = [head, ...rows];
  if (fitsWhole(cells, width)) return aligned(cells, width);
  return rows.flatMap(([first = "", ...others]) => [
    hanging("  ", first, width),
    ...aligned(
      others.map((cell, index) => [head[index + 1] ?? "", cell]),
      width - 2,
    ).map((lines) => lines.replace(/^/gm, "  ")),
  ]);
}

/** Whether a table fits without a word that is broken. */
function fitsWhole(rows: readonly (readonly string[])[], width: number): boolean {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const words = Array.from({ length: columns }, (_, column) => wordWidth(rows, column) + 2);
  return words.reduce((sum, one) => sum + one, 0) <= width;
}

/** Width of the widest word of a column. */
function wordWidth(rows: readonly (readonly string[])[], column: number): number {
  return Math.max(...rows.flatMap((row) => (row[column] ?? "").split(" ").map(widthOf)));
}

/**
 * The widths, of which the widest are made narrower until all fit.
 * @param least widths by column, which are kept
 */
function fitted(natural: readonly number[], available: number, least: readonly number[]): readonly number[] {
  const widths = [...natural];
  const canShrink = (width: number, column: number) => width > Math.max(MIN_COLUMN, least[column] ?? 0);
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths.filter(canShrink));
    const column = widths.findIndex((width, index) => width === widest && canShrink(width, index));
    if (column < 0) return widths;
    widths[column] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}
