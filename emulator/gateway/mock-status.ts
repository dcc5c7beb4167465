/**
 * The status that the request template of a MOCK integration chooses. AWS reads it without demanding JSON.
 *
 * @see https://github.com/localstack/localstack/issues/11967
 */

const STATUS = /^[1-5]\d\d$/;

/** The status, such as `204`; `undefined` when the text is not an object, or chooses no status. */
export function mockStatus(text: string): string | undefined {
  try {
    const { statusCode } = JSON.parse(text) as { readonly statusCode?: unknown };
    return chosen(typeof statusCode === "string" || typeof statusCode === "number" ? String(statusCode) : "");
  } catch {
    return statusInObject(text);
  }
}

function chosen(status: string): string | undefined {
  return STATUS.test(status) ? status : undefined;
}

/** Of an object whose names need no quotes, or single ones, and which may have a comma too many. */
function statusInObject(text: string): string | undefined {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  const pairs = (inner ?? "").split(",").filter((pair) => pair.trim() !== "");
  let status: string | undefined;
  for (const pair of pairs) {
    const colon = pair.indexOf(":");
    const [name, value] = [pair.slice(0, Math.max(colon, 0)).trim(), pair.slice(colon + 1).trim()];
    if (colon < 0 || /^[[{]/.test(name) || !isClosed(name) || !isClosed(value)) return undefined;
    if (/^(?:statusCode|'statusCode'|"statusCode")$/.test(name)) status = value;
  }
  return chosen(status ?? "");
}

/** Whether a text that begins with a quote or a bracket ends with the one that closes it. */
function isClosed(text: string): boolean {
  const close = new Map([
    ["'", "'"],
    ['"', '"'],
    ["[", "]"],
    ["{", "}"],
  ]).get(text[0] ?? "");
  return close === undefined || (text.length > 1 && text.endsWith(close));
}
