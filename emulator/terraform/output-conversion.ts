/** Converts outputs of AWS's operations to Terraform attributes. Pure. */

import type { Shape } from "../protocols/model";
import { type Attributes, isObject, isSame, type Value } from "./attributes";
import { type Conversion, findPlace, isEmpty, isOwnTags, type Place, type Structure } from "./conversion";
import type { AttributeSchema, BlockSchema, TypeSpec } from "./schema/block";
import { fromTags } from "./tag-conversion";

/**
 * Attributes and blocks that the output has members for. An absent member is null, or empty for resources that keep
 * empty values; what is equal to the known value, but for being empty or null, stays as it is known.
 *
 * @param shape name of the structure's shape
 * @param known the attributes so far: those of the plan, the state or the import id
 */
export function fromOutput(
  conversion: Conversion,
  schema: BlockSchema,
  shape: string,
  structure: Structure,
  known: Attributes,
): Attributes {
  return fromStructure(conversion, schema, shape, structure, known, "");
}

function fromStructure(
  conversion: Conversion,
  schema: BlockSchema,
  shape: string,
  structure: Structure,
  known: Attributes,
  prefix: string,
): Attributes {
  const found: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(schema.attributes)) {
    if (isOwnTags(schema, name)) continue;
    const member = findPlace(conversion, shape, name, prefix + name);
    if (member === undefined) continue;
    const sent = getAt(structure, member.path);
    const object = objectsOf(attribute.type);
    const value =
      object === undefined
        ? fromMember(conversion, attribute.type, member.shape, sent)
        : fromObjects(conversion, object, member, sent, `${prefix}${name}.`);
    found[name] = settle(conversion, attribute, value, known[name]);
  }
  for (const [name, { block, nesting }] of Object.entries(schema.blocks)) {
    const member = findPlace(conversion, shape, name, prefix + name);
    if (member === undefined) continue;
    const value = withoutEmpty(conversion, getAt(structure, member.path), known[name]);
    const of = member.shape.type === "list" ? member.shape.of : member.of;
    const items = (value === undefined ? [] : [value].flat()) as unknown as readonly Structure[];
    const before = [known[name] ?? []].flat() as readonly Value[];
    const blocks = items.map((item, index) => {
      const convert = (same: Value) =>
        fromStructure(conversion, block, of, item, isObject(same) ? same : {}, `${prefix}${name}.`);
      return convert((nesting === "set" ? findSame(block, before, convert({})) : before[index]) ?? null);
    });
    found[name] = nesting === "single" ? (blocks[0] ?? null) : blocks;
  }
  return prefix === "" ? found : { ...keep(schema, known, found), ...found };
}

/** The known block of a set that corresponds to the one found: their required attributes are the same. */
function findSame({ attributes }: BlockSchema, before: readonly Value[], found: Attributes): Value | undefined {
  const required = Object.keys(attributes).filter((name) => attributes[name]?.required === true);
  return before.find((one) => isObject(one) && required.every((name) => isSame(one[name], found[name])));
}

/** Fields of the objects that the attribute is a list of, as data sources have them in place of blocks. */
function objectsOf(type: TypeSpec): BlockSchema | undefined {
  if (typeof type === "string" || (type[0] !== "list" && type[0] !== "set")) return undefined;
  const [, items] = type;
  if (typeof items === "string" || items[0] !== "object") return undefined;
  const fields = Object.entries(items[1]).map(([name, of]) => [name, { type: of, computed: true }] as const);
  return { attributes: Object.fromEntries(fields), blocks: {} };
}

function fromObjects(conversion: Conversion, schema: BlockSchema, member: Place, sent: unknown, prefix: string): Value {
  if (sent === undefined || sent === null) return null;
  const of = member.shape.type === "list" ? member.shape.of : member.of;
  const structures = [sent].flat() as unknown as readonly Structure[];
  return structures.map((structure) => fromStructure(conversion, schema, of, structure, {}, prefix));
}

/** What a block has no member for stays as it is known. */
function keep({ attributes, blocks }: BlockSchema, known: Attributes, found: Attributes): Attributes {
  const names = [...Object.keys(attributes), ...Object.keys(blocks)].filter((name) => found[name] === undefined);
  return Object.fromEntries(names.map((name) => [name, known[name] ?? null]));
}

/** The structure, or `undefined` when it says nothing and the known block is not there. */
function withoutEmpty(conversion: Conversion, value: unknown, known: Value | undefined): unknown {
  const hidesEmpty = conversion.hasEmptyValues && (value === undefined || !conversion.keepsEmptyBlocks);
  const isUnknown = !Array.isArray(known) || known.length === 0;
  return value === null || (hidesEmpty && isUnknown && saysNothing(value)) ? undefined : value;
}

function saysNothing(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === undefined || value === "" || value === null;
  return Object.values(value).every(saysNothing);
}

function getAt(structure: Structure, [head = "", ...rest]: readonly string[]): unknown {
  const value = structure[head];
  if (rest.length === 0 || value === undefined || value === null) return value;
  return getAt(value as Structure, rest);
}

function fromMember({ model }: Conversion, type: TypeSpec, shape: Shape, value: unknown): Value {
  if (value === undefined || value === null) return null;
  if (shape.type === "timestamp") return new Date(Number(value) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (type === "string") return typeof value === "string" ? value : Array.isArray(value) ? value[0] : String(value);
  if (Array.isArray(type) && type[0] === "map" && Array.isArray(value)) return fromTags(model, shape, value);
  return value as Value;
}

function settle(
  { hasEmptyValues, isRefresh }: Conversion,
  { type, computed }: AttributeSchema,
  value: Value,
  known: Value | undefined,
): Value {
  if (value !== null && !isEmpty(value)) return value;
  const isPlanned = Array.isArray(type) && computed !== true && !isRefresh;
  // As SDK v2 does: whether a collection is empty or null is decided by the plan, if it is planned.
  if (isPlanned && hasEmptyValues && known !== undefined && (known === null || isEmpty(known))) return known;
  if (value !== null || !hasEmptyValues) return value;
  if (type === "bool") return false;
  if (type === "number") return 0;
  if (type === "string") return "";
  return type[0] === "map" ? {} : [];
}
