/** The program `access`: finds the command, and maps wrong usage to its exit code. */
import { Command } from "commander";
import pc from "picocolors";
import { nearestName, quote } from "../access/nearest-name";
import { visible } from "../access/visible";
import { print, say } from "../platform/terminal";
import { allowDownload } from "../platform/terraform-program";
import { EXIT } from "../platform/user-error";
import { GROUPS } from "./command-list";
import type { Entry } from "./entry";

const INTRODUCTION = "Machine-to-machine API access as code. Commands use the project in the current folder.";

/**
 * Runs the command line and sets the process's exit code.
 * @param args without the program's own name
 */
export async function main(args: readonly string[]): Promise<void> {
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
  exitOnUsageErrors(command);
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
  say(`${pc.red("error:")} an argument has characters that cannot be seen: ${shown}`);
  process.exitCode = EXIT.usage;
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
    "  130, 143, 129   interrupted by Ctrl-C, SIGTERM, or a closed terminal",
  ].join("\n");
}

function exitOnUsageErrors(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.done : EXIT.usage));
  for (const child of command.commands) exitOnUsageErrors(child);
}

function refuseUnknown(name: string): void {
  const names = GROUPS.flatMap(({ entries }) =>
    entries.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])),
  );
  const near = nearestName(name, names);
  const advice = near === undefined ? "For all commands: npx access help" : `Did you mean ${near}?`;
  say(`${pc.red("error:")} unknown ${name.startsWith("-") ? "option" : "command"} ${quote(name)}. ${advice}`);
  process.exitCode = EXIT.usage;
}
