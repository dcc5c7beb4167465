/** The page about what the embedded AWS emulates, as Markdown. */
import type { Emulated } from "../emulator/index";
import { code, codes, table } from "../platform/markdown";

/** Ends without a line break. */
export function emulatedMarkdown({ kinds, dataSources, hosts, operations }: Emulated): string {
  const tables = [
    table(
      ["resource type", "attributes refused when set"],
      kinds.map(({ type, refused }) => [code(type), codes(refused) || "none"]),
    ),
    table(
      ["resource type", "attributes stored without effect, with a warning"],
      kinds.filter(({ kept }) => kept.length > 0).map(({ type, kept }) => [code(type), codes(kept)]),
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
      operations.map(({ service, names }) => [code(service), codes(names)]),
    ),
  ];
  return [TITLE, INTRODUCTION, ...tables.map((lines) => lines.join("\n"))].join("\n\n");
}

const TITLE = "# What the embedded AWS emulates";
const INTRODUCTION =
  "Written by `npx access emulated --write`. Everything else is refused by its name. An attribute is also refused for a value that is not emulated, such as a runtime other than Node.js; the message names the values that are.";
