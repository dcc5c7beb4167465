/** JSON of other programs, which may be anything, and JSON to print. */
import { replaceUnseen } from "../access/visible";

/** The parsed value; `undefined` when the text is not JSON. Parse its shape with zod next. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value as JSON that can be printed: what cannot be seen is escaped. @param space of each level; 0 for one line */
export function jsonText(value: unknown, space = 2): string {
  return printableJson(JSON.stringify(value, null, space));
}

/** The same JSON, with what cannot be seen in its texts escaped. */
export function printableJson(json: string): string {
  return replaceUnseen(json, (character) => {
    // Between texts, these are the only ones.
    if (/[\t\n\r]/.test(character)) return character;
    const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
