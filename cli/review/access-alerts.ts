/** Loud lines about who can call what. Pure. */
import type { AccessMatrix, MatrixRoute } from "../access-matrix";
import { publicReasons } from "../synthesized-stack";
import { type Alert, caution, warning } from "./alert";
import { code } from "./markdown-text";

/**
 * Routes that become public, or of which nobody can say who gets in, and functions that stop to look who calls.
 * @param json content of the stack's `cdk.tf.json`, which has the reasons
 */
export function accessAlerts(before: AccessMatrix, after: AccessMatrix, json: unknown): readonly Alert[] {
  const old = new Map(before.routes.map((route) => [route.route, route]));
  const reasons = publicReasons(json);
  return after.routes.flatMap((route) => [
    ...opened(old.get(route.route), route, reasons[route.route]),
    ...unchecked(old.get(route.route), route),
  ]);
}

function opened(before: MatrixRoute | undefined, after: MatrixRoute, reason: string | undefined): readonly Alert[] {
  if (after.access === "clients" || after.access === before?.access) return [];
  const route = code(after.route);
  if (after.access === "public") {
    const why = reason === undefined ? "No reason is written down." : `The reason written down: ${code(reason)}`;
    return [caution(`Anybody will be able to call ${route} without a token. ${why}`)];
  }
  const notes = after.notes.map(code).join(", ");
  return [caution(`Who will be able to call ${route} cannot be told: ${notes}`)];
}

/** Of a new route there is nothing to lose. */
function unchecked(before: MatrixRoute | undefined, after: MatrixRoute): readonly Alert[] {
  if (before?.access !== "clients" || !before.isCheckedByFunction) return [];
  if (after.access !== "clients" || after.isCheckedByFunction) return [];
  return [
    warning(
      `The function behind ${code(after.route)} will not check any more which client calls: the scope alone decides.`,
    ),
  ];
}
