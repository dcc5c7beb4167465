/** The program `access`: finds the command, and maps wrong usage to its exit code. */
import { Command } from "commander";
import pc from "picocolors";
import { namesInstead, nearestName, quote, suggestion } from "../access/nearest-name";
import { visible } from "../access/visible";
import { print, say } from "../platform/terminal";
import { allowDownload } from "../platform/terraform-program";
import { EXIT, outliveReaders } from "../platform/user-error";
import { GROUPS } from "./command-list";
import type { Entry } from "./entry";

const INTRODUCTION = "Machine-to-machine API access as code, for the project in the current folder.";

/**
 * Runs the command line and sets the process's exit code.
 * @param args without the program's own name
 */
export async function main(args: readonly string[]): Promise<void> {
  outliveReaders();
  const [first = "help", second] = args;
  const name = first === "help" && second !== undefined ? second : first;
  if (name === "help" || name === "--help" || name === "-h") {
    print(helpText().trimEnd());
    return;
  }
  if (name !== "local" && refuseUnseen(args)) return;
  const entry = GROUPS.flatMap(({ entries }) => entries).find((one) => [one.name, one.alias].includes(name));
  const program = new Command("npx access").helpOption(false).enablePositionalOptions();
  if (entry === undefined) return refuseUnknown(name);
  const { command, findings } = entry.load();
  if (entry.alias !== undefined) command.alias(entry.alias);
  program.hook("preAction", (_, action) => {
    if (action.opts()["yes"] === true) allowDownload();
  });
  program.addCommand(command.addHelpText("afterAll", exitCodes(findings)));
  exitOnUsageErrors(command, "npx access");
  await program.parseAsync(first === "help" ? [name, "--help"] : args, { from: "user" });
}

/**
 * Refuses arguments with line breaks and other characters that cannot be seen: messages quote arguments, and an argument
 * may come from elsewhere, such as the name of a branch. The body of a call is not quoted.
 */
function refuseUnseen(args: readonly string[]): boolean {
  const isBody = (index: number) =>
    ["-d", "--data"].includes(args[index - 1] ?? "") || /^(--data=|-d.)/.test(args[index] ?? "");
  const found = args.find((arg, index) => !isBody(index) && visible(arg) !== arg);
  if (found === undefined) return false;
  const shown = [...visible(found)].slice(0, SHOWN_CHARACTERS).join("");
  sayWrongUsage(`an argument has characters that cannot be seen: ${shown}`);
  return true;
}

/** How much of a refused argument is shown. */
const SHOWN_CHARACTERS = 200;

/** Help of the whole program, which is also the file `help`. Ends with a line break. */
export function helpText(): string {
  const width = Math.max(...GROUPS.flatMap(({ entries }) => entries.map((entry) => usageOf(entry).length)));
  const groups = GROUPS.map(({ title, entries }) =>
    [`${title}:`, ...entries.map((entry) => `  ${usageOf(entry).padEnd(width)}  ${entry.summary}`)].join("\n"),
  );
  return `${[INTRODUCTION, "Usage: npx access <command> [options]", ...groups, CLOSING].join("\n\n")}\n`;
}

const CLOSING = `npx access <command> --help shows options and examples.
To run a command on the embedded AWS, put \`npx access local\` before it, such as
  npx access local npx access deploy dev
  npx access local npx access verify dev`;

function usageOf({ name, alias, usage }: Entry): string {
  return `${[name, alias].filter(Boolean).join("|")} ${usage}`.trim();
}

function exitCodes(findings: string | undefined): string {
  const found = findings === undefined ? [] : [`  ${EXIT.findings}    ${findings}`];
  return [
    "",
    "Exit codes:",
    `  ${EXIT.done}    done`,
    `  ${EXIT.error}    error`,
    ...found,
    `  ${EXIT.usage}   wrong usage`,
    "  130  interrupted by Ctrl-C; 143 by SIGTERM, 129 by a closed terminal",
  ].join("\n");
}

/** @param parent what is typed before the command's name */
function exitOnUsageErrors(command: Command, parent: string): void {
  const name = `${parent} ${command.name()}`;
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));
  command.configureOutput({
    outputError: (text) => {
      const error = usageError(text, command);
      const usage = /^(?:missing required argument|too many arguments|unknown )/.test(error);
      sayWrongUsage(usage ? `${error}\nUsage: ${name} ${command.usage()}` : error);
    },
  });
  for (const child of command.commands) exitOnUsageErrors(child, name);
}

/** Commander's message, as other errors are written. Names that it suggests may be far away. */
function usageError(text: string, { commands }: Command): string {
  const line = text.trim().replace(/^error: /, "");
  const [, given, choices] =
    /^command-argument value '([^']*)' is invalid for .* Allowed choices are (.*)\.$/.exec(line) ?? [];
  if (given !== undefined && choices !== undefined) {
    const near = suggestion(given, choices.split(", "));
    return `unknown argument ${quote(given)}.${near || ` Expected one of ${choices}.`}`;
  }
  const [, message = "", wrong = "", names = ""] =
    /^(unknown \w+ '([^']*)')(?:\s+\(Did you mean (?:one of )?([^?]*)\?\))?$/.exec(line) ?? [];
  if (message === "") return line;
  if (message.startsWith("unknown option")) return `${message}.${suggestion(wrong, names.split(", "))}`;
  return `${message}.${namesInstead(
    wrong,
    commands.map((one) => one.name()),
  )}`;
}

function refuseUnknown(name: string): void {
  const names = GROUPS.flatMap(({ entries }) =>
    entries.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])),
  );
  const near = nearestName(name, names);
  const advice = near === undefined ? "For all commands: npx access help" : `Did you mean ${near}?`;
  sayWrongUsage(`unknown ${name.startsWith("-") ? "option" : "command"} ${quote(name)}. ${advice}`);
}

function sayWrongUsage(text: string): void {
  say(`${pc.red("error:")} ${text}`);
  process.exitCode = EXIT.usage;
}
