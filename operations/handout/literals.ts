/** Texts as string literals of programming languages. What cannot be seen in a text is escaped. Pure. */
import { replaceUnseen } from "../../access/visible";

/** Languages whose literals differ. */
export type Language = "javascript" | "python" | "go" | "java";

/** How a character is escaped, by its code point. */
const ESCAPES: Readonly<Record<Language, (code: number) => string>> = {
  javascript: units,
  python: codePoint,
  go: codePoint,
  // Java replaces \u escapes before it reads the literal, so a line break or a quote must not be one.
  java: (code) => (code < 0x100 ? `\\${code.toString(8).padStart(3, "0")}` : units(code)),
};

/** The text in double quotes, with all that ends or changes a literal escaped. */
export function literal(text: string, language: Language): string {
  const write = ESCAPES[language];
  const inner = text.replace(/[\\"]/g, "\\$&");
  return `"${replaceUnseen(inner, (character) => write(character.codePointAt(0) ?? 0))}"`;
}

/** As UTF-16 code units: `\u0007`, `\udb40\udc41`. */
function units(code: number): string {
  const text = String.fromCodePoint(code);
  return Array.from({ length: text.length }, (_, index) => `\\u${hex(text.charCodeAt(index), 4)}`).join("");
}

/** As one code point: `\u0007`, `\U000e0041`. */
function codePoint(code: number): string {
  return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
