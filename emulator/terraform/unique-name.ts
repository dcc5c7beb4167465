/**
 * Names that the real provider makes where the configuration has none or only a prefix: a UTC timestamp and a counter.
 *
 * @see https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/id/id.go
 */
import type { Account } from "../account/account";
import { type Attributes, optionalText } from "./attributes";

const DEFAULT_PREFIX = "terraform-";

/** How many names were made; it makes names of the same moment distinct. */
const counts = new WeakMap<Account, number>();

/** @param prefix left out: that of resources without a name */
export function uniqueName(account: Account, prefix = DEFAULT_PREFIX): string {
  const count = (counts.get(account) ?? 0) + 1;
  counts.set(account, count);
  const moment = new Date(account.now()).toISOString().replace(/\D/g, "");
  return `${prefix}${moment}0${count.toString(16).padStart(8, "0")}`;
}

/** The configured `name`, or a unique one that begins with `name_prefix`, if that is set. */
export function nameOf(planned: Attributes, account: Account): string {
  return optionalText(planned, "name") || uniqueName(account, optionalText(planned, "name_prefix") || undefined);
}

/** What comes before the timestamp of a name; empty when the name has none. */
export function prefixOf(name: string): string {
  return /^(.*)[0-9a-f]{26}$/.exec(name)?.[1] ?? "";
}
