/** Which resources of the real provider are written with Terraform's older SDK: nearly all of them. Pure. */
import type { Attributes } from "./attributes";
import type { ValueMistake } from "./kind-values";
import type { BlockSchema } from "./schema/block";

/** Whether a resource is written with the older SDK, which makes `id` an optional attribute of everything. */
export function isOfOlderSdk({ attributes }: BlockSchema): boolean {
  return attributes["id"]?.optional === true;
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
