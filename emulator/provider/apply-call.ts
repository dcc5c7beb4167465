/** Creating, changing or deleting a resource, as Terraform asks for it: what is there afterwards, or why it is not. */
import type { Operation } from "../account";
import { type Attributes, optionalText, text } from "../attributes";
import { asDiagnostic } from "./diagnostic";
import { decode, encode } from "./dynamic-value";
import { type Kind, keyOf, type Place } from "./kind";
import type * as wire from "./messages";
import { applyChange } from "./operations";

export async function applyCall(
  kind: Kind,
  { prior_state, planned_state }: wire.ApplyRequest,
  place: Place,
  { told, onCreated }: { told(): Promise<void>; onCreated(created: Operation): void },
): Promise<object> {
  const prior = decode(kind.schema, prior_state);
  const planned = decode(kind.schema, planned_state);
  const region = planned ?? prior;
  const at = { ...place, region: (region && optionalText(region, "region")) ?? place.region };
  try {
    const now = await applyChange(kind, at, prior, planned, told);
    if (prior === null && now !== null) onCreated({ action: "create", type: kind.type, key: keyOf(kind, now) });
    return { new_state: encode(kind.schema, now) };
  } catch (error) {
    const refusal = asDiagnostic(error, doing(kind, prior, planned));
    if (refusal === undefined) throw error;
    return { new_state: encode(kind.schema, prior), diagnostics: [refusal] };
  }
}

function doing(kind: Kind, prior: Attributes | null, planned: Attributes | null): string {
  if (prior === null) return `creating ${kind.type}`;
  return `${planned === null ? "deleting" : "updating"} ${kind.type} (${text(prior, "id")})`;
}
