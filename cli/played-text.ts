/** What the embedded AWS plays, as Markdown, and the part of a document that holds it. */
import type { Played } from "../emulator/index";

const BEGIN = "<!-- played -->";
const END = "<!-- /played -->";

/** One folded block with a table for each sort of thing. Ends without a line break. */
export function playedMarkdown({ kinds, dataSources, hosts, operations }: Played): string {
  const folded = [
    table(
      ["resource kind", "refused by name when set"],
      kinds.map(({ type, refused }) => [code(type), refused.map(code).join(", ") || "nothing"]),
    ),
    "Every other kind is refused by its name. An attribute is also refused for a value that is not played, such as a runtime other than Node.js; the message names what is.",
    table(
      ["data source"],
      dataSources.map((type) => [code(type)]),
    ),
    table(
      ["host of callers"],
      hosts.map((host) => [code(host)]),
    ),
    table(
      ["AWS API", "operations"],
      operations.map(({ service, names }) => [code(service), names.map(code).join(", ")]),
    ),
  ];
  const summary = "<summary>What it plays, and what it refuses by name</summary>";
  return ["<details>", summary, "", folded.join("\n\n"), "", "</details>"].join("\n");
}

/**
 * The document with the text between its two comments.
 * @returns `undefined` when it does not have both of them once, in this order
 */
export function filledIn(document: string, text: string): string | undefined {
  const [before, between, ...more] = document.split(BEGIN);
  const [, after, ...others] = (between ?? "").split(END);
  if (before === undefined || after === undefined || more.length > 0 || others.length > 0) return undefined;
  return `${before}${BEGIN}\n${text}\n${END}${after}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
