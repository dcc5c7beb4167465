/** Commands of a project in one process, where each of its own takes most of the time to start. */
import { commandsProgram, KeptCommands } from "./kept-commands";
import type { Ended } from "./processes";
import type { ServedProject } from "./served-project";

type Project = Pick<ServedProject, "folder" | "environment"> & Partial<Pick<ServedProject, "ask">>;
type Commands = readonly (readonly string[])[];
type Results<All> = { readonly [Index in keyof All]: Ended };

/**
 * Runs commands one after the other. What they print with `--json` is checked as by `run`.
 * @param project keeps a process, or one is started
 * @param changes variables of the process, which is then not the one that is kept
 */
export async function runTogether<const All extends Commands>(
  project: Project,
  commands: All,
  changes?: Readonly<Record<string, string>>,
): Promise<Results<All>> {
  const run = (at: Pick<KeptCommands, "ask">) =>
    Promise.all(commands.map(([name = "", ...args]) => at.ask(name, ...args))) as Promise<Results<All>>;
  if (project.ask !== undefined && changes === undefined) return await run(project as KeptCommands | ServedProject);
  const own = new KeptCommands(project.folder, { ...project.environment(), ...changes });
  try {
    return await run(own);
  } finally {
    await own.end();
  }
}

/** Command that runs them on a terminal, and replaces them in `commands.json` by what they did. */
export function commandsTogether(project: ServedProject, commands: Commands): readonly string[] {
  project.write("commands.json", JSON.stringify(commands));
  return [process.execPath, commandsProgram, "commands.json"];
}
