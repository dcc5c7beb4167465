/** `npx access matrix`: who can call what, as it would be deployed now. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { type AccessMatrix, accessMatrix } from "../operations/access-graph/access-matrix";
import { matrixJson, matrixMarkdown, matrixText } from "../operations/access-graph/access-matrix-text";
import { writeWhole } from "../platform/private-file";
import { projectFolder, unknownEnvironment } from "../platform/project";
import { type Stack, synthesizedStacks } from "../platform/synthesis";
import { print, say, terminalColumns } from "../platform/terminal";
import { EXIT, runCommand, UserError } from "../platform/user-error";

const FILE = "access-matrix.md";

interface Options {
  readonly env?: string;
  readonly markdown?: true;
  readonly json?: true;
  readonly write?: true;
  readonly check?: true;
}

/** Meaning of exit code 2. */
export const findings = "access-matrix.md is stale";

export const command = new Command("matrix")
  .description("Prints which client can call which route, computed from the Terraform that main.ts synthesizes.")
  .option("-e, --env <name>", "environment (default: all)")
  .addOption(new Option("--markdown", "print it as Markdown").conflicts("json"))
  .option("--json", "print it as JSON, sorted")
  .addOption(new Option("--write", `write ${FILE}`).conflicts(["env", "markdown", "json", "check"]))
  .addOption(new Option("--check", `fail when ${FILE} is stale`).conflicts(["env", "markdown", "json"]))
  .action((options: Options) => runCommand(() => matrix(options)));

async function matrix(options: Options): Promise<number> {
  const matrices = (await synthesizedStacks()).map(matrixOf);
  if (options.check) return check(matrixMarkdown(matrices));
  if (options.write) return write(matrixMarkdown(matrices));
  print(shown(chosen(matrices, options.env), options).trimEnd());
  return 0;
}

/** @throws {UserError} the stack is not what Terraform reads */
function matrixOf({ environment, json }: Stack): AccessMatrix {
  try {
    return accessMatrix(environment, json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`the synthesized stack ${environment} cannot be read: ${reason}`);
  }
}

function chosen(matrices: readonly AccessMatrix[], name: string | undefined): readonly AccessMatrix[] {
  const found = matrices.filter(({ environment }) => name === undefined || environment === name);
  if (found.length > 0) return found;
  throw unknownEnvironment(
    name ?? "",
    matrices.map(({ environment }) => environment),
  );
}

function shown(matrices: readonly AccessMatrix[], { json, markdown }: Options): string {
  if (json) return matrixJson(matrices);
  if (markdown) return matrixMarkdown(matrices);
  const style = {
    width: terminalColumns(),
    alarm: (text: string) => pc.bold(pc.red(text)),
    heading: pc.bold,
  };
  return `${matrices.map((found) => matrixText(found, style)).join("\n\n")}\n`;
}

function write(markdown: string): number {
  writeWhole(join(projectFolder, FILE), markdown);
  print(`${FILE} is written.`);
  return 0;
}

function check(markdown: string): number {
  const file = join(projectFolder, FILE);
  if (existsSync(file) && readFileSync(file, "utf8") === markdown) {
    print(`${pc.green("up to date:")} ${FILE}`);
    return 0;
  }
  say(`${pc.red("stale:")} ${FILE}. Run: npx access matrix --write`);
  return EXIT.findings;
}
