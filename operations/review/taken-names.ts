/** Orphans whose names the plan needs: AWS refuses to create the resources, and the deployment fails half-way. Pure. */
import { code, commandCode } from "../../platform/markdown";
import { ORPHAN } from "../deployed/orphan-findings";
import type { Finding } from "../plan-file/finding";
import { actionOf } from "../plan-file/plan-json";
import { type Alert, critical } from "./alert";
import { isRepeatable, lostState } from "./lost-state";
import type { PlanContext } from "./plan-context";

/**
 * @param created addresses of what the plan creates
 * @returns whose names are taken, and whether others would be created a second time, so that the state is lost
 */
export function orphansOf(findings: readonly Finding[], created: readonly string[]) {
  const [second = [], taken = []] = [true, false].map((isSecond) =>
    findings.filter(
      (one) => one.attribute === ORPHAN && created.includes(one.address) && isRepeatable(one) === isSecond,
    ),
  );
  return { taken, isStateLost: second.length > 0 };
}

/** One for each, with the commands that make its name free or the resource the stack's. */
export function takenNames(context: PlanContext): readonly Alert[] {
  // All of it exists where the state is lost, and is not to be removed.
  if (lostState(context).length > 0) return [];
  const { changes, notInPlan } = context;
  const created = changes.filter(({ change }) => actionOf(change) === "create").map(({ address }) => address);
  return orphansOf(notInPlan.findings, created).taken.map(({ address, effect = "", undo = "" }) =>
    critical(
      `This deployment fails, as the name of ${code(address)} is taken: ${code(effect)}. Unless it is another stack's, run this first, and review again: ${commandCode(undo)}`,
    ),
  );
}
