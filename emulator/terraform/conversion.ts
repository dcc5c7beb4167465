/**
 * Converts between a resource's Terraform attributes and the inputs and outputs of AWS's operations. Names and types
 * come from the schema and from AWS's model; a resource states only the names that do not correspond. Pure.
 */

import { type MemberShape, membersOf, operationOf, type ServiceModel, type Shape, shapeOf } from "../protocols/model";
import { type Attributes, isObject, isSame, type Value } from "./attributes";
import type { AttributeSchema, BlockSchema, TypeSpec } from "./schema/block";

/**
 * AWS's members by Terraform attribute, where their names do not correspond. Names inside blocks are dotted on both
 * sides: `password_policy` is `Policies.PasswordPolicy`. Several members stand for shapes that spell it differently; the
 * first that the shape has counts. `null`: the attribute has no member.
 */
export type MemberNames = Readonly<Record<string, string | readonly string[] | null>>;

/** What both directions need to know. */
export interface Conversion {
  readonly model: ServiceModel;
  readonly names: MemberNames;
  /** Whether state has empty values in place of null, as SDK v2 has them. */
  readonly hasEmptyValues: boolean;
  /** Whether a block that AWS answers without any members is there, as in `Allow: {}`. */
  readonly keepsEmptyBlocks: boolean;
  /** Whether nothing was planned, so that an absent collection is empty even where it is known as null. */
  readonly isRefresh: boolean;
}

/** An input or output of an operation, or a part of one. */
export type Structure = Readonly<Record<string, unknown>>;

/** Where a value is in a structure, and its shape. */
export interface Place {
  readonly path: readonly string[];
  readonly shape: Shape;
  /** Name of the shape. */
  readonly of: string;
}

/** The member that corresponds to an attribute; `undefined` when the structure has none. */
export function findPlace(
  { model, names }: Conversion,
  structure: string,
  name: string,
  path: string,
): Place | undefined {
  const stated = names[path];
  if (stated === null) return undefined;
  if (stated !== undefined) {
    const candidates = [stated].flat().map((candidate) => candidate.split("."));
    return candidates.flatMap((candidate) => placeAt(model, structure, candidate) ?? [])[0];
  }
  const plain = plainName(name);
  const member = membersOf(model, structure).find((candidate) => plainName(candidate.name) === plain);
  return member && { path: [member.name], shape: member.shape, of: member.of };
}

function placeAt(model: ServiceModel, structure: string, path: readonly string[]): Place | undefined {
  let found: MemberShape | undefined;
  for (const name of path) {
    found = membersOf(model, found?.of ?? structure).find((member) => member.name === name);
    if (found === undefined) return undefined;
  }
  return found && { path, shape: found.shape, of: found.of };
}

function plainName(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

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

/** Tags as a list of structures: `[{ Key, Value }]`, whatever the two members are called. */
function toTags(model: ServiceModel, shape: Shape, tags: Attributes): readonly Structure[] {
  const [key = "Key", value = "Value"] = tagMembers(model, shape);
  return Object.entries(tags).map(([name, text]) => ({ [key]: name, [value]: text }));
}

function tagMembers(model: ServiceModel, shape: Shape): readonly string[] {
  const members = shape.type === "list" ? membersOf(model, shape.of).map(({ name }) => name) : [];
  const isValue = (name: string) => /value/i.test(name);
  return [...members.filter((name) => !isValue(name)), ...members.filter(isValue)];
}

/**
 * The input of an operation that tags a resource, removes its tags, or lists them.
 *
 * @param id what names the resource
 * @param tags tags to set, or keys of tags to remove
 */
export function tagInput(
  { model }: Conversion,
  operation: string,
  id: Value,
  tags?: Attributes | readonly string[],
): Structure {
  const members = membersOf(model, operationOf(model, operation).input);
  const tagMember = members.find(({ name }) => /^tag(s|keys)$/i.test(name));
  const idMember = members.find((member) => member !== tagMember && member.required === true)?.name ?? "";
  if (tags === undefined || tagMember === undefined) return { [idMember]: id };
  const { name, shape } = tagMember;
  return { [idMember]: id, [name]: shape.type === "map" || !isObject(tags) ? tags : toTags(model, shape, tags) };
}

/** The tags in the output of an operation that lists them. */
export function tagsOf({ model }: Conversion, operation: string, output: Structure): Attributes {
  const find = (structure: string | undefined) => membersOf(model, structure).find(({ name }) => /tag/i.test(name));
  const member = find(operationOf(model, operation).output);
  const tags = member && output[member.name];
  const inner = member?.shape.type === "structure" ? find(member.of) : undefined;
  if (inner !== undefined)
    return fromTags(model, inner.shape, ((tags as Structure)[inner.name] ?? []) as readonly Structure[]);
  if (member === undefined || tags === undefined) return {};
  if (member.shape.type === "map") return tags as Attributes;
  return fromTags(model, member.shape, tags as readonly Structure[]);
}

function fromTags(model: ServiceModel, shape: Shape, tags: readonly Structure[]): Attributes {
  const [key = "Key", text = "Value"] = tagMembers(model, shape);
  return Object.fromEntries(tags.map((tag) => [tag[key], (tag[text] ?? "") as Value]));
}

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

/** Whether the value is `""` or an empty collection. */
function isEmpty(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === "" || (isObject(value) && Object.keys(value).length === 0);
}

/** Whether the attribute holds the tags of the resource alone: AWS knows them together with the provider's, `tags_all`. */
function isOwnTags({ attributes }: BlockSchema, name: string): boolean {
  return name === "tags" && attributes["tags_all"] !== undefined;
}
