/** Which resources of the real provider are written with the legacy type system (SDK v2): nearly all of them. Pure. */
import { type Attributes, isObject, type Value } from "./attributes";
import type { ValueMistake } from "./kind-values";
import type { AttributeSchema, BlockSchema } from "./schema/block";

/** Whether a resource is written with the legacy type system, which makes `id` an optional attribute of everything. */
export function isOfLegacyTypeSystem({ attributes }: BlockSchema): boolean {
  return attributes["id"]?.optional === true;
}

/**
 * What is set of that which only the provider decides. That is `id` as well: the schema offers it, the legacy type system then
 * does not know it. Each of the two has words of its own.
 *
 * @see https://github.com/hashicorp/terraform-plugin-framework/blob/main/internal/fwserver/attribute_validation.go
 */
export function unsettable(
  schema: BlockSchema,
  config: Attributes,
  isOlder: boolean = isOfLegacyTypeSystem(schema),
): readonly ValueMistake[] {
  const own = Object.entries(schema.attributes)
    .filter(([name]) => (config[name] ?? null) !== null)
    .flatMap(([name, { optional, required }]) => {
      if (isOlder && name === "id") return [{ summary: "Invalid or unknown key", steps: [name] }];
      return optional === true || required === true
        ? []
        : [{ ...(isOlder ? undecided(name) : READ_ONLY), steps: [name] }];
    });
  return isOlder ? [...own, ...computedInLists(schema, config)] : own;
}

/** The same within lists of blocks, which have an index in the text. */
function computedInLists({ blocks }: BlockSchema, config: Attributes): readonly ValueMistake[] {
  return Object.entries(blocks).flatMap(([name, { block, nesting }]) => {
    const items = config[name];
    if (nesting !== "list" || !Array.isArray(items)) return [];
    return items.flatMap((item, index) =>
      Object.entries(isObject(item) ? item : {})
        .filter(([attribute, value]) => value !== null && isComputed(block.attributes[attribute]))
        .map(([attribute]) => ({
          ...undecided(`${name}.${index}.${attribute}`),
          steps: [name, index, attribute],
        })),
    );
  });
}

function isComputed(attribute: BlockSchema["attributes"][string] | undefined): boolean {
  return attribute?.computed === true && attribute.optional !== true;
}

/**
 * A data source as the legacy type system keeps it: empty values of its configuration become null, and null values in its blocks
 * become empty.
 */
export function withoutEmpty(schema: BlockSchema, state: Attributes): Attributes {
  const isEmpty = (value: Value) => value === "" || (Array.isArray(value) && value.length === 0);
  const kept = Object.entries(state).map(([name, value]): [string, Value] => {
    const { block } = schema.blocks[name] ?? {};
    const isArgument = schema.attributes[name]?.computed !== true;
    if (block === undefined) return [name, isArgument && isEmpty(value) ? null : value];
    return [name, Array.isArray(value) ? value.map((item) => withZeros(block, item)) : value];
  });
  return Object.fromEntries(kept);
}

function withZeros(schema: BlockSchema, value: Value): Value {
  if (!isObject(value)) return value;
  const filled = Object.entries(value).map(([name, inner]): [string, Value] => {
    const [attribute, nested] = [schema.attributes[name], schema.blocks[name]];
    if (nested === undefined || !Array.isArray(inner)) return [name, inner ?? (attribute ? zeroOf(attribute) : null)];
    return [name, inner.map((item) => withZeros(nested.block, item))];
  });
  return Object.fromEntries(filled);
}

function zeroOf({ type }: AttributeSchema): Value {
  if (typeof type !== "string") return type[0] === "map" ? {} : [];
  return type === "string" ? "" : type === "number" ? 0 : type === "bool" ? false : null;
}

const READ_ONLY = {
  summary: "Invalid Configuration for Read-Only Attribute",
  detail: "Cannot set value for this attribute as the provider has marked it as read-only.",
};

const undecided = (name: string) => ({
  summary: "Value for unconfigurable attribute",
  detail: `Can't configure a value for "${name}": its value will be decided automatically based on the result of applying this configuration.`,
});
