/** What main.ts and other apps are started with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageFolder } from "../../platform/project";
import { runApp } from "../../platform/stack";

const folder = mkdtempSync(join(tmpdir(), "app-"));
const usual = { ...process.env };
afterEach(() => {
  process.env = { ...usual };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(code: string): Promise<string> {
  const app = join(folder, "app.ts");
  writeFileSync(app, code);
  return await runApp(relative(packageFolder, app), join(folder, "out"), []);
}

describe("runApp", () => {
  it("gives the app no secret of the commands and of the job, and everything else", async () => {
    const secrets = ["PLAN_PASSPHRASE", "GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    for (const name of [...secrets, "AWS_REGION"]) process.env[name] = "canary";
    const canaries = await run(
      'process.stderr.write(JSON.stringify(Object.keys(process.env).filter((name) => process.env[name] === "canary")))',
    );

    expect(JSON.parse(canaries)).toEqual(["AWS_REGION"]);
  });

  it("names what the system refuses in one sentence", async () => {
    const failing = run('require("node:fs").writeFileSync("/dev/full", "x")');

    await expect(failing).rejects.toThrow(/app\.ts cannot be synthesized:\nthe disk is full, [^\n]+$/);
  });
});
