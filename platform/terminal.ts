/**
 * What commands print: lines for a terminal or a log, and JSON. Text from access.yaml, AWS, Terraform, GitHub or a token
 * does not move the cursor, hide anything, or give commands to GitHub's runner.
 */
import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import { visible, withoutCommands } from "../access/visible";
import { jsonIn, jsonText, printableJson } from "./json";
import { CLEAR_LINE, ProgressLine } from "./progress-line";

/** Line breaks, tabs and the styles that commands print themselves: bold, dim, and colors other than black. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a style begins with one
const KEPT = /(\n|\t|\u001B\[(?:[012]|22|3[1-69]|90)m)/;

/** Width of a terminal that does not say it. */
const DEFAULT_COLUMNS = 80;

/** Narrower terminals are written to as if they had so many columns. */
const MIN_COLUMNS = 60;

/** Columns of the terminal that standard output is; `undefined` where it is a file or another program. */
export function terminalColumns(): number | undefined {
  return process.stdout.isTTY ? Math.max(MIN_COLUMNS, process.stdout.columns || DEFAULT_COLUMNS) : undefined;
}

/**
 * Whether styles are written there: to terminals except `TERM=dumb`. `NO_COLOR` prevents them; `FORCE_COLOR` demands them,
 * except with the value 0 or false.
 * @see https://no-color.org
 */
function hasStyles(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR || ["0", "false"].includes(FORCE_COLOR ?? "")) return false;
  return Boolean(FORCE_COLOR) || (stream.isTTY === true && TERM !== "dumb");
}

/** Whether a line of the terminal can be written again, such as for progress. */
export function canRewrite(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env["TERM"] !== "dumb";
}

/** Written to where standard error is a terminal. */
const progress = new ProgressLine(process.stderr);

/** Ends the line that shows progress: something else is written to the terminal, or another program uses it. */
export function endProgress(): void {
  progress.end();
}

function writeLines(stream: NodeJS.WriteStream, text: string): void {
  const lines = printable(text);
  const isReady = !lines.includes("\u001B") || hasStyles(stream);
  stream.write(`${isReady ? lines : stripVTControlCharacters(lines)}\n`);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  endProgress();
  stream.write(text);
}

/** Lines in which everything can be seen, and none is a command of a workflow. Styles are kept. */
export function printable(text: string): string {
  const parts = text.replaceAll("\r\n", "\n").split(KEPT);
  return withoutCommands(parts.map((part, index) => (index % 2 === 1 ? part : visible(part))).join(""));
}

/** Prints lines to standard output. */
export function print(text: string): void {
  endProgress();
  writeLines(process.stdout, text);
}

/** Prints a value to standard output as JSON, from which it can be read exactly. @param space as {@link jsonText} */
export function printJson(value: unknown, space?: number): void {
  write(process.stdout, `${jsonText(value, space)}\n`);
}

/**
 * Prints a server's response to standard output: JSON as JSON from which it can be read exactly, other text as lines where
 * a person or GitHub's runner reads it, and exactly for other programs.
 */
export function printBody(body: string): void {
  const isRead = process.stdout.isTTY || process.env["GITHUB_ACTIONS"] === "true";
  const text = isRead ? printable(body) : body;
  write(process.stdout, `${jsonIn(body) === undefined ? text : printableJson(body)}\n`);
}

/** Prints lines that are not the command's result, such as its progress, to standard error. */
export function say(text: string): void {
  if (text === "") return;
  endProgress();
  writeLines(process.stderr, text.replace(/\n$/, ""));
}

/** Prints lines to standard error while a step goes on. */
export function sayMeanwhile(text: string): void {
  if (text !== "") progress.above(() => writeLines(process.stderr, text.replace(/\n$/, "")));
}

/** Prints lines to standard error while another program uses the terminal, over the progress that it may show. */
export function sayOver(text: string): void {
  if (canRewrite(process.stderr)) process.stderr.write(CLEAR_LINE);
  say(text);
}

/**
 * Prints what begins now to standard error, such as `Planning dev`. On a terminal, the line shows the seconds until
 * something else is printed, and then how long it took.
 */
export function step(text: string): void {
  if (canRewrite(process.stderr)) progress.begin(visible(text));
  else say(`${text} …`);
}

/** Shows on a terminal how far the last step is, or what is waited for; prints nothing elsewhere. */
export function stepDetail(text: string): void {
  progress.detail(visible(text));
}

/**
 * Shows on a terminal what is waited for, until it is over or something is printed; prints nothing elsewhere.
 * @param delayMs shows it if it takes longer; left out, a second
 */
export async function waitFor<Result>(text: string, work: Promise<Result>, delayMs?: number): Promise<Result> {
  return canRewrite(process.stderr) ? await progress.wait(visible(text), work, delayMs) : await work;
}

/** Prints a warning to standard error. */
export function warn(text: string): void {
  say(`${pc.yellow("warning:")} ${text}`);
}

/** Prints a warning that GitHub shows at the top of the run where it is one of its workflows. */
export function warnInWorkflow(text: string): void {
  if (process.env["GITHUB_ACTIONS"] !== "true") warn(text);
  else write(process.stderr, `::warning::${visible(text).replaceAll("%", "%25")}\n`);
}
