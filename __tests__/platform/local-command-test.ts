import { copyable, thisCommandLocally } from "../../platform/local-command";

describe("copyable", () => {
  const local = { ACCESS_LOCAL: "1" };

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ["npx access call GET /a", local, "npx access local npx access call GET /a"],
    ["npx access local bash", local, "npx access local bash"],
    ["aws sts get-caller-identity", local, "aws sts get-caller-identity"],
    ["npx access call GET /a", { ...local, ACCESS_LOCAL_SHELL: "1" }, "npx access call GET /a"],
    ["npx access call GET /a", {}, "npx access call GET /a"],
  ])("makes %s with %j: %s", (command, environment, expected) => {
    expect(copyable(command, environment)).toBe(expected);
  });
});

describe("thisCommandLocally", () => {
  it("is what was typed, quoted for a shell", () => {
    const argv = ["node", "/p/node_modules/.bin/access", "call", "GET", "/a?b&c"];

    expect(thisCommandLocally(argv)).toBe("npx access local npx access call GET '/a?b&c'");
    expect(thisCommandLocally(["node", "/p/cli/access.cjs", "logs"])).toBe("npx access local npx access logs");
  });

  it("names no command that another program started", () => {
    expect(thisCommandLocally(["node", "jest", "--all"])).toBe("npx access local npx access <command>");
  });
});
