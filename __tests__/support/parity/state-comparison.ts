/** Compares the states that two providers have of the same configuration, attribute by attribute. */
import type { StateResource } from "./terraform-lifecycle";

/** An attribute that differs. */
export interface StateDifference {
  readonly address: string;
  /** Attribute with dots and without indices, such as `settings.caching_enabled`. */
  readonly at: string;
  readonly embedded: string;
  readonly real: string;
}

/** Attributes besides `id` that AWS makes up, or that it sets to the time. */
const MADE_UP = [
  ...["root_resource_id", "unique_id", "client_secret", "version_id", "lock_token"],
  ...["regional_domain_name", "value"],
];
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d{4})$/;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** @returns differences of the resources that both states have, and resources that one of them lacks */
export function compareStates(
  embedded: readonly StateResource[],
  real: readonly StateResource[],
): readonly StateDifference[] {
  const [ours, theirs] = [embedded, real].map(byAddress) as [Resources, Resources];
  const names = namesOf(ours, theirs);
  const replace = (values: object, side: 0 | 1) => JSON.parse(withNames(JSON.stringify(values), names, side)) as Json;
  return [...new Set([...ours.keys(), ...theirs.keys()])].toSorted().flatMap((address) => {
    const [a, b] = [ours.get(address), theirs.get(address)];
    if (a !== undefined && b !== undefined) return differences(address, "", replace(a, 0), replace(b, 1));
    const text = (values: object | undefined) => (values === undefined ? "missing" : "present");
    return [{ address, at: "", embedded: text(a), real: text(b) }];
  });
}

type Resources = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** A name such as `<aws_iam_role.one.unique_id>` and the values that it has in the two states. */
interface MadeUp {
  readonly name: string;
  readonly values: readonly [string, string];
}

function byAddress(resources: readonly StateResource[]): Resources {
  return new Map(resources.map(({ address, values }) => [address, values]));
}

/** Ids that differ, each of them before those that it is a part of. */
function namesOf(ours: Resources, theirs: Resources): readonly MadeUp[] {
  const all = [...ours].flatMap(([address, values]) =>
    ["id", ...MADE_UP].flatMap((attribute) => {
      const [a, b] = [values[attribute], theirs.get(address)?.[attribute]];
      const isMadeUp = typeof a === "string" && typeof b === "string" && a !== b && a !== "" && b !== "";
      return isMadeUp ? [{ name: `<${address}.${attribute}>`, values: [a, b] as const }] : [];
    }),
  );
  return all.toSorted((a, b) => a.values[0].length - b.values[0].length);
}

function withNames(text: string, names: readonly MadeUp[], side: 0 | 1): string {
  return names.reduce(
    (changed, { name, values }) => changed.replaceAll(JSON.stringify(values[side]).slice(1, -1), name),
    text,
  );
}

function differences(address: string, at: string, a: Json, b: Json): readonly StateDifference[] {
  if (isObject(a) && isObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((name) =>
      differences(address, at === "" ? name : `${at}.${name}`, a[name] ?? null, b[name] ?? null),
    );
  }
  if (isArray(a) && isArray(b) && a.length === b.length && [...a, ...b].every(isObject)) {
    return a.flatMap((item, index) => differences(address, at, item, b[index] ?? null));
  }
  const isTime = [a, b].every((value) => typeof value === "string" && TIME.test(value));
  const [embedded, real] = [a, b].map((value) => JSON.stringify(value)) as [string, string];
  return isTime || embedded === real ? [] : [{ address, at, embedded, real }];
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
