/** Orphans of a stack as findings: what has a name of its resources, and is not in its state. */

import { StackJson } from "../../constructs/contract/stack-json";
import { type Aws, unlessMissing } from "../../platform/aws";
import type { LeftResource } from "./left-state";
import { findOrphans, type Leftover, ORPHANED } from "./leftovers";
import { importCommands, plannedSecrets } from "./secret-recovery";
import { NAMED, namesOf } from "./stack-names";
import type { UnmanagedResources } from "./unmanaged";

/** Their attribute in findings. */
export const ORPHAN = "orphan";

const SCHEDULED = "is scheduled for deletion: AWS refuses to create it again (InvalidRequestException)";

/**
 * Looks for them.
 * @param json content of the stack's `cdk.tf.json`
 * @param folder folder of the stack, as it is typed in a command
 * @throws {UserError} when AWS cannot be reached
 */
export async function orphanFindings(
  json: unknown,
  left: readonly LeftResource[],
  clients: (region: string) => Aws,
  folder: string,
): Promise<UnmanagedResources> {
  const names = namesOf(json, left);
  const aws = clients(names.region);
  const { found, refusals } = await findOrphans(aws, names);
  const findings = found.map(async (one) => {
    const { kind, type, name, detail } = one;
    const what = [kind, name, ...(detail === "" ? [] : [`(${detail})`])].join(" ");
    return {
      address: addressOf(type, name, json, left),
      attribute: ORPHAN,
      expected: "not there",
      found: JSON.stringify(what),
      verdict: "unmanaged-resource",
      severity: "warning",
      effect: one.restore === undefined ? `${what} ${ORPHANED}` : `${kind} ${name} ${SCHEDULED}`,
      undo: await undoOf(one, aws, json, folder),
    } as const;
  });
  const notChecked = refusals.map(({ kinds, error: { operation, code } }) => {
    return { address: kinds, attribute: `${ORPHAN} (${kinds})`, operation, code };
  });
  return { findings: await Promise.all(findings), notChecked };
}

/** A secret that is scheduled for deletion is restored and imported; what else there is, is removed. */
async function undoOf({ name, remove, restore }: Leftover, aws: Aws, json: unknown, folder: string): Promise<string> {
  if (restore === undefined) return remove;
  const planned = plannedSecrets(json).find((one) => one.name === name);
  const secret = await unlessMissing((await aws.secretsManager()).describeSecret({ SecretId: name }));
  const imports = planned === undefined || secret === undefined ? [] : importCommands(planned, secret, folder);
  return [restore, ...imports].join(" && ");
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
