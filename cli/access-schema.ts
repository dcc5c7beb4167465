/** `npx access access-schema`: writes what editors and docs/settings.md say about access.yaml. */
import { join } from "node:path";
import { Command } from "commander";
import { accessSchemaText, teamSchemaText } from "../access/access-model";
import { settingsPage } from "../access/settings-page";
import { writeWhole } from "../platform/private-file";
import { packageFolder } from "../platform/project";
import { print } from "../platform/terminal";
import { runCommand } from "../platform/user-error";

const FILES = {
  "access.schema.json": accessSchemaText,
  "access.d.schema.json": teamSchemaText,
  "docs/settings.md": settingsPage,
};

export const command = new Command("access-schema")
  .description(
    "Writes access.schema.json and access.d.schema.json, with which editors complete, explain and check access.yaml and the files in access.d, and docs/settings.md.",
  )
  .action(() => runCommand(writeSchemas));

async function writeSchemas(): Promise<number> {
  for (const [file, text] of Object.entries(FILES)) writeWhole(join(packageFolder, file), text());
  print(`${Object.keys(FILES).join(", ")} are written.`);
  return 0;
}
