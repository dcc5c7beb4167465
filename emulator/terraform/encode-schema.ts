/** Schemas as the protocol spells them. */
import type { AttributeSchema, BlockSchema, NestedBlockSchema } from "./schema/block";

/** The schema with its version; Terraform refuses state of a higher one. State of lower ones can be read as it is. */
export function encodeSchema(schema: BlockSchema, version = 0) {
  return { version, block: encodeBlock(schema) };
}

interface EncodedBlock {
  readonly attributes: readonly ReturnType<typeof encodeAttribute>[];
  readonly block_types: readonly ReturnType<typeof encodeNested>[];
}

function encodeBlock({ attributes, blocks }: BlockSchema): EncodedBlock {
  return {
    attributes: Object.entries(attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
    block_types: Object.entries(blocks).map(([name, nested]) => encodeNested(name, nested)),
  };
}

function encodeAttribute(name: string, { type, ...flags }: AttributeSchema) {
  return { name, type: Buffer.from(JSON.stringify(type)), ...flags };
}

function encodeNested(name: string, { nesting, block, minItems, maxItems }: NestedBlockSchema): object {
  return {
    type_name: name,
    nesting: nesting.toUpperCase(),
    min_items: minItems ?? 0,
    max_items: maxItems ?? 0,
    block: encodeBlock(block),
  };
}
