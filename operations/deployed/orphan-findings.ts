/** Orphans of a stack as findings: what has a name of its resources, and is not in its state. */

import { StackJson } from "../../constructs/contract/stack-json";
import type { Aws } from "../../platform/aws";
import type { LeftResource } from "./left-state";
import { findOrphans, ORPHANED } from "./leftovers";
import { NAMED, namesOf } from "./stack-names";
import type { UnmanagedResources } from "./unmanaged";

/** Their attribute in findings. */
export const ORPHAN = "orphan";

/**
 * Looks for them.
 * @param json content of the stack's `cdk.tf.json`
 * @throws {UserError} when AWS cannot be reached
 */
export async function orphanFindings(
  json: unknown,
  left: readonly LeftResource[],
  clients: (region: string) => Aws,
): Promise<UnmanagedResources> {
  const names = namesOf(json, left);
  const { found, refusals } = await findOrphans(clients(names.region), names);
  const findings = found.map(({ kind, type, name, detail, remove }) => {
    const what = [kind, name, ...(detail === "" ? [] : [`(${detail})`])].join(" ");
    return {
      address: addressOf(type, name, json, left),
      attribute: ORPHAN,
      expected: "not there",
      found: JSON.stringify(what),
      verdict: "unmanaged-resource",
      severity: "warning",
      effect: `${what} ${ORPHANED}`,
      undo: remove,
    } as const;
  });
  const notChecked = refusals.map(({ kinds, error: { operation, code } }) => {
    return { address: kinds, attribute: `${ORPHAN} (${kinds})`, operation, code };
  });
  return { findings, notChecked };
}

/** Of the resource whose name it has. */
function addressOf(type: string, name: string, json: unknown, left: readonly LeftResource[]): string {
  const attributes: readonly string[] = Object.values(NAMED).flatMap(([of, attribute]) =>
    of === type ? [attribute] : [],
  );
  const inCode = new StackJson(json)
    .ofType(type)
    .map((one) => ({ address: `${type}.${one.name}`, values: one.attributes }));
  const resources = [...inCode, ...left.filter((one) => one.type === type)];
  return resources.find(({ values }) => attributes.some((attribute) => values[attribute] === name))?.address ?? type;
}
