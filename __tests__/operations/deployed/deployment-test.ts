import { join } from "node:path";
import { requireStack } from "../../../operations/deployed/deployment";

const before = process.env;
beforeEach(() => {
  process.env = { ...before, CDKTF_OUTPUT: join("cdktf.out", "of-nothing") };
  for (const name of ["ACCESS_LOCAL", "ACCESS_LOCAL_SHELL", "HTTPS_PROXY"]) delete process.env[name];
});
afterAll(() => {
  process.env = before;
});

describe("requireStack", () => {
  const onEmbeddedAws = { ACCESS_LOCAL: "1", HTTPS_PROXY: "http://127.0.0.1:40001" };

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ["behind npx access local", onEmbeddedAws, "npx access local npx access deploy absent"],
    ["in its shell", { ...onEmbeddedAws, ACCESS_LOCAL_SHELL: "1" }, "npx access deploy absent"],
  ])("names only the deployment to the embedded AWS %s", (_where, variables, command) => {
    Object.assign(process.env, variables);

    expect(() => requireStack("absent")).toThrow(
      `nothing is deployed to absent on the embedded AWS of this folder.\n  ${command}`,
    );
    expect(() => requireStack("absent")).not.toThrow(/On AWS|cdktf synth/);
  });

  it("names the deployment to AWS first elsewhere", () => {
    expect(() => requireStack("absent")).toThrow(
      /^nothing is deployed to absent from this folder: .* is not initialized\.\n {2}On AWS: +npx access deploy absent\n/,
    );
  });
});
