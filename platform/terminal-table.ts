/** Tables and lines that fit a terminal, whose columns are not characters: Chinese ones are two wide, accents none. Pure. */
import { oneLine } from "../access/visible";

/** Wide characters, by their blocks. @see https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}]/u;

/** Where a line is broken: behind spaces, or within a word that is too wide, behind punctuation or anywhere. */
const BREAKS = [/(?<=\s)/u, /(?<=[,/:._-])/u, /(?:)/u] as const;

/** Columns are never narrower than this, or than what they hold. */
const MIN_COLUMN = 6;

/** A cell's longer texts do not widen its column. */
const MAX_COLUMN = 300;

/** Columns of a terminal that the text takes. @param text one line without styles */
export function widthOf(text: string): number {
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
  const widths = fitted(natural, width - 2 * columns);
  const isWrapped = widths.some((one, column) => one !== natural[column]);
  return rows.map((row) => {
    const parts = row.map((cell, column) => (isWrapped ? wrapped(cell, widths[column] ?? 0) : [cell]));
    const height = Math.max(1, ...parts.map((lines) => lines.length));
    const lineAt = (index: number) => parts.map((lines, column) => padded(lines[index] ?? "", widths[column] ?? 0));
    return Array.from({ length: height }, (_, index) => `  ${lineAt(index).join("  ")}`.trimEnd()).join("\n");
  });
}

/** The widths, of which the widest are made narrower until all fit. */
function fitted(natural: readonly number[], available: number): readonly number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return widths;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}
