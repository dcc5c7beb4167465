/** `npm run parity-page`: writes docs/parity.md, the page of the differences that differences.json allows. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AllowedDifference, type Differs, readDifferences } from "./allowed-differences";

const project = join(__dirname, "..", "..", "..");

/** The page's path. */
export const PAGE = join(project, "docs", "parity.md");

const FAULT = /^fault: /;

const MEANINGS: Readonly<Record<Differs, string>> = {
  schema: "the schema has another attribute, block, type or flag",
  crash: "the real provider's process ends",
  unsupported: "the embedded AWS refuses what it does not emulate",
  verdict: "one accepts what the other refuses",
  stage: "one refuses when it validates, the other when it plans",
  path: "the error is at another attribute",
  text: "the error has another text",
  planned: "another value is planned",
  replaced: "one replaces the resource, the other changes it in place",
  state: "the state has another value",
  crossing: "one plans a change of what the other created",
};

/** The page, in Markdown. */
export function parityPage(differences: readonly AllowedDifference[]): string {
  const faults = differences.filter(({ reason }) => FAULT.test(reason));
  const intended = differences.filter(({ reason }) => !FAULT.test(reason));
  return [
    "# Differences from the real provider",
    "",
    "`npm run test:parity` compares the embedded provider with the real `hashicorp/aws` provider: both validate and plan",
    "the same configurations, create the same resources on an embedded AWS and plan what the other one created. The tests",
    "allow only the differences that `__tests__/parity/differences.json` lists. `npm run parity-page` generates this page",
    "from that file.",
    "",
    "In the tables, `*` stands for any characters. A change names the attribute or block that was set, left out or removed",
    "in an example of the resource, when the example is created or updated.",
    "",
    ...["| Kind | Meaning |", "|---|---|"],
    ...Object.entries(MEANINGS).map(([differs, meaning]) => `| ${differs} | ${meaning} |`),
    "",
    "## Intended differences",
    "",
    ...table(intended),
    "",
    "## Faults of the embedded AWS that are not fixed yet",
    "",
    ...(faults.length === 0 ? ["None."] : table(faults)),
    "",
  ].join("\n");
}

function table(differences: readonly AllowedDifference[]): readonly string[] {
  const rows = differences.map(({ resource, attribute, mutation, differs, reason }) =>
    [`${code(resource)}<br>${code(attribute)}`, code(mutation), differs, reason.replace(FAULT, "")]
      .map(escaped)
      .join(" | "),
  );
  return [
    "| Resource and attribute | Change | Kind | Reason |",
    "|---|---|---|---|",
    ...rows.toSorted().map((row) => `| ${row} |`),
  ];
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (require.main === module) writeFileSync(PAGE, parityPage(readDifferences()));
