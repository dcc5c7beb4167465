/**
 * Compiled modules, kept from one process to the next beside the packages: the JavaScript of the project's TypeScript, the
 * code of the packages, V8's code cache of both, and what each `require` resolved to. All is in one file, which is replaced
 * as a whole, in a folder that only this user can write to or replace: in any other, users could place code that this user
 * would run.
 *
 * An entry is used only while it is true. A source of the project is compared byte by byte; a package's file by its size,
 * inode and times; what npm installs or removes changes `node_modules`, and then nothing is used.
 */
const { closeSync, constants, existsSync, fstatSync, fsyncSync, lstatSync, mkdirSync } = require("node:fs");
const { openSync, readdirSync, readFileSync, readSync, realpathSync, renameSync, rmSync } = require("node:fs");
const { statSync, writeSync } = require("node:fs");
const { dirname, extname, join, sep } = require("node:path");

const project = realpathSync(join(__dirname, ".."));
const packages = realFolder(join(project, "node_modules"));
const folder = join(packages, ".cache", "machine-access");

function realFolder(path) {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const user = process.geteuid?.();
const [OTHERS_WRITE, GROUP_WRITES, STICKY] = [0o002, 0o020, 0o1000];

/** Whether the file or folder is this user's, and no other user may write to it. */
const isOwn = ({ uid, mode }) => user === undefined || (uid === user && (mode & (OTHERS_WRITE | GROUP_WRITES)) === 0);

/** Whether only this user and root can replace what is in the folder, or in one above it. */
function isSafe(path) {
  const { uid, gid, mode } = lstatSync(path);
  // The group of the same number as the user is the user's own, by convention.
  const isShared = (mode & OTHERS_WRITE) !== 0 || ((mode & GROUP_WRITES) !== 0 && (gid !== user || user === 0));
  if (user !== undefined && ((uid !== user && uid !== 0) || (isShared && (mode & STICKY) === 0))) return false;
  return dirname(path) === path || isSafe(dirname(path));
}

/** The file of the cache without links; `undefined` where other users may write to it, or put another one in its place. */
function privateFile() {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const real = realpathSync(folder);
    if (!isOwn(lstatSync(real)) || !isSafe(dirname(real))) return undefined;
    return join(real, `modules-${process.version}-${process.arch}`);
  } catch {
    return undefined;
  }
}

/** Identifies the file or folder as it is; the time of its last change cannot be set. `0` when there is none. */
function stampOf(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 0 : `${found.size} ${found.ino} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** Whether the project is a copy with the packages of another. V8's data has paths in it, so it is only of the other's use. */
const isCopy = dirname(packages) !== project;

/** What all entries depend on: the loader, the compiler, and what is installed. */
const foundation = () =>
  [
    ...[__filename, join(__dirname, "typescript.cjs")].map((file) => readFileSync(file, "utf8")),
    packages,
    ...[packages, join(packages, ".package-lock.json"), join(packages, "esbuild", "package.json")].map(stampOf),
  ].join("\n");

/** Settings of Node that change how modules are found or that need their source as it is. */
const isUnusual =
  Boolean(process.env.NODE_PATH || process.env.NODE_V8_COVERAGE) ||
  /(^| )(--inspect|--conditions|-C|--preserve-symlinks|--experimental-default-type)/.test(
    [process.env.NODE_OPTIONS, ...process.execArgv].join(" "),
  );

const isOfPackage = (file) => file.startsWith(packages + sep);
const isOfProject = (file) => isOfPackage(file) || file.startsWith(project + sep);

/** Name of the file's entry, which is the same for all copies of the project that share their packages. */
const nameOf = (file) =>
  isOfPackage(file) ? `node_modules${file.slice(packages.length)}` : file.slice(project.length + 1);
const fileOf = (name) =>
  name.startsWith(`node_modules${sep}`) ? packages + name.slice("node_modules".length) : join(project, name);

/** The file with its entries by path; `undefined` when there is none that may be used. */
function open(path) {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const start = Buffer.alloc(START);
    readSync(file, start, 0, START, 0);
    const length = Number(start.toString("latin1"));
    const header = JSON.parse(readAt(file, START, length).toString());
    const begin = START + length;
    const found = fstatSync(file);
    if (isOwn(found) && found.size === begin + header.size && header.foundation === foundation()) {
      return { file, begin, entries: new Map(Object.entries(header.entries)) };
    }
  } catch {
    // There is none yet, or it is damaged.
  }
  if (file !== undefined) closeSync(file);
  return undefined;
}

/** Bytes at the beginning that say how long the list of entries is. */
const START = 16;

function readAt(file, position, length) {
  const bytes = Buffer.allocUnsafeSlow(length);
  readSync(file, bytes, 0, length, position);
  return bytes;
}

const path = isUnusual ? undefined : privateFile();
const kept = path && open(path);
/** Of this process, by path: modules that were compiled here, whose entries are written when it ends. */
const compiled = new Map();
/** What the modules of this process required, by their path. */
const required = new Map();
let hasNews = false;

/** Whether the cache may keep the file. Nothing outside the project is kept, so that it does not grow. */
const isKept = (file) => path !== undefined && isOfProject(file);

/**
 * The file's entry, if it is as it was.
 * @returns `code` without types, with V8's `data` for it, which a copy of the project does not have
 */
function find(file) {
  const entry = isKept(file) ? kept?.entries.get(nameOf(file)) : undefined;
  if (entry === undefined) return undefined;
  const { at, data, code, isWide, source, stamp } = entry;
  const isSource = stamp === undefined;
  if (isSource && data === 0 && !isCopy) return undefined;
  if (!isSource && stamp !== stampOf(file)) return undefined;
  const bytes = readAt(kept.file, kept.begin + at, data + code + source);
  if (isSource && !readFileSync(file).equals(bytes.subarray(data + code))) return undefined;
  required.set(file, entry.required);
  return {
    ...(isSource && isCopy ? {} : { data: bytes.subarray(0, data) }),
    code: bytes.toString(isWide ? "utf16le" : "latin1", data, data + code),
  };
}

/** Keeps a module for the processes that follow. `source` and `map` are those of TypeScript. */
function keep(file, { script, code, source, map = "" }) {
  compiled.set(file, { script, code, source, map, stamp: source === undefined ? stampOf(file) : undefined });
  required.set(file, {});
  hasNews = true;
}

/** Source map of a file of TypeScript that this process has loaded. */
function mapOf(file) {
  const fresh = compiled.get(file);
  if (fresh !== undefined) return fresh.map;
  const { at, data, code, source, map } = (isKept(file) && kept?.entries.get(nameOf(file))) || {};
  return map ? readAt(kept.file, kept.begin + at + data + code + source, map).toString() : "";
}

/** Where the request led to last time, if it still leads there. */
function findRequired(from, request) {
  const name = required.get(from)?.[request];
  if (name === undefined) return undefined;
  const to = fileOf(name);
  return isOfPackage(from) || leadsTo(to, dirname(from), request) ? to : undefined;
}

/** Whether the file exists, and nothing stands before it in the order in which Node looks. */
function leadsTo(to, from, request) {
  if (!request.startsWith(".")) return !hasPackages(from);
  const base = join(from, request);
  const extensions = [...Object.keys(require.extensions)];
  const before = [base, ...extensions.slice(0, extensions.indexOf(extname(to))).map((extension) => base + extension)];
  return existsSync(to) && before.every((path) => path === to || !statSync(path, { throwIfNoEntry: false })?.isFile());
}

const isFileOf = (to, base) => to === base || to === base + extname(to);

const withPackages = new Map();

/** Whether a folder of the project has packages of its own. */
function hasPackages(path) {
  if (path === project) return false;
  const known = withPackages.get(path);
  if (known !== undefined) return known;
  const found = existsSync(join(path, "node_modules")) || hasPackages(dirname(path));
  withPackages.set(path, found);
  return found;
}

/** Remembers where a request led to. */
function keepRequired(from, request, to) {
  const requests = required.get(from);
  if (requests === undefined || !isKept(to) || requests[request] === nameOf(to)) return;
  // An index of a folder and a link stay with Node: `leadsTo` does not look there.
  if (!isOfPackage(from) && request.startsWith(".") && !isFileOf(to, join(dirname(from), request))) return;
  requests[request] = nameOf(to);
  hasNews = true;
}

/** Writes what is new. Others read the whole file or the previous one; without it, all is compiled again. */
function write() {
  if (path === undefined || !hasNews) return;
  const temporary = `${path}.${process.pid}-${Date.now()}`;
  let file;
  try {
    removeRemains(dirname(path));
    const parts = [];
    const entries = {};
    let at = 0;
    const add = (name, entry, bytes) => {
      entries[name] = { ...entry, at };
      parts.push(...bytes);
      at += bytes.reduce((sum, { length }) => sum + length, 0);
    };
    // Another process may have added to it meanwhile.
    const current = open(path);
    for (const [name, entry] of current?.entries ?? []) {
      if (compiled.has(fileOf(name))) continue;
      const bytes = readAt(current.file, current.begin + entry.at, entry.data + entry.code + entry.source + entry.map);
      add(name, { ...entry, required: { ...entry.required, ...required.get(fileOf(name)) } }, [bytes]);
    }
    for (const [file, { script, code, source, map, stamp }] of compiled) {
      const isWide = Buffer.from(code, "latin1").toString("latin1") !== code;
      const data = isCopy && stamp === undefined ? "" : script.createCachedData();
      const bytes = [data, Buffer.from(code, isWide ? "utf16le" : "latin1"), source ?? "", map].map((one) =>
        Buffer.from(one),
      );
      const [, codeLength, sourceLength, mapLength] = bytes.map(({ length }) => length);
      const lengths = { data: data.length, code: codeLength, source: sourceLength, map: mapLength };
      add(nameOf(file), { ...lengths, isWide, stamp, required: required.get(file) }, bytes);
    }
    const header = Buffer.from(JSON.stringify({ foundation: foundation(), size: at, entries }));
    file = openSync(temporary, "wx", 0o600);
    const all = Buffer.concat([Buffer.from(String(header.length).padEnd(START)), header, ...parts]);
    if (writeSync(file, all) !== all.length) throw new Error("The disk is full");
    fsyncSync(file);
    renameSync(temporary, path);
  } catch {
    // Such as a disk that is full.
    rmSync(temporary, { force: true });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** What killed processes and previous versions left in the folder. */
function removeRemains(folder) {
  for (const name of readdirSync(folder)) {
    const isCache = name.startsWith("modules-") && !/\.\d+-\d+$/.test(name);
    const { mtimeMs } = lstatSync(join(folder, name));
    if (!isCache && Date.now() - mtimeMs > A_MINUTE_MS) rmSync(join(folder, name), { force: true, recursive: true });
  }
}

const A_MINUTE_MS = 60_000;

process.on("exit", write);

module.exports = { isKept, isOfPackage, find, keep, mapOf, findRequired, keepRequired };
