/** Loud lines about routes whose own throttling goes away, or comes and takes more than the stage did. Pure. */

import { code } from "../../platform/markdown";
import type { AccessMatrix } from "../access-graph/access-matrix";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, warning } from "./alert";
import type { PlanFacts } from "./plan-facts";
import type { Values } from "./protected-values";
import { raisedThrottling } from "./traffic-protections";

const SETTINGS = "aws_api_gateway_method_settings";
const WHOLE_STAGE = "*/*";

/** @param after who can call what afterwards, which has the routes that are still there */
export function throttlingAlerts(
  changes: readonly ResourceChange[],
  after: AccessMatrix,
  facts: PlanFacts,
): readonly Alert[] {
  return changes
    .filter(({ type }) => type === SETTINGS)
    .flatMap(({ change }) => {
      const action = actionOf(change);
      if (action === "destroy") return gone(String(change.before?.["method_path"]), after);
      return action === "create" ? come(change.after ?? {}, facts) : [];
    });
}

/** Those of a route that goes away are missed by nobody. */
function gone(path: string, { routes }: AccessMatrix): readonly Alert[] {
  if (path === WHOLE_STAGE) return [warning("The stage loses its settings, throttling included.")];
  const names = namesOf(path);
  const left = routes.find(({ route }) => names.includes(route));
  return left === undefined ? [] : [warning(`${code(left.route)} loses its own throttling.`)];
}

/** A route that was there had the stage's limits before it has its own. */
function come(after: Values, { stageSettings, routesBefore }: PlanFacts): readonly Alert[] {
  const path = String(after["method_path"]);
  if (stageSettings === undefined || !namesOf(path).some((name) => routesBefore.includes(name))) return [];
  const raised = raisedThrottling({ ...stageSettings, method_path: path }, after);
  return raised === undefined ? [] : [warning(raised)];
}

/** What a route may be called that settings are for. */
function namesOf(path: string): readonly string[] {
  const [, resource = "", method = ""] = /^(.*)\/([A-Z]+)$/.exec(path) ?? [];
  return [method, "ANY"].map((verb) => `${verb} ${resource.replaceAll("~1", "/")}`);
}
