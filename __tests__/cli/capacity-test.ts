import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireValidOutput } from "../support/output-schemas";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";

const folder = copyOfProject();
const access = (...args: readonly string[]) => run(script("cli/capacity.ts", ...args), folder, cleanEnvironment());

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("ends with 0, and with 2 where a limit is exceeded at the present load; needs neither AWS nor Terraform", async () => {
  const now = await access("dev");
  expect(now).toMatchObject({ code: 0, stderr: "" });
  expect(now.stdout).toContain("dev in ap-northeast-1: 1 client, 1 instance, 1 call a second\n");

  const file = join(folder, "access.yaml");
  const load = "load: { callsPerSecond: 151, tokenSeconds: 0 }";
  writeFileSync(file, readFileSync(file, "utf8").replace("[test_resource/test] }", `[test_resource/test], ${load} }`));
  const [text, json, slow] = await Promise.all([access(), access("--json"), access("--duration", "30000")]);

  expect(text).toMatchObject({
    code: 2,
    stdout: expect.stringContaining("EXCEEDED: token requests a second: 151 of 150\n"),
  });
  expect(json.code).toBe(2);
  requireValidOutput(["capacity", "--json"], json.stdout);
  expect(JSON.parse(json.stdout)).toMatchObject({ environment: "dev", isExceeded: true });
  expect(slow).toMatchObject({ code: 64, stderr: expect.stringContaining("from 1 to 29000") });
}, 60_000);
