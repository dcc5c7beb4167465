/** `access adopt`: access.yaml, code and imports of a user pool and a REST API that exist. */
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { adopt } from "../operations/adopt/adopt";
import { adoptionText } from "../operations/adopt/adopt-text";
import { regionOfPool } from "../operations/adopt/existing-system";
import { aws } from "../platform/aws";
import { packageFolder, shownPath, userFolder } from "../platform/project";
import { print, printJson, step, terminalColumns } from "../platform/terminal";
import { EXIT, runCommand, UsageError } from "../platform/user-error";

interface Options {
  readonly pool: string;
  readonly api: string;
  readonly stage?: string;
  readonly into: string;
  readonly domainPrefix?: string;
  readonly without?: readonly string[];
  readonly json?: true;
}

const HELP = `
Writes access.yaml, lambda/ with the functions, and adopted.json with the
import ids. Nothing changes at AWS before a deployment, which replaces
nothing: ids, URLs, client ids and secrets stay. What access.yaml cannot express
is listed and stays as it is. See docs/adopt.md.`;

/** Meaning of exit code 2. */
export const findings = "something is not in access.yaml";

export const command = new Command("adopt")
  .description(
    "Takes over a user pool and a REST API that were built without this project. Reads them and writes a project; changes nothing at AWS.",
  )
  .requiredOption("--pool <id>", "id of the user pool, such as eu-west-1_a1B2c3D4e")
  .requiredOption("--api <id>", "id of the REST API, such as a1b2c3d4e5")
  .option("--stage <name>", "stage of the API; required if it has more than one")
  .option("--into <folder>", "folder to write into", ".")
  .option("--domain-prefix <prefix>", "prefix of the token endpoint's host, if the pool has no domain")
  .option("--without <functions>", "functions to leave out, with their methods, separated by commas", (text) =>
    text.split(",").map((one) => one.trim()),
  )
  .option("--json", "print the result as JSON")
  .addHelpText("after", HELP)
  .action((options: Options) => runCommand(() => run(options)));

async function run({ pool, api, stage, into, domainPrefix, without = [], json }: Options): Promise<number> {
  const folder = resolve(userFolder, into);
  if (relative(packageFolder, folder).startsWith("..")) {
    throw new UsageError(
      `${folder} is not below ${packageFolder}, where the commands work. Name a folder there: --into <folder>.`,
    );
  }
  const ids = { poolId: pool, apiId: api, stageName: stage };
  const adoption = await adopt(aws(regionOfPool(pool)), { ...ids, folder, domainPrefix, without, onProgress: step });
  if (json) printJson(adoption);
  else print(adoptionText(adoption, shownPath(folder) || ".", terminalColumns()));
  return adoption.leftOut.length === 0 ? EXIT.done : EXIT.findings;
}
