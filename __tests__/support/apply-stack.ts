/** Applies a synthesized stack to a pretend account, as Terraform would: one resource after the other, references filled in. */
import { type TerraformStack, Testing } from "cdktf";
import { type Attributes, isObject, type Value } from "../../emulator/terraform/attributes";
import type { BlockSchema } from "../../emulator/terraform/schema/block";
import { kindOf } from "./workspace";

/** Where resources are created. */
interface Creator {
  create(type: string, config: Attributes): Promise<Attributes>;
}

/** What only Terraform looks at. */
const META = ["//", "depends_on", "lifecycle", "provider"];

interface Pending {
  readonly address: string;
  readonly type: string;
  readonly config: Attributes;
  readonly after: readonly string[];
}

/** @returns everything that was made, by address such as `aws_api_gateway_stage.cache_stage_0123abcd` */
export async function applyStack(stack: TerraformStack, account: Creator): Promise<ReadonlyMap<string, Attributes>> {
  const made = new Map<string, Attributes>();
  let pending = resourcesOf(stack);
  while (pending.length > 0) {
    const ready = pending.filter(({ after }) => after.every((address) => made.has(address)));
    if (ready.length === 0) throw new Error(`nothing can be made of ${pending.map(({ address }) => address)}`);
    for (const { address, type, config } of ready) {
      made.set(
        address,
        await account.create(type, blocksAsLists(kindOf(type).schema, filledIn(config, made) as Attributes)),
      );
    }
    pending = pending.filter((resource) => !ready.includes(resource));
  }
  return made;
}

function resourcesOf(stack: TerraformStack): readonly Pending[] {
  const { resource } = JSON.parse(Testing.synth(stack)) as {
    readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  };
  // Others, such as terraform_data, are Terraform's own.
  const ofAws = Object.entries(resource).filter(([type]) => type.startsWith("aws_"));
  return ofAws.flatMap(([type, named]) =>
    Object.entries(named).map(([name, all]): Pending => {
      const config = Object.fromEntries(Object.entries(all).filter(([key]) => !META.includes(key)));
      const references = [...JSON.stringify(config).matchAll(/\$\{(\w+\.[\w-]+)\./g)].map(
        ([, address = ""]) => address,
      );
      const after = [...references, ...((all["depends_on"] ?? []) as readonly string[])];
      return { address: `${type}.${name}`, type, config, after: after.filter((one) => one.startsWith("aws_")) };
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
function blocksAsLists({ blocks }: BlockSchema, config: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => {
      const nested = blocks[name];
      if (nested === undefined || nested.nesting === "single") return [name, value];
      const items = (Array.isArray(value) ? value : [value]) as readonly Attributes[];
      return [name, items.map((item) => blocksAsLists(nested.block, item))];
    }),
  );
}
