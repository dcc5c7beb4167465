/** Where a route is asked. Pure. */

/** What stands in the place of a path parameter. */
const PLACEHOLDER = "verify";

/** A URL with something in the place of each path parameter. */
export function filledIn(template: string): string {
  return template.replace(/\{[^}]*\}/g, PLACEHOLDER);
}
