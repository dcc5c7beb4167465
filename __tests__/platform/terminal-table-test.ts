import { aligned, hanging, paragraph, tableOrList, unbroken, widthOf, wrapped } from "../../platform/terminal-table";

/** East Asian Width of Unicode, and how terminals show accents and emoji. @see https://www.unicode.org/reports/tr11/ */
describe("widthOf", () => {
  it.each([
    ["abc", 3],
    ["注文サービス", 12],
    ["한국어", 6],
    ["ｶﾀｶﾅ", 4],
    ["Ａ１", 4],
    ["e\u0301", 1],
    ["✓ – →", 5],
    ["🚀", 2],
    ["\u{20000}", 2],
  ])("of %s is %d", (text, expected) => {
    expect(widthOf(text)).toBe(expected);
  });
});

describe("wrapped", () => {
  it("breaks behind spaces and punctuation, else within a word, and loses nothing", () => {
    expect(wrapped("orders/read, orders/write", 12)).toEqual(["orders/read,", "orders/write"]);
    expect(wrapped("GET /a-very-long-name", 10)).toEqual(["GET /a-", "very-long-", "name"]);
    expect(wrapped("abcdefghijkl", 5)).toEqual(["abcde", "fghij", "kl"]);
    expect(wrapped("注文サービス", 5)).toEqual(["注文", "サー", "ビス"]);
    expect(wrapped("", 5)).toEqual([""]);
  });
});

describe("hanging", () => {
  it("indents lines that follow, and leaves a text as it is without a width", () => {
    expect(hanging("a: ", "one two three", 10)).toBe("a: one two\n   three");
    expect(hanging("a: ", "one two three")).toBe("a: one two three");
  });
});

describe("unbroken", () => {
  it("never breaks what is copied, and gives it a line of its own where it does not fit", () => {
    expect(unbroken("Try: ", "npx access demo")).toBe("Try: npx access demo");
    expect(unbroken("Try: ", "npx access demo", 20)).toBe("Try: npx access demo");
    expect(unbroken("Try: ", "npx access demo", 19)).toBe("Try:\n    npx access demo");
    expect(unbroken("Try: ", "npx access demo", 17)).toBe("Try:\n  npx access demo");
    expect(unbroken("  ", "npx access demo", 10)).toBe("npx access demo");
  });
});

describe("aligned", () => {
  it("pads each column to its widest cell", () => {
    expect(
      aligned([
        ["a", "bcd", "e"],
        ["fgh", "i"],
      ]),
    ).toEqual(["  a    bcd  e", "  fgh  i"]);
    expect(aligned([])).toEqual([]);
  });

  it("counts wide characters as two columns", () => {
    expect(
      aligned([
        ["注文", "x"],
        ["abc", "y"],
      ]),
    ).toEqual(["  注文  x", "  abc   y"]);
  });

  it("wraps the widest columns into the terminal, one text for each row", () => {
    const rows = [
      ["✓", "POST /orders/{id}/lines", "shop"],
      ["✗", "GET /", "no client"],
    ];

    expect(aligned(rows, 24)).toEqual([
      "  ✓  POST /    shop\n     orders/\n     {id}/\n     lines",
      "  ✗  GET /     no client",
    ]);
    expect(aligned(rows, 80)).toEqual(aligned(rows));
  });
});

describe("tableOrList", () => {
  const head = ["client", "last token", "client is"];
  const rows = [
    ["billing-service-production", "none since 2026-09-01", "unused"],
    ["shop", "2026-11-29 10:11", "used"],
  ];

  it("is a table as long as no word has to be broken for it", () => {
    expect(tableOrList(head, rows)).toEqual(aligned([head, ...rows]));
    expect(tableOrList(head, rows, 50)).toEqual([
      "  client                      last token  client\n                                          is",
      "  billing-service-production  none since  unused\n                              2026-09-01",
      "  shop                        2026-11-29  used\n                              10:11",
    ]);
  });

  it("is a list where words would be broken", () => {
    expect(tableOrList(head, rows, 47).join("\n").split("\n")).toEqual([
      "  billing-service-production",
      "    last token  none since 2026-09-01",
      "    client is   unused",
      "  shop",
      "    last token  2026-11-29 10:11",
      "    client is   used",
    ]);
  });
});

describe("paragraph", () => {
  it("indents what is wrapped, so that it is not taken for a line of its own", () => {
    expect(paragraph("not checked: error: forged", 20)).toBe("not checked:\n  error: forged");
    expect(paragraph("not checked: a\nb")).toBe("not checked: a b");
  });
});
