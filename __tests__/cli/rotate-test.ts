import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";

jest.setTimeout(120_000);

const project = copyOfProject();
const usage = async (...args: readonly string[]) => {
  const { code, stderr } = await run(script("cli/rotate.ts", ...args), project, cleanEnvironment());
  return [code, stderr.replace(/^error: |\n$/g, "")];
};
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

it.each([
  [[], "the client is missing. Name one of test-server. For all that are due, use --if-due."],
  [["--if-due", "--to", "shop.json"], "--to requires a client."],
  [["billing", "--if-due"], 'dev has no client "billing". It has test-server.'],
  [
    ["test-server", "--if-due"],
    'client "test-server" has no rotateAfterDays in access.yaml, so no secret is due. Set it for the client or in defaults.',
  ],
  [
    ["--if-due"],
    "no client of dev that gets tokens has rotateAfterDays in access.yaml, so no secret is due. Set it for the client or in defaults.",
  ],
  [["test-server", "--if-due", "--finish"], expect.stringContaining("cannot be used with")],
])("refuses %j before anything is read", async (args, message) => {
  expect(await usage(...args)).toEqual([64, message]);
});
