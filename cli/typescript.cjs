/**
 * Loads TypeScript: `node --require ./cli/typescript.cjs <file>.ts`. Each file is transformed by itself, without its types
 * being checked. The result is cached beside the packages, in a folder that only this user can write to or replace: in any
 * other, users could place code that this user would run.
 */
const { createHash } = require("node:crypto");
const { closeSync, constants, fstatSync, lstatSync, mkdirSync, openSync } = require("node:fs");
const { readFileSync, realpathSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, isAbsolute, join, relative } = require("node:path");

const project = join(__dirname, "..");
const folder = join(project, "node_modules", ".cache", "machine-access");
const options = {
  loader: "ts",
  format: "cjs",
  target: `node${process.versions.node}`,
  // Or Node would look for the files of the project as ES modules.
  supported: { "dynamic-import": false },
  sourcemap: "inline",
};
const hash = (...parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

const user = process.geteuid?.();
const [OTHERS_WRITE, GROUP_WRITES, STICKY] = [0o002, 0o020, 0o1000];

/** Whether the file or folder is this user's, and no other user may write to it. */
const isOwn = ({ uid, mode }) => user === undefined || (uid === user && (mode & (OTHERS_WRITE | GROUP_WRITES)) === 0);

/** The folder without links; `undefined` where other users may write to it, or put another one in its place. */
function privateFolder() {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const real = realpathSync(folder);
    return isOwn(lstatSync(real)) && isSafe(dirname(real)) ? real : undefined;
  } catch {
    return undefined;
  }
}

/** Whether only this user and root can replace what is in the folder, or in one above it. */
function isSafe(path) {
  const { uid, gid, mode } = lstatSync(path);
  // The group of the same number as the user is the user's own, by convention.
  const isShared = (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && (gid !== user || user === 0));
  if (user !== undefined && ((uid !== user && uid !== 0) || (isShared && (mode & STICKY) === 0))) return false;
  return dirname(path) === path || isSafe(dirname(path));
}

const cache = privateFolder();

/** The file as JavaScript, from the cache if the file is as it was then. */
function transformed(file) {
  const source = readFileSync(file, "utf8");
  const key = hash(options, source);
  // The same of all copies of the project. Nothing is kept of files elsewhere, so that the cache does not grow.
  const name = relative(project, file);
  const isKept = cache !== undefined && !name.startsWith("..") && !isAbsolute(name);
  const entry = join(cache ?? folder, hash(name));
  const kept = isKept ? readOwn(entry) : "";
  if (kept.startsWith(key)) return kept.slice(key.length);
  const { code } = require("esbuild").transformSync(source, { ...options, sourcefile: basename(file) });
  if (isKept) keep(entry, key + code);
  return code;
}

/** Content of a file that this user has written; empty for any other, and when there is none. */
function readOwn(path) {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    return isOwn(fstatSync(file)) ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Others read the whole entry or none. Without it, the file is transformed again. */
function keep(entry, text) {
  try {
    writeFileSync(`${entry}.${process.pid}`, text, { mode: 0o600, flag: "wx" });
    renameSync(`${entry}.${process.pid}`, entry);
  } catch {
    // Such as a disk that is full.
  }
}

const load = (module, file) => module._compile(transformed(file), file);
// Their order is that in which `./model` is looked for: `model.ts` after `model.js`, before `model.json`.
const { ".js": javascript, ...others } = Module._extensions;
for (const extension of Object.keys(Module._extensions)) delete Module._extensions[extension];
Object.assign(Module._extensions, { ".js": javascript, ".ts": load }, { ...others, ".ts": load });
process.setSourceMapsEnabled(true);
