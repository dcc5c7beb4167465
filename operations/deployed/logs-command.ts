/** The command that prints the log of a failure, and the names that it takes. Pure. */
import { quoted } from "../../platform/shell";

/** Name of a function in access.yaml. @param fullName name that Lambda knows @param prefix of the environment's names */
export function functionNameIn(fullName: string, prefix: string): string {
  return fullName.startsWith(`${prefix}-`) ? fullName.slice(prefix.length + 1) : fullName;
}

/** An environment, and what its names begin with. */
export interface NamedEnvironment {
  readonly name: string;
  readonly prefix: string;
}

/** @param fullName the function by the name that Lambda knows; without one, the access log of the API is printed */
export function logsCommand(fullName: string | null | undefined, { name, prefix }: NamedEnvironment): string {
  const log = fullName == null ? "api" : functionNameIn(fullName, prefix);
  return `npx access logs ${quoted(log)} --env ${quoted(name)}`;
}
