/** Runs the project's own cdktf, unseen. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { runUnseen } from "./child";
import { projectFolder } from "./project";
import { refuseRedirects } from "./terraform";

const LAST_LINES = 20;

/** Path of the command line's program, wherever the installed package has it: that of the fork CDK Terrain is elsewhere. */
export function findCdktf(): string {
  const manifest = require.resolve("cdktf-cli/package.json");
  const { bin } = z.object({ bin: z.record(z.string(), z.string()) }).parse(JSON.parse(readFileSync(manifest, "utf8")));
  const [program] = Object.values(bin);
  if (program === undefined) throw new Error(`${manifest} has no program`);
  return join(dirname(manifest), program);
}

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
  const command = [process.execPath, findCdktf(), ...args];
  const { exitCode, output } = await runUnseen(command, projectFolder, signal, {
    // A quarter of its time is Node compiling it. Node.js 20 cannot keep that, and ignores the variable.
    NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"] ?? join(projectFolder, "node_modules", ".cache", "cdktf"),
  });
  return { exitCode, lastLines: saying(output).slice(-LAST_LINES).join("\n") };
}

/** The lines that say something: no colours, no empty lines, no spinner (which is of Unicode's Braille patterns). */
function saying(output: string): readonly string[] {
  const lines = stripVTControlCharacters(output).split("\n");
  return lines.map((line) => line.trimEnd()).filter((line) => line !== "" && !/^\s*[\u2800-\u28ff]/.test(line));
}
