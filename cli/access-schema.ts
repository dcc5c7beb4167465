/** `npx access access-schema`: writes what editors know about access.yaml. */
import { join } from "node:path";
import { Command } from "commander";
import { accessSchemaText } from "../access/access-model";
import { writeWhole } from "../platform/private-file";
import { packageFolder } from "../platform/project";
import { print } from "../platform/terminal";
import { runCommand } from "../platform/user-error";

const FILE = "access.schema.json";

export const command = new Command("access-schema")
  .description(`Writes ${FILE}, with which editors complete, explain and check access.yaml.`)
  .action(() => runCommand(writeSchema));

async function writeSchema(): Promise<number> {
  writeWhole(join(packageFolder, FILE), accessSchemaText());
  print(`${FILE} is written.`);
  return 0;
}
