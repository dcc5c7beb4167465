/** Finds Terraform or OpenTofu on this machine or, with the user's consent, downloads a release. */
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { confirm } from "./confirm";
import { IN_LOCAL_SHELL, thisCommandLocally } from "./local-command";
import { CACHE_FOLDER, requireSafeFolder } from "./temporary-folder";
import { say } from "./terminal";
import type { Release } from "./terraform-download";
import knownReleases from "./terraform-releases.json";

/**
 * Releases by the name of their program. Terraform's version is that of the workflows, as a plan is applied by the
 * version that made it. The checksums are copies of what the publishers' SHA256SUMS files have.
 */
const RELEASES: Readonly<Record<string, Release>> = knownReleases;

/** Variable that allows the download. */
const CONSENT = "ACCESS_FETCH_TERRAFORM";

/** Allows the download for this process and those that it starts, unless the environment decides otherwise. */
export function allowDownload(): void {
  process.env[CONSENT] ??= "1";
}

/** Name or path of the program; `TERRAFORM_BINARY_NAME` is cdktf's own setting. */
export function terraformBinary(): string {
  return process.env["TERRAFORM_BINARY_NAME"] || "terraform";
}

/**
 * Makes {@link terraformBinary} lead to a program, for this process and those that it starts: one on `PATH`, else one
 * that was downloaded earlier, else one that is downloaded now if the user agrees.
 * @param isEmulated whether the environment is that of the embedded AWS, whose proxy refuses downloads
 * @returns how the user gets the program, with a command on a last line of its own or without one; `undefined` when it is there, or is not one that can be downloaded
 * @throws {UserError} when the download fails, or other users can write to the folder of the download
 */
export async function provideTerraform(
  isEmulated = (process.env["TF_REATTACH_PROVIDERS"] ?? "") !== "",
): Promise<string | undefined> {
  const chosen = process.env["TERRAFORM_BINARY_NAME"] || undefined;
  if (chosen !== undefined && !Object.hasOwn(RELEASES, chosen)) return undefined;
  const found = (chosen === undefined ? Object.keys(RELEASES) : [chosen]).find(isOnPath);
  if (found !== undefined) {
    if (found !== terraformBinary()) process.env["TERRAFORM_BINARY_NAME"] = found;
    return undefined;
  }
  const program = terraformBinary();
  const release = RELEASES[program];
  const platform = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
  if (release?.sha256[platform] === undefined) return undefined;
  const { cache, folder } = foldersOf(program, release);
  if (!isProgram(join(folder, program))) {
    const version = `${release.name} ${release.version}`;
    if (isEmulated) {
      const leave = process.env[IN_LOCAL_SHELL] ? "leave this shell and " : "";
      return `${leave}download ${version} with this command:\n  ${CONSENT}=1 ${thisCommandLocally()}`;
    }
    if (!(await isAllowed(release, folder))) return `set ${CONSENT}=1 to download ${version}`;
    // Loaded only here: the commands start without an HTTP client.
    const { downloadRelease } = require("./terraform-download") as typeof import("./terraform-download");
    await downloadRelease({ program, release, platform, cache, folder });
    say(`For npx cdktf: export TERRAFORM_BINARY_NAME=${join(folder, program)}`);
  }
  for (const one of [cache, folder]) requireSafeFolder(one, CACHE_FOLDER);
  // The last folder, so that a program that is installed later is preferred.
  process.env["PATH"] = [process.env["PATH"], folder].filter(Boolean).join(delimiter);
  return undefined;
}

/** Folder of the user's caches, and that of one release. */
function foldersOf(program: string, { version }: Release): { readonly cache: string; readonly folder: string } {
  const wanted = process.env["XDG_CACHE_HOME"] ?? "";
  const cache = join(isAbsolute(wanted) ? wanted : join(homedir(), ".cache"), "machine-access");
  return { cache, folder: join(cache, `${program}-${version}`) };
}

async function isAllowed({ name, version, license, origin }: Release, folder: string): Promise<boolean> {
  const consent = process.env[CONSENT];
  if (consent !== undefined && consent !== "") return consent === "1";
  if (!process.stdin.isTTY) return false;
  const from = process.env["ACCESS_TERRAFORM_MIRROR"] ? "the mirror" : origin;
  return await confirm(
    `${name} was not found. Download ${name} ${version} (license: ${license}) from ${from} to ${folder}?`,
  );
}

function isOnPath(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => folder !== "" && isProgram(join(folder, program)));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
