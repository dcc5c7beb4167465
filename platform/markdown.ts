/**
 * Tables, plurals and Markdown. Text that others wrote stays within its code span: it ends no table, makes no link, hides
 * nothing and notifies no user, since GitHub looks for mentions outside of code only.
 *
 * @see https://github.github.com/gfm/#code-spans
 * @see https://github.github.com/gfm/#tables-extension-
 */
import { oneLine } from "../access/visible";

/** Limit of a comment on GitHub. @see https://github.com/orgs/community/discussions/27190 */
export const MAX_GITHUB_CHARACTERS = 65_536;

/** Longer code spans are cut. */
const MAX_CHARACTERS = 300;

/** Sentences without Markdown, mentions, links (`www.a.b`, `GH-1`, hashes of commits) and emoji (`:x:`). */
const PROSE =
  /^(?!.*(?:\w\.\w|-\d|:[\w+-]+:|\b[0-9a-f]{7,40}\b|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])))[\p{L}\p{M}\p{N} ,.:;'()–_-]+$/u;

/** A name or value as code, on one line; `row` makes it fit for a table. */
export function code(text: string): string {
  return fenced(cut(oneLine(text)));
}

/** As {@link code}, but never cut: a command, or a list of which each item counts. */
export function commandCode(command: string): string {
  return fenced(oneLine(command));
}

function fenced(line: string): string {
  if (line.trim() === "") return "(empty)";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** A text within a sentence: as it is where it means nothing in Markdown, else as code. */
export function prose(text: string): string {
  return PROSE.test(text) ? text : code(text);
}

/** Names as code, with commas between them. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

/**
 * A row of a table, in which a bar would end a cell even within code. After a backslash, which could stand for itself or for
 * the bar, it is written as a code point.
 * @param cells Markdown of one line each
 */
export function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/(?<=\\)\|/g, "\\u{7c}").replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The first two lines of a table. */
export function head(...columns: readonly string[]): readonly string[] {
  return [row(...columns), `|${" --- |".repeat(columns.length)}`];
}

/** A Markdown table; nothing when it has no rows. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return rows.length === 0 ? [] : [...head(...columns), ...rows.map((cells) => row(...cells))];
}

/** `1 client`, `2 clients`; with another plural `0 policies`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function cut(text: string): string {
  const characters = [...text];
  if (characters.length <= MAX_CHARACTERS) return text;
  return `${characters.slice(0, MAX_CHARACTERS).join("")}… (${characters.length.toLocaleString("en")} characters)`;
}
