/**
 * Turns a function's TypeScript file into the bytes that Lambda runs: the same bytes on every machine, in every
 * folder and time zone, so that a function only "changes" when its code does.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, posix, resolve, sep } from "node:path";
import type { BuildFailure, BuildOptions, BuildResult, Location, Metafile } from "esbuild";
import { zipSync } from "fflate";
import { loadEsbuild } from "./esbuild";
import { handlerRefusal, missingHandler } from "./handler-export";
import { renameSources } from "./source-map";

/** A function's deployment package. */
export interface FunctionBundle {
  /** Zip archive with `index.js`, its source map `index.js.map`, and `load.mjs` where the function's variables are read. */
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in base64, as Lambda and `source_code_hash` spell it. */
  readonly sha256: string;
}

/** A function's file does not compile, or imports a package that cannot be found. */
export class FunctionBundleError extends Error {
  override readonly name = "FunctionBundleError";
}

/**
 * Packages that Lambda's runtimes for Node.js contain, which therefore stay out of the zip.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
 */
const OF_RUNTIME: string[] = ["@aws-sdk/*", "@smithy/*"];

/** The file that refuses callers before the handler runs. */
const CHECK = join(__dirname, "caller-check");

/** The file that reads a function's variables before it is loaded. */
const LOADER = join(__dirname, "variable-loader");

/** Lambda's handler of a function, and of one whose variables are read before it is loaded. */
export const HANDLER = "index.handler";
export const LOADING_HANDLER = "load.handler";

/** Name of the generated file that leads to the check and to the handler. */
export const ENTRY = "<entry>";

/** Name of the file with the code. */
const CODE = "index.js";

/** Folders of the check, and of what it imports. */
export const OWN_FOLDERS = ["constructs", "access"].map((name) =>
  join(realpathSync(join(__dirname, "..", "..")), name, sep),
);

/** Zip's oldest representable year; read in local time, hence made in local time. */
const FIXED_TIME = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/**
 * Bundles and zips the function, with the check of its callers around the handler.
 *
 * @param entry path of the function's `.ts` file, which exports `handler`
 * @param handler Lambda's: whether the zip has what reads variables
 * @throws {FunctionBundleError} with file, line, column and a text when the file does not compile, when it does not export
 * a function `handler`, and when an import is found neither in the project nor, for a package of Lambda's runtime,
 * installed beside it
 */
export function bundleFunction(entry: string, handler = HANDLER): FunctionBundle {
  try {
    return packageOf(entry, handler, loadEsbuild().buildSync(bundleOptions(entry)));
  } catch (error) {
    throw bundleError(entry, error);
  }
}

/** The package of what esbuild made of {@link bundleOptions}. @throws {FunctionBundleError} */
export function packageOf(
  entry: string,
  handler: string,
  { outputFiles, metafile }: BuildResult<BundleOptions>,
): FunctionBundle {
  requirePackages(dirname(entry), metafile);
  const refusal = handlerRefusal(entry);
  if (refusal !== undefined) throw new FunctionBundleError(`${entry}${refusal}`);
  const [map, code] = outputFiles;
  if (code === undefined || map === undefined) throw new Error(`${entry}: esbuild produced no output`);
  const sourceMap = sourceMapOf(map.text, realpathSync(dirname(entry)));
  const loader = handler === LOADING_HANDLER ? { "load.mjs": buildLoader() } : {};
  const zip = zipFiles({ [CODE]: code.contents, [`${CODE}.map`]: sourceMap, ...loader });
  return { zip, sha256: createHash("sha256").update(zip).digest("base64") };
}

/** The error with a position for each of esbuild's; any other error as it is. */
export function bundleError(entry: string, error: unknown): unknown {
  const errors = (error as Partial<BuildFailure>).errors ?? [];
  if (error instanceof FunctionBundleError || errors.length === 0) return error;
  const lines = errors.map(({ text, location }) => {
    if (location?.file === ENTRY && text.startsWith("No matching export")) return `${entry}${missingHandler(entry)}`;
    if (location?.file === ENTRY && !existsSync(entry)) return `${entry}: The file does not exist.`;
    const at = location === null || location.file === ENTRY ? basename(entry) : placeOf(location);
    return `${join(dirname(entry), at)}: ${text}${installHint(text)}`;
  });
  return new FunctionBundleError(lines.join("\n"));
}

/** For a package that is not found: a path begins with a dot or a slash. */
function installHint(text: string): string {
  const [, name] = /^Could not resolve "((?:@[^"/]+\/)?[^"./@#][^"/]*)(?:\/[^"]*)?"$/.exec(text) ?? [];
  return name === undefined ? "" : `. Install the package: npm install ${name}`;
}

function placeOf({ file, line, column }: Location): string {
  return `${file}:${line}:${column + 1}`;
}

/**
 * Looks for the packages of the runtime in the project: one that is misspelt would fail at the first call, and the
 * embedded AWS runs functions with the project's own.
 */
function requirePackages(folder: string, { inputs }: Metafile): void {
  const lines = Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ path, external }) => external === true && path.startsWith("@"))
      .flatMap(({ path }) => {
        const why = refusalOf(resolve(folder, file), path);
        return why === undefined ? [] : [`${join(folder, file)}:${positionOf(resolve(folder, file), path)}: ${why}`];
      }),
  );
  if (lines.length > 0) throw new FunctionBundleError(lines.join("\n"));
}

/** Every import becomes a call of `require`, so a package that only `import` finds counts as missing. */
function refusalOf(file: string, specifier: string): string | undefined {
  const name = specifier.split("/").slice(0, 2).join("/");
  const { resolve: find } = createRequire(file);
  try {
    find(specifier);
    return undefined;
  } catch {
    const why = `Could not resolve "${specifier}".`;
    const isInstalled = (find.paths(name) ?? []).some((folder) => existsSync(join(folder, name)));
    if (isInstalled) return `${why} The package ${name} has no such file for require.`;
    return `${why} Lambda's runtime contains the AWS SDK; to run the function here, install it: npm install --save-dev ${name}`;
  }
}

/** Line and column, from 1, of the first place in the file that names the package. */
function positionOf(file: string, specifier: string): string {
  const lines = readFileSync(file, "utf8").split("\n");
  const columns = lines.map((line) => Math.max(line.indexOf(`"${specifier}"`), line.indexOf(`'${specifier}'`)));
  const line = Math.max(
    0,
    columns.findIndex((column) => column >= 0),
  );
  return `${line + 1}:${Math.max(0, columns[line] ?? 0) + 1}`;
}

/**
 * The source map with names that are the same in every folder: `lambda/orders.ts`, and `node_modules/…` for packages.
 * Lambda shows them in stack traces. The check is left out: its mappings would be larger than most functions.
 *
 * @param folder of the function's file, to which the sources are relative
 */
function sourceMapOf(map: string, folder: string): Uint8Array {
  const renamed = renameSources(JSON.parse(map), (source) => {
    const file = resolve(folder, decodeURIComponent(source));
    if (OWN_FOLDERS.some((own) => file.startsWith(own)) || basename(file) === ENTRY) return undefined;
    const [, inPackages] = /.*(?:^|\/)(node_modules\/.+)/.exec(source) ?? [];
    return inPackages ?? posix.join("lambda", source);
  });
  return Buffer.from(JSON.stringify(renamed));
}

/**
 * The check comes first: its settings are read before the function's own code can change them. What is exported is set
 * last, whatever that code does to `module.exports`.
 */
function entryOf(handler: string): string {
  return `import { checked } from ${JSON.stringify(CHECK)};
import { handler } from ${JSON.stringify(`./${basename(handler)}`)};
module.exports = { handler: checked(handler) };`;
}

/** Lambda waits for an ES module with a top-level `await`; packages of its runtime are found by `require` alone. */
const LOADER_ENTRY = `import { createRequire } from "node:module";
import { loadFunction } from ${JSON.stringify(LOADER)};
export const handler = await loadFunction(createRequire(import.meta.url));`;

/** What {@link bundleOptions} returns. */
export type BundleOptions = ReturnType<typeof bundleOptions>;

/** Options of esbuild. */
export function bundleOptions(entry: string) {
  // Sources are relative to it, and esbuild follows symbolic links.
  const folder = realpathSync(dirname(entry));
  return {
    ...COMMON,
    absWorkingDir: folder,
    stdin: { contents: entryOf(entry), resolveDir: folder, sourcefile: ENTRY },
    outfile: join(folder, CODE),
    // With positions and names only: the text of the sources would be most of the zip.
    sourcemap: "linked",
    sourcesContent: false,
    format: "cjs",
    external: OF_RUNTIME,
    // A dynamic import becomes a call of require, which finds the runtime's packages on every Node.js.
    supported: { "dynamic-import": false },
  } as const satisfies BuildOptions;
}

/** The same for every function. */
let loader: Uint8Array | undefined;

function buildLoader(): Uint8Array {
  if (loader !== undefined) return loader;
  const stdin = { contents: LOADER_ENTRY, resolveDir: __dirname, sourcefile: ENTRY };
  const [code] = loadEsbuild().buildSync({ ...COMMON, absWorkingDir: __dirname, stdin, format: "esm" }).outputFiles;
  if (code === undefined) throw new Error(`${LOADER}: esbuild produced no output`);
  loader = code.contents;
  return loader;
}

const COMMON = {
  bundle: true,
  minify: true,
  platform: "node",
  // The oldest Node that the project itself runs on, so that the very same zip also runs in the embedded AWS.
  target: "node20",
  charset: "utf8",
  legalComments: "none",
  tsconfigRaw: { compilerOptions: { strict: true } },
  metafile: true,
  write: false,
  logLevel: "silent",
} as const;

/**
 * A zip whose bytes depend on nothing but names and contents: entries sorted by name, time, mode and system fixed.
 *
 * @param files contents by path inside the archive
 */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: FIXED_TIME, os: UNIX, attrs: READABLE_FILE });
}
