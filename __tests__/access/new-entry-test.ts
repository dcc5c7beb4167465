import fc from "fast-check";
import { parse } from "yaml";
import { withEntry } from "../../access/new-entry";

const FILE = `# Who may call what.
resourceServers:
  orders: { name: Orders, scopes: { read: Read orders } }   # of the shop
  stock:
    scopes:
      read: Read stock # levels

# Callers
clients:
  shop: {scopes: [orders/read]}   # the shop
  'quoted name':
    scopes:
      - stock/read

routes: {
  GET /orders: { lambda: orders, scopes: [orders/read] },
  GET /stock: { lambda: stock, scopes: [stock/read] }
}
`;

/** Lines that an entry adds or changes. */
function changed(text: string, path: readonly string[], key: string, value: unknown): readonly string[] {
  const before = text.split("\n");
  return withEntry(text, path, key, value)
    .split("\n")
    .filter((line) => !before.includes(line));
}

describe("withEntry", () => {
  it("adds a line after the last entry of a block, with its indentation", () => {
    expect(changed(FILE, ["clients"], "partner", { scopes: ["orders/read"] })).toEqual([
      "  partner: { scopes: [orders/read] }",
    ]);
    expect(withEntry(FILE, ["clients"], "partner", {})).toContain("      - stock/read\n  partner: {");
  });

  it("keeps a comment behind the last value where it is", () => {
    expect(withEntry(FILE, ["resourceServers", "stock", "scopes"], "write", "Change it")).toContain(
      "      read: Read stock # levels\n      write: Change it\n\n# Callers",
    );
  });

  it("adds to a map in braces on the same line, or on a line of its own where the others have one", () => {
    expect(changed(FILE, ["resourceServers", "orders", "scopes"], "write", "a, b")).toEqual([
      '  orders: { name: Orders, scopes: { read: Read orders, write: "a, b" } }   # of the shop',
    ]);
    expect(withEntry(FILE, ["routes"], "GET /x", { lambda: "x" })).toContain(
      "scopes: [stock/read] },\n  GET /x: { lambda: x }\n}\n",
    );
  });

  it("quotes what YAML would read otherwise", () => {
    expect(changed(FILE, ["clients"], "null", { a: "yes: no", b: ["#x", "{y}"] })).toEqual([
      '  "null": { a: "yes: no", b: ["#x", "{y}"] }',
    ]);
  });

  it("makes a map that is missing or empty", () => {
    expect(withEntry("clients:\nroutes: {}\n", ["clients"], "a", { b: 1 })).toBe(
      "clients: { a: { b: 1 } }\nroutes: {}\n",
    );
    expect(withEntry("routes: {}\n", ["routes"], "a", 1)).toBe("routes: { a: 1 }\n");
    expect(withEntry("a:\n  b: 1", ["c"], "d", 2)).toBe("a:\n  b: 1\nc: { d: 2 }\n");
    expect(withEntry("", ["c"], "d", 2)).toBe("c: { d: 2 }\n");
  });

  it("refuses a key that is there, and what is no map", () => {
    expect(() => withEntry(FILE, ["clients"], "shop", {})).toThrow("the file already has clients › shop.");
    expect(() => withEntry("a: &x { b: 1 }\nc: *x\n", ["c"], "d", 1)).toThrow(
      "c is not a map. Add the entry with an editor.",
    );
  });

  it("changes nothing but the map, and removes no character", () => {
    const paths = [["clients"], ["routes"], ["resourceServers"], ["resourceServers", "orders", "scopes"]];
    const key = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 })
      .filter((name) => name !== "__proto__" && name !== "<<");
    const value = fc.record({
      text: fc.string({ unit: "grapheme-ascii" }),
      list: fc.array(fc.string({ unit: "grapheme-ascii" })),
    });
    fc.assert(
      fc.property(fc.constantFrom(...paths), key, value, (path, name, entry) => {
        fc.pre(!(name in path.reduce((map, part) => map[part], parse(FILE))));
        const text = withEntry(FILE, path, name, entry);
        const expected = parse(FILE);
        path.reduce((map, part) => map[part], expected)[name] = entry;

        expect(parse(text)).toEqual(expected);
        let at = 0;
        for (const character of FILE) at = text.indexOf(character, at) + 1;
        expect(at).toBeGreaterThan(0);
      }),
    );
  });
});
