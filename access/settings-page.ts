/** docs/settings.md: every setting of access.yaml, from the schemas that check the file. */
import { accessSchemaText } from "./schema";

/** What the page reads of JSON Schema. */
interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const HEAD = `# All settings of access.yaml

\`npx access access-schema\` writes this page and \`access.schema.json\` from the schemas that check the file. See [access.yaml](access-yaml.md) for an introduction. \`<name>\` is a name that you choose, and \`[]\` stands for each item of a list.
`;

/** At the top of the file and of an environment; only the first has the table. */
const FUNCTIONS = "functions";

/** The page as Markdown: a table for each setting at the top of the file. */
export function settingsPage(): string {
  const { properties = {}, required = [] }: Schema = JSON.parse(accessSchemaText());
  const sections = Object.entries(properties).map(([name, schema]) => {
    const presence = required.includes(name) ? "Required. " : "";
    const names = schema.propertyNames?.description;
    const table = ["| setting | meaning |", "| --- | --- |", ...settingsIn(schema, "")];
    return [
      `\n## ${name}\n\n${presence}${schema.description}\n`,
      ...(names === undefined ? [] : [`\nNames: ${cell(names)}.\n`]),
      ...(table.length === 2 ? [] : [`\n${table.join("\n")}\n`]),
    ].join("");
  });
  return HEAD + sections.join("");
}

/** Rows of the settings in a map, in the entries of a map, in the items of a list, or in one of several forms. */
function settingsIn(schema: Schema, path: string): readonly string[] {
  const { properties = {}, required = [], additionalProperties: entry, items, anyOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, setting]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const { description } = setting;
    if (description === undefined) return []; // not a setting, but a condition on one
    const row = `| \`${at}\` | ${required.includes(name) ? "Required. " : ""}${cell(description)} |`;
    return at === FUNCTIONS ? [row] : [row, ...settingsIn(setting, at)];
  });
  const entries = typeof entry === "object" ? settingsIn(entry, path === "" ? "" : `${path}.<name>`) : [];
  const value =
    typeof entry === "object" && entry.properties === undefined && path !== ""
      ? [`| \`${path}.<name>\` | ${cell(entry.description ?? "")} |`]
      : [];
  return [
    ...own,
    ...value,
    ...entries,
    ...(items === undefined ? [] : settingsIn(items, `${path}[]`)),
    ...anyOf.flatMap((one) => settingsIn(one, path)),
  ];
}

/** Text in a cell of a table. */
function cell(text: string): string {
  return text.replace(/[|\\]/g, "\\$&").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
