import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";

jest.setTimeout(120_000);

const project = copyOfProject();
const rotate = async (file: string) =>
  (await run(script("cli/rotate.ts", "test-server", "--to", file), project, cleanEnvironment())).stderr;

beforeAll(() => {
  execFileSync("git", ["init", "-q"], { cwd: project });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

it("warns of a file for a secret that Git does not ignore", async () => {
  expect(await rotate("shop.json")).toContain(
    "Git does not ignore shop.json, shop.json.pending, shop.json.previous, which hold the client's secret. Add shop.json* to .gitignore.",
  );
});

it("does not warn of a file that Git ignores", async () => {
  expect(await rotate("cdktf.out/shop.json")).not.toContain("Git does not ignore");
});
