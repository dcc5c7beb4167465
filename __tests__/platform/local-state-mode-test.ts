/** Modes of the files that Terraform writes, with a program in its place. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detachedTerraform } from "../../platform/detached-terraform";
import { removeStateBackups, restrictLocalState } from "../../platform/local-state-mode";
import { terraform } from "../../platform/terraform";

const project = mkdtempSync(join(tmpdir(), "modes-"));
const folder = join(project, "cdktf.out", "stacks", "dev");
const state = join(project, "terraform.dev.tfstate");
const usualMask = process.umask(0o022);

const modeOf = (file: string) => statSync(file).mode & 0o777;

/** Writes the stack's file with that backend. */
function writeStack(backend: object): void {
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform: { backend } }));
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  const program = join(project, "terraform");
  writeFileSync(program, "#!/bin/sh\necho $2 > written\necho more >> ../../../terraform.dev.tfstate\n", {
    mode: 0o755,
  });
  process.env["TERRAFORM_BINARY_NAME"] = program;
});

beforeEach(() => {
  writeStack({ local: { path: "../../../terraform.dev.tfstate" } });
  for (const file of [state, `${state}.backup`, join(folder, "written")]) rmSync(file, { force: true });
});

afterAll(() => {
  process.umask(usualMask);
  delete process.env["TERRAFORM_BINARY_NAME"];
  rmSync(project, { recursive: true, force: true });
});

describe.each([
  ["terraform", terraform],
  ["detachedTerraform", detachedTerraform],
])("%s", (_name, run) => {
  it("has files written for their owner only, and leaves this process's mask as it is", async () => {
    await run(folder, ["init"]);

    expect([modeOf(join(folder, "written")), modeOf(state)]).toEqual([0o600, 0o600]);
    expect(process.umask()).toBe(0o022);
  });
});

describe("detachedTerraform", () => {
  it.each(["apply", "destroy", "state"])("takes an existing state away from other users before %s", async (command) => {
    for (const file of [state, `${state}.backup`]) writeFileSync(file, "", { mode: 0o664 });
    await detachedTerraform(folder, [command]);

    expect([modeOf(state), modeOf(`${state}.backup`)]).toEqual([0o600, 0o600]);
  });

  it("leaves an existing state as it is when it only reads", async () => {
    writeFileSync(state, "", { mode: 0o644 });
    await detachedTerraform(folder, ["plan"]);

    expect(modeOf(state)).toBe(0o644);
  });
});

describe("restrictLocalState", () => {
  it("gives the owner no permission that was missing", () => {
    writeFileSync(state, "");
    chmodSync(state, 0o444);
    restrictLocalState(folder);

    expect(modeOf(state)).toBe(0o400);
  });

  it("does not follow a link", () => {
    const other = join(project, "other");
    writeFileSync(other, "", { mode: 0o644 });
    symlinkSync(other, state);
    restrictLocalState(folder);

    expect(modeOf(other)).toBe(0o644);
  });

  it.each([
    ["a state that is elsewhere", () => writeStack({ s3: { bucket: "states" } })],
    ["a stack that cannot be read", () => writeFileSync(join(folder, "cdk.tf.json"), "{")],
    ["a state that does not exist", () => undefined],
  ])("does nothing for %s", (_what, prepare) => {
    prepare();

    expect(() => restrictLocalState(folder)).not.toThrow();
  });
});

describe("removeStateBackups", () => {
  it("deletes all backups of the state, and neither the state nor backups of others", () => {
    const kept = ["terraform.dev.tfstate", "terraform.prod.tfstate.backup"];
    const backups = ["terraform.dev.tfstate.backup", "terraform.dev.tfstate.1764480000.backup"];
    for (const name of [...kept, ...backups]) writeFileSync(join(project, name), "");
    removeStateBackups(folder);

    expect(readdirSync(project).filter((name) => name.includes("tfstate"))).toEqual(kept);
    rmSync(join(project, "terraform.prod.tfstate.backup"));
  });

  it("does nothing for a state that is elsewhere", () => {
    writeFileSync(`${state}.backup`, "");
    writeStack({ s3: { bucket: "states" } });
    removeStateBackups(folder);

    expect(statSync(`${state}.backup`).isFile()).toBe(true);
  });
});
