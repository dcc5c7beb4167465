/** Lists of AWS's APIs, page by page. Pure. */
import { AwsError } from "../errors";

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Asks for the next page; `undefined` on the last. */
  readonly next: string | undefined;
}

/**
 * @param limit items of a page
 * @param token token of the next page from the page before; `undefined` for the first page
 * @param refusal AWS's name for a token that it never gave
 * @param text AWS's text for it
 * @throws {AwsError} of that name
 */
export function pageOf<Item>(
  items: readonly Item[],
  limit: number,
  token: string | undefined,
  refusal = "InvalidParameterException",
  text = "Invalid pagination token given.",
): Page<Item> {
  const start = token === undefined ? 0 : Number(/^page-(\d{1,9})$/.exec(decode(token))?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new AwsError(refusal, text);
  const end = start + limit;
  return { items: items.slice(start, end), next: end < items.length ? encode(`page-${end}`) : undefined };
}

function decode(token: string): string {
  return Buffer.from(token, "base64url").toString("utf8");
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
