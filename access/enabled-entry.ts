/** Writes into the text of access.yaml that a client gets tokens in an environment, or none. Pure. */
import type { Client } from "./access-model";
import { keysOf, withValue } from "./new-entry";

type Switches = Pick<Client, "name" | "environments" | "disabledIn">;

/**
 * The text with the client enabled or disabled in the environment, and as before in all others. What `enabled: false`
 * added, `enabled` takes away again: the text is the same as before.
 *
 * @param all names of the environments
 * @throws {NewEntryError} when the client is an alias
 */
export function withEnabled(
  text: string,
  { name, environments, disabledIn }: Switches,
  environment: string,
  isOn: boolean,
  all: readonly string[],
): string {
  const path = ["clients", name, "enabled"];
  const off = (one: string) => (one === environment ? !isOn : disabledIn.includes(one));
  if (off(environment) === disabledIn.includes(environment)) return text;
  const entries = keysOf(text, path);
  if (entries !== undefined) {
    const isLast = isOn && entries.every((one) => one === environment);
    return isLast
      ? withValue(text, path, undefined)
      : withValue(text, [...path, environment], isOn ? undefined : false);
  }
  const own = environments ?? all;
  const disabled = own.filter(off);
  if (disabled.length === 0) return withValue(text, path, undefined);
  return withValue(text, path, own.length > 1 ? Object.fromEntries(disabled.map((one) => [one, false])) : false);
}
