/** Warnings of what no guard looks into: resources of types that no guard knows, and modules. Pure. */
import { isKnownType } from "../../constructs/contract/checked-types";
import { codes } from "../../platform/markdown";
import { actionOf, type ResourceChange } from "../plan-file/plan-json";
import { type Alert, warning } from "./alert";
import type { PlanContext } from "./plan-context";

/** One for each type or module of which the plan creates or changes something. */
export function uncheckedAlerts({ changes }: PlanContext): readonly Alert[] {
  const set = changes.filter(({ change }) => ["create", "update", "replace"].includes(actionOf(change)));
  const groupOf = ({ address, type }: ResourceChange) => /^module\.[^.]+/.exec(address)?.[0] ?? type;
  const groups = [...new Set(set.map(groupOf))].filter((group) => !isKnownType(group));
  return groups.map((group) => {
    const addresses = set.filter((one) => groupOf(one) === group).map(({ address }) => address);
    const why = group.startsWith("module.") ? "no guard looks into a module" : "no guard knows this type";
    return warning(`${codes(addresses)} may open access, as ${why}: check its settings.`);
  });
}
