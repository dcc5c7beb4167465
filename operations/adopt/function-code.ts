/** The code of a function that is adopted: the files of its zip, and the file of lambda/ that leads to its handler. */
import { posix } from "node:path";
import { unzipSync } from "fflate";
import { download } from "../../platform/http";
import { counted } from "../../platform/markdown";
import { UserError } from "../../platform/user-error";
import type { ExistingFunction } from "./existing-system";

/** Lambda's limits of a deployment package, zipped and unzipped. */
const MAX_ZIP_BYTES = 50 << 20;
const MAX_BYTES = 250 << 20;

/** Files that esbuild follows imports to; all others are read by the code as it runs. */
const BUNDLED = /\.(?:[cm]?[jt]s|json|map)$/;
const DOCUMENTS = /(?:^|\/)(?:README|LICENSE|LICENCE|CHANGELOG|NOTICE)[^/]*$|\.(?:md|txt)$/i;

/** The function's code cannot be adopted. The message says why, as the end of a sentence. */
export class CodeError extends Error {
  override readonly name = "CodeError";
}

export interface FunctionCode {
  /** Contents by paths below `lambda/`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What to look at before a deployment; empty if nothing. */
  readonly remarks: readonly string[];
}

/**
 * Downloads the code.
 * @param name of the function in access.yaml
 * @throws {CodeError} when it is not code that a function of lambda/ can be made of
 */
export async function readCode(name: string, { configuration, codeUrl }: ExistingFunction): Promise<FunctionCode> {
  const { Runtime: runtime = "", Handler: handler = "", PackageType: type } = configuration;
  if (type === "Image" || codeUrl === undefined) throw new CodeError("is a container image, and not a zip");
  if (!/^nodejs\d/.test(runtime))
    throw new CodeError(`has the runtime ${runtime || "none"}, and only Node.js is supported`);
  return codeOf(name, handler, filesIn(await downloaded(codeUrl)));
}

/** @param files contents by paths in the zip @throws {CodeError} */
export function codeOf(name: string, handler: string, files: ReadonlyMap<string, Uint8Array>): FunctionCode {
  const [, path = "", exported = ""] = /^(?:\.\/)?(.+)\.([\w$]+)$/.exec(handler) ?? [];
  const entry = ["js", "mjs", "cjs"].map((end) => `${path}.${end}`).find((file) => files.has(file));
  if (entry === undefined) throw new CodeError(`has the handler ${handler}, which its zip has no file for`);
  const binding = exported === "handler" ? "handler" : `${exported} as handler`;
  const lines = [
    `// The code in ${name}/ is that of the function as it was adopted.`,
    `export { ${binding} } from ${JSON.stringify(`./${name}/${entry}`)};`,
  ];
  const own = [...files].map(([file, content]) => [`${name}/${file}`, content] as const);
  const isRead = (file: string) => !BUNDLED.test(file) && !DOCUMENTS.test(file) && !file.includes("node_modules/.bin/");
  const read = [...files.keys()].filter(isRead).toSorted();
  const [first] = read;
  const which = read.length === 1 ? first : `${counted(read.length, "file")} such as ${first}`;
  return {
    files: new Map([[`${name}.ts`, Buffer.from(`${lines.join("\n")}\n`)], ...own]),
    remarks:
      first === undefined
        ? []
        : [
            `The zip of ${name} contains ${which}: the bundle has only what is imported, so code that reads it would fail.`,
          ],
  };
}

/** Errors do not show the URL, whose signature is as good as credentials. */
async function downloaded(url: string): Promise<Uint8Array> {
  try {
    return await download(url, {}, MAX_ZIP_BYTES);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message.replaceAll(url, new URL(url).host));
  }
}

/** Contents of a zip by their paths. @throws {CodeError} when it is not a zip, is too large, or has a path that leads out of it */
export function filesIn(zip: Uint8Array): ReadonlyMap<string, Uint8Array> {
  let size = 0;
  const filter = ({ name, originalSize }: { readonly name: string; readonly originalSize: number }) => {
    size += originalSize;
    if (size > MAX_BYTES) throw new CodeError("has more code than Lambda accepts");
    return !name.endsWith("/");
  };
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip, { filter });
  } catch (error) {
    if (error instanceof CodeError) throw error;
    throw new CodeError("has a zip that cannot be read");
  }
  const wrong = Object.keys(files).find((name) => !isInside(name));
  if (wrong !== undefined)
    throw new CodeError(`has a zip with the path ${JSON.stringify(wrong)}, which leads out of it`);
  return new Map(Object.entries(files));
}

function isInside(name: string): boolean {
  const isPlain = !name.includes("\\") && !name.includes("\0") && !posix.isAbsolute(name);
  return isPlain && !name.split("/").some((part) => part === ".." || part === "");
}
