import { accountName, awsName, copyable, isEmbeddedAws, thisCommandLocally } from "../../platform/local-command";

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

describe("isEmbeddedAws", () => {
  const proxy = "http://127.0.0.1:40001";

  it.each<[NodeJS.ProcessEnv, boolean]>([
    [{ ACCESS_LOCAL: "1", HTTPS_PROXY: proxy }, true],
    [{ ACCESS_LOCAL: "1", HTTPS_PROXY: "http://user:word@127.0.0.1:40001" }, true],
    [{ ACCESS_LOCAL: "1" }, false],
    [{ ACCESS_LOCAL: "1", HTTPS_PROXY: "http://proxy.example.com:3128" }, false],
    [{ HTTPS_PROXY: proxy }, false],
  ])("is, with %j: %s, and so are the names for people", (environment, expected) => {
    expect(isEmbeddedAws(environment)).toBe(expected);
    expect(awsName(environment)).toBe(expected ? "the embedded AWS" : "AWS");
    expect(accountName("123456789012", environment)).toBe(
      expected ? "account 123456789012 of the embedded AWS" : "account 123456789012",
    );
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
