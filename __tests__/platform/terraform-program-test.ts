/** Where Terraform comes from: `PATH`, an earlier download, or a download that the user allows. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { allowDownload, provideTerraform, terraformBinary } from "../../platform/terraform-program";
import releases from "../../platform/terraform-releases.json";
import { ReleaseHost } from "../support/release-host";

const before = { ...process.env };
let home: string;
let bin: string;
let host: ReleaseHost;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "home-"));
  bin = join(home, "bin");
  mkdirSync(bin);
  host = new ReleaseHost();
  for (const name of ["TERRAFORM_BINARY_NAME", "TF_REATTACH_PROVIDERS", "ACCESS_FETCH_TERRAFORM", "ACCESS_LOCAL_SHELL"])
    delete process.env[name];
  Object.assign(process.env, { PATH: bin, XDG_CACHE_HOME: home, ACCESS_TERRAFORM_MIRROR: await host.start() });
});
afterEach(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await host.stop();
  rmSync(home, { recursive: true, force: true });
});

function install(folder: string, program: string, mode = 0o700): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, program), "#!/bin/sh\n", { mode });
}

const downloaded = () => join(home, "machine-access", `terraform-${releases.terraform.version}`);

describe("a program on PATH", () => {
  it("is preferred to a download", async () => {
    install(bin, "terraform");
    install(downloaded(), "terraform");

    expect(await provideTerraform()).toBeUndefined();
    expect([process.env["PATH"], terraformBinary()]).toEqual([bin, "terraform"]);
  });

  it("is OpenTofu where there is only OpenTofu", async () => {
    install(bin, "tofu");

    expect(await provideTerraform()).toBeUndefined();
    expect([process.env["TERRAFORM_BINARY_NAME"], terraformBinary()]).toEqual(["tofu", "tofu"]);
  });

  it("has to be executable", async () => {
    install(bin, "terraform", 0o600);
    mkdirSync(join(bin, "tofu"));

    expect(await provideTerraform()).toContain("to download Terraform");
  });
});

it.each(["/opt/terraform", "my-terraform", "constructor"])("leaves the choice of %s as it is", async (program) => {
  Object.assign(process.env, { TERRAFORM_BINARY_NAME: program, ACCESS_FETCH_TERRAFORM: "1" });

  expect(await provideTerraform()).toBeUndefined();
  expect([terraformBinary(), host.received]).toEqual([program, []]);
});

it("uses an earlier download as the last folder of PATH, without consent or network", async () => {
  install(downloaded(), "terraform");

  expect(await provideTerraform()).toBeUndefined();
  expect(process.env["PATH"]).toBe(`${bin}${delimiter}${downloaded()}`);
  expect(await provideTerraform()).toBeUndefined();
  expect([process.env["PATH"], host.received]).toEqual([`${bin}${delimiter}${downloaded()}`, []]);
});

it("does not run what other users can replace", async () => {
  install(downloaded(), "terraform");
  chmodSync(downloaded(), 0o777);

  await expect(provideTerraform()).rejects.toThrow(
    `other users can replace files in the cache folder, ${downloaded()}. Set XDG_CACHE_HOME to a folder that`,
  );
});

describe("a download", () => {
  it.each([
    ["terraform", `set ACCESS_FETCH_TERRAFORM=1 to download Terraform ${releases.terraform.version}`],
    ["tofu", `set ACCESS_FETCH_TERRAFORM=1 to download OpenTofu ${releases.tofu.version}`],
  ])("of %s needs consent", async (program, advice) => {
    for (const consent of ["", "0", "no"]) {
      Object.assign(process.env, { TERRAFORM_BINARY_NAME: program, ACCESS_FETCH_TERRAFORM: consent });
      expect(await provideTerraform()).toBe(advice);
    }
    expect([host.received, readdirSync(home)]).toEqual([[], ["bin"]]);
  });

  it.each(["terraform", "tofu"] as const)("of %s has the release's own path", async (program) => {
    jest.spyOn(process.stderr, "write").mockReturnValue(true);
    process.env["TERRAFORM_BINARY_NAME"] = program;
    allowDownload();
    await expect(provideTerraform()).rejects.toThrow("responded with status 404");
    const platform = `${process.platform}_${process.arch.replace("x64", "amd64")}`;

    expect(host.received.map(({ path }) => path)).toEqual([releases[program].path.replace("<platform>", platform)]);
    expect(readdirSync(home)).toEqual(["bin"]);
    jest.restoreAllMocks();
  });

  it("is not allowed by --yes where the environment forbids it", async () => {
    process.env["ACCESS_FETCH_TERRAFORM"] = "0";
    allowDownload();

    expect(await provideTerraform()).toContain("to download Terraform");
  });

  it("is left to the user in the environment of the embedded AWS, whose proxy refuses it", async () => {
    Object.assign(process.env, { TF_REATTACH_PROVIDERS: "{}", ACCESS_FETCH_TERRAFORM: "1" });

    const command = `download Terraform ${releases.terraform.version} with this command:\n  ACCESS_FETCH_TERRAFORM=1 npx access local npx access <command>`;
    expect(await provideTerraform()).toBe(command);
    process.env["ACCESS_LOCAL_SHELL"] = "1";
    expect(await provideTerraform()).toBe(`leave this shell and ${command}`);
    expect(host.received).toEqual([]);
  });
});

describe("terraform-releases.json", () => {
  it.each(Object.values(releases))("has checksums of $name", ({ version, path, sha256 }) => {
    expect(path.split(version)).toHaveLength(3);
    expect(Object.keys(sha256)).toEqual(["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"]);
    expect(new Set(Object.values(sha256)).size).toBe(4);
    for (const one of Object.values(sha256)) expect(one).toMatch(/^[0-9a-f]{64}$/);
  });

  it("has the version of Terraform that the workflows use", () => {
    const setup = readFileSync(join(__dirname, "../../.github/actions/setup/action.yml"), "utf8");

    expect(setup).toContain(`terraform_version: ${releases.terraform.version}\n`);
  });
});
