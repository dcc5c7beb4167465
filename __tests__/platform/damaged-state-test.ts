import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { damagedStateIn } from "../../platform/damaged-state";
import { failed } from "../../platform/terraform";

const PRINTED =
  "Error: Error refreshing state: 2 problems:\n\n- Unsupported state file format: The state file could not be parsed as JSON: syntax error at byte offset 135.";
const local = { ACCESS_LOCAL: "1", HTTPS_PROXY: "http://127.0.0.1:1" };

/** A folder of a stack whose state is beside the output folder, and that folder. */
function placed(backend: object = { local: { path: "../../../terraform.dev.tfstate" } }) {
  const root = mkdtempSync(join(tmpdir(), "damaged-"));
  const folder = join(root, "cdktf.out", "stacks", "dev");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { backend } }));
  return { folder, state: join(root, "terraform.dev.tfstate") };
}

describe("damagedStateIn", () => {
  it("names the file and its backup and, on the embedded AWS, how to start over", () => {
    const { folder, state } = placed();
    writeFileSync(`${state}.backup`, "{}");

    expect(damagedStateIn(folder, PRINTED, local)).toBe(
      `the state ${state} cannot be read, it is damaged. Put back a copy of it, or Terraform's own from before its last change: ${state}.backup.\nTo start over with an empty account: delete .local.`,
    );
  });

  it("names no backup that is missing or empty, and nothing of the embedded AWS elsewhere", () => {
    const { folder, state } = placed();
    writeFileSync(`${state}.backup`, "");

    // A variable of the embedded AWS that was left behind does not make the state its own.
    for (const environment of [{}, { ACCESS_LOCAL: "1" }]) {
      expect(damagedStateIn(folder, PRINTED, environment)).toBe(
        `the state ${state} cannot be read, it is damaged. Put back a copy of it.`,
      );
    }
  });

  it("leaves other errors, and states elsewhere, to Terraform", () => {
    expect(damagedStateIn(placed().folder, "Error: no such role", local)).toBeUndefined();
    expect(damagedStateIn(placed({ s3: { bucket: "b", key: "k" } }).folder, PRINTED, local)).toBeUndefined();
  });

  it("is what a failed run of Terraform says", () => {
    const { folder, state } = placed();

    expect(failed(["init"], "1", folder, PRINTED).message).toContain(`the state ${state} cannot be read`);
    expect(failed(["init"], "1", folder, PRINTED).message).not.toContain("byte offset");
  });
});
