/** Values: what counts as the same, and what is read where nothing was given. */
import { canonical, isSame, UNKNOWN } from "../../../emulator/terraform/attributes";

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
