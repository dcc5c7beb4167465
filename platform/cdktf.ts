/** Runs the project's own cdktf, unseen. */
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runUnseen } from "./child";
import { packageFolder, projectFolder } from "./project";
import { refuseRedirects } from "./terraform";

const LAST_LINES = 20;
const binary = join(packageFolder, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

/**
 * Runs one command of cdktf to its end.
 * @param args such as `["deploy", "dev", "--auto-approve"]`
 * @param signal ends it when it is aborted
 * @returns its exit code, and its last lines of output
 */
export async function runCdktf(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly lastLines: string }> {
  refuseRedirects();
  const { exitCode, output } = await runUnseen([process.execPath, binary, ...args], projectFolder, signal);
  return { exitCode, lastLines: saying(output).slice(-LAST_LINES).join("\n") };
}

/** The lines that say something: no colours, no empty lines, no spinner (which is of Unicode's Braille patterns). */
function saying(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).split("\n");
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "" && !/^\s*[\u2800-\u28ff]/.test(line));
}
