import { PassThrough } from "node:stream";
import { confirm, confirmByName } from "../../platform/confirm";

const WHERE = "examples/one-service, eu-west-1, account 111111111111";

const terminal = (text: string) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(text);
  return { input, output: new PassThrough({ encoding: "utf8" }) };
};
const typed = (text: string) => confirmByName("dev", WHERE, terminal(text));

describe("confirmByName", () => {
  it("goes on when the environment's name is typed", async () => {
    await expect(typed("dev\n")).resolves.toBeUndefined();
  });

  it("ends as Ctrl-C does when the input ends", async () => {
    await expect(typed("")).rejects.toMatchObject({ exitCode: 130, message: "interrupted: nothing was changed." });
  });

  it.each(["\n", "yes\n", "DEV\n", "dev \n", "dev2\n"])("stops when %j is typed", async (text) => {
    await expect(typed(text)).rejects.toThrow("nothing was changed");
  });

  it("names folder, region and account", async () => {
    const streams = terminal("dev\n");
    await confirmByName("dev", WHERE, streams);

    expect(streams.output.read()).toContain(WHERE);
  });

  it("stops without a terminal", async () => {
    await expect(confirmByName("dev", WHERE, { ...terminal("dev\n"), input: new PassThrough() })).rejects.toThrow(
      "Add --yes",
    );
  });
});

describe("confirm", () => {
  it.each([
    ["y\n", true],
    [" YES \n", true],
    ["\n", false],
    ["yep\n", false],
    ["n\n", false],
  ])("takes %j as %j", async (text, expected) => {
    expect(await confirm("Deploy?", terminal(text))).toBe(expected);
  });

  it("ends as Ctrl-C does when the input ends, and without a terminal", async () => {
    await expect(confirm("Deploy?", terminal(""))).rejects.toMatchObject({ exitCode: 130 });
    await expect(confirm("Deploy?", { ...terminal("y\n"), input: new PassThrough() })).rejects.toThrow("Add --yes");
  });
});
