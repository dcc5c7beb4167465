/**
 * Text of others within Markdown of ours. Whatever is in a name or a value stays within its code span: it ends no table,
 * makes no link, hides nothing and calls nobody, since GitHub looks for mentions outside of code only.
 *
 * @see https://github.github.com/gfm/#code-spans
 * @see https://github.github.com/gfm/#tables-extension-
 */

/** Longer texts are cut. */
const MOST_CHARACTERS = 300;

/** Line breaks, control characters, and those that change the direction of what follows or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A name or value as code, on one line; `row` makes it fit for a table. */
export function code(text: string): string {
  const line = cut(text.replace(/\s+/g, " ").replace(UNSEEN, escaped));
  if (line.trim() === "") return "(empty)";
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${line}${space}${fence}`;
}

/** Names as code, with commas between them. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

/** A row of a table, in which a bar would end a cell even within code. @param cells Markdown of one line each */
export function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** The first two lines of a table. */
export function head(...columns: readonly string[]): readonly string[] {
  return [row(...columns), `|${" --- |".repeat(columns.length)}`];
}

/** `1 client`, `2 clients`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function cut(text: string): string {
  const characters = [...text];
  if (characters.length <= MOST_CHARACTERS) return text;
  return `${characters.slice(0, MOST_CHARACTERS).join("")}… (${characters.length.toLocaleString("en")} characters)`;
}
