/** What a finding about something that was added by hand looks like. Pure. */

import { type LeftResource, textIn } from "../deployed/left-state";
import type { Finding } from "../plan-file/finding";

/**
 * @param to the resource that it was added to
 * @param attribute what it is; nothing in drift-ignore.yaml can pass over it
 * @param undo command that takes it away again: a deployment does not; left out when one is needed before
 */
export function added({ address }: LeftResource, attribute: string, found: string, undo?: string): Finding {
  const finding = { address, attribute, expected: "not there", found, verdict: "changed outside" } as const;
  return undo === undefined ? finding : { ...finding, undo };
}

/** What is found and not known. */
export function others(found: readonly string[], known: readonly string[]): readonly string[] {
  return found.filter((one) => !known.includes(one));
}

/** Those whose attribute has one of the values. */
export function whose(
  resources: readonly LeftResource[],
  attribute: string,
  ...values: readonly string[]
): readonly LeftResource[] {
  return resources.filter((one) => values.includes(textIn(one, attribute)));
}
