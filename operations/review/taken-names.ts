/** Orphans whose names the plan needs: AWS refuses to create the resources, and the deployment fails half-way. Pure. */
import { code, commandCode } from "../../platform/markdown";
import { ORPHAN } from "../deployed/orphan-findings";
import type { Finding } from "../plan-file/finding";
import { actionOf } from "../plan-file/plan-json";
import { type Alert, critical } from "./alert";
import { lostState } from "./lost-state";
import type { PlanContext } from "./plan-context";

/** AWS creates a second one of the same name. */
export const SHARED = /^aws_(cognito_user_pool|api_gateway_rest_api)\./;

/** @param created addresses of what the plan creates */
export function orphansInTheWay(findings: readonly Finding[], created: readonly string[]): readonly Finding[] {
  return findings.filter(
    ({ address, attribute }) => attribute === ORPHAN && created.includes(address) && !SHARED.test(address),
  );
}

/** One for each, with the commands that make its name free or the resource the stack's. */
export function takenNames(context: PlanContext): readonly Alert[] {
  // All of it exists where the state is lost, and is not to be removed.
  if (lostState(context).length > 0) return [];
  const { changes, notInPlan } = context;
  const created = changes.filter(({ change }) => actionOf(change) === "create").map(({ address }) => address);
  return orphansInTheWay(notInPlan.findings, created).map(({ address, effect = "", undo = "" }) =>
    critical(
      `This deployment fails, as the name of ${code(address)} is taken: ${code(effect)}. Unless it is another stack's, run this first, and review again: ${commandCode(undo)}`,
    ),
  );
}
