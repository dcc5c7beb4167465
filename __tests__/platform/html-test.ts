/** Texts in HTML: whatever they are, they stay text. */
import { html } from "../../platform/html";
import { HOSTILE_TEXTS } from "../support/hostile-texts";

const ATTACKS = {
  ...HOSTILE_TEXTS,
  "a script": "evil <script>alert(1)</script>",
  "the end of an attribute": `evil" onmouseover="alert(1)' x='`,
  "an entity": "evil &lt;script&gt; &#x27;",
};

it.each(Object.entries(ATTACKS))("%s stays text, in an attribute and between tags", (_what, text) => {
  const { markup } = html`<a title="${text}">${[text]}</a>`;
  const [, attribute = "", content = ""] = /^<a title="([^"<>']*)">([^"<>']*)<\/a>$/.exec(markup) ?? [];
  expect([attribute, content]).toEqual([expect.stringContaining("evil"), expect.stringContaining("evil")]);
  expect(content).not.toMatch(/[\p{Cf}\p{Co}\p{Zl}\p{Zp}]|(?![\n\t])\p{Cc}/u);
  expect(content.match(/&(?!amp;|lt;|gt;|quot;|#39;)/)).toBeNull();
});

it("takes HTML as it is, and leaves out what there is none of", () => {
  const part = html`<b>${1}</b>`;
  expect(html`${part}${undefined}${false}${[part, "<"]}`.markup).toBe("<b>1</b><b>1</b>&lt;");
});
