/**
 * Turns a function's TypeScript file into the bytes that Lambda runs: the same bytes on every machine, in every
 * folder and time zone, so that a function only "changes" when its code does.
 */
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { type BuildFailure, buildSync } from "esbuild";
import { zipSync } from "fflate";

/** A function's deployment package. */
export interface FunctionBundle {
  /** Zip archive with one file, `index.js`. */
  readonly zip: Uint8Array;
  /** SHA-256 of the zip in base64, as Lambda and `source_code_hash` spell it. */
  readonly sha256: string;
}

/** A function's file does not compile. */
export class FunctionBundleError extends Error {
  override readonly name = "FunctionBundleError";
}

/** Zip's oldest representable year; read in local time, hence made in local time. */
const FIXED_TIME = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/**
 * Bundles and zips the function.
 *
 * @param entry path of the function's `.ts` file, which exports `handler`
 * @throws {FunctionBundleError} with file, line, column and esbuild's text when the file does not compile
 */
export function bundleFunction(entry: string): FunctionBundle {
  const code = compile(entry);
  const zip = zipFiles({ "index.js": code });
  return { zip, sha256: createHash("sha256").update(zip).digest("base64") };
}

function compile(entry: string): Uint8Array {
  try {
    const [code] = build(entry);
    if (code === undefined) throw new Error(`${entry}: esbuild produced no output`);
    return code.contents;
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors ?? [];
    if (errors.length === 0) throw error;
    const lines = errors.map(({ text, location }) => {
      const at = location === null ? "" : `:${location.line}:${location.column + 1}`;
      return `${join(dirname(entry), location?.file ?? basename(entry))}${at}: ${text}`;
    });
    throw new FunctionBundleError(lines.join("\n"));
  }
}

function build(entry: string) {
  return buildSync({
    absWorkingDir: dirname(entry),
    entryPoints: [basename(entry)],
    bundle: true,
    minify: true,
    platform: "node",
    // The oldest Node that the project itself runs on, so that the very same zip also runs in the embedded AWS.
    target: "node20",
    format: "cjs",
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: { compilerOptions: { strict: true } },
    external: ["@aws-sdk/*"],
    write: false,
    logLevel: "silent",
  }).outputFiles;
}

/**
 * A zip whose bytes depend on nothing but names and contents: entries sorted by name, time, mode and system fixed.
 *
 * @param files contents by path inside the archive
 */
export function zipFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return zipSync(Object.fromEntries(sorted), { level: 9, mtime: FIXED_TIME, os: UNIX, attrs: READABLE_FILE });
}
