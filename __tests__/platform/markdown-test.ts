import fc from "fast-check";
import { code, counted, row, table } from "../../platform/markdown";

describe("table", () => {
  it("escapes bars, which end a cell even within code, and nothing else", () => {
    expect(table(["name", ""], [[code("a|b"), code("c`d")]])).toEqual([
      "| name |  |",
      "| --- | --- |",
      "| `a\\|b` | `` c`d `` |",
    ]);
    expect(table(["name"], [])).toEqual([]);
  });
});

describe("counted", () => {
  it.each([
    [1, undefined, "1 policy"],
    [0, "policies", "0 policies"],
    [1200, "policies", "1,200 policies"],
  ])("%d with plural %s is %s", (count, many, expected) => {
    expect(counted(count, "policy", many)).toBe(expected);
  });
});

describe("code", () => {
  it.each([
    ["plain", "`plain`"],
    ["a|b", "`a|b`"],
    ["a\nb\r\n| c", "`a b | c`"],
    ["`", "`` ` ``"],
    ["``x` y", "``` ``x` y ```"],
    ["@octocat <img src=x> [a](b) #1", "`@octocat <img src=x> [a](b) #1`"],
    ["a\u202eb\u200bc\u0007", "`a\\u{202e}b\\u{200b}c\\u{7}`"],
    [" \n ", "(empty)"],
    ["x".repeat(301), `\`${"x".repeat(300)}… (301 characters)\``],
  ])("writes %j as %j", (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  it("keeps any text within its fence and its row", () => {
    const text = fc.string({ unit: fc.constantFrom("`", "|", "\\", "\n", "@", "<", "a", " ", "-->"), maxLength: 30 });
    fc.assert(
      fc.property(text, (name) => {
        const written = code(name);
        if (written === "(empty)") return;
        const [, fence = ""] = /^(`+)/.exec(written) ?? [];

        expect(written.endsWith(fence)).toBe(true);
        expect(written.slice(fence.length, -fence.length).match(/`+/g) ?? []).not.toContain(fence);
        expect(written).not.toContain("\n");
        expect(row(written).slice(2, -2)).not.toMatch(/(?<!\\)\|/);
      }),
    );
  });
});
