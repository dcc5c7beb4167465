/** What all pages of the console have in common: the frame, and the pieces that pages are made of. */
import { type Html, html, type Part } from "../../platform/html";

/** The pages, by their paths below the console's own. */
const PAGES = [
  ["", "Access"],
  ["picture", "Picture"],
  ["requests", "Requests"],
  ["token", "Token"],
  ["call", "Call"],
  ["terraform", "Terraform"],
] as const;

/** Path of a page, without a query. */
export type PagePath = (typeof PAGES)[number][0];

export interface Frame {
  /** Path from the page to the console's own: `` or `../`. */
  readonly up: string;
  readonly page: PagePath;
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: Part;
  /** Environments to choose from, the chosen one first. */
  readonly environments: readonly string[];
}

/** A whole page. */
export function framed({ up, page, title, lead, environments: [chosen, ...others] }: Frame, content: Part): Html {
  const query = chosen === undefined ? "" : `?env=${encodeURIComponent(chosen)}`;
  const link = (path: string, of: string) => `${up}${path === "" && up === "" ? "./" : path}${of}`;
  return html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${title} · Machine access</title>
<link rel="stylesheet" href="/console.css"><link rel="icon" href="data:,"><script src="/console.js" defer></script></head>
<body><a class="skip" href="#content">Skip to content</a>
<header><div class="bar"><p class="brand">Machine access <span class="muted">on the embedded AWS</span></p>
${
  others.length > 0 &&
  html`<p class="environments">${[chosen ?? "", ...others]
    .toSorted()
    .map(
      (name) =>
        html`<a href="${link(page, `?env=${encodeURIComponent(name)}`)}"${name === chosen && html` aria-current="true"`}>${name}</a> `,
    )}</p>`
}
<nav aria-label="Pages"><ul>${PAGES.map(
    ([path, name]) =>
      html`<li><a href="${link(path, query)}"${path === page && html` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav></div></header>
<main id="content" tabindex="-1" data-root="${up || "./"}"><h1>${title}</h1>
${lead !== undefined && html`<p class="lead">${lead}</p>`}
${content}</main></body></html>`;
}

/** A table that scrolls within its own frame where it is wider than the page. */
export function table(label: string, head: readonly Part[], rows: readonly (readonly Part[])[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...cells]) =>
      html`<tr><th scope="row">${first}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )}</tbody></table></div>`;
}

/** Names and their values. */
export function facts(pairs: readonly (readonly [name: string, value: Part])[]): Html | false {
  return (
    pairs.length > 0 &&
    html`<dl class="facts">${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
  );
}

/** Lines to read and to copy. */
export function code(label: string, content: Part): Html {
  return html`<figure class="code"><figcaption>${label}<button type="button" data-copy>Copy</button></figcaption><pre tabindex="0" aria-label="${label}"><code>${content}</code></pre></figure>`;
}

/** How the same is done elsewhere. */
export function sameAs(ways: readonly (readonly [name: string, lines: string])[]): Html {
  return html`<section class="same"><h2>The same elsewhere</h2>${ways.map(([name, lines]) => code(name, lines))}</section>`;
}

/** A status of HTTP. */
export function badge(status: number): Html {
  const kind = status < 300 ? "good" : status < 500 ? "refused" : "failed";
  return html`<span class="badge ${kind}">${status}</span>`;
}

/** A message in place of content that cannot be shown, with commands on lines of their own. */
export function problem(text: string): Html {
  const [first = "", ...others] = text.split("\n");
  return html`<div class="note" role="status"><p>${first}</p>${others.length > 0 && html`<pre tabindex="0">${others.join("\n")}</pre>`}</div>`;
}
