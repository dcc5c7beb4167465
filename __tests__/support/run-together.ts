/** Commands of a served project in one process, where each of its own takes most of the time to start. */
import { join } from "node:path";
import { requireValidOutput } from "./output-schemas";
import { type Ended, requireDone, run } from "./processes";
import type { ServedProject } from "./served-project";

/**
 * Runs commands one after the other. What they print with `--json` is checked as by {@link run}.
 * @param changes variables of the process
 */
export async function runTogether(
  project: Pick<ServedProject, "folder" | "environment" | "write">,
  commands: readonly (readonly string[])[],
  changes: Readonly<Record<string, string>> = {},
): Promise<readonly Ended[]> {
  project.write("commands.json", JSON.stringify(commands));
  const program = [process.execPath, join(__dirname, "commands-together.cjs"), "commands.json"];
  const { stdout } = requireDone(await run(program, project.folder, { ...project.environment(), ...changes }));
  const results: readonly Ended[] = JSON.parse(stdout);
  for (const [index, { code, stdout }] of results.entries()) {
    if (code === 0 || code === 2) requireValidOutput(commands[index] ?? [], stdout);
  }
  return results;
}
