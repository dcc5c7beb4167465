/**
 * Lists in IAM's XML. Pure. An answer in which the list is not where it should be is an error, since none would look
 * like an empty one.
 */

import { UserError } from "../../platform/user-error";

/** Texts of all elements of a name within the list. @throws {UserError} when there is no such list */
export function listIn(xml: string, list: string, element: string): readonly string[] {
  const [, content] = new RegExp(`<${list}>(.*?)</${list}>`, "s").exec(xml) ?? [];
  if (content === undefined) {
    if (new RegExp(`<${list}\\s*/>`).test(xml)) return [];
    throw new UserError(`IAM's answer has no ${list}`);
  }
  const found = content.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, "g"));
  return Array.from(found, ([, text = ""]) => unescaped(text));
}

/** What the next page is asked for with; `undefined` on the last. @throws {UserError} when the answer does not say */
export function nextIn(xml: string): string | undefined {
  const [, isTruncated] = /<IsTruncated>(true|false)<\/IsTruncated>/.exec(xml) ?? [];
  if (isTruncated === "false") return undefined;
  const [, marker] = /<Marker>([^<]+)<\/Marker>/.exec(xml) ?? [];
  if (isTruncated === "true" && marker !== undefined) return unescaped(marker);
  throw new UserError("IAM's answer does not say whether there is more");
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}
