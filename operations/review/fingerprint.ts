/**
 * What a plan comes to, in 64 characters: two plans have the same one when the same happens, whenever they are made and
 * whatever else changed in the state. Values of which the plan says that they are sensitive do not go into it, since it is
 * printed; values that are only not shown do, so that other code of a function makes another fingerprint.
 */
import { createHash } from "node:crypto";
import { actionOf, type PlanJson } from "../plan-file/plan-json";
import type { AccessChange } from "./access-changes";
import { rawChanges } from "./attribute-changes";
import { doneTo } from "./resource-changes";

/**
 * @param stack content of the `cdk.tf.json` that was planned: a plan does not say all that applying it does, such as what
 * a value that is not known yet is made of, or a provisioner
 * @returns 64 hexadecimal digits
 */
export function fingerprintOf(
  environment: string,
  access: readonly AccessChange[],
  plan: PlanJson,
  stack: unknown,
): string {
  const written = new Map(
    plan.configuration.root_module.resources.map(({ address, expressions }) => [address, Object.keys(expressions)]),
  );
  const resources = doneTo(plan)
    .map(({ address, change }) => ({
      address,
      action: actionOf(change),
      changes: rawChanges(change, written.get(address) ?? []).map((raw) => [
        raw.attribute,
        raw.isUnknown,
        raw.isSensitive ? null : [raw.before ?? null, raw.isUnknown ? null : (raw.after ?? null)],
      ]),
    }))
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return createHash("sha256")
    .update(canonical({ environment, access, resources, outputs: changedOutputs(plan), stack }))
    .digest("hex");
}

/** Names of outputs that change, sorted. */
export function changedOutputs({ output_changes }: PlanJson): readonly string[] {
  return Object.entries(output_changes)
    .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
    .map(([name]) => name)
    .toSorted();
}

/** JSON with sorted names, without CDKTF's own comments. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([name]) => name !== "//");
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
