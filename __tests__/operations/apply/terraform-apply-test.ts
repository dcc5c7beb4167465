import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyPlan, FailedApply } from "../../../operations/apply/terraform-apply";

/** Applies with a program in Terraform's place that prints the lines. */
async function applied(exitCode: number, ...lines: readonly unknown[]) {
  const folder = mkdtempSync(join(tmpdir(), "apply-"));
  const program = join(folder, "terraform");
  const said = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  writeFileSync(program, `#!/bin/sh\necho "$*" > args\ncat <<'END'\n${said}\nEND\nexit ${exitCode}\n`, { mode: 0o755 });
  process.env["TERRAFORM_BINARY_NAME"] = program;
  const done: string[] = [];
  return {
    done,
    counts: await applyPlan(
      folder,
      "the.plan",
      (address) => `named ${address}`,
      (line) => done.push(line),
    ),
  };
}

const hook = (type: string, addr: string) => ({ type, hook: { resource: { addr }, action: "create" } });
const summary = (operation: string) => ({
  type: "change_summary",
  changes: { add: 2, change: 1, remove: 0, operation },
});

describe("applyPlan", () => {
  afterEach(() => {
    delete process.env["TERRAFORM_BINARY_NAME"];
  });

  it("tells each resource that is done, and counts what was done, not what was planned", async () => {
    const planned = { type: "change_summary", changes: { add: 9, change: 9, remove: 9, operation: "plan" } };
    const { done, counts } = await applied(
      0,
      planned,
      "no JSON",
      hook("apply_start", "a.b"),
      hook("apply_complete", "a.b"),
      summary("apply"),
    );

    expect(done).toEqual(["✓ create named a.b"]);
    expect(counts).toEqual({ added: 2, changed: 1, destroyed: 0 });
  });

  it("says what Terraform says when it fails, and whether something was done", async () => {
    const diagnostic = { severity: "error", summary: "no such role", detail: "Make it.", address: "a.c" };
    const warning = { severity: "warning", summary: "old" };
    const failed = applied(
      1,
      hook("apply_complete", "a.b"),
      { type: "diagnostic", diagnostic: warning },
      { type: "diagnostic", diagnostic },
    );

    await expect(failed).rejects.toEqual(
      new FailedApply("terraform apply ended with 1:\na.c: no such role: Make it.", true),
    );
    await expect(failed).rejects.toMatchObject({ hasDone: true });
    await expect(applied(1, hook("apply_errored", "a.b"))).rejects.toMatchObject({ hasDone: false });
  });

  it("shows no output's value", async () => {
    const outputs = { type: "outputs", outputs: { secret: { sensitive: false, value: "canary" } } };
    const { done, counts } = await applied(0, outputs, summary("apply"));

    expect(JSON.stringify([done, counts])).not.toContain("canary");
  });
});
