/** Commands of a project in one process, where each of its own takes most of the time to start. */
import { commandsProgram, KeptCommands } from "./kept-commands";
import type { Ended } from "./processes";
import type { ServedProject } from "./served-project";

type Project = Pick<ServedProject, "folder" | "environment" | "write">;
type Commands = readonly (readonly string[])[];

/**
 * Runs commands one after the other. What they print with `--json` is checked as by `run`.
 * @param changes variables of the process
 */
export async function runTogether<const All extends Commands>(
  project: Project,
  commands: All,
  changes: Readonly<Record<string, string>> = {},
): Promise<{ readonly [Index in keyof All]: Ended }> {
  const kept = new KeptCommands(project.folder, { ...project.environment(), ...changes });
  try {
    const results = await Promise.all(commands.map((args) => kept.run(args)));
    return results.map(({ code, stdout, stderr }) => ({ code, stdout, stderr })) as { [Index in keyof All]: Ended };
  } finally {
    await kept.end();
  }
}

/** Command that runs them on a terminal, and prints what they did as JSON. */
export function commandsTogether(project: Project, commands: Commands): readonly string[] {
  project.write("commands.json", JSON.stringify(commands));
  return [process.execPath, commandsProgram, "commands.json"];
}
