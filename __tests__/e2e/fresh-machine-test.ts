/**
 * A machine with Node.js alone: the demo downloads Terraform from a host on loopback with TLS, by a mirror's variable. The
 * archive has a program that runs the Terraform of this machine, and the copied project has its checksum in place of the
 * pinned one.
 */
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { openCertificateAuthority } from "../../emulator/proxy/certificate-authority";
import releases from "../../platform/terraform-releases.json";
import { cleanEnvironment, copyOfProject, run, script } from "../support/processes";
import { runOnTerminal } from "../support/pseudoterminal";
import { archiveOf, pretendTerraform, ReleaseHost, sha256Of } from "../support/release-host";

jest.setTimeout(120_000);

const folder = copyOfProject();
const home = mkdtempSync(join(tmpdir(), "home-"));
const bin = mkdtempSync(join(tmpdir(), "bin-"));
const cached = join(home, ".cache", "machine-access", `terraform-${releases.terraform.version}`);
const platform = `${process.platform}_${process.arch.replace("x64", "amd64")}`;
const path = releases.terraform.path.replace("<platform>", platform);
let host: ReleaseHost;
let mirror: string;

/** Folders of PATH, those with Terraform or OpenTofu among them and not. */
const folders = (process.env["PATH"] ?? "").split(delimiter);
const hasTerraform = (one: string) => ["terraform", "tofu"].some((name) => existsSync(join(one, name)));
const terraform = folders.map((one) => join(one, "terraform")).find((file) => existsSync(file)) ?? "terraform";

beforeAll(async () => {
  symlinkSync(process.execPath, join(bin, "node"));
  const authority = await openCertificateAuthority(home, { domains: ["localhost"] });
  const context = await authority.contextFor("localhost");
  host = new ReleaseHost({ SNICallback: (_name, answer) => answer(null, context) });
  mirror = await host.start();
  offer(pretendTerraform(releases.terraform.version));
});
afterAll(async () => {
  await host.stop();
  for (const made of [folder, home, bin]) rmSync(made, { recursive: true, force: true });
});

/** Lets the host have an archive with that program, whose checksum the project has. */
function offer(program: string | Uint8Array): void {
  const archive = archiveOf({ terraform: program });
  const pinned = structuredClone(releases) as { terraform: { sha256: Record<string, string> } };
  pinned.terraform.sha256[platform] = sha256Of(archive);
  writeFileSync(join(folder, "platform", "terraform-releases.json"), JSON.stringify(pinned));
  host.contents.set(path, archive);
}

function freshMachine(changes: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const {
    XDG_CACHE_HOME: _,
    ACCESS_FETCH_TERRAFORM: _1,
    ...rest
  } = cleanEnvironment({
    PATH: [bin, ...folders.filter((one) => !hasTerraform(one))].join(delimiter),
    HOME: home,
    CDKTF_HOME: join(home, ".cdktf"),
    NODE_EXTRA_CA_CERTS: join(home, "ca.pem"),
    ACCESS_TERRAFORM_MIRROR: mirror,
    ...changes,
  });
  return rest;
}

it("downloads nothing without consent", async () => {
  const refused = await run(script("cli/demo.ts"), folder, freshMachine());
  const asked = await runOnTerminal(script("cli/demo.ts"), folder, freshMachine(), { to: "[y/N]", is: "n" });

  const error = `the program "terraform" was not found. Get it from ${releases.terraform.install}, or set ACCESS_FETCH_TERRAFORM=1 to download Terraform ${releases.terraform.version}.`;
  expect(refused).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(error) });
  expect(asked.code).toBe(1);
  expect(asked.output).toContain(
    `Terraform was not found. Download Terraform ${releases.terraform.version} (license: BUSL-1.1) from the mirror to ${cached}? [y/N] n`,
  );
  expect(asked.output).toContain("set ACCESS_FETCH_TERRAFORM=1");
  expect([host.received, existsSync(join(home, ".cache"))]).toEqual([[], false]);
});

it("downloads nothing behind npx access local either, and names the command that does", async () => {
  const deploy = (...args: readonly string[]) => ["node", "cli/access.cjs", "deploy", "dev", ...args];
  const command = script("cli/local.ts", ...deploy());
  const { code, stderr } = await run(command, folder, freshMachine());

  expect([code, host.received]).toEqual([1, []]);
  expect(stderr).not.toContain("Synthesizing");
  expect(stderr).toMatch(/with this command:\n {2}ACCESS_FETCH_TERRAFORM=1 npx access local npx access deploy dev\n$/);
});

it("downloads it behind npx access local with --yes, before the command runs", async () => {
  const other = mkdtempSync(join(tmpdir(), "home-"));
  const command = script("cli/local.ts", ...script("cli/teardown.ts", "no such name", "--yes"));
  const { code, stderr } = await run(command, folder, freshMachine({ HOME: other }));
  const kept = readdirSync(join(other, ".cache", "machine-access"));
  rmSync(other, { recursive: true });

  expect([code, kept]).toEqual([1, [`terraform-${releases.terraform.version}`]]);
  expect(stderr).toContain('"no such name" is not a valid environment name.');
});

it("keeps nothing of an archive with another checksum", async () => {
  cpSync(join(__dirname, "../../platform/terraform-releases.json"), join(folder, "platform/terraform-releases.json"));
  const { code, stderr } = await run(script("cli/demo.ts", "--yes"), folder, freshMachine());

  expect(code).toBe(1);
  expect(stderr).toContain("its SHA-256 checksum is wrong");
  expect(existsSync(join(home, ".cache"))).toBe(false);
});

it("downloads it after the user agreed, and does everything else without the host, such as the demo", async () => {
  // Several megabytes behind the lines that the shell reads.
  offer(Buffer.concat([Buffer.from(`#!/bin/sh\nexec '${terraform}' "$@"\n`), randomBytes(8 << 20)]));
  const version = script("cli/local.ts", "terraform", "version");
  const agreed = await runOnTerminal(version, folder, freshMachine(), { to: "[y/N]", is: "y" });
  await host.stop();

  const ended = { code: 0, output: expect.stringContaining(`Terraform v${releases.terraform.version}`) };
  expect([agreed, readdirSync(cached)]).toEqual([ended, ["terraform"]]);
  expect(agreed.output).toContain(`export TERRAFORM_BINARY_NAME=${cached}/terraform`);

  const { code, stdout, stderr } = await run(script("cli/demo.ts"), folder, freshMachine());

  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.match(/^✓ +\d+ /gm)).toHaveLength(12);
  expect(stdout.match(/ {2}26 resources$/gm)).toHaveLength(2);
  expect(stdout).toContain("Proved in");
  expect(stdout).toMatch(/^What to try next .*\n {2}npx access local npx access deploy dev {2,}\S/m);
  expect(readdirSync(join(folder, ".local")).filter((name) => name.startsWith("demo-"))).toEqual([]);
});
