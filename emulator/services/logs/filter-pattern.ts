/**
 * Filter patterns of CloudWatch Logs for plain text: words that have to be there, words of which one has to, and words
 * that must not be. Patterns for JSON, for columns and regular expressions are not played. Pure.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { AwsError, UnsupportedError } from "../../errors";

/** Whether a line fits. */
export type LogFilter = (message: string) => boolean;

/**
 * @param pattern empty for every line
 * @throws {AwsError} `InvalidParameterException` for a pattern that is none
 * @throws {UnsupportedError} for a pattern of another sort
 */
export function logFilter(pattern: string): LogFilter {
  const trimmed = pattern.trim();
  if (/^[{[%]/.test(trimmed)) {
    throw new UnsupportedError("filterPattern is not emulated for JSON, columns and regular expressions: use words");
  }
  const terms = [...trimmed.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)\s*/gy)];
  if (terms.map(([whole]) => whole).join("") !== trimmed) {
    throw new AwsError("InvalidParameterException", "Invalid filter pattern");
  }
  const of = (sign: string) =>
    terms
      .filter(([, found]) => found === sign)
      .map(([, , quoted, word]) => quoted?.replace(/\\(.)/g, "$1") ?? word ?? "");
  const [all, none] = [of(""), of("-")];
  // With other words beside it, AWS ignores what has a question mark.
  const any = all.length + none.length > 0 ? [] : of("?");
  return (message) =>
    all.every((term) => message.includes(term)) &&
    (any.length === 0 || any.some((term) => message.includes(term))) &&
    !none.some((term) => message.includes(term));
}
