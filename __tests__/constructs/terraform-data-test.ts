/** `terraform_data`: what it writes, and that it needs no Terraform. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, run, typescriptLoader } from "../support/processes";

const project = join(__dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "terraform-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("is synthesized without starting Terraform", async () => {
  const environment = { ...cleanEnvironment(), CDKTF_OUTDIR: folder, TERRAFORM_BINARY_NAME: join(folder, "none") };
  const { code, stderr } = await run(
    [process.execPath, "--require", typescriptLoader, "main.ts"],
    project,
    environment,
  );

  expect([code, stderr]).toEqual([0, ""]);
  const stack = JSON.parse(readFileSync(join(folder, "stacks", "dev", "cdk.tf.json"), "utf8"));
  expect(Object.values(stack.resource.terraform_data)).toEqual([
    expect.objectContaining({
      input: { prefix: expect.any(String) },
      lifecycle: expect.objectContaining({ ignore_changes: ["input"] }),
    }),
  ]);
});
