/** Commands that are printed to be copied: they run where the user is. */
import { basename } from "node:path";
import { visible } from "../access/visible";
import { quoted } from "./shell";

/** Set in the environment of the embedded AWS. */
export const ON_EMBEDDED_AWS = "ACCESS_LOCAL";

/** Set in a shell that `npx access local` started, and in all that the shell starts. */
export const IN_LOCAL_SHELL = "ACCESS_LOCAL_SHELL";

const OWN = "npx access ";
const PREFIX = "npx access local ";

/**
 * The command as it can be copied into the user's shell: on the embedded AWS, a command of this project begins with
 * `npx access local`, unless the shell is the embedded AWS's own.
 */
export function copyable(command: string, environment: NodeJS.ProcessEnv = process.env): string {
  const isLocal = Boolean(environment[ON_EMBEDDED_AWS]) && !environment[IN_LOCAL_SHELL];
  const isOwn = command.startsWith(OWN) && !command.startsWith(PREFIX);
  return visible(isLocal && isOwn ? PREFIX + command : command);
}

/** This command, on the embedded AWS. @param argv as `process.argv` has it */
export function thisCommandLocally([, program = "", ...args]: readonly string[] = process.argv): string {
  const isOwn = /^access(?:\.cjs)?$/.test(basename(program));
  return PREFIX + OWN + (isOwn ? args.map(quoted).join(" ") : "<command>");
}
