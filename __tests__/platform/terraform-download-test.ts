/** What is kept of a download, from a host on loopback. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downloadRelease, type Release } from "../../platform/terraform-download";
import { archiveOf, pretendTerraform, ReleaseHost, sha256Of } from "../support/release-host";

const archive = archiveOf({ "LICENSE.txt": "terms", terraform: pretendTerraform("1.11.4") });
const release: Release = {
  name: "Terraform",
  version: "1.11.4",
  license: "BUSL-1.1",
  install: "https://developer.hashicorp.com/terraform/install",
  origin: "https://releases.hashicorp.com",
  path: "/terraform/1.11.4/terraform_1.11.4_<platform>.zip",
  sha256: { linux_amd64: sha256Of(archive) },
};
const PATH = "/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip";

let host: ReleaseHost;
let url: string;
let home: string;
beforeEach(async () => {
  host = new ReleaseHost();
  url = await host.start();
  home = mkdtempSync(join(tmpdir(), "home-"));
  process.env["ACCESS_TERRAFORM_MIRROR"] = url;
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  delete process.env["ACCESS_TERRAFORM_MIRROR"];
  await host.stop();
  rmSync(home, { recursive: true, force: true });
  jest.restoreAllMocks();
});

function downloading(program = "terraform"): Promise<void> {
  const cache = join(home, "machine-access");
  const folder = join(cache, "terraform-1.11.4");
  return downloadRelease({ program, release, platform: "linux_amd64", cache, folder });
}

it("keeps the program of the archive, for this user only, and nothing else", async () => {
  host.contents.set(PATH, archive);
  await downloading();
  const files = readdirSync(home, { recursive: true, encoding: "utf8" });

  expect(files.sort()).toEqual([
    "machine-access",
    "machine-access/terraform-1.11.4",
    "machine-access/terraform-1.11.4/terraform",
  ]);
  for (const file of files) expect(statSync(join(home, file)).mode & 0o777).toBe(0o700);
  const program = join(home, "machine-access/terraform-1.11.4/terraform");
  expect(execFileSync(program, { encoding: "utf8" })).toBe('{"terraform_version":"1.11.4"}\n');
});

it("replaces what is there, and follows redirects, as GitHub's releases need", async () => {
  host.contents.set(PATH, `${url}/asset`).set("/asset", archive);
  await downloading();
  await downloading();

  expect(host.received.map(({ path }) => path)).toEqual([PATH, "/asset", PATH, "/asset"]);
});

it("sends the mirror's credentials, and does not print them", async () => {
  process.env["ACCESS_TERRAFORM_MIRROR"] = `${url.replace("//", "//reader:p%40ss@")}/generic/hashicorp/`;
  await expect(downloading()).rejects.toThrow(`${url}/generic/hashicorp${PATH} responded with status 404`);
  const written = jest.mocked(process.stderr.write).mock.calls.join("");

  const basic = `Basic ${Buffer.from("reader:p@ss").toString("base64")}`;
  expect(host.received).toEqual([{ path: `/generic/hashicorp${PATH}`, authorization: basic }]);
  expect(written).toContain("Downloading");
  expect(written).not.toMatch(/reader|p%40ss|p@ss/);
});

describe("leaves nothing behind and says what to do", () => {
  const HOW = "Install it from https://developer.hashicorp.com/terraform/install";

  async function expectRefusal(message: string): Promise<void> {
    const error = await downloading().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error?.message).toContain(message);
    expect(error?.message).toContain(HOW);
    expect(readdirSync(home)).toEqual([]);
  }

  it("with another archive than the pinned one", async () => {
    const other = archiveOf({ terraform: pretendTerraform("1.11.5") });
    host.contents.set(PATH, other);

    await expectRefusal(
      `${url}${PATH} is not Terraform 1.11.4: its SHA-256 checksum is wrong (expected ${sha256Of(archive)}, received ${sha256Of(other)}). Nothing was kept.`,
    );
  });

  it("with an archive that is cut off", async () => {
    host.contents.set(PATH, archive.subarray(0, -1));

    await expectRefusal("its SHA-256 checksum is wrong");
  });

  it.each([403, 404, 500])("with status %i", async (status) => {
    host.contents.set(PATH, status);

    await expectRefusal(`Terraform 1.11.4 cannot be downloaded: ${url}${PATH} responded with status ${status}`);
  });

  it("offline", async () => {
    await host.stop();

    await expectRefusal(`Terraform 1.11.4 cannot be downloaded: ${new URL(url).host} cannot be reached: `);
  });

  it("without the program in the archive", async () => {
    host.contents.set(PATH, archive);

    await expect(downloading("tofu")).rejects.toThrow('has no file "tofu". Nothing was kept.');
    expect(readdirSync(home)).toEqual([]);
  });
});

it.each(["http://mirror.example.com", "ftp://localhost", "http://127.0.0.1.example.com", "releases"])(
  "does not use %s as a mirror",
  async (mirror) => {
    process.env["ACCESS_TERRAFORM_MIRROR"] = mirror;

    await expect(downloading()).rejects.toThrow("ACCESS_TERRAFORM_MIRROR is not an https URL.");
  },
);

it("writes nothing where other users can replace it", async () => {
  host.contents.set(PATH, archive);
  mkdirSync(join(home, "machine-access"));
  chmodSync(join(home, "machine-access"), 0o777);

  await expect(downloading()).rejects.toThrow("other users can replace files in the cache folder");
  expect(existsSync(join(home, "machine-access/terraform-1.11.4"))).toBe(false);
});
