/** Folders with unpacked deployment packages, one for each package, for as long as it is in use. */
import { chmod, mkdir, mkdtemp, readdir, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { removeFolder } from "./temporary-folder";

/**
 * Bytes of an unpacked deployment package.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const UNPACKED_BYTES = 262_144_000;

/** The deployment package cannot be unpacked. */
export class DeploymentPackageError extends Error {
  override readonly name = "DeploymentPackageError";
}

interface Folder {
  users: number;
  readonly path: Promise<string>;
}

/** The folders, by the package's SHA-256. */
export class CodeFolders {
  private readonly folders = new Map<string, Folder>();

  /** @param parent where the folders are made */
  constructor(private readonly parent = tmpdir()) {}

  /**
   * Unpacks the package, unless it is unpacked, and keeps it until `release` was called as often as this.
   *
   * @returns the folder's path without symbolic links; only this user may enter it
   * @throws {DeploymentPackageError} when the package is not a zip, is too large unpacked or holds a file whose name
   * leads out of the folder
   */
  async hold(codeSha256: string, zip: Uint8Array): Promise<string> {
    const folder = this.folders.get(codeSha256) ?? { users: 0, path: unpack(zip, this.parent) };
    folder.users += 1;
    this.folders.set(codeSha256, folder);
    return folder.path;
  }

  /** Removes the folder when it has no other holder. */
  async release(codeSha256: string): Promise<void> {
    const folder = this.folders.get(codeSha256);
    if (folder === undefined) return;
    folder.users -= 1;
    if (folder.users > 0) return;
    this.folders.delete(codeSha256);
    // A failed unpacking leaves no folder, and its caller received the error.
    const path = await folder.path.catch(() => undefined);
    if (path !== undefined) await removeFolder(path);
  }
}

async function unpack(zip: Uint8Array, parent: string): Promise<string> {
  const files = readZip(zip);
  const folder = await realpath(await mkdtemp(join(parent, "function-")));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      await mkdir(name.endsWith("/") ? path : dirname(path), { recursive: true });
      if (!name.endsWith("/")) await writeFile(path, content);
    }
    await protect(folder);
  } catch (error) {
    await removeFolder(folder);
    throw new DeploymentPackageError(`The deployment package cannot be unpacked: ${String(error)}`, { cause: error });
  }
  return folder;
}

/** The files by name. Everything is checked before the first one is written. */
function readZip(zip: Uint8Array): Readonly<Record<string, Uint8Array>> {
  let size = 0;
  try {
    return unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        size += originalSize;
        requireInside(name);
        requireSize(size);
        return true;
      },
    });
  } catch (error) {
    if (error instanceof DeploymentPackageError) throw error;
    throw new DeploymentPackageError(`The deployment package is not a zip file: ${String(error)}`, { cause: error });
  }
}

/** A backslash counts as a separator, which it is on Windows. */
function requireInside(name: string): void {
  const isAbsolute = /^([/\\]|[a-zA-Z]:)/.test(name);
  if (!isAbsolute && !name.split(/[/\\]/).includes("..") && !name.includes("\0")) return;
  throw new DeploymentPackageError(
    `The deployment package holds ${JSON.stringify(name)}, which is outside of the function's folder. Expected relative names without "..".`,
  );
}

function requireSize(size: number): void {
  if (size <= UNPACKED_BYTES) return;
  throw new DeploymentPackageError(
    `The deployment package holds more than ${UNPACKED_BYTES} bytes unpacked, which is Lambda's limit. Leave files out.`,
  );
}

/** A function may not change its own code, which other invocations run as well; root still can. */
async function protect(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o500 : 0o400);
  }
  await chmod(folder, 0o500);
}
