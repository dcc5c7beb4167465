/** The git commit that a plan was made from, and files that a commit may take along. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { packageFolder } from "../../platform/project";
import { UserError } from "../../platform/user-error";

/** Bytes that git may print. */
const MAX_OUTPUT = 64 << 20;

export interface Commit {
  /** 40 hexadecimal digits; `null` outside of git, and before the first commit. */
  readonly id: string | null;
  /** Whether the folder has uncommitted changes. */
  readonly isDirty: boolean;
}

/**
 * What is checked out in the folder; `undefined` outside of git.
 * @throws {UserError} when there is a repository, but git cannot read it
 */
export async function commitIn(folder: string): Promise<Commit | undefined> {
  if (!isInRepository(folder)) return undefined;
  const top = (await git(folder, ["rev-parse", "--show-toplevel"])).trim();
  // Constructs and commands are in the package, wherever the project is.
  const ours = relative(top, packageFolder).startsWith("..") ? [] : [packageFolder];
  const status = await git(folder, ["status", "--porcelain", "--", ".", ...ours]);
  const isDirty = status.trim() !== "";
  // Where status works, only a first commit can be missing.
  const head = await git(folder, ["rev-parse", "--verify", "HEAD"]).catch(() => null);
  return { id: head?.trim() ?? null, isDirty };
}

/**
 * Files that Git does not ignore; none outside of a work tree, and where git does not run.
 * @param files absolute paths in one folder; they need not exist
 * @see https://git-scm.com/docs/git-check-ignore
 */
export async function notIgnored(files: readonly string[]): Promise<readonly string[]> {
  const folder = dirname(files[0] ?? ".");
  if (!isInRepository(folder)) return [];
  const names = files.map((file) => basename(file));
  // It ends with 1 when no file is ignored, and with 128 where it is not a work tree.
  const ignored = await promisify(execFile)("git", ["check-ignore", "--", ...names], { cwd: folder })
    .then(({ stdout }) => stdout.split("\n"))
    .catch((error: { readonly code?: unknown }) => (error.code === 1 ? [] : names));
  return files.filter((file) => !ignored.includes(basename(file)));
}

/** Whether the folder, or one above it, is a work tree of git. */
export function isInRepository(folder: string): boolean {
  if (existsSync(join(folder, ".git"))) return true;
  return dirname(folder) !== folder && isInRepository(dirname(folder));
}

/** Output of git in a folder. @throws {UserError} git is missing, or refuses */
export async function git(folder: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)("git", [...args], { cwd: folder, maxBuffer: MAX_OUTPUT })).stdout;
  } catch (error) {
    const { stderr, message, code } = error as NodeJS.ErrnoException & { readonly stderr?: string };
    if (code === "ENOENT") throw new UserError(`git is not on PATH, and ${folder} is in a repository. Install git.`);
    throw new UserError(`git cannot read the commit of ${folder}: ${stderr?.trim() || message}`);
  }
}
