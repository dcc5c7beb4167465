/**
 * Loads TypeScript: `node --require ./cli/typescript.cjs <file>.ts`. Each file is transformed by itself, without its types
 * being checked. What comes of it is kept beside the packages, in a folder that is this user's alone: in one that others
 * may write to, they could place code there, and this user would run it.
 */
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, isAbsolute, join, relative } = require("node:path");

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

/** Whether the folder exists and no other user may write to it. */
function isOwn() {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    return uid === (process.geteuid?.() ?? uid) && (process.platform === "win32" || (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

const hasCache = isOwn();

/** The file as JavaScript, from the cache if the file is as it was then. */
function transformed(file) {
  const source = readFileSync(file, "utf8");
  const key = hash(options, source);
  // The same of all copies of the project. Nothing is kept of files elsewhere, so that the cache does not grow.
  const name = relative(project, file);
  const isKept = hasCache && !name.startsWith("..") && !isAbsolute(name);
  const entry = join(folder, hash(name));
  try {
    const kept = isKept ? readFileSync(entry, "utf8") : "";
    if (kept.startsWith(key)) return kept.slice(key.length);
  } catch {
    // It is not kept yet.
  }
  const { code } = require("esbuild").transformSync(source, { ...options, sourcefile: basename(file) });
  if (isKept) keep(entry, key + code);
  return code;
}

/** Others read the whole entry or none. Without it, the file is transformed again. */
function keep(entry, text) {
  try {
    writeFileSync(`${entry}.${process.pid}`, text, { mode: 0o600 });
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
