import { PassThrough } from "node:stream";
import { confirm } from "../../../operations/teardown/confirmation";

const WHERE = "examples/one-service, eu-west-1, account 111111111111";

const typed = (text: string) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(text);
  return confirm("dev", WHERE, { input, output: new PassThrough() });
};

describe("confirm", () => {
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
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough({ encoding: "utf8" });
    input.end("dev\n");
    await confirm("dev", WHERE, { input, output });

    expect(output.read()).toContain(WHERE);
  });

  it("stops without a terminal", async () => {
    await expect(confirm("dev", WHERE, { input: new PassThrough(), output: new PassThrough() })).rejects.toThrow(
      "Add --yes",
    );
  });
});
