/** Resource types whose examples the real provider can create on the embedded AWS. */
import { isResource } from "../../../emulator/provider/operations";
import { kindExamples, type Resources } from "../kind-examples";
import { kindOf } from "../workspace";

/** Types whose example refers only to types that are made up of AWS's operations. */
export const parityTypes: readonly string[] = Object.keys(kindExamples).filter(isReachable);

/** The examples of {@link parityTypes}. */
export const parityExamples: Resources = Object.fromEntries(
  parityTypes.map((type) => [type, kindExamples[type] ?? {}]),
);

function isReachable(type: string): boolean {
  if (!isResource(kindOf(type))) return false;
  const references = JSON.stringify(kindExamples[type]).matchAll(/\b(aws_\w+)\.one\b/g);
  return [...references].every(([, other = ""]) => isReachable(other));
}
