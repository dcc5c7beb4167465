/** Converts Terraform attributes to inputs of AWS's operations. Pure. */

import { operationOf, type Shape, shapeOf } from "../protocols/model";
import { type Attributes, isObject, type Value } from "./attributes";
import { type Conversion, findPlace, isEmpty, isOwnTags, type Place, type Structure } from "./conversion";
import type { BlockSchema, TypeSpec } from "./schema/block";
import { toTags } from "./tag-conversion";

/**
 * The operation's input: every attribute and block that it has a member for. What is null is left out, and so is what is
 * empty or 0 and not required, unless `keepsEmpty` says otherwise.
 *
 * @param keepsEmpty whether an attribute of this dotted path is sent although it is empty
 */
export function toInput(
  conversion: Conversion,
  schema: BlockSchema,
  operation: string,
  attributes: Attributes,
  keepsEmpty: (path: string) => boolean,
): Structure {
  const { input } = operationOf(conversion.model, operation);
  return input === undefined ? {} : toStructure(conversion, schema, input, attributes, "", keepsEmpty);
}

function toStructure(
  conversion: Conversion,
  schema: BlockSchema,
  shape: string,
  attributes: Attributes,
  prefix: string,
  keepsEmpty: (path: string) => boolean,
): Structure {
  const structure: Record<string, unknown> = {};
  const set = (name: string, convert: (value: Value, place: Place) => unknown) => {
    const value = attributes[name] ?? null;
    const path = prefix + name;
    const isRequired = schema.attributes[name]?.required === true;
    if (value === null || ((isEmpty(value) || value === 0) && !isRequired && !keepsEmpty(path))) return;
    const place = findPlace(conversion, shape, name, path);
    if (place === undefined) return;
    const converted = convert(value, place);
    if (converted !== undefined) setAt(structure, place.path, converted);
  };
  for (const [name, { type }] of Object.entries(schema.attributes)) {
    if (isOwnTags(schema, name)) continue;
    set(name, (value, place) => toMember(conversion, type, place.shape, value));
  }
  for (const [name, { block }] of Object.entries(schema.blocks)) {
    const convertOne = (item: Value, of: string) =>
      toStructure(conversion, block, of, isObject(item) ? item : {}, `${prefix}${name}.`, keepsEmpty);
    set(name, (value, { shape: member, of }) => {
      const items = (Array.isArray(value) ? value : [value]) as readonly Value[];
      if (member.type === "list") return items.map((item) => convertOne(item, member.of));
      return items.length === 0 ? undefined : convertOne(items[0] ?? null, of);
    });
  }
  return structure;
}

function setAt(structure: Record<string, unknown>, [head = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    structure[head] = value;
    return;
  }
  const inner = { ...(structure[head] as Record<string, unknown> | undefined) };
  setAt(inner, rest, value);
  structure[head] = inner;
}

function toMember(conversion: Conversion, type: TypeSpec, shape: Shape, value: Value): unknown {
  const { model } = conversion;
  if (shape.type === "timestamp") return Date.parse(String(value)) / 1000;
  if (shape.type === "blob") return new Uint8Array(Buffer.from(String(value), "base64"));
  if (shape.type === "list" && isObject(value)) return toTags(model, shape, value);
  if (shape.type === "list" && !Array.isArray(value)) return [value];
  if (["integer", "long", "float", "double"].includes(shape.type) && !isObject(value)) return Number(value);
  if (shape.type === "map" && isObject(value)) {
    const of = shapeOf(model, shape.of);
    const items = Object.entries(value).map(([key, item]) => [key, toMember(conversion, "dynamic", of, item)]);
    return Object.fromEntries(items);
  }
  if (shape.type === "boolean" && typeof value === "string") return value === "true";
  if (shape.type === "string" && typeof value === "number") return String(value);
  return type === "string" && Array.isArray(value) ? value[0] : value;
}
