/** What a function's file exports as its handler, as far as that can be seen without running the file. */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { loadEsbuild } from "./esbuild";

const EXAMPLE = "export async function handler(event: ApiEvent) { … }";
const NO_HANDLER = `The function "handler" is not exported. Export it: ${EXAMPLE}`;
const NO_FUNCTION = `The exported "handler" is not a function. Export one: ${EXAMPLE}`;

/** The usual form, which needs no closer look. */
const USUAL = /^export (?:async )?function\*? handler\b/m;

/** A value that is not a function, up to the end of its statement, as esbuild writes it. */
const VALUE =
  /^(?:-?\d\w*(?:\.\w+)?|"(?:[^"\\\n]|\\.)*"|`[^`]*`|true|false|null|void 0|\{(?:[^}\n]*|\n(?: [^\n]*\n)*)\}|\[(?:[^\]\n]*|\n(?: [^\n]*\n)*)\]);(?:\n|$)|^class\b/;

/** What a file has in place of an exported handler, in the order in which it is pointed at. */
const CANDIDATES = [
  /(?:^|;)\s*export\b[^;=]*?(?=\bhandler\b)/m,
  /^\s*(?:async\s+)?(?:function\*?|const|let|var)\s+(?=handler\b)/m,
  /^\s*(?:module\.)?exports\.(?=handler\b)/m,
  /^\s*(?=export\s+default\b)/m,
  /^\s*(?=module\.exports\s*=)/m,
  /^\s*(?=export\b)/m,
];

/**
 * Says why the file's handler cannot be called, with the position: `:3:14: The exported "handler" is not a function. …`
 * @returns `undefined` when it can be called, or when that cannot be seen
 */
export function handlerRefusal(file: string): string | undefined {
  const source = readFileSync(file, "utf8");
  const why = USUAL.test(source) ? undefined : whyNot(bundled(file));
  return why === undefined ? undefined : `:${positionIn(source)}: ${why}`;
}

/** What {@link handlerRefusal} says of a file that has no export of that name. */
export function missingHandler(file: string): string {
  return `:${positionIn(readFileSync(file, "utf8"))}: ${NO_HANDLER}`;
}

function whyNot(code: string): string | undefined {
  // Of a type that is exported like a value, and of an empty file, nothing is left.
  if (!/^export \{/m.test(code) || code.includes("var export_handler = void 0;")) return NO_HANDLER;
  const [, name = "handler"] = /^ {2}([\w$]+) as handler,?$/m.exec(code) ?? [];
  const escaped = name.replaceAll("$", "\\$");
  if (new RegExp(`^var ${escaped} = import_\\w+\\.handler;$`, "m").test(code)) return whyNotOfCommonJs(code);
  const [, value] = new RegExp(`^var ${escaped}(?: = |;)([\\s\\S]*)`, "m").exec(code) ?? [];
  const assignments = code.match(new RegExp(`(?<![.\\w$])${escaped} (?:[?|&]{2})?= `, "g")) ?? [];
  if (value === undefined || assignments.length > 1) return undefined;
  return assignments.length === 0 || VALUE.test(value) ? NO_FUNCTION : undefined;
}

/** The names that a CommonJS module exports cannot be listed, but those of most can be found. */
function whyNotOfCommonJs(code: string): string | undefined {
  const module = code.slice(0, code.lastIndexOf("\n// <")).replace(/^ {4}/gm, "");
  const [, value] = /\bexports\.handler = ([\s\S]*)/.exec(module) ?? [];
  if (value !== undefined) return VALUE.test(value) ? NO_FUNCTION : undefined;
  return /\bhandler\b|\brequire\(|\.\.\./.test(module) ? undefined : NO_HANDLER;
}

/** The file as an ES module without types, comments and what the handler does not need. */
function bundled(file: string): string {
  const contents = `export { handler } from ${JSON.stringify(`./${basename(file)}`)}`;
  const { outputFiles } = loadEsbuild().buildSync({
    absWorkingDir: dirname(file),
    stdin: { contents, resolveDir: dirname(file), sourcefile: "<entry>" },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    charset: "utf8",
    tsconfigRaw: {},
    write: false,
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("");
}

/** Line and column, from 1, of the handler, or of what the file has in its place. */
function positionIn(source: string): string {
  const at = CANDIDATES.map((candidate) => candidate.exec(source)).find((match) => match !== null);
  const before = at === undefined ? "" : source.slice(0, at.index + at[0].length);
  const lines = before.split("\n");
  return `${lines.length}:${(lines.at(-1) ?? "").length + 1}`;
}
