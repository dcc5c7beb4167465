/**
 * Compiled modules, kept from one process to the next beside the packages: the JavaScript of the project's TypeScript, the
 * code of the packages, V8's code cache of both, and what each `require` resolved to. All is in one file, which is replaced
 * as a whole, in a folder that only this user can write to or replace: in any other, users could place code that this user
 * would run.
 *
 * An entry is used only while it is true. A source of the project is compared byte by byte; a package's file by its size,
 * inode and times; what npm installs or removes changes `node_modules`, and then nothing is used.
 */
const { closeSync, constants, fstatSync, fsyncSync, lstatSync, mkdirSync } = require("node:fs");
const { openSync, readdirSync, readFileSync, readSync, realpathSync, renameSync, rmSync } = require("node:fs");
const { statSync, writeSync } = require("node:fs");
const { basename, dirname, extname, join, sep } = require("node:path");

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

/** The project that has the packages; of another one, this is a copy. V8's data has paths, which are of this one in both. */
const original = dirname(packages);

/** Path of the project's file in the original. */
const toOriginal = (file) => (isOfPackage(file) || !isOfProject(file) ? file : join(original, nameOf(file)));

/** Path in this project of the original's file. */
const fromOriginal = (file) => {
  const isOfOriginal = original !== project && file.startsWith(original + sep) && !isOfPackage(file);
  return isOfOriginal ? project + file.slice(original.length) : file;
};

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

/**
 * The open cache. An entry is `[at, isWide, stamp, ...lengths]`: where its {@link PARTS} begin, whether the code is UTF-16,
 * the stamp of a package's file, and how many bytes the parts have.
 * @returns `undefined` when there is none that may be used
 */
function open(path) {
  let file;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const length = Number(read(file, 0, START).toString("latin1"));
    const header = JSON.parse(read(file, START, length).toString());
    const begin = START + length;
    const found = fstatSync(file);
    if (isOwn(found) && found.size === begin + header.size && header.foundation === foundation()) {
      return { file, begin, entries: header.entries };
    }
  } catch {
    // There is none yet, or it is damaged.
  }
  if (file !== undefined) closeSync(file);
  return undefined;
}

/** Bytes at the beginning that say how long the list of entries is. */
const START = 16;

/** V8's code cache, code, what its requests led to, and of TypeScript the source and the source map. */
const PARTS = ["data", "code", "required", "source", "map"];

let buffer = Buffer.allocUnsafeSlow(1 << 18);

/** Bytes of a file, which the next call overwrites: a process reads hundreds of files one after the other. */
function read(file, position, length) {
  if (buffer.length < length) buffer = Buffer.allocUnsafeSlow(2 * length);
  const bytes = buffer.subarray(0, length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}

/** Parts of an entry, from the first to the last of the two, by their names. */
function partsOf({ file, begin }, [at, , , ...lengths], first, last) {
  const [from, to] = [PARTS.indexOf(first), PARTS.indexOf(last) + 1];
  let position = begin + at + sum(lengths.slice(0, from));
  const bytes = read(file, position, sum(lengths.slice(from, to)));
  position = 0;
  return Object.fromEntries(
    PARTS.slice(from, to).map((name, index) => {
      const start = position;
      position += lengths[from + index];
      return [name, bytes.subarray(start, position)];
    }),
  );
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

const path = isUnusual ? undefined : privateFile();
const kept = path && open(path);
/** Of this process, by path: modules that were compiled here, whose entries are written when it ends. */
const compiled = new Map();
/** What the modules of this process required, by their path. */
const required = new Map();
/** Modules that required what they had not before, by their path. */
const changed = new Set();

/** Whether the cache may keep the file. Nothing outside the project is kept, so that it does not grow. */
const isKept = (file) => path !== undefined && isOfProject(file);

const entryOf = (file) => (kept !== undefined && isKept(file) ? kept.entries[nameOf(file)] : undefined);

/**
 * The file's entry, if it is as it was; only until the next one is read.
 * @returns `code` without types, with V8's `data` for it
 */
function find(file) {
  const entry = entryOf(file);
  if (entry === undefined) return undefined;
  const [, isWide, stamp] = entry;
  if (stamp !== null && stamp !== stampOf(file)) return undefined;
  const { data, code, required: requests, source } = partsOf(kept, entry, "data", "source");
  const isSource = stamp === null;
  if (isSource && !isEqual(file, source)) return undefined;
  required.set(file, JSON.parse(requests.toString()));
  return { data, code: isWide ? code.toString("utf16le") : code.latin1Slice() };
}

/** Whether the file has these bytes and no more. */
function isEqual(path, bytes) {
  return readFileSync(path).equals(bytes);
}

/** Keeps a module for the processes that follow. `source` and `map` are those of TypeScript. */
function keep(file, { script, code, source, map = "" }) {
  compiled.set(file, { script, code, source, map, stamp: source === undefined ? stampOf(file) : null });
  required.set(file, {});
}

/** Source map of a file of TypeScript that this process has loaded. */
function mapOf(file) {
  const fresh = compiled.get(file);
  if (fresh !== undefined) return fresh.map;
  const entry = entryOf(file);
  return entry === undefined ? "" : partsOf(kept, entry, "map", "map").map.toString();
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
  const folder = dirname(to);
  const names = namesIn(folder);
  const name = basename(to);
  if (!names.has(name)) return false;
  const bare = basename(request);
  if (bare === name) return true;
  const extensions = Object.keys(require.extensions);
  const before = extensions.slice(0, extensions.indexOf(extname(name)));
  const isFile = names.has(bare) && statSync(join(folder, bare)).isFile();
  return !isFile && !before.some((extension) => names.has(bare + extension));
}

const listed = new Map();

/** What is in a folder of the project. */
function namesIn(folder) {
  const known = listed.get(folder);
  if (known !== undefined) return known;
  const names = new Set(readdirSync(folder));
  listed.set(folder, names);
  return names;
}

/** Whether a folder of the project, or one between it and the project, has packages of its own. */
function hasPackages(folder) {
  return folder !== project && (namesIn(folder).has("node_modules") || hasPackages(dirname(folder)));
}

/** Remembers where a request led to. */
function keepRequired(from, request, to) {
  const requests = required.get(from);
  if (requests === undefined || !isKept(to) || requests[request] === nameOf(to)) return;
  // An index of a folder and a link stay with Node: `leadsTo` does not look there.
  const base = join(dirname(from), request);
  if (!isOfPackage(from) && request.startsWith(".") && to !== base && to !== base + extname(to)) return;
  requests[request] = nameOf(to);
  changed.add(from);
}

/** Writes what is new. Others read the whole file or the previous one; without it, all is compiled again. */
function write() {
  if (path === undefined || (compiled.size === 0 && changed.size === 0)) return;
  const temporary = `${path}.${process.pid}-${Date.now()}`;
  let file;
  try {
    removeRemains(dirname(path));
    const parts = [];
    const entries = {};
    let size = 0;
    const add = (name, isWide, stamp, bytes) => {
      const lengths = PARTS.map((part) => bytes[part].length);
      entries[name] = [size, isWide, stamp, ...lengths];
      parts.push(...PARTS.map((part) => bytes[part]));
      size += sum(lengths);
    };
    // Another process may have added to it meanwhile.
    const current = open(path);
    for (const [name, entry] of Object.entries(current?.entries ?? {})) {
      const file = fileOf(name);
      if (compiled.has(file)) continue;
      const read = partsOf(current, entry, "data", "map");
      const bytes = Object.fromEntries(PARTS.map((part) => [part, Buffer.from(read[part])]));
      const requests = changed.has(file)
        ? { ...JSON.parse(bytes.required.toString()), ...required.get(file) }
        : undefined;
      const [, isWide, stamp] = entry;
      add(name, isWide, stamp, requests === undefined ? bytes : { ...bytes, required: bytesOf(requests) });
    }
    for (const [file, { script, code, source = "", map, stamp }] of compiled) {
      const isWide = Buffer.from(code, "latin1").latin1Slice() !== code;
      add(nameOf(file), isWide, stamp, {
        data: script.createCachedData(),
        code: Buffer.from(code, isWide ? "utf16le" : "latin1"),
        required: bytesOf(required.get(file)),
        source: Buffer.from(source),
        map: Buffer.from(map),
      });
    }
    const header = bytesOf({ foundation: foundation(), size, entries });
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

const bytesOf = (value) => Buffer.from(JSON.stringify(value));

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

module.exports = { isKept, isOfPackage, toOriginal, fromOriginal, find, keep, mapOf, findRequired, keepRequired };
