/** Applies a synthesized stack to a pretend account, as Terraform would: one resource after the other, references filled in. */
import { type TerraformStack, Testing } from "cdktf";
import { type Attributes, isObject, type Value } from "../../emulator/terraform/attributes";
import type { PretendAccount } from "./pretend-account";
import { kindOf } from "./workspace";

/** What only Terraform looks at. */
const META = ["//", "depends_on", "lifecycle", "provider"];

interface Pending {
  readonly address: string;
  readonly type: string;
  readonly config: Attributes;
  readonly after: readonly string[];
}

/** @returns everything that was made, by address such as `aws_api_gateway_stage.cache_stage_0123abcd` */
export async function applyStack(
  stack: TerraformStack,
  pretend: PretendAccount,
): Promise<ReadonlyMap<string, Attributes>> {
  const made = new Map<string, Attributes>();
  let pending = resourcesOf(stack);
  while (pending.length > 0) {
    const ready = pending.filter(({ after }) => after.every((address) => made.has(address)));
    if (ready.length === 0) throw new Error(`nothing can be made of ${pending.map(({ address }) => address)}`);
    for (const { address, type, config } of ready) {
      made.set(address, await pretend.create(type, blocksAsLists(type, filledIn(config, made) as Attributes)));
    }
    pending = pending.filter((resource) => !ready.includes(resource));
  }
  return made;
}

function resourcesOf(stack: TerraformStack): readonly Pending[] {
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  };
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, all]): Pending => {
      const config = Object.fromEntries(Object.entries(all).filter(([key]) => !META.includes(key)));
      const references = [...JSON.stringify(config).matchAll(/\$\{(\w+\.[\w-]+)\./g)].map(
        ([, address = ""]) => address,
      );
      const after = [...references, ...((all["depends_on"] ?? []) as readonly string[])];
      return { address: `${type}.${name}`, type, config, after };
    }),
  );
}

/** The value with `${type.name.attribute}` filled in. @throws {Error} when the attribute is no text */
function filledIn(value: Value, made: ReadonlyMap<string, Attributes>): Value {
  if (typeof value === "string") {
    return value.replace(/\$\{(\w+\.[\w-]+)\.(\w+)\}/g, (_whole, address: string, attribute: string) => {
      const found = made.get(address)?.[attribute];
      if (typeof found !== "string") throw new Error(`${address}.${attribute} is no text`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item as Value, made));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filledIn(inner, made)]));
}

/** CDKTF writes a single block without the list that it is in. */
function blocksAsLists(type: string, config: Attributes): Attributes {
  const { blocks } = kindOf(type).schema;
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      blocks[name] !== undefined && !Array.isArray(value) ? [value] : value,
    ]),
  );
}
