/** Text from outside on one line, in which every character can be seen. Pure. */

/**
 * Control characters (line breaks and terminal escapes among them), characters that are invisible or change the direction
 * of what follows, white space other than the plain and the ideographic space, and characters without a meaning; and the
 * beginning of `##[`, which GitHub's runner takes for a command wherever it stands in a line of a log.
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]|(?![ \u3000])\p{Zs}|#(?=#\[)/gu;

/** Most text: printable ASCII, without what begins a command. */
const SEEN = /^[ -"$-~]*$/;

/**
 * Behind styles as well, which a log may lose.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a style begins with one
const COMMAND = /^((?:[^\S\n]|\u001B\[\d+m)*):(?=:)/gm;

/** The text with something else in place of what cannot be seen. */
export function replaceUnseen(text: string, write: (character: string) => string): string {
  return SEEN.test(text) ? text : text.replace(UNSEEN, write);
}

/** The text with code points such as `\u{1b}` in place of what cannot be seen. */
export function visible(text: string): string {
  return replaceUnseen(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The lines, of which none is a command of a workflow any more. */
export function withoutCommands(lines: string): string {
  return lines.replace(COMMAND, "$1\\u{3a}");
}

/** The lines, in which everything can be seen, and of which none is a command of a workflow. */
export function visibleLines(text: string): string {
  return withoutCommands(text.split("\n").map(visible).join("\n"));
}

/** The text on one line: white space becomes a space, and everything else can be seen. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, " "));
}
