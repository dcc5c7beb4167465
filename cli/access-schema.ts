/** `npx access access-schema`: writes what editors and docs/settings.md say about access.yaml. */
import { join } from "node:path";
import { Command } from "commander";
import { accessSchemaText } from "../access/access-model";
import { settingsPage } from "../access/settings-page";
import { writeWhole } from "../platform/private-file";
import { packageFolder } from "../platform/project";
import { print } from "../platform/terminal";
import { runCommand } from "../platform/user-error";

const FILE = "access.schema.json";
const PAGE = "docs/settings.md";

export const command = new Command("access-schema")
  .description(`Writes ${FILE}, with which editors complete, explain and check access.yaml, and ${PAGE}.`)
  .action(() => runCommand(writeSchema));

async function writeSchema(): Promise<number> {
  writeWhole(join(packageFolder, FILE), accessSchemaText());
  writeWhole(join(packageFolder, PAGE), settingsPage());
  print(`${FILE} and ${PAGE} are written.`);
  return 0;
}
