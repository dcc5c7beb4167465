/**
 * Names that the real provider generates: a prefix, the time and a counter, 26 hexadecimal digits together.
 *
 * @see https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/id/id.go
 */
import type { Account } from "../account";
import { type Attributes, optionalText } from "../attributes";

const SUFFIX_LENGTH = 26;

/** The configured `name`, or one that begins with `name_prefix`, or with `terraform-` when neither is set. */
export function nameOf(planned: Attributes, account: Account): string {
  return optionalText(planned, "name") || generateName(account, optionalText(planned, "name_prefix"));
}

/** A name that no other resource has. @param prefix empty counts as left out */
export function generateName(account: Account, prefix?: string): string {
  const time = new Date(account.now()).toISOString().replace(/\D/g, "");
  return `${prefix || "terraform-"}${time}0${account.randomId(8, "0123456789abcdef")}`;
}

/** The prefix that the name was generated from; empty for a name that was not generated. */
export function prefixOf(name: string): string {
  return /^.+[0-9a-f]{26}$/i.test(name) ? name.slice(0, -SUFFIX_LENGTH) : "";
}
