/** Where commands run, on AWS or on the embedded AWS, and commands that are printed to be copied. */
import { basename } from "node:path";
import { visible } from "../access/visible";
import { quoted } from "./shell";

/** Set in the environment of the embedded AWS. */
export const ON_EMBEDDED_AWS = "ACCESS_LOCAL";

/** Set in a shell that `npx access local` started, and in all that the shell starts. */
export const IN_LOCAL_SHELL = "ACCESS_LOCAL_SHELL";

/**
 * Whether commands reach the embedded AWS by its proxy, and not AWS: both are needed, so that a variable which was left
 * behind does not pass AWS off as the embedded one.
 */
export function isEmbeddedAws(environment: NodeJS.ProcessEnv = process.env): boolean {
  const isOnLoopback = /^http:\/\/(?:[^/@]*@)?(?:127\.0\.0\.1|localhost|\[::1\]):/.test(
    environment["HTTPS_PROXY"] ?? "",
  );
  return Boolean(environment[ON_EMBEDDED_AWS]) && isOnLoopback;
}

/** What commands compare with and change, for people. */
export function awsName(environment: NodeJS.ProcessEnv = process.env): string {
  return isEmbeddedAws(environment) ? "the embedded AWS" : "AWS";
}

/** An account for people, who are to see at once that it is not a real one. */
export function accountName(account: string, environment: NodeJS.ProcessEnv = process.env): string {
  return `account ${account}${isEmbeddedAws(environment) ? " of the embedded AWS" : ""}`;
}

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
