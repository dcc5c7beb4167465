/** Values on the wire, over arbitrary schemas: what was read is written as it was, and what is no value is refused. */
import { encode as encodeMsgpack } from "@msgpack/msgpack";
import fc from "fast-check";
import { type Attributes, canonical, UNKNOWN, type Value } from "../../../emulator/terraform/attributes";
import { conformBlock, decode, decodeJson, encode } from "../../../emulator/terraform/dynamic-value";
import type { BlockSchema, NestedBlockSchema, TypeSpec } from "../../../emulator/terraform/schema/block";

const RUN = { seed: 20260702, numRuns: 400 };

/** Names, those among them that every object of JavaScript has; `__proto__` is refused by the reader of MessagePack. */
const name = fc.oneof(
  fc.constantFrom("id", "name", "constructor", "toString", "hasOwnProperty", "valueOf", "length", ""),
  fc.string({ unit: "grapheme", maxLength: 4 }).filter((text) => text !== "__proto__"),
);

const { type } = fc.letrec<{ type: TypeSpec }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<TypeSpec>("string", "number", "bool"),
    fc.tuple(fc.constantFrom("list", "set", "map"), tie("type")) as fc.Arbitrary<TypeSpec>,
    fc.tuple(fc.constant("object"), fc.dictionary(name, tie("type"), { maxKeys: 3 })) as fc.Arbitrary<TypeSpec>,
  ),
}));

const { block } = fc.letrec<{ block: BlockSchema; nested: NestedBlockSchema }>((tie) => ({
  block: fc.record({
    attributes: fc.dictionary(name, fc.record({ type, optional: fc.constant(true) }), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    blocks: fc.oneof(
      { depthSize: "small" },
      fc.constant({}),
      fc.dictionary(
        name.map((text) => `block ${text}`),
        tie("nested"),
        { maxKeys: 2, noNullPrototype: true },
      ),
    ),
  }),
  nested: fc.record({
    nesting: fc.constantFrom("single", "list", "set"),
    block: tie("block"),
  }) as fc.Arbitrary<NestedBlockSchema>,
}));

/** Numbers as they come from Terraform: whole ones of 64 bits, fractions, and text for whatever is larger or finer. */
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 2 ** 53, -(2 ** 31), 2 ** 32),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ max: 10n ** 40n }).map(String),
);
const scalars: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  string: fc.string({ unit: "binary" }),
  number: numbers,
  bool: fc.boolean(),
};
const orMissing = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 6, arbitrary: value }, fc.constant(null), fc.constant(UNKNOWN));

/** Values of a type: known, null or unknown, the whole and every part. */
function valueFor(spec: TypeSpec): fc.Arbitrary<Value> {
  if (typeof spec === "string") return orMissing(scalars[spec] ?? fc.constant(null));
  if (spec[0] === "object")
    return orMissing(objectOf(Object.entries(spec[1]).map(([key, inner]) => [key, valueFor(inner)])));
  if (spec[0] === "map")
    return orMissing(fc.dictionary(name, valueFor(spec[1]), { maxKeys: 3, noNullPrototype: true }));
  const items = fc.array(valueFor(spec[1]), { maxLength: 3 });
  return orMissing(items);
}

function objectOf(entries: readonly (readonly [string, fc.Arbitrary<Value>])[]): fc.Arbitrary<Attributes> {
  return fc
    .tuple(...entries.map(([, value]) => value))
    .map((values) => Object.fromEntries(values.map((value, index) => [entries[index]?.[0] ?? "", value])));
}

function resourceOf(schema: BlockSchema): fc.Arbitrary<Attributes> {
  return objectOf([
    ...Object.entries(schema.attributes).map(([key, { type: spec }]) => [key, valueFor(spec)] as const),
    ...Object.entries(schema.blocks).map(([key, nested]) => [key, nestedOf(nested)] as const),
  ]);
}

function nestedOf({ nesting, block: inner }: NestedBlockSchema): fc.Arbitrary<Value> {
  const one: fc.Arbitrary<Value> = resourceOf(inner);
  if (nesting === "single") return orMissing(one);
  return fc.oneof({ weight: 6, arbitrary: fc.array(one, { maxLength: 2 }) }, fc.constant(UNKNOWN));
}

const resource = block.chain((schema) => fc.tuple(fc.constant(schema), resourceOf(schema)));

/** Whether anything in it is unknown; what is stored never is. */
const hasUnknown = (value: Value): boolean =>
  canonical(value)
    .replace(/"(?:[^"\\]|\\.)*"/g, "")
    .includes("?");

describe("encode and decode", () => {
  it("keep every value of every schema", () => {
    const property = fc.property(resource, ([schema, value]) => {
      expect(decode(schema, encode(schema, value))).toEqual(conformBlock(schema, value));
    });
    fc.assert(property, RUN);
  });

  it("write what was read to the byte as it was, however often", () => {
    const property = fc.property(resource, ([schema, value]) => {
      const wire = encode(schema, value);
      expect(encode(schema, decode(schema, wire))).toEqual(wire);
    });
    fc.assert(property, RUN);
  });

  it("do not lose a number's digits", () => {
    const schema: BlockSchema = { attributes: { size: { type: "number", optional: true } }, blocks: {} };
    const property = fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (size) => {
      const read = decode(schema, { msgpack: encodeMsgpack({ size }, { useBigInt64: true }) })?.["size"];
      expect(BigInt(`${read}`)).toBe(size);
    });
    fc.assert(property, RUN);
  });

  it("take sets for equal whatever the order of their items", () => {
    const sets = type.chain((spec) => {
      const items = fc.array(valueFor(spec), { maxLength: 4 });
      return fc.tuple(
        fc.constant(spec),
        items,
        items.map((all) => all.length),
      );
    });
    const property = fc.property(sets, ([spec, items, turn]) => {
      const schema: BlockSchema = { attributes: { set: { type: ["set", spec], optional: true } }, blocks: {} };
      const turned = [...items.slice(turn), ...items.slice(0, turn)].toReversed();
      expect(encode(schema, { set: turned })).toEqual(encode(schema, { set: items }));
    });
    fc.assert(property, RUN);
  });

  it("refuse what is no resource with an error, and never take it for another value", () => {
    const property = fc.property(block, fc.uint8Array({ minLength: 1, maxLength: 40 }), (schema, msgpack) => {
      try {
        const read = decode(schema, { msgpack });
        expect(read === null || canonical(read) === canonical(conformBlock(schema, read))).toBe(true);
      } catch (error) {
        if (!(error instanceof Error)) throw new Error("no error was thrown", { cause: error });
        expect(error.message).not.toBe("");
        expect(error.name).toMatch(/^(?:TypeError|RangeError|DecodeError|Error)$/);
      }
    });
    fc.assert(property, { ...RUN, numRuns: 1000 });
  });
});

describe("decodeJson", () => {
  it("has null for everything that was not stored, and no blocks", () => {
    const property = fc.property(block, (schema) => {
      const attributes = Object.keys(schema.attributes).map((key) => [key, null]);
      const blocks = Object.entries(schema.blocks).map(([key, { nesting }]) => [key, nesting === "single" ? null : []]);
      expect(decodeJson(schema, Buffer.from("{}"))).toEqual(Object.fromEntries([...attributes, ...blocks]));
    });
    fc.assert(property, RUN);
  });

  it("reads what was stored as it was", () => {
    const property = fc.property(resource, ([schema, value]) => {
      const conformed = conformBlock(schema, value);
      fc.pre(!hasUnknown(conformed));
      expect(decodeJson(schema, Buffer.from(JSON.stringify(conformed)))).toEqual(conformed);
    });
    fc.assert(property, { ...RUN, maxSkipsPerRun: 1000 });
  });
});
