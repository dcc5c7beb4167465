/** Creating, changing or deleting a resource, as Terraform asks for it: what is there afterwards, or why it is not. */
import type { Operation } from "../account/account";
import { type Attributes, hasUnknown, optionalText, text, withoutUnknown } from "./attributes";
import { asDiagnostic } from "./diagnostic";
import { decode, encode } from "./dynamic-value";
import { isOfLegacyTypeSystem } from "./legacy-type-system";
import { applyResource, type LifecyclePlace } from "./lifecycle";
import type * as wire from "./messages";
import type { Resource } from "./resource";
import type { BlockSchema } from "./schema/block";

export async function applyCall(
  kind: Resource,
  { prior_state, planned_state, config }: wire.ApplyRequest,
  place: LifecyclePlace,
  { acknowledged, onCreated }: { acknowledged(): Promise<void>; onCreated(created: Operation): void },
): Promise<object> {
  const prior = decode(kind.schema, prior_state);
  const planned = decode(kind.schema, planned_state);
  const region = planned ?? prior;
  const at = { ...place, region: (region && optionalText(region, "region")) ?? place.region };
  try {
    const hidden = pick(kind.writeOnly, decode(kind.schema, config));
    const wanted = planned && { ...planned, ...hidden, ...pick(kind.verbatim, decode(kind.schema, config)) };
    const made = withoutWriteOnly(kind, await applyResource(kind, at, prior, wanted, acknowledged));
    const now = made && wanted && isOfLegacyTypeSystem(kind.schema) ? withPlannedSets(kind.schema, wanted, made) : made;
    const { latest } = place.account;
    if (prior === null && latest !== null) onCreated(latest);
    // Only this lets a provider return something else than what was planned, such as "" in place of null.
    return { new_state: encode(kind.schema, now), legacy_type_system: isOfLegacyTypeSystem(kind.schema) };
  } catch (error) {
    const refusal = asDiagnostic(error, doing(kind, prior, planned));
    if (refusal === undefined) throw error;
    return { new_state: encode(kind.schema, afterRefusal(kind, prior, planned)), diagnostics: [refusal] };
  }
}

/** The legacy type system writes down what was planned although AWS refused the update; the next refresh reads what is there. */
function afterRefusal(kind: Resource, prior: Attributes | null, planned: Attributes | null): Attributes | null {
  const isUpdate = prior !== null && planned !== null;
  return isUpdate && isOfLegacyTypeSystem(kind.schema) ? (withoutUnknown(planned) as Attributes) : prior;
}

function pick(names: readonly string[] = [], config: Attributes | null): Attributes {
  return Object.fromEntries(names.map((name) => [name, config?.[name] ?? null]));
}

/** Of a set that was wholly known when it was planned, the legacy type system keeps what was planned. */
function withPlannedSets({ attributes, blocks }: BlockSchema, planned: Attributes, made: Attributes): Attributes {
  const isSet = (name: string) => blocks[name]?.nesting === "set" || attributes[name]?.type[0] === "set";
  const kept = Object.entries(planned).filter(([name, value]) => isSet(name) && value !== null && !hasUnknown(value));
  return { ...made, ...Object.fromEntries(kept) };
}

function withoutWriteOnly({ writeOnly = [] }: Resource, state: Attributes | null): Attributes | null {
  return state && { ...state, ...Object.fromEntries(writeOnly.map((name) => [name, null])) };
}

function doing(kind: Resource, prior: Attributes | null, planned: Attributes | null): string {
  if (prior === null) return `creating ${kind.type}`;
  return `${planned === null ? "deleting" : "updating"} ${kind.type} (${text(prior, "id")})`;
}
