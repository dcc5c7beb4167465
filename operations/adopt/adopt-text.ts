/** What `access adopt` prints. */
import pc from "picocolors";
import { copyable } from "../../platform/local-command";
import { counted } from "../../platform/markdown";
import { quoted } from "../../platform/shell";
import { aligned, hanging } from "../../platform/terminal-table";
import type { Adoption } from "./adopt";

/** @param folder as the user can type it @param width columns of the terminal; left out, nothing is wrapped */
export function adoptionText(adoption: Adoption, folder: string, width?: number): string {
  const { environment, clients, routes, functions, imported, created, changes, leftOut, remarks } = adoption;
  const names = functions.join(", ");
  const files = aligned(
    [
      ["access.yaml", `${counted(clients.length, "client")}, ${counted(routes.length, "route")}`],
      ...(functions.length === 0 ? [] : [["lambda/", `${counted(functions.length, "function")}: ${names}`]]),
      ["adopted.json", `${counted(imported.length, "resource")} to import, and what they keep`],
    ],
    width,
  );
  const sections = [
    section(`${pc.green("✓")} ${pc.bold(folder)} has the environment ${environment}:`, files),
    section("The first deployment creates:", aligned(byType(created), width)),
    section(
      "It changes, beside the code and the variables of functions, CORS, and the API's deployment:",
      aligned(
        changes.map(({ address, attribute, from, to }) => [address, attribute, `${from} → ${to}`]),
        width,
      ),
    ),
    section(
      "Not in access.yaml, so that it stays as it is:",
      aligned(
        leftOut.map(({ what, why }) => [what, why]),
        width,
      ),
    ),
    section(
      "Before the first deployment:",
      remarks.flatMap(({ text, commands }) => [hanging("  - ", text, width), ...commands.map((one) => `    ${one}`)]),
    ),
    section("", adoption.notChecked),
    section("Next:", [
      `  cd ${quoted(folder)}`,
      `  ${copyable(`npx access review ${environment}`)}`,
      `  ${copyable(`npx access deploy ${environment}`)}`,
    ]),
  ];
  return sections.filter((one) => one !== "").join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [...(title === "" ? [] : [title]), ...lines].join("\n");
}

/** How many resources of each type. */
function byType(addresses: readonly string[]): readonly (readonly string[])[] {
  const types = addresses.map((address) => address.slice(0, address.indexOf(".")));
  return [...new Set(types)].sort().map((type) => [type, String(types.filter((one) => one === type).length)]);
}
