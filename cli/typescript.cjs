/**
 * Loads TypeScript: `node --require ./cli/typescript.cjs <file>.ts`. Each file is transformed by itself, without its types
 * being checked. What was compiled once, packages included, is taken from a cache as long as it has not changed.
 */
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, isAbsolute } = require("node:path");
const { Script } = require("node:vm");
const cache = require("./module-cache.cjs");

const options = {
  format: "cjs",
  target: `node${process.versions.node}`,
  // Or Node would look for the files of the project as ES modules.
  supported: { "dynamic-import": false },
  sourcemap: "external",
  sourcesContent: false,
};

function loadTypescript(module, file) {
  if (runKept(module, file)) return;
  const source = readFileSync(file);
  const { code, map } = transform(source, file, "ts");
  if (!cache.isKept(file)) return module._compile(`${code}\n//# sourceMappingURL=${dataUrl(map)}`, file);
  // With the comment, Node looks for the line that threw in the source map.
  const wrapped = `${Module.wrap(code)}\n//# sourceMappingURL=${basename(file)}.map`;
  const script = new Script(wrapped, placeOf(file));
  cache.keep(file, { script, code: wrapped, source, map });
  run(module, file, script);
}

function transform(source, file, loader) {
  return require("esbuild").transformSync(source, { ...options, loader, sourcefile: basename(file) });
}

const dataUrl = (map) => `data:application/json;base64,${Buffer.from(map).toString("base64")}`;

const placeOf = (file) => ({ filename: cache.toOriginal(file), columnOffset: -Module.wrapper[0].length });

/** Runs the module from the cache. @returns whether it was there */
function runKept(module, file) {
  const kept = cache.find(file);
  if (kept === undefined) return false;
  const script = new Script(kept.code, { ...placeOf(file), cachedData: kept.data });
  if (script.cachedDataRejected) return false;
  run(module, file, script);
  return true;
}

/** Runs the module's code as Node runs a CommonJS module. */
function run(module, file, script) {
  const require = (request) => module.require(request);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
  Object.assign(require, { main: process.mainModule, extensions: Module._extensions, cache: Module._cache });
  script.runInThisContext().call(module.exports, module.exports, require, module, file, dirname(file));
}

const { ".js": javascript, ...others } = Module._extensions;

/** Modules that a package loads and hardly ever uses: archives of folders, and messages in all languages. */
const SELDOM_USED = /[\\/](archiver[\\/]index\.js|zod[\\/]v4[\\/]locales[\\/]index\.cjs)$/;

function loadJavascript(module, file) {
  if (!cache.isOfPackage(file)) return javascript(module, file);
  if (SELDOM_USED.test(file)) module.exports = whenUsed(module, file);
  else loadPackage(module, file);
}

/** What the module exports, which is loaded when something of it is used. */
function whenUsed({ paths }, file) {
  const module = Object.assign(new Module(file), { filename: file, paths });
  const used = () => {
    if (!module.loaded) loadPackage(module, file);
    module.loaded = true;
    return module.exports;
  };
  return new Proxy(() => undefined, {
    apply: (_, self, args) => Reflect.apply(used(), self, args),
    get: (_, name) => name === "__esModule" || used()[name],
    has: (_, name) => name in used(),
    ownKeys: () => Reflect.ownKeys(used()),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Object.getOwnPropertyDescriptor(used(), name);
      return found && { ...found, configurable: true };
    },
  });
}

/** Loads a package's module as Node does, or from the cache, and keeps it. */
function loadPackage(module, file) {
  if (runKept(module, file)) return;
  module._compile = (text, name, format) => {
    delete module._compile;
    const code = name === file ? commonjs(text, file, format) : undefined;
    const script = code && scriptOf(code, file);
    if (!script) return module._compile(text, name, format);
    cache.keep(file, { script, code });
    run(module, file, script);
  };
  javascript(module, file);
}

/**
 * The module as CommonJS, which Node loads faster than an ES module. `undefined` for one that imports at run time or looks
 * at its own URL: Node has to know which file that is.
 */
function commonjs(text, file, format) {
  if (/\bimport\s*(\(|\.meta\b)/.test(text.replace(COMMENT, "")) || !cache.isKept(file)) return undefined;
  try {
    const code = format === "module" ? transform(text, file, "js").code : text;
    return Module.wrap(code.replace(SOURCE_MAP, ""));
  } catch {
    return undefined;
  }
}

/** A line that is a comment, such as one with the type `import("…")`. */
const COMMENT = /^\s*(\*|\/\/|\/\*\*.*\*\/\s*$).*$/gm;

/** Most of the text of some packages. */
const SOURCE_MAP = /^\/\/# sourceMappingURL=data:.*$/m;

/** `undefined` for what is not CommonJS. */
function scriptOf(code, file) {
  try {
    return new Script(code, placeOf(file));
  } catch {
    return undefined;
  }
}

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, parent, isMain, options) => {
  const from = options === undefined ? parent?.filename : undefined;
  const known = from && cache.findRequired(from, request);
  if (known) return known;
  const to = resolve(request, parent, isMain, options);
  if (from) cache.keepRequired(from, request, to);
  return to;
};

// Their order is that in which `./model` is looked for: `model.ts` after `model.js`, before `model.json`.
for (const extension of Object.keys(Module._extensions)) delete Module._extensions[extension];
Object.assign(
  Module._extensions,
  { ".js": loadJavascript, ".ts": loadTypescript },
  { ...others, ".ts": loadTypescript },
);

/** Modules that exist for their source maps alone. */
const mapped = new Map();

/** The source map of a script, which Node gets when it is first needed: a process without errors needs none. */
function sourceMapOf(name) {
  if (!mapped.has(name)) {
    const file = cache.fromOriginal(name);
    const map = cache.mapOf(file);
    const module = new Module(name);
    const full = map && JSON.stringify({ ...JSON.parse(map), sources: [file] });
    if (map !== "") module._compile(`\n//# sourceMappingURL=${dataUrl(full)}`, name);
    mapped.set(name, module);
  }
  return Module.findSourceMap(name);
}

function describe(site) {
  const name = site.getFileName() ?? "";
  const map = sourceMapOf(name);
  if (map === undefined) return placed(site);
  const { originalLine, originalColumn } = map.findEntry(site.getLineNumber() - 1, site.getColumnNumber() - 1);
  return placed(site).replace(/:\d+:\d+(?=\)?$)/, `:${originalLine + 1}:${originalColumn + 1}`);
}

/** The site as text, with the file of this project where its script has the name of the original's. */
function placed(site) {
  const name = site.getFileName() ?? "";
  return String(site).replace(name, () => cache.fromOriginal(name));
}

process.setSourceMapsEnabled(true);
// Node prints the line that threw before it asks for the trace.
process.on("uncaughtExceptionMonitor", (error) => error?.stack);
/** Lines of a trace without an error. CDKTF takes a whole one for each token that it makes. */
const CREATION_LINES = 3;
Error.prepareStackTrace = (error, sites) =>
  [error, ...(error instanceof Error ? sites.map(describe) : creation(sites).map(placed))].join("\n    at ");

/** Where the project's own code makes what has the trace. */
function creation(sites) {
  const found = [];
  for (const site of sites) {
    const file = site.getFileName();
    if (file === null || !isAbsolute(file) || cache.isOfPackage(file)) continue;
    found.push(site);
    if (found.length === CREATION_LINES) break;
  }
  return found;
}
