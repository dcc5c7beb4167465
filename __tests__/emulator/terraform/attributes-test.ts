/** Values: what counts as the same, and what is read where nothing was given. */
import {
  blocks,
  canonical,
  isSame,
  number,
  optionalText,
  text,
  textMap,
  texts,
  UNKNOWN,
  withoutUnknown,
} from "../../../emulator/terraform/attributes";

describe("isSame", () => {
  it.each([
    ["objects whatever the order of their keys", { a: 1, b: [true] }, { b: [true], a: 1 }],
    ["an absent value and null", undefined, null],
    ["an unknown and an unknown", [UNKNOWN], [UNKNOWN]],
    ["a number and the same as bigint", 5, 5n],
  ])("holds for %s", (_, a, b) => {
    expect(isSame(a, b)).toBe(true);
  });

  it.each([
    ["lists in another order", ["a", "b"], ["b", "a"]],
    ["null and an empty text", null, ""],
    ["null and an empty list", null, []],
    ["an unknown and the text that stands for it", UNKNOWN, "?"],
    ["an unknown and null", UNKNOWN, null],
    ["a number and its digits", 1, "1"],
    ["a key that is null and one that is missing", { a: null }, {}],
    ["texts with quotes that would join to the same", ['a","b'], ["a", "b"]],
  ])("does not hold for %s", (_, a, b) => {
    expect(isSame(a, b)).toBe(false);
  });
});

describe("canonical", () => {
  it("is readable, with keys in order", () => {
    expect(canonical({ b: UNKNOWN, a: [1n, null, "x"] })).toBe('{"a":[1,null,"x"],"b":?}');
  });
});

describe("withoutUnknown", () => {
  it("has null for every unknown, however deep", () => {
    expect(withoutUnknown({ a: UNKNOWN, b: [{ c: UNKNOWN, d: 1 }, UNKNOWN] })).toEqual({
      a: null,
      b: [{ c: null, d: 1 }, null],
    });
  });
});

describe("text", () => {
  it.each([[null], [5], [UNKNOWN], [["a"]], [undefined]])("is no substitute for %p", (value) => {
    expect(() => text(value === undefined ? {} : { name: value }, "name")).toThrow(
      new TypeError("name is not a string"),
    );
  });
});

describe("optionalText", () => {
  it.each([[null], [""], [UNKNOWN], [5]])("is undefined for %p", (value) => {
    expect(optionalText({ name: value }, "name")).toBeUndefined();
  });
});

describe("number", () => {
  it.each([
    [5, 5],
    [5n, 5],
    ["0.1", 0.1],
    [0, 0],
    [null, 60],
    [UNKNOWN, 60],
  ])("of %p is %p", (value, expected) => {
    expect(number({ validity: value }, "validity", 60)).toBe(expected);
  });
});

describe("texts", () => {
  it.each([
    [
      ["b", "a"],
      ["b", "a"],
    ],
    [null, []],
    [UNKNOWN, []],
    [["a", UNKNOWN, null], ["a"]],
    ["a", []],
  ])("of %p is %p", (value, expected) => {
    expect(texts({ scopes: value }, "scopes")).toEqual(expected);
  });
});

describe("textMap", () => {
  it("spells scalars as text and leaves nulls out", () => {
    expect(textMap({ tags: { a: "x", b: 1, c: true, d: null } }, "tags")).toEqual({ a: "x", b: "1", c: "true" });
  });

  it("is empty for null", () => {
    expect(textMap({ tags: null }, "tags")).toEqual({});
  });
});

describe("blocks", () => {
  it("takes a single block for a list of one", () => {
    expect(blocks({ timeouts: { create: "1m" } }, "timeouts")).toEqual([{ create: "1m" }]);
  });

  it.each([[null], [UNKNOWN], [[]], [[UNKNOWN]]])("is empty for %p", (value) => {
    expect(blocks({ scope: value }, "scope")).toEqual([]);
  });
});
