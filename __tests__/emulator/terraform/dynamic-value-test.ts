/** Values on the wire, there and back. */
import { ExtData, encode as encodeMsgpack } from "@msgpack/msgpack";
import { UNKNOWN } from "../../../emulator/terraform/attributes";
import { decode, decodeJson } from "../../../emulator/terraform/dynamic-value";
import type { BlockSchema, TypeSpec } from "../../../emulator/terraform/schema/block";

const optional = (type: TypeSpec) => ({ type, optional: true });

const schema: BlockSchema = {
  attributes: {
    any: optional("dynamic"),
    flag: optional("bool"),
    list: optional(["list", "string"]),
    map: optional(["map", "number"]),
    name: optional("string"),
    object: optional(["object", { a: "string", b: ["set", "string"] }]),
    set: optional(["set", "string"]),
    size: optional("number"),
  },
  blocks: {
    one: { nesting: "single", block: { attributes: { a: optional("string") }, blocks: {} } },
    rows: {
      nesting: "list",
      block: {
        attributes: { a: optional("string") },
        blocks: { tags: { nesting: "set", block: { attributes: { b: optional("string") }, blocks: {} } } },
      },
    },
    scope: { nesting: "set", block: { attributes: { a: optional("string"), b: optional("string") }, blocks: {} } },
  },
};

/** A resource with nothing in it. */
const nothing = {
  any: null,
  flag: null,
  list: null,
  map: null,
  name: null,
  object: null,
  set: null,
  size: null,
  one: null,
  rows: [],
  scope: [],
};

/** What Terraform sends. */
function fromTerraform(value: unknown) {
  return decode(schema, { msgpack: encodeMsgpack(value, { useBigInt64: true }) });
}

describe("decode", () => {
  it.each([
    ["an unknown", new ExtData(0, new Uint8Array([0]))],
    ["an unknown that is not null", new ExtData(12, encodeMsgpack(new Map([[1, false]])))],
  ])("takes %s for unknown", (_, extension) => {
    expect(fromTerraform({ name: extension, rows: [{ a: extension, tags: [] }] })).toEqual({
      ...nothing,
      name: UNKNOWN,
      rows: [{ a: UNKNOWN, tags: [] }],
    });
  });

  it("takes sets in any order for equal, lists not", () => {
    const one = fromTerraform({
      set: ["a", "b"],
      list: ["a", "b"],
      scope: [
        { a: "1", b: "2" },
        { a: "2", b: "1" },
      ],
    });
    const other = fromTerraform({
      set: ["b", "a"],
      list: ["b", "a"],
      scope: [
        { b: "1", a: "2" },
        { b: "2", a: "1" },
      ],
    });

    expect(other).toEqual({ ...one, list: ["b", "a"] });
  });

  it.each([
    [5n, 5],
    [-(2n ** 40n), -(2 ** 40)],
    [2n ** 62n, "4611686018427387904"],
    [0.1, "0.1"],
    ["0.1", "0.1"],
    ["123456789012345678901234567890", "123456789012345678901234567890"],
  ])("has the number %p as %p, which can be stored as JSON", (sent, expected) => {
    const decoded = fromTerraform({ size: sent, map: { a: sent } });

    expect(decoded).toEqual({ ...nothing, size: expected, map: { a: expected } });
    expect(() => JSON.stringify(decoded)).not.toThrow();
  });

  it.each([
    ["a resource", "text"],
    ["a resource", [1]],
    ["a string", { name: 5 }],
    ["a string", { name: { a: "b" } }],
    ["a bool", { flag: "true" }],
    ["a number", { size: true }],
    ["a number", { size: "many" }],
    ["a number", { size: "" }],
    ["a list", { list: "a" }],
    ["a list's item", { list: [5] }],
    ["a set", { set: { a: "b" } }],
    ["a map", { map: ["a"] }],
    ["an object", { object: ["a"] }],
    ["blocks", { rows: "text" }],
    ["blocks", { scope: { a: "1" } }],
    ["a block", { rows: ["text"] }],
    ["a block", { rows: [null] }],
    ["a single block", { one: "text" }],
    ["a single block", { one: [{ a: "1" }] }],
  ])("throws a TypeError for another shape than %s: %j", (_, value) => {
    expect(() => fromTerraform(value)).toThrow(TypeError);
    expect(() => decodeJson(schema, Buffer.from(JSON.stringify(value)))).toThrow(TypeError);
  });
});
