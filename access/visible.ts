/** Text from outside on one line, in which every character can be seen. Pure. */

/**
 * Control characters (line breaks and terminal escapes among them), characters that are invisible or change the direction
 * of what follows, white space other than the plain and the ideographic space, and characters without a meaning.
 *
 * @see https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]|(?![ \u3000])\p{Zs}/gu;

/** GitHub's runner takes this for a command wherever it stands in a line of a log. */
const OLD_COMMAND = /#(?=#\[)/g;

/** The text with code points such as `\u{1b}` in place of what cannot be seen. */
export function visible(text: string): string {
  return text.replace(UNSEEN, codePoint).replace(OLD_COMMAND, codePoint);
}

/** The text on one line: white space becomes a space, and everything else can be seen. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, " "));
}

function codePoint(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
