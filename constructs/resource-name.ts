/** Names of AWS resources that live in an account-wide or regional namespace of limited length. */
import { createHash } from "node:crypto";

const SUFFIX_LENGTH = 8;

/**
 * Joins the parts with hyphens. A name that would be too long is cut and ends in a hash of all of it, so that two
 * long names never meet.
 *
 * @param maxLength greatest length that AWS allows, in characters
 */
export function resourceName(parts: readonly string[], maxLength: number): string {
  const name = parts.join("-");
  if (name.length <= maxLength) return name;
  const suffix = createHash("sha256").update(name).digest("hex").slice(0, SUFFIX_LENGTH);
  return `${name.slice(0, maxLength - SUFFIX_LENGTH - 1)}-${suffix}`;
}
