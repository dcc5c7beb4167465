/**
 * Since when each call has been granted, from the git history of access.yaml and of the files in access.d.
 *
 * Read is the first-parent history, so a grant begins with the commit that brought it to the branch that is checked out.
 * Only commits that change the files are read, newest first, until the beginning of every call is known.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TEAM_FOLDER, teamFilesIn } from "../../access/access-model";
import { type WrittenAccess, writtenAccess } from "../../access/written-calls";
import { counted } from "../../platform/markdown";
import { UsageError, UserError } from "../../platform/user-error";
import { git, isInRepository } from "../plan-file/commit";

/** Paths of the files, from the project's folder. */
const PATHS = ["access.yaml", TEAM_FOLDER];

/** Commits that are read at most, and characters of their files altogether. */
const MAX_COMMITS = 5_000;
const MAX_CHARACTERS_READ = 20_000_000;

/** Commits whose files are read from git at once. */
const BATCH = 100;

/** Files by their paths: for each the id of its content in git. */
type Tree = ReadonlyMap<string, string>;

/** A commit that changes the files. */
interface Version {
  readonly commit: string;
  /** When it was committed, as ISO 8601 has it. */
  readonly date: string;
  /** The files after it. */
  readonly tree: Tree;
}

/** The beginning of a call. */
export interface Since {
  /** Day of the commit, such as `2026-03-01`. */
  readonly date: string;
  readonly commit: string;
  /** Whether the history that was read begins there: the call may be older. */
  readonly isAtLeast: boolean;
}

/** What the history says of the calls that are granted now. */
export interface AccessHistory {
  /** By call; a call that is not committed is left out. */
  readonly since: ReadonlyMap<string, Since>;
  /** What is missing in the history, in sentences; empty when nothing is. */
  readonly notes: readonly string[];
}

/**
 * @param folder the project's folder
 * @param calls keys of the calls that are granted now
 * @throws {UserError} git cannot read the repository
 */
export async function accessHistory(
  folder: string,
  environment: string,
  calls: readonly string[],
): Promise<AccessHistory> {
  const missing = await withoutHistory(folder);
  if (missing !== undefined) return { since: new Map(), notes: [missing] };
  const versions = await versionsOf(folder);
  const isShallow = (await git(folder, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
  const since = new Map<string, Since>();
  const open = new Set(calls);
  const unreadable: string[] = [];
  let isEnd = true;
  let characters = 0;
  for (let start = 0; start < versions.length && open.size > 0; start += BATCH) {
    const batch = versions.slice(start, start + BATCH);
    const contents = await contentsOf(folder, batch);
    for (const [index, { commit, date, tree }] of batch.entries()) {
      characters += [...tree.values()].reduce((sum, id) => sum + (contents.get(id)?.length ?? 0), 0);
      if (start + index >= MAX_COMMITS || characters > MAX_CHARACTERS_READ) {
        isEnd = false;
        break;
      }
      const read = accessIn(tree, contents, environment, date);
      if (read === undefined) unreadable.push(commit);
      else {
        for (const key of open) {
          if (read.calls.has(key)) since.set(key, { date: date.slice(0, 10), commit, isAtLeast: false });
          else open.delete(key);
        }
      }
    }
    if (!isEnd) break;
  }
  if (isShallow || !isEnd) for (const key of open) atLeast(since, key);
  return {
    since,
    notes: [
      ...(isShallow && open.size > 0
        ? [
            "The clone is shallow, so calls may be older than shown. Fetch the rest of the history: git fetch --unshallow",
          ]
        : []),
      ...(isEnd
        ? []
        : ["The history is too long to be read to its beginning, so the oldest calls are older than shown."]),
      ...(unreadable.length === 0 ? [] : [unreadableNote(unreadable)]),
    ],
  };
}

function atLeast(since: Map<string, Since>, key: string): void {
  const found = since.get(key);
  if (found !== undefined) since.set(key, { ...found, isAtLeast: true });
}

function unreadableNote(commits: readonly string[]): string {
  const which = commits.slice(0, 3).map((commit) => commit.slice(0, 12));
  const more = commits.length > which.length ? ` and ${commits.length - which.length} more` : "";
  return `access.yaml cannot be read at ${counted(commits.length, "commit")}, which are left out: ${which.join(", ")}${more}.`;
}

/** Why there is no history; `undefined` when there is one. */
async function withoutHistory(folder: string): Promise<string | undefined> {
  if (!isInRepository(folder))
    return "The project is not in a git repository, so it is not known since when calls are granted.";
  try {
    await git(folder, ["rev-parse", "--verify", "--quiet", "HEAD"]);
    return undefined;
  } catch (error) {
    const isEmpty = await git(folder, ["rev-parse", "--git-dir"]).then(
      () => true,
      () => false,
    );
    if (isEmpty) return "The repository has no commit, so it is not known since when calls are granted.";
    const reason = error instanceof Error ? error.message : String(error);
    return `It is not known since when calls are granted: ${reason}`;
  }
}

/** What is checked out. */
export interface CheckedOut {
  /** 40 hexadecimal digits; `null` outside of git, and before the first commit. */
  readonly commit: string | null;
  /** Whether access.yaml or a file of access.d differs from the commit. */
  readonly isDirty: boolean;
}

/** What is checked out in the folder, as far as git can read it. */
export async function checkedOut(folder: string): Promise<CheckedOut> {
  if (!isInRepository(folder)) return { commit: null, isDirty: false };
  try {
    const commit = (await git(folder, ["rev-parse", "--verify", "--quiet", "HEAD"])).trim();
    const status = await git(folder, ["status", "--porcelain", "--untracked-files=all", "--", ...PATHS]);
    return { commit, isDirty: status.trim() !== "" };
  } catch {
    return { commit: null, isDirty: false };
  }
}

/** What is granted now, by the files in the folder. */
export function presentAccess(folder: string, environment: string, today: string): WrittenAccess {
  const paths = ["access.yaml", ...teamFilesIn(folder)];
  return writtenAccess(
    paths.map((path) => readFileSync(join(folder, path), "utf8")),
    environment,
    today,
  );
}

/** What was granted at a commit, by its own day. */
export interface PastAccess extends WrittenAccess {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly date: string;
}

/**
 * What was granted at a commit.
 *
 * @param revision as git takes it, such as a tag or the beginning of an id
 * @throws {UserError} there is no such commit, or it has no access.yaml that can be read
 */
export async function accessAt(folder: string, environment: string, revision: string): Promise<PastAccess> {
  if (!isInRepository(folder))
    throw new UserError(`${folder} is not in a git repository, so --since has nothing to read.`);
  await git(folder, ["rev-parse", "--git-dir"]);
  const shown = JSON.stringify(revision);
  const [commit = "", date = ""] = (await showCommit(folder, revision)).trim().split(" ");
  const tree = await treeAt(folder, commit);
  const contents = await contentsOf(folder, [{ tree }]);
  if (![...tree.keys()].some((path) => /(?:^|\/)access\.yaml"?$/.test(path))) {
    throw new UserError(`the commit ${shown} has no access.yaml in this folder. Name a later one.`);
  }
  try {
    const day = date.slice(0, 10);
    return { commit, date: day, ...writtenAccess(filesIn(tree, contents), environment, day) };
  } catch (error) {
    throw new UserError(`access.yaml at the commit ${shown} cannot be read: ${messageOf(error)}. Name another commit.`);
  }
}

async function showCommit(folder: string, revision: string): Promise<string> {
  try {
    const id = await git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]);
    return await git(folder, ["show", "--no-patch", "--format=%H %cI", id.trim()]);
  } catch {
    const isShallow = (await git(folder, ["rev-parse", "--is-shallow-repository"])).trim() === "true";
    const hint = isShallow
      ? " The clone is shallow. Fetch the rest of the history: git fetch --unshallow"
      : " Name an id, a branch or a tag.";
    throw new UsageError(`${JSON.stringify(revision)} is not a commit of this repository.${hint}`);
  }
}

/** What the files grant, by the day of the commit; `undefined` when they cannot be read. */
function accessIn(
  tree: Tree,
  contents: ReadonlyMap<string, string>,
  environment: string,
  date: string,
): WrittenAccess | undefined {
  try {
    return writtenAccess(filesIn(tree, contents), environment, date.slice(0, 10));
  } catch {
    return undefined;
  }
}

/** Commits that change the files, newest first, with all files after each. */
async function versionsOf(folder: string): Promise<readonly Version[]> {
  const log = await git(folder, [
    ...["log", "--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", `--max-count=${MAX_COMMITS + 1}`],
    ...["--format=commit %H %cI", "HEAD", "--", ...PATHS],
  ]);
  let tree: Tree = await treeAt(folder, "HEAD");
  const versions: Version[] = [];
  for (const entry of log.split(/^commit /m).slice(1)) {
    const [head = "", ...changes] = entry.split("\n");
    const [commit = "", date = ""] = head.split(" ");
    versions.push({ commit, date, tree });
    tree = before(tree, changes);
  }
  return versions;
}

/** The files before a commit. @param changes as `--raw` has them: `:<mode> <mode> <id> <id> <letter>\t<path>` */
function before(tree: Tree, changes: readonly string[]): Tree {
  const earlier = new Map(tree);
  for (const change of changes) {
    const [, id = "", letter, path = ""] = /^:\d+ \d+ ([0-9a-f]+) [0-9a-f]+ ([A-Z])\d*\t(.*)$/.exec(change) ?? [];
    if (letter === "A") earlier.delete(path);
    else if (letter !== undefined && isAccessFile(path)) earlier.set(path, id);
  }
  return earlier;
}

/** Ids of contents by path: git quotes odd paths in both commands alike. */
async function treeAt(folder: string, commit: string): Promise<Tree> {
  const listed = await git(folder, ["ls-tree", "-r", "--full-name", commit, "--", ...PATHS]);
  const files = listed.split("\n").map((line) => /^\d+ blob ([0-9a-f]+)\t(.*)$/.exec(line) ?? []);
  return new Map(files.flatMap(([, id, path = ""]) => (id !== undefined && isAccessFile(path) ? [[path, id]] : [])));
}

function isAccessFile(path: string): boolean {
  return /\.yaml"?$/.test(path);
}

/** Texts of the files. @throws {Error} git does not have one, as in a partial clone */
function filesIn(tree: Tree, contents: ReadonlyMap<string, string>): readonly string[] {
  return [...tree].map(([path, id]) => {
    const text = contents.get(id);
    if (text === undefined) throw new Error(`git does not have the content of ${path}`);
    return text;
  });
}

/** Contents by id; those that git does not have are left out. */
async function contentsOf(
  folder: string,
  versions: readonly Pick<Version, "tree">[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(versions.flatMap(({ tree }) => [...tree.values()]))];
  const output = ids.length === 0 ? Buffer.alloc(0) : await catFile(folder, ids);
  const contents = new Map<string, string>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf("\n", at);
    const [id = "", type, size = "0"] = output.toString("utf8", at, end).split(" ");
    const length = type === "blob" ? Number(size) : 0;
    if (type === "blob") contents.set(id, output.toString("utf8", end + 1, end + 1 + length));
    at = end + 1 + (type === "blob" ? length + 1 : 0);
  }
  return contents;
}

function catFile(folder: string, ids: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", ["cat-file", "--batch"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(Buffer.concat(chunks)) : reject(new UserError(`git cat-file failed in ${folder}.`)),
    );
    // It ends before it has read everything if the repository is broken.
    child.stdin.on("error", () => undefined).end(`${ids.join("\n")}\n`);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
