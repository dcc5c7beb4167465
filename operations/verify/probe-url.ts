/** URLs at which routes are probed. */
import { randomBytes } from "node:crypto";

/**
 * The value of path parameters: random for each run, so that it is neither a part of another route's path nor the id
 * of something that a function would change or delete.
 */
export const PLACEHOLDER = `verify-${randomBytes(8).toString("hex")}`;

/** A URL with the placeholder in the place of each path parameter. */
export function filledIn(template: string): string {
  return template.replace(/\{[^}]*\}/g, PLACEHOLDER);
}
