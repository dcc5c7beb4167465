import fc from "fast-check";
import { valueChange } from "../../../operations/review/value-change";

const scopes = (count: number, ...more: readonly string[]) => [
  ...Array.from({ length: count }, (_, index) => `orders/scope-${index}`),
  ...more,
];
const change = (before: unknown, after: unknown) => valueChange(JSON.stringify(before), JSON.stringify(after));

describe("valueChange", () => {
  it.each<[string, unknown, unknown, string]>([
    ["short values whole", ["a"], ["a", "b"], '`["a"]` → `["a","b"]`'],
    ["short values that differ in spaces", "a  b", "a b", '`"a b"` (differs in spaces only)'],
    ["what is added to a long list", scopes(40), scopes(40, "admin"), '+ `"admin"` (40 → 41)'],
    ["what is added and removed", scopes(40, "old"), ["admin", ...scopes(40)], '+ `"admin"`, − `"old"` (41 → 41)'],
    ["what there is twice", scopes(40), scopes(40, "orders/scope-1"), '+ `"orders/scope-1"` (40 → 41)'],
    ["another order", scopes(40), scopes(40).toReversed(), "the same 40 in another order"],
    [
      "the part of a long text that differs",
      `${"x".repeat(400)}old${"y".repeat(400)}`,
      `${"x".repeat(400)}new!${"y".repeat(400)}`,
      `\`…${"x".repeat(30)}old${"y".repeat(87)}…\` → \`…${"x".repeat(30)}new!${"y".repeat(86)}…\` (from character 402 of 805 → 806)`,
    ],
    [
      "the part of a long item that differs",
      [{ name: "x".repeat(400) }],
      [{ name: `${"x".repeat(399)}y` }],
      `\`…${"x".repeat(30)}x"}]\` → \`…${"x".repeat(30)}y"}]\` (from character 410 of 413 → 413)`,
    ],
  ])("tells %s", (_what, before, after, expected) => {
    expect(change(before, after)).toBe(expected);
  });

  it("names ten items of many", () => {
    expect(change(scopes(1), scopes(40))).toMatch(/, \+ 29 more \(1 → 40\)$/);
  });

  it("never shows two values that differ as the same, and stays short", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\n", "😀", "`", "|"), maxLength: 400 });
    const value = fc.oneof(text, fc.array(text, { maxLength: 5 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), value, value, (prefix, one, other) => {
        const [before, after] = [one, other].map((it) => (Array.isArray(it) ? [prefix, ...it] : prefix + it));
        if (JSON.stringify(before) === JSON.stringify(after)) return;
        const shown = change(before, after);
        const [left, right] = shown.split(" → ");

        expect(left === right && !shown.includes("spaces only")).toBe(false);
        expect(shown.length).toBeLessThan(6000);
      }),
    );
  });
});
