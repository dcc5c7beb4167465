/** JSON of other programs, which may be anything. */

/** The parsed value; `undefined` when the text is not JSON. Parse its shape with zod next. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
