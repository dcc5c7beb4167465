/** Names of options under which other commands have the same option. */
import { Option } from "commander";

/**
 * Another name of an option, which the help does not list.
 * @param flags such as `--scopes <scopes>`
 * @param name property that has the value
 */
export function optionAlias(flags: string, name: string): Option {
  const option = new Option(flags).hideHelp();
  option.attributeName = () => name;
  return option;
}

/** Scopes separated by commas, as a request for a token has them. */
export function requestedScopes(list: string): string {
  return list.split(/[\s,]+/).join(" ");
}
