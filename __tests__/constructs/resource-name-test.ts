import { resourceName } from "../../constructs/resource-name";

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
