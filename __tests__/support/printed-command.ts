/** Runs commands as they are printed to users, against a served project whose variables this process has. */
import { findDrift } from "../../operations/drift/find-drift";
import { runAwsCommand } from "./aws-command";
import { type Ended, run } from "./processes";
import type { ServedProject } from "./served-project";

/**
 * Runs a printed command. The place of `npx access drift` is taken by what it finds, without a process of its own, followed
 * by the commands that it prints; the placeholder `<file>` is filled in, and questions are answered with yes.
 * @throws {Error} when the command fails
 */
export async function runPrinted(project: ServedProject, command: string): Promise<void> {
  if (command.startsWith("aws ")) {
    await runAwsCommand(command);
    return;
  }
  const words = command.replace("<file>", "credentials.json").split(" ");
  if (command.startsWith("npx access drift ")) {
    const { findings } = await findDrift(project.stack);
    for (const { undo } of findings) if (undo !== undefined) await runPrinted(project, undo);
    return;
  }
  requireDone(command, await runWords(project, words));
}

function runWords(project: ServedProject, words: readonly string[]): Promise<Ended> {
  const [program = "", subject = "", ...args] = words[0] === "npx" ? words.slice(1) : words;
  // What deploy does with the synthesized stack, in less time.
  if (program === "access" && subject === "deploy") return project.terraform("apply", "-auto-approve");
  if (program === "access") return project.ask(subject, ...args);
  return run([...words, "-auto-approve"], project.folder, project.environment());
}

function requireDone(command: string, { code, stdout, stderr }: Ended): void {
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${stdout}\n${stderr}`);
}
