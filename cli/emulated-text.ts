/** The page about what the embedded AWS emulates, as Markdown. */
import type { Emulated } from "../emulator/index";

/** Ends without a line break. */
export function emulatedMarkdown({ kinds, dataSources, hosts, operations }: Emulated): string {
  return [
    "# What the embedded AWS emulates",
    "Written by `npx access emulated --write`. Everything else is refused by its name. An attribute is also refused for a value that is not emulated, such as a runtime other than Node.js; the message names the values that are.",
    table(
      ["resource type", "attributes refused when set"],
      kinds.map(({ type, refused }) => [code(type), refused.map(code).join(", ") || "none"]),
    ),
    table(
      ["data source"],
      dataSources.map((type) => [code(type)]),
    ),
    table(
      ["host"],
      hosts.map((host) => [code(host)]),
    ),
    table(
      ["AWS API", "operations"],
      operations.map(({ service, names }) => [code(service), names.map(code).join(", ")]),
    ),
  ].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
