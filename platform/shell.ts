/** Words of a command line for a shell. */
import { replaceUnseen, visible } from "../access/visible";

/** A word of a command, quoted for a shell, so that a name cannot become a command, and all of it can be seen. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (visible(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const code = (character: string) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
  return `$'${replaceUnseen(word.replace(/[\\']/g, "\\$&"), code)}'`;
}
