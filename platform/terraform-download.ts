/** Downloads a release of Terraform or OpenTofu, and keeps it only if its checksum is the pinned one. */
import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { download } from "./http";
import { CACHE_FOLDER, requireSafeFolder, withTemporaryFolder } from "./temporary-folder";
import { say, step } from "./terminal";
import { UserError } from "./user-error";

/** Variable with a URL that has the archives in place of the publisher's. */
const MIRROR = "ACCESS_TERRAFORM_MIRROR";

/** Several times the size of a release. */
const MAX_BYTES = 256 << 20;

/** A release that can be downloaded: the archives of one version. */
export interface Release {
  readonly name: string;
  readonly version: string;
  /** SPDX identifier. */
  readonly license: string;
  /** Page that explains how to install it. */
  readonly install: string;
  /** URL that a mirror replaces. */
  readonly origin: string;
  /** Path of an archive below the origin, with `<platform>` in the place of the platform. */
  readonly path: string;
  /** Checksum of the archive by platform, such as `linux_amd64`. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** What is downloaded, and where to. */
export interface ReleaseDownload {
  /** Name of the program, in the archive and in the folder. */
  readonly program: string;
  readonly release: Release;
  /** Such as `linux_amd64`; the release has a checksum for it. */
  readonly platform: string;
  /** Folder of all releases. */
  readonly cache: string;
  /** Folder of this release, in the cache. */
  readonly folder: string;
}

/**
 * Puts the program of a release into its folder, whole or not at all.
 * @throws {UserError} when it cannot be downloaded or is not the pinned one
 */
export async function downloadRelease({ program, release, platform, cache, folder }: ReleaseDownload): Promise<void> {
  const { url, headers } = sourceOf(release, platform);
  const title = `${release.name} ${release.version}`;
  const how = `Install it from ${release.install}, or name another host with ${MIRROR}.`;
  step(`Downloading ${title} from ${url}`);
  const archive = await download(url, headers, MAX_BYTES).catch((error: unknown) => {
    throw error instanceof UserError ? new UserError(`${title} cannot be downloaded: ${error.message}\n${how}`) : error;
  });
  const sha256 = createHash("sha256").update(archive).digest("hex");
  if (sha256 !== release.sha256[platform]) {
    const expected = `expected ${release.sha256[platform]}, received ${sha256}`;
    throw new UserError(
      `${url} is not ${title}: its SHA-256 checksum is wrong (${expected}). Nothing was kept.\n${how}`,
    );
  }
  const content = unzipSync(archive, { filter: ({ name }) => name === program })[program];
  if (content === undefined) throw new UserError(`${url} has no file "${program}". Nothing was kept.\n${how}`);
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  // Checked before anything is written: the folder above it as well, in which this one could be replaced.
  for (const one of [dirname(cache), cache]) requireSafeFolder(one, CACHE_FOLDER);
  await withTemporaryFolder(async (scratch) => {
    writeFileSync(join(scratch, program), content, { mode: 0o700 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Whole at once, also when two commands download at the same time.
    renameSync(join(scratch, program), join(folder, program));
  }, cache);
  say(`${title} is in ${folder}.`);
}

/** URL of the archive, without credentials, and the headers that have them. @throws {UserError} for a wrong mirror */
function sourceOf({ origin, path }: Release, platform: string) {
  const base = mirror() ?? new URL(origin);
  const name = path.replace("<platform>", platform);
  const url = `${base.origin}${base.pathname.replace(/\/$/, "")}${name}`;
  const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const headers: Readonly<Record<string, string>> =
    base.username === "" ? {} : { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
  return { url, headers };
}

function mirror(): URL | undefined {
  const text = process.env[MIRROR] ?? "";
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url?.hostname ?? "");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback)) return url;
  throw new UserError(`${MIRROR} is not an https URL. Set it to the URL that has the archives, or unset it.`);
}
