/** HTML in which every text is escaped by construction: only the tag {@link html} makes it, and no function trusts a text. */
import { visible } from "../access/visible";

/** HTML that was written in a source file, with escaped texts in it. */
export class Html {
  /** Only {@link html} calls it. */
  constructor(readonly markup: string) {}
}

/** What may stand in a template: a text is escaped, and nothing stands for `undefined` and `false`. */
export type Part = Html | string | number | undefined | false | readonly Part[];

/**
 * HTML of a template. Attributes must be quoted in it.
 * @example html`<a href="${url}">${name}</a>`
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(literals.map((literal, index) => literal + markupOf(parts[index])).join(""));
}

function markupOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return part.map(markupOf).join("");
  return escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Line breaks and tabs are kept; everything else that cannot be seen is a code point. */
function escaped(text: string): string {
  const seen = text.split(/([\n\t])/).map((piece) => (piece === "\n" || piece === "\t" ? piece : visible(piece)));
  return seen.join("").replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
