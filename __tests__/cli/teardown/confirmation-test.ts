import { PassThrough } from "node:stream";
import { confirm } from "../../../cli/teardown/confirmation";

const typed = (text: string) => {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.end(text);
  return confirm("dev", { input, output: new PassThrough() });
};

describe("confirm", () => {
  it("goes on when the environment's name is typed", async () => {
    await expect(typed("dev\n")).resolves.toBeUndefined();
  });

  it.each(["", "\n", "yes\n", "DEV\n", "dev \n", "dev2\n"])("stops when %j is typed", async (text) => {
    await expect(typed(text)).rejects.toThrow("nothing was changed");
  });

  it("stops when there is nobody to ask", async () => {
    await expect(confirm("dev", { input: new PassThrough(), output: new PassThrough() })).rejects.toThrow("Add --yes");
  });
});
