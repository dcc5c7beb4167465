import { allowedName, lambdaName, resourceName } from "../../constructs/resource-name";

describe("resourceName", () => {
  it("joins its parts with hyphens", () => {
    expect(resourceName(["a", "b"], 64)).toBe("a-b");
  });

  it("keeps a name that is just short enough", () => {
    expect(resourceName(["a".repeat(64)], 64)).toBe("a".repeat(64));
  });

  it("cuts a longer one to the length allowed", () => {
    expect(resourceName(["a".repeat(65)], 64)).toHaveLength(64);
  });

  it("tells two long names apart that begin alike", () => {
    expect(resourceName(["a".repeat(80), "x"], 64)).not.toBe(resourceName(["a".repeat(80), "y"], 64));
  });
});

describe("lambdaName", () => {
  it("has as many characters as Lambda allows", () => {
    expect(lambdaName(["a".repeat(60), "b"])).toBe(`${"a".repeat(60)}-b`);
    expect(lambdaName(["a".repeat(60), "orders"])).toMatch(/^a{55}-[0-9a-f]{8}$/);
  });
});

describe("allowedName", () => {
  const forbidden = /[^a-z-]/g;

  it("keeps a name that is allowed", () => {
    expect(allowedName("a-b", forbidden)).toBe("a-b");
  });

  it("puts hyphens in place of what is not, and a hash behind", () => {
    expect(allowedName("a b,c", forbidden)).toMatch(/^a-b-c-[0-9a-f]{8}$/);
  });

  it("tells names apart that would become one", () => {
    const names = ["a b", "a,b", "a-b"].map((name) => allowedName(name, forbidden));

    expect(new Set(names).size).toBe(3);
  });
});
