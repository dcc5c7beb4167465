/** `access emulated`: what the embedded AWS emulates and what it refuses, kept in docs/emulated.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { emulatedFeatures } from "../emulator/index";
import { writeWhole } from "../platform/private-file";
import { packageFolder } from "../platform/project";
import { print, say } from "../platform/terminal";
import { EXIT, runCommand } from "../platform/user-error";
import { emulatedMarkdown } from "./emulated-text";

const FILE = join("docs", "emulated.md");

interface Options {
  readonly write?: true;
  readonly check?: true;
}

/** Meaning of exit code 2. */
export const findings = `${FILE} is stale, with --check`;

export const command = new Command("emulated")
  .description("Lists what the embedded AWS emulates, and what it refuses by name, as Markdown.")
  .addOption(new Option("--write", `write it to ${FILE}`).conflicts("check"))
  .option("--check", `compare ${FILE} with what it should be`)
  .action((options: Options) => runCommand(async () => emulated(options)));

function emulated({ write, check }: Options): number {
  const text = `${emulatedMarkdown(emulatedFeatures())}\n`;
  const file = join(packageFolder, FILE);
  if (write === true) {
    writeWhole(file, text);
    print(`${FILE} was written.`);
  } else if (check !== true) {
    print(text.trimEnd());
  } else if (readFileSync(file, "utf8") !== text) {
    say(`${pc.red("stale:")} ${FILE}. Run: npx access emulated --write`);
    return EXIT.findings;
  } else {
    print(`${pc.green("up to date:")} ${FILE}`);
  }
  return EXIT.done;
}
