/** Regular expressions of templates that end soon, whatever text they search: their author shares this process. */
import { UnsupportedError } from "../errors";

/** One sign, class or escape, and how often it comes. */
const ATOM =
  /(?:\\[dDsSwWnrtbB^$.|?*+()[\]{}/"'\\-]|\[(?:[^\]\\]|\\.)+\]|[^\\()[\]{}*+?|])(?<quantifier>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?/y;

/**
 * The regular expression: signs, classes and escapes, with at most one repetition and no groups.
 * @throws {UnsupportedError} for every other one
 */
export function safeRegExp(pattern: string, flags = ""): RegExp {
  const [, inner = pattern] = /^\^\(\?:(.*)\)\$$/s.exec(pattern) ?? [];
  let repetitions = 0;
  for (let at = 0; at < inner.length; at = ATOM.lastIndex) {
    ATOM.lastIndex = at;
    const quantifier = ATOM.exec(inner)?.groups?.["quantifier"];
    if (ATOM.lastIndex === 0) throw notEmulated(inner);
    if (quantifier !== undefined && quantifier !== "?") repetitions += 1;
    if (repetitions > 1) throw notEmulated(inner);
  }
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    throw new UnsupportedError(`the pattern ${inner} is not a regular expression`, { cause: error });
  }
}

function notEmulated(pattern: string): UnsupportedError {
  return new UnsupportedError(
    `the pattern ${pattern.slice(0, 40)} is not emulated. Emulated: signs, classes and escapes, with one repetition and no groups.`,
  );
}
