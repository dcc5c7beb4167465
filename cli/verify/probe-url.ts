/** Where a route is asked. */
import { randomBytes } from "node:crypto";

/**
 * What stands in the place of a path parameter: drawn anew for each run, so that it is neither a part of another route's
 * path nor the id of something that a function would change or delete.
 */
export const PLACEHOLDER = `verify-${randomBytes(8).toString("hex")}`;

/** A URL with the placeholder in the place of each path parameter. */
export function filledIn(template: string): string {
  return template.replace(/\{[^}]*\}/g, PLACEHOLDER);
}
