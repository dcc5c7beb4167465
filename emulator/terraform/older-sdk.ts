/**
 * How resources of the real provider behave that are written with Terraform's older SDK, which are nearly all of them: to
 * them an empty value is none. The newer framework tells the two apart. Pure.
 *
 * @see https://github.com/hashicorp/terraform-plugin-sdk/blob/v2.38.1/helper/schema/schema.go
 */
import { type Attributes, canonical, hasUnknown, isObject, UNKNOWN, type Value } from "./attributes";
import { inCanonicalOrder } from "./dynamic-value";
import type { ValueMistake } from "./kind-values";
import type { AttributeSchema, BlockSchema, NestedBlockSchema } from "./schema/block";

/** Whether a resource is written with the older SDK, which makes `id` an optional attribute of everything. */
export function isOfOlderSdk({ attributes }: BlockSchema): boolean {
  return attributes["id"]?.optional === true;
}

/**
 * The wanted resource, with everything as in state that differs from it only in being empty or absent: `""`, `false`, 0
 * and empty collections. An empty text for what AWS fills in counts as left out.
 *
 * @param prior state; `null` for a resource to be created
 */
export function withEmptyAsNone(schema: BlockSchema, prior: Attributes | null, wanted: Attributes): Attributes {
  const attributes = Object.entries(schema.attributes).map(([name, attribute]): [string, Value] => [
    name,
    settled(attribute, prior === null ? undefined : (prior[name] ?? null), wanted[name] ?? null),
  ]);
  const blocks = Object.entries(schema.blocks).map(([name, nested]): [string, Value] => [
    name,
    settledBlocks(nested, prior?.[name] ?? null, wanted[name] ?? null),
  ]);
  return Object.fromEntries([...attributes, ...blocks]);
}

/**
 * A collection is known as a whole or not at all. An empty one is none when there was none, and what is none now is empty
 * when there was one.
 *
 * @param before `undefined` when there was no resource
 */
function settled({ type, computed }: AttributeSchema, before: Value | undefined, now: Value): Value {
  if (computed === true && type === "string" && now === "") return before ?? null;
  if (typeof type !== "string" && hasUnknown(now)) return UNKNOWN;
  if (typeof type !== "string" && type[0] !== "object" && isNone(now) && !(computed === true && now === null)) {
    const wasNone = before === undefined || isNone(before);
    return wasNone ? (before ?? null) : type[0] === "map" ? {} : [];
  }
  return before !== undefined && isNone(before) && isNone(now) ? before : now;
}

function settledBlocks({ block, nesting }: NestedBlockSchema, before: Value, now: Value): Value {
  const known = (Array.isArray(before) ? before : [before]) as readonly Value[];
  const settle = (item: Value, index: number): Value => {
    if (!isObject(item)) return item;
    // The blocks of a set have no place: one that says the same is the one of before.
    const same = nesting === "set" ? known.find((other) => essence(other) === essence(item)) : known[index];
    return withEmptyAsNone(block, isObject(same) ? same : null, item);
  };
  if (!Array.isArray(now)) return settle(now, 0);
  const items = (now as readonly Value[]).map(settle);
  return nesting === "set" ? inCanonicalOrder(items) : items;
}

/** Text that is equal for values that differ only in what is empty or absent. */
function essence(value: Value): string {
  return canonical(withoutNone(value));
}

function withoutNone(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(withoutNone);
  if (!isObject(value)) return value;
  const inner = Object.entries(value).map(([name, of]) => [name, withoutNone(of)] as const);
  return Object.fromEntries(inner.filter(([, of]) => !isNone(of)));
}

function isNone(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return [null, "", false, 0].some((none) => value === none);
}

/**
 * What is set of that which only the provider decides. That is `id` as well: the schema offers it, the older SDK then
 * does not know it. Each of the two has words of its own.
 *
 * @see https://github.com/hashicorp/terraform-plugin-framework/blob/main/internal/fwserver/attribute_validation.go
 */
export function unsettable(schema: BlockSchema, config: Attributes): readonly ValueMistake[] {
  const isOlder = isOfOlderSdk(schema);
  return Object.entries(schema.attributes)
    .filter(([name]) => (config[name] ?? null) !== null)
    .flatMap(([name, { optional, required }]) => {
      if (isOlder && name === "id") return [{ summary: "Invalid or unknown key", steps: [name] }];
      return optional === true || required === true
        ? []
        : [{ ...(isOlder ? undecided(name) : READ_ONLY), steps: [name] }];
    });
}

const READ_ONLY = {
  summary: "Invalid Configuration for Read-Only Attribute",
  detail: "Cannot set value for this attribute as the provider has marked it as read-only.",
};

const undecided = (name: string) => ({
  summary: "Value for unconfigurable attribute",
  detail: `Can't configure a value for "${name}": its value will be decided automatically based on the result of applying this configuration.`,
});
