/** A report as one HTML file: no script, and no request to anywhere. */
import { oneLine } from "../../access/visible";
import { type Html, html } from "../../platform/html";
import type { AccessReport } from "./report";
import { type Block, type Part, reportBlocks } from "./report-document";

const STYLE = html`<style>
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --alert: #b42318; }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #161b22; --alert: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; border-bottom: 1px solid var(--line); padding-bottom: 0.25rem; }
h1 code, h2 code, h3 code { font-weight: 600; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.25rem; }
p, ul { margin: 0.5rem 0; }
ul { padding-left: 1.25rem; }
code { font: 0.9em ui-monospace, monospace; background: var(--soft); padding: 0.1em 0.3em; border-radius: 0.25rem; overflow-wrap: anywhere; }
strong { color: var(--alert); }
.table { overflow-x: auto; margin: 0.5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border: 1px solid var(--line); }
th { background: var(--soft); white-space: nowrap; }
@media (max-width: 40rem) {
  thead { display: none; }
  table, tbody, tr, td { display: block; width: 100%; }
  tr { border: 1px solid var(--line); margin-bottom: 0.6rem; }
  td { border: 0; border-bottom: 1px solid var(--line); }
  td:last-child { border-bottom: 0; }
  td::before { content: attr(data-head) ": "; font-weight: 600; }
}
@media print { body { max-width: none; padding: 0; } tr, h2, h3 { break-inside: avoid; } h2, h3 { break-after: avoid; } }
</style>`;

/** The page. Does not end with a line break. */
export function reportHtml(report: AccessReport): string {
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<title>${oneLine(`Access in ${report.environment}, ${report.date}`)}</title>
${STYLE}
</head>
<body>
<main>
${reportBlocks(report).map(elementOf)}</main>
</body>
</html>`;
  return page.markup;
}

function elementOf(block: Block): Html {
  if (block.kind === "heading") return headingOf(block.level, block.text.map(written));
  if (block.kind === "paragraph") return html`<p>${block.text.map(written)}</p>\n`;
  if (block.kind === "list") {
    return html`<ul>\n${block.items.map((item) => html`<li>${item.map(written)}</li>\n`)}</ul>\n`;
  }
  const head = block.head.map((title) => html`<th scope="col">${oneLine(title)}</th>`);
  const rows = block.rows.map((cells) => {
    const data = cells.map(
      (cell, index) => html`<td data-head="${oneLine(block.head[index] ?? "")}">${cell.map(written)}</td>`,
    );
    return html`<tr>${data}</tr>\n`;
  });
  return html`<div class="table"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>\n`;
}

function headingOf(level: 1 | 2 | 3, text: readonly Html[]): Html {
  if (level === 1) return html`<h1>${text}</h1>\n`;
  return level === 2 ? html`<h2>${text}</h2>\n` : html`<h3>${text}</h3>\n`;
}

function written(part: Part): Html {
  if (typeof part === "string") return html`${oneLine(part)}`;
  if ("code" in part) return html`<code>${oneLine(part.code)}</code>`;
  return "prose" in part ? html`${oneLine(part.prose)}` : html`<strong>${oneLine(part.alert)}</strong>`;
}
