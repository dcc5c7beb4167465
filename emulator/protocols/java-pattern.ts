/** AWS's patterns are Java's regular expressions, and match a text as a whole. */

/** Java's classes of white space know fewer signs than JavaScript's. */
const CLASSES: Readonly<Record<string, string>> = { s: "[\\t-\\r\\x20]", S: "[^\\t-\\r\\x20]", h: "[\\t\\x20\\xa0]" };
const TOKEN = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[pP]\{\w+\}|[\s\S])|[\s\S]/gu;
/** What has to be escaped in a class with the flag `v`. */
const CLASS_SYNTAX = /^[&!#%,:;<=>@`~()[\]{}/|\-^$*+.?\\]$/;

const compiled = new Map<string, RegExp>();

/** The pattern for JavaScript, compiled once. @throws {SyntaxError} when it has what is not translated */
export function javaPattern(pattern: string): RegExp {
  const found = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, found);
  return found;
}

function compile(pattern: string): RegExp {
  const [, flags = "", rest = ""] = /^(?:\(\?([is]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  const tokens = rest.match(TOKEN) ?? [];
  let translated = "";
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] ?? "";
    if (token !== "[") {
      translated += translateToken(token);
      continue;
    }
    const end = classEnd(tokens, index);
    translated += translateClass(tokens.slice(index + 1, end));
    index = end;
  }
  return new RegExp(`^(?:${translated})$`, `v${flags}`);
}

function translateToken(token: string): string {
  const name = token.slice(1);
  if (!token.startsWith("\\") || /^[\^$\\.*+?()[\]{}|/dDwWbBnrtfv0-9pPxu]/.test(name)) return token;
  return CLASSES[name] ?? name;
}

/** Where the class ends: a `]` that comes first in it is one of its signs. */
function classEnd(tokens: readonly string[], start: number): number {
  const first = tokens[start + 1] === "^" ? start + 2 : start + 1;
  const end = tokens.indexOf("]", first + 1);
  return end === -1 ? tokens.length : end;
}

function translateClass(tokens: readonly string[]): string {
  const isNegated = tokens[0] === "^";
  const items = isNegated ? tokens.slice(1) : tokens;
  // After a range or another class, a hyphen is one of the signs.
  let isComplete = true;
  let isRange = false;
  const translated = items.map((token, index) => {
    if (token === "-" && !isComplete && index < items.length - 1) {
      isComplete = isRange = true;
      return "-";
    }
    isComplete = isRange || token === "-" || /^\\[dDwWsShpP]/.test(token);
    isRange = false;
    return translateClassItem(token);
  });
  return `[${isNegated ? "^" : ""}${translated.join("")}]`;
}

function translateClassItem(token: string): string {
  const sign = token.startsWith("\\") ? token.slice(1) : token;
  if (CLASS_SYNTAX.test(sign)) return `\\${sign}`;
  return token.startsWith("\\") ? translateToken(token) : token;
}
