/** A plan that is kept nowhere, with a program in Terraform's place. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plannedChanges } from "../../../operations/plan-file/planned-changes";

const change = (name: string, action: string) => ({
  ...{ address: `aws_iam_role.${name}`, type: "aws_iam_role", name },
  change: { actions: [action], before: {}, after: {} },
});
const PLAN = JSON.stringify({
  terraform_version: "1.11.4",
  configuration: { root_module: {} },
  resource_changes: [change("one", "update"), change("two", "no-op")],
});

let project: string;
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "planned-"));
});
afterEach(() => {
  delete process.env["TERRAFORM_BINARY_NAME"];
  rmSync(project, { recursive: true });
});

/** A stack whose Terraform runs these lines of shell when it plans. */
function stackWith(...lines: readonly string[]): string {
  const folder = join(project, "stack");
  mkdirSync(folder);
  writeFileSync(join(folder, "cdk.tf.json"), "{}");
  const program = join(project, "terraform");
  const planning = ['if [ "$1" = plan ]; then', ...lines, "fi"];
  const script = ["#!/bin/sh", ...planning, `[ "$1" != show ] || echo '${PLAN}'`];
  writeFileSync(program, script.join("\n"), { mode: 0o755 });
  process.env["TERRAFORM_BINARY_NAME"] = program;
  return folder;
}

/** This process gets the signal, and hands it on to Terraform, which waits for it. */
const SIGNALLED = ["sleep 10 &", "trap 'kill $!' INT", "kill -INT $PPID", "wait $!"];

it("names what an apply would change", async () => {
  expect(await plannedChanges(stackWith(":"))).toEqual(["aws_iam_role.one"]);
});

it.each([
  ["fails", "exit 1"],
  ["ends in order", ":"],
])("changes and leaves nothing after a signal, when Terraform then %s", async (_how, end) => {
  const planned = plannedChanges(stackWith(...SIGNALLED, end));

  await expect(planned).rejects.toMatchObject({
    message: "interrupted while Terraform planned. Nothing is changed.",
    exitCode: 130,
  });
  expect(readdirSync(project).sort()).toEqual(["stack", "terraform"]);
});

it("says what Terraform says when it fails without a signal", async () => {
  await expect(plannedChanges(stackWith('echo "no such region" >&2; exit 1'))).rejects.toThrow("no such region");
});
