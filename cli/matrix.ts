/** `npx access matrix`: who can call what, as it would be deployed now. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import pc from "picocolors";
import { type AccessMatrix, accessMatrix } from "../operations/access-graph/access-matrix";
import { matrixJson, matrixMarkdown, matrixText } from "../operations/access-graph/access-matrix-text";
import { mermaidText, pictureOfStack } from "../operations/access-graph/access-picture";
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
  readonly mermaid?: true;
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
  .addOption(
    new Option("--mermaid", "print how calls get from clients to functions, as a Mermaid flowchart").conflicts([
      "json",
      "markdown",
    ]),
  )
  .addOption(new Option("--write", `write ${FILE}`).conflicts(["env", "markdown", "json", "mermaid", "check"]))
  .addOption(new Option("--check", `fail when ${FILE} is stale`).conflicts(["env", "markdown", "json", "mermaid"]))
  .action((options: Options) => runCommand(() => matrix(options)));

async function matrix(options: Options): Promise<number> {
  const stacks = await synthesizedStacks();
  if (options.mermaid) return diagram(chosen(stacks, options.env));
  const matrices = stacks.map(matrixOf);
  if (options.check) return check(matrixMarkdown(matrices));
  if (options.write) return write(matrixMarkdown(matrices));
  print(shown(chosen(matrices, options.env), options).trimEnd());
  return 0;
}

function diagram([stack, ...others]: readonly Stack[]): number {
  if (stack === undefined || others.length > 0) {
    throw new UserError("A diagram shows one environment, and there are several: choose one with --env <name>.");
  }
  print(read(stack, (environment, json) => mermaidText(pictureOfStack(environment, json))));
  return 0;
}

const matrixOf = (stack: Stack): AccessMatrix => read(stack, accessMatrix);

/** @throws {UserError} the stack is not what Terraform reads */
function read<T>({ environment, json }: Stack, reader: (environment: string, json: unknown) => T): T {
  try {
    return reader(environment, json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`the synthesized stack ${environment} cannot be read: ${reason}`);
  }
}

function chosen<T extends { readonly environment: string }>(all: readonly T[], name: string | undefined): readonly T[] {
  const found = all.filter(({ environment }) => name === undefined || environment === name);
  if (found.length > 0) return found;
  throw unknownEnvironment(
    name ?? "",
    all.map(({ environment }) => environment),
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
