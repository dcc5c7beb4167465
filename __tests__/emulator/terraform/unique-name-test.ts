/** Names as the real provider makes them. */
import { prefixOf, uniqueName } from "../../../emulator/terraform/unique-name";
import { openAccount } from "../../support/workspace";

describe("uniqueName", () => {
  it("is a prefix, a UTC timestamp with four digits of the second, and a counter", () => {
    const account = openAccount();

    expect(uniqueName(account)).toBe("terraform-20260702114354000000000001");
    expect(uniqueName(account, "gateway-")).toBe("gateway-20260702114354000000000002");
  });
});

describe("prefixOf", () => {
  it.each([
    ["terraform-20260702114354000000000001", "terraform-"],
    ["20260702114354000000000001", ""],
    ["gateway", ""],
  ])("of %s is %j", (name, prefix) => {
    expect(prefixOf(name)).toBe(prefix);
  });
});
