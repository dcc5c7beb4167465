/** Commands that are printed to be copied: they run where the user is. */
import { visible } from "../access/visible";

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
