/**
 * The real `hashicorp/aws` provider, if there is one on this machine: in an environment variable, in the folders in which
 * Terraform keeps providers, or in a filesystem mirror anywhere.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { type RealProvider, startProviderFile } from "../../cli/embedded-aws/real-provider";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index";
import { narrowProvider } from "./parity/narrow-provider";
import { TerraformFolder, type TerraformRun } from "./terraform-folder";

const VARIABLE = "AWS_PROVIDER_BINARY";
const SEARCH_TIMEOUT_MS = 30_000;
/** The machine is searched once for all test files of a run, whose folder for temporary files this is. */
const found = join(tmpdir(), "real-provider.json");

/** Path of the newest real provider; `undefined` when there is none, or when the variable is empty. */
export function findRealProvider(): string | undefined {
  const named = process.env[VARIABLE];
  if (named !== undefined) return named === "" ? undefined : named;
  if (existsSync(found)) return (JSON.parse(readFileSync(found, "utf8")) as { readonly file?: string }).file;
  const file = newest(usualFolders().flatMap(binariesBelow)) ?? newest(searchMachine());
  writeFileSync(found, JSON.stringify({ file }));
  return file;
}

/**
 * Tests that need a real provider. Without one they are skipped, which is reported in one line.
 * @param body defines the tests
 */
export function describeWithRealProvider(name: string, body: (file: string) => void): void {
  const file = findRealProvider();
  if (file !== undefined) {
    describe(name, () => body(file));
    return;
  }
  const why = `skipped: no hashicorp/aws provider was found in ${VARIABLE}, Terraform's folders or a filesystem mirror`;
  process.stderr.write(`${name}: ${why}\n`);
  describe.skip(name, () => it(why, () => undefined));
}

/**
 * The real Terraform with the real provider on an embedded AWS of its own. Terraform's folder is the provider's working
 * directory, so relative file names mean the same to both.
 *
 * @example
 * const terraform = await RealTerraform.start(file);
 * terraform.folder.write(configOf(kindExamples));
 * await terraform.run("init");
 * await terraform.run("apply", "-auto-approve");
 * await terraform.close();
 */
export class RealTerraform {
  private constructor(
    readonly folder: TerraformFolder,
    readonly emulator: Emulator,
    private readonly provider: RealProvider,
    private readonly accountFolder: string,
  ) {}

  /**
   * @param file path of the provider
   * @param options settings of the embedded AWS
   */
  static async start(file: string, options: Partial<EmulatorOptions> = {}): Promise<RealTerraform> {
    const folder = new TerraformFolder();
    const accountFolder = mkdtempSync(join(tmpdir(), "local-"));
    const emulator = await startEmulator({
      ...options,
      folder: accountFolder,
      workingDirectories: () => [folder.path],
    });
    const provider = await narrowProvider(
      await startProviderFile(file, emulator.environment, { workingDirectory: folder.path }),
      folder.path,
    );
    return new RealTerraform(folder, emulator, provider, accountFolder);
  }

  /** Environment in which Terraform uses the real provider; with that of the emulator it uses the embedded one. */
  get environment(): Readonly<Record<string, string | undefined>> {
    return { ...this.emulator.environment, ...this.provider.environment };
  }

  run(...args: readonly string[]): Promise<TerraformRun> {
    return this.folder.run(this.environment, ...args);
  }

  async close(): Promise<void> {
    await this.provider.close();
    await this.emulator.close();
    this.folder.remove();
    rmSync(this.accountFolder, { recursive: true, force: true });
  }
}

/** Mirrors and caches that Terraform itself uses, from its environment and its configuration. */
function usualFolders(): readonly string[] {
  const home = homedir();
  const config = process.env["TF_CLI_CONFIG_FILE"] ?? join(home, ".terraformrc");
  const text = existsSync(config) ? readFileSync(config, "utf8") : "";
  const configured = [...text.matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)].map(([, path = ""]) => path);
  const overridden = [...text.matchAll(/"[^"]*hashicorp\/aws"\s*=\s*"([^"]+)"/g)].map(([, path = ""]) => path);
  return [
    ...(process.env["TF_PLUGIN_CACHE_DIR"] ?? "").split(":").filter((folder) => folder !== ""),
    ...configured,
    ...overridden,
    join(home, ".terraform.d", "plugins"),
    join(home, ".terraform.d", "plugin-cache"),
    join(home, ".local", "share", "terraform", "plugins"),
    "/usr/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
  ].map((path) => path.replace(/^~(?=\/)/, home));
}

const BINARY = /^terraform-provider-aws_v([\d.]+)[^/]*$/;

/** Provider binaries of a mirror or cache: `<host>/hashicorp/aws/<version>/<platform>/`, or in the folder itself. */
function binariesBelow(folder: string): readonly string[] {
  const versions = namesIn(folder)
    .map((host) => join(folder, host, "hashicorp", "aws"))
    .flatMap((provider) => namesIn(provider).map((version) => join(provider, version)));
  const platforms = versions.flatMap((version) => namesIn(version).map((platform) => join(version, platform)));
  return [folder, ...platforms].flatMap((where) =>
    namesIn(where)
      .filter((name) => BINARY.test(name))
      .map((name) => join(where, name)),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Provider binaries in filesystem mirrors: where packages are installed and, if there are none, on the whole disk. */
function searchMachine(): readonly string[] {
  const likely = ["/opt", "/usr/local", "/usr/share", "/usr/lib", "/srv", "/mnt", "/var/lib"].filter(existsSync);
  const found = search(likely);
  return found.length > 0 ? found : search(["/"]);
}

/** What was found until the time was over. */
function search(folders: readonly string[]): readonly string[] {
  const skipped = ["(", "-name", "node_modules", "-o", "-name", ".git", "-o", "-path", "/proc", ")", "-prune", "-o"];
  const wanted = ["-type", "f", "-path", "*hashicorp/aws/*", "-name", "terraform-provider-aws_v*", "-print"];
  const { stdout } = spawnSync("find", [...folders, "-xdev", ...skipped, ...wanted], {
    encoding: "utf8",
    timeout: SEARCH_TIMEOUT_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (stdout ?? "").split("\n").filter((file) => file !== "");
}

/** The one with the highest version that this machine may run. */
function newest(files: readonly string[]): string | undefined {
  const versionOf = (file: string) => (BINARY.exec(file.split("/").at(-1) ?? "")?.[1] ?? "").split(".").map(Number);
  const runs = files.filter((file) => isForThisMachine(file) && (statSync(file).mode & 0o111) !== 0);
  return runs.toSorted((a, b) => compare(versionOf(a), versionOf(b))).at(-1);
}

/** In a mirror, the folder's name is the platform. */
function isForThisMachine(file: string): boolean {
  const platform = /\/hashicorp\/aws\/[^/]+\/([a-z]+_[a-z0-9]+)\//.exec(file)?.[1];
  const architecture = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return platform === undefined || platform === `${process.platform}_${architecture}`;
}

function compare([a = 0, ...restOfA]: readonly number[], [b = 0, ...restOfB]: readonly number[]): number {
  if (a !== b || (restOfA.length === 0 && restOfB.length === 0)) return a - b;
  return compare(restOfA, restOfB);
}
