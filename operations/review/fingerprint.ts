/**
 * A hash of what a plan does: two plans have the same one when they do the same, whenever they are made. Values that the
 * plan marks as sensitive are left out, since it is printed; values that are only not shown count, so that other code of a
 * function has another fingerprint. What is not in the plan does not count, as the plan does nothing to it, except for what
 * it deploys with the API, and for what it creates a second time.
 */
import { createHash } from "node:crypto";
import { takenAlong } from "../deployed/taken-along";
import { actionOf } from "../plan-file/plan-json";
import type { AccessChange } from "./access-changes";
import { lostState } from "./lost-state";
import type { PlanContext } from "./plan-context";
import { valuesIn } from "./predicates";
import { changedOutputs, rawChanges } from "./resource-changes";
import { isShownVariable } from "./shown-attributes";

/**
 * @param stack content of the `cdk.tf.json` that was planned: it also has what the plan leaves out, such as the expression
 * of a value that is known after apply, or a provisioner
 * @returns 64 hexadecimal digits
 */
export function fingerprintOf(context: PlanContext, access: readonly AccessChange[], stack: unknown): string {
  const { environment, plan, changes, written, notInPlan } = context;
  const found = lostState(context);
  const planned = changes.map(({ address, change }) => ({ address, action: actionOf(change) }));
  const published = takenAlong(planned, notInPlan.findings)
    .map(({ address, attribute, found: shown }) => [address, attribute, shown])
    .toSorted();
  const resources = changes
    .map(({ address, change }) => ({
      address,
      action: actionOf(change),
      changes: rawChanges(change, written.get(address) ?? []).map((raw) => [
        raw.attribute,
        raw.isUnknown,
        raw.isSensitive
          ? null
          : [counted(raw.attribute, raw.before), raw.isUnknown ? null : counted(raw.attribute, raw.after)],
      ]),
    }))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return createHash("sha256")
    .update(
      canonical({
        ...{ environment, access, resources, outputs: changedOutputs(plan), stack },
        ...(published.length === 0 ? {} : { takenAlong: published }),
        ...(found.length === 0 ? {} : { found }),
      }),
    )
    .digest("hex");
}

/** The value as it counts. Those of other variables are in the stack, and may be secret where it refers to one. */
function counted(attribute: string, value: unknown): unknown {
  if (attribute.split(".").at(-1) !== "variables") return value ?? null;
  const variables = Object.entries(valuesIn(value));
  return Object.fromEntries(variables.map(([name, one]) => [name, isShownVariable(name) ? one : null]));
}

/** JSON with sorted names, without CDKTF's own comments. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([name]) => name !== "//");
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
