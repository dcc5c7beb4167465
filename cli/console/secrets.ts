/** Secrets and tokens that pages show as a mask; the text is sent only when the user asks for it. */
import { randomBytes } from "node:crypto";
import { type Html, html } from "../../platform/html";

const MAX_KEPT = 200;

/** Texts behind masks, by handles that only the console's own pages have. */
export class MaskedTexts {
  private readonly texts = new Map<string, string>();

  /** The mask of a text, with a button that shows it. @param what is masked, such as "token" */
  mask(what: string, text: string): Html {
    const handle = randomBytes(12).toString("base64url");
    this.texts.set(handle, text);
    const [oldest = ""] = this.texts.keys();
    if (this.texts.size > MAX_KEPT) this.texts.delete(oldest);
    return html`<span class="masked"><span data-text>${"•".repeat(8)}</span> <button type="button" data-show="${handle}">Show ${what}</button></span>`;
  }

  /** The text of a handle; `undefined` when it is no longer kept. */
  textOf(handle: string): string | undefined {
    return this.texts.get(handle);
  }
}
