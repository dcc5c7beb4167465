/**
 * Values on the wire: MessagePack with two extensions of Terraform's own, or JSON for stored state.
 *
 * @see https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol/object-wire-format
 */
import { decode as decodeMsgpack, ExtensionCodec, encode as encodeMsgpack } from "@msgpack/msgpack";
import { type Attributes, canonical, isObject, UNKNOWN, Unknown, type Value } from "./attributes";
import type { BlockSchema, NestedBlockSchema, TypeSpec } from "./schema/block";

const UNKNOWN_EXTENSION = 0;
/** An unknown of which something is known, such as "not null"; the hint is not needed here. */
const REFINED_UNKNOWN_EXTENSION = 12;

const extensionCodec = new ExtensionCodec();
extensionCodec.register({
  type: UNKNOWN_EXTENSION,
  encode: (value: unknown) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensionCodec.register({ type: REFINED_UNKNOWN_EXTENSION, encode: () => null, decode: () => UNKNOWN });

/** A value as protobuf carries it; exactly one field is filled. */
export interface DynamicValue {
  readonly msgpack?: Uint8Array;
  readonly json?: Uint8Array;
}

/**
 * Reads a resource or configuration.
 *
 * @returns `null` for a resource that does not exist
 * @throws {TypeError} when the bytes are not of the schema's shape
 */
export function decode(schema: BlockSchema, wire: DynamicValue | null | undefined): Attributes | null {
  if (wire?.msgpack !== undefined && wire.msgpack.length > 0) {
    return conformResource(schema, decodeMsgpack(wire.msgpack, { extensionCodec, useBigInt64: true }) as Value);
  }
  if (wire?.json !== undefined && wire.json.length > 0) return decodeJson(schema, wire.json);
  return null;
}

/** Reads state that was stored as JSON, by this or an earlier schema: what is missing is null, what is gone is left out. */
export function decodeJson(schema: BlockSchema, json: Uint8Array): Attributes | null {
  return conformResource(schema, JSON.parse(Buffer.from(json).toString("utf8")) as Value);
}

/** Writes a resource; `null` for one that does not exist. */
export function encode(schema: BlockSchema, value: Attributes | null): DynamicValue {
  const conformed = value === null ? null : conformBlock(schema, value);
  return { msgpack: encodeMsgpack(conformed, { extensionCodec, useBigInt64: true }) };
}

function conformResource(schema: BlockSchema, value: Value): Attributes | null {
  if (value === null) return null;
  if (!isObject(value)) throw new TypeError("a resource is not an object");
  return conformBlock(schema, value);
}

/** The block with every name of its schema and no other, and with its sets in canonical order. */
export function conformBlock(schema: BlockSchema, value: Attributes): Attributes {
  const attributes = Object.entries(schema.attributes).map(([name, { type }]) => [
    name,
    conform(type, own(value, name)),
  ]);
  const nested = Object.entries(schema.blocks).map(([name, block]) => [name, conformNested(block, own(value, name))]);
  return Object.fromEntries([...attributes, ...nested]);
}

/** What the object itself has under the name, not what every object has, such as `constructor`. */
function own(value: Attributes, name: string): Value | undefined {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function conformNested({ nesting, block }: NestedBlockSchema, value: Value | undefined): Value {
  if (value instanceof Unknown) return value;
  if (value === undefined || value === null) return nesting === "single" ? null : [];
  if (nesting === "single") return conformItem(block, value);
  if (!Array.isArray(value)) throw new TypeError(`expected blocks, a ${nesting}`);
  const items = (value as readonly Value[]).map((item) => conformItem(block, item));
  return nesting === "set" ? inCanonicalOrder(items) : items;
}

function conformItem(block: BlockSchema, item: Value): Value {
  if (item instanceof Unknown) return item;
  if (!isObject(item)) throw new TypeError("expected a block");
  return conformBlock(block, item);
}

function conform(type: TypeSpec, value: Value | undefined): Value {
  if (value === undefined || value === null) return null;
  if (value instanceof Unknown || type === "dynamic") return value;
  if (typeof type === "string") return conformScalar(type, value);
  if (type[0] === "object") return conformObject(type[1], value);
  if (type[0] === "map") return mapValues(value, (inner) => conform(type[1], inner));
  if (!Array.isArray(value)) throw new TypeError(`expected a ${type[0]}`);
  const items = (value as readonly Value[]).map((item) => conform(type[1], item));
  return type[0] === "set" ? inCanonicalOrder(items) : items;
}

function conformScalar(type: "string" | "number" | "bool", value: Value): Value {
  if (type === "number") return conformNumber(value);
  if (typeof value !== (type === "bool" ? "boolean" : "string")) throw new TypeError(`expected a ${type}`);
  return value;
}

/** A number that JSON and JavaScript can carry exactly stays one; any other is text, which Terraform takes as well. */
function conformNumber(value: Value): Value {
  if (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))) return value;
  if (typeof value !== "number" && typeof value !== "bigint") throw new TypeError("expected a number");
  // Nought has no sign on the wire, nor in JSON.
  return Number.isSafeInteger(Number(value)) ? Number(value) + 0 : value.toString();
}

function conformObject(types: Readonly<Record<string, TypeSpec>>, value: Value): Value {
  if (!isObject(value)) throw new TypeError("expected an object");
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, conform(type, own(value, name))]));
}

function mapValues(value: Value, change: (inner: Value) => Value): Value {
  if (!isObject(value)) throw new TypeError("expected a map");
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner)]));
}

/** Elements of a set in the one order that they have here. */
export function inCanonicalOrder(items: readonly Value[]): readonly Value[] {
  return items
    .map((item) => ({ item, key: canonical(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map(({ item }) => item);
}
