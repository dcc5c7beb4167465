import { command as call } from "../../cli/call";
import { command as token } from "../../cli/token";

describe("--scopes", () => {
  it.each([
    ["token", token],
    ["call", call],
  ])("is --scope of %s, with spaces or commas", (_name, command) => {
    command.parseOptions(["--scopes", "orders/read,orders/write other/x"]);

    expect(command.opts()).toEqual({ scope: "orders/read orders/write other/x" });
    expect(command.helpInformation()).not.toContain("--scopes");
  });
});
