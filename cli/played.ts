/** `npm run played`: what the embedded AWS plays and what it refuses; keeps the table in README.md. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { whatIsPlayed } from "../emulator/index";
import { packageFolder } from "../platform/project";
import { runCommand, UserError } from "../platform/user-error";
import { filledIn, playedMarkdown } from "./played-text";

const FILE = "README.md";
const STALE = 1;
const ERROR = 2;

interface Options {
  readonly write?: true;
  readonly check?: true;
}

new Command("npm run played --")
  .description("What the embedded AWS plays, and what it refuses by name, as Markdown.")
  .addOption(new Option("--write", `put it into ${FILE}`).conflicts("check"))
  .option("--check", `compare ${FILE} with what it should be`)
  .addHelpText("after", `\nExit codes: 0 shown, written or up to date, 1 ${FILE} is stale, 2 error.`)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : ERROR))
  .action((options: Options) => runCommand(async () => played(options)))
  .parse();

function played({ write, check }: Options): number {
  const text = playedMarkdown(whatIsPlayed());
  if (write !== true && check !== true) {
    process.stdout.write(`${text}\n`);
    return 0;
  }
  const file = join(packageFolder, FILE);
  const found = readFileSync(file, "utf8");
  const wanted = filledIn(found, text);
  if (wanted === undefined) {
    throw new UserError(`${FILE} needs <!-- played --> and <!-- /played -->, each once, for what comes between`, ERROR);
  }
  if (write === true) {
    writeFileSync(file, wanted);
    process.stdout.write(`${FILE} is written.\n`);
    return 0;
  }
  if (found === wanted) {
    process.stdout.write(`${pc.green("up to date:")} ${FILE}\n`);
    return 0;
  }
  process.stderr.write(`${pc.red("stale:")} ${FILE}. Run: npm run played -- --write\n`);
  return STALE;
}
