/** Where a route is asked. Pure. */
import { type RouteTable, routeKeyOf } from "../../constructs/access-model";

/** What stands in the place of a path parameter: the first one that no other route has as a part of its path. */
const PLACEHOLDERS = ["verify", ...Array.from({ length: 9 }, (_, index) => `verify-${index + 1}`)] as const;

/** A URL with something in the place of each path parameter. */
export function filledIn(template: string, placeholder: string = PLACEHOLDERS[0]): string {
  return template.replace(/\{[^}]*\}/g, placeholder);
}

/**
 * A URL whose requests by the method reach the route, and not a more specific one.
 * @param template the route's URL, with braces where a caller fills in
 * @param table all routes of the API
 */
export function urlReaching(route: string, method: string, template: string, table: RouteTable): string {
  const { path } = routeKeyOf(route);
  const isReaching = (placeholder: string) => table.answering(method, filledIn(path, placeholder)) === route;
  return filledIn(template, PLACEHOLDERS.find(isReaching));
}
