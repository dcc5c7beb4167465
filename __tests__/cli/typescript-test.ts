/** Loading TypeScript: right after every change, whatever is in the cache. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { cleanEnvironment, run, typescriptLoader } from "../support/processes";

const project = join(__dirname, "..", "..");
const cacheBelow = (folder: string) => join(folder, "node_modules", ".cache", "machine-access");
const folders: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "typescript-"));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const runFile = (file: string, loader = typescriptLoader) =>
  run([process.execPath, "--require", loader, file], project, cleanEnvironment());

async function outputOf(file: string, loader?: string): Promise<string> {
  const { code, stdout, stderr } = await runFile(file, loader);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

function fileWith(...lines: readonly string[]): string {
  return fileIn(temporaryFolder(), ...lines);
}

function fileIn(folder: string, ...lines: readonly string[]): string {
  const file = join(folder, "program.ts");
  writeFileSync(file, lines.join("\n"));
  return file;
}

/** The compiler, which notes each use in the folder of the project. */
const ESBUILD = `
const { transformSync } = require(${JSON.stringify(join(project, "node_modules", "esbuild"))});
exports.transformSync = (...args) => {
  require("node:fs").appendFileSync(require("node:path").join(__dirname, "..", "..", "transforms"), ".");
  return transformSync(...args);
};`;

/** A project of its own, whose cache has the mode. */
function projectWithCache(mode: number): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "cli"));
  mkdirSync(cacheBelow(folder), { recursive: true });
  chmodSync(cacheBelow(folder), mode);
  mkdirSync(join(folder, "node_modules", "esbuild"));
  writeFileSync(join(folder, "node_modules", "esbuild", "package.json"), "{}");
  writeFileSync(join(folder, "node_modules", "esbuild", "index.js"), ESBUILD);
  writeFileSync(join(folder, "transforms"), "");
  for (const name of ["typescript.cjs", "module-cache.cjs"]) {
    copyFileSync(join(project, "cli", name), join(folder, "cli", name));
  }
  return folder;
}

/** Moves the cache to a folder that all users may write to, and leaves a link in its place. */
function linkCache(folder: string): void {
  const open = temporaryFolder();
  chmodSync(open, 0o777);
  renameSync(cacheBelow(folder), join(open, "cache"));
  symlinkSync(join(open, "cache"), cacheBelow(folder));
}

function replaceByLink(entry: string): void {
  const elsewhere = join(temporaryFolder(), "entry");
  renameSync(entry, elsewhere);
  symlinkSync(elsewhere, entry);
}

/** How often the project's loader has transformed a file. */
const transformsOf = (folder: string) => readFileSync(join(folder, "transforms"), "utf8").length;

const loaderOf = (folder: string) => join(folder, "cli", "typescript.cjs");

describe("cli/typescript.cjs", () => {
  it("keeps three lines of a trace that is not of an error, and all of one that is", async () => {
    const file = fileWith(
      "const deep = <Made>(levels: number, make: () => Made): Made => (levels === 0 ? make() : deep(levels - 1, make));",
      "Error.stackTraceLimit = Number.MAX_SAFE_INTEGER;",
      "const traced = { stack: '' };",
      "deep(50, () => Error.captureStackTrace(traced));",
      "const { stack = '' } = deep(50, () => new Error('deep'));",
      "console.log(traced.stack.split('\\n').length, stack.split('\\n').length > 50);",
    );

    expect(await outputOf(file)).toBe("4 true\n");
  });

  it("loads files of TypeScript, packages of both kinds of modules, and JSON", async () => {
    const file = fileWith(
      `import { decodeJwt } from ${JSON.stringify(join(project, "node_modules", "jose"))};`,
      `import pc from ${JSON.stringify(join(project, "node_modules", "picocolors"))};`,
      `import { version } from ${JSON.stringify(join(project, "package.json"))};`,
      'import { other } from "./other";',
      "class Pair { constructor(readonly one: string, readonly two = one) {} }",
      "console.log(typeof decodeJwt, typeof pc.red, typeof version, other, new Pair('a').two);",
    );
    writeFileSync(join(file, "..", "other.json"), "{}");
    writeFileSync(join(file, "..", "other.ts"), 'export const other = "other" satisfies string;');

    expect(await outputOf(file)).toBe("function function string other a\n");
  });

  it("runs a file as it is, whatever it was before", async () => {
    const folder = projectWithCache(0o700);
    const file = fileIn(folder, 'console.log("before" as string);');

    expect(await outputOf(file, loaderOf(folder))).toBe("before\n");
    expect(await outputOf(file, loaderOf(folder))).toBe("before\n");
    writeFileSync(file, 'console.log("after" as string);');
    expect(await outputOf(file, loaderOf(folder))).toBe("after\n");
    expect(readdirSync(cacheBelow(folder))).toHaveLength(1);
  });

  it("compiles no kept module again, if only the owner may write", async () => {
    const folder = projectWithCache(0o700);
    const file = fileIn(folder, "console.log(1 as number);");

    for (let run = 0; run < 3; run++) expect(await outputOf(file, loaderOf(folder))).toBe("1\n");
    expect(transformsOf(folder)).toBe(1);
    const [name = ""] = readdirSync(cacheBelow(folder));
    expect(statSync(join(cacheBelow(folder), name)).mode & 0o777).toBe(0o600);
  });

  it.each([0o770, 0o707, 0o777])("neither reads nor writes a cache that others may write to: %o", async (mode) => {
    const folder = projectWithCache(mode);

    expect(await outputOf(fileIn(folder, "console.log(1 as number);"), loaderOf(folder))).toBe("1\n");
    expect(readdirSync(cacheBelow(folder))).toEqual([]);
  });

  it.each<readonly [string, (folder: string) => void]>([
    ["a parent that others may write to", (folder) => chmodSync(join(folder, "node_modules", ".cache"), 0o777)],
    ["a parent that its group may write to", (folder) => chmodSync(join(folder, "node_modules", ".cache"), 0o770)],
    ["a project that others may write to", (folder) => chmodSync(folder, 0o757)],
    ["a link to a place that others may write to", (folder) => linkCache(folder)],
  ])("neither reads nor writes a cache in %s", async (_what, open) => {
    const folder = projectWithCache(0o700);
    open(folder);

    expect(await outputOf(fileIn(folder, "console.log(1 as number);"), loaderOf(folder))).toBe("1\n");
    expect(readdirSync(cacheBelow(folder))).toEqual([]);
  });

  it("uses a cache below a folder in which others may add files and replace none", async () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o1777);
    const folder = join(parent, "project");
    renameSync(projectWithCache(0o700), folder);

    await outputOf(fileIn(folder, "console.log(1 as number);"), loaderOf(folder));
    expect(readdirSync(cacheBelow(folder))).toHaveLength(1);
  });

  it.each<readonly [string, (entry: string) => void]>([
    ["others may write to", (entry) => chmodSync(entry, 0o666)],
    ["is a link", (entry) => replaceByLink(entry)],
    ...(process.getuid?.() === 0
      ? ([["is of another user", (entry: string) => chownSync(entry, 65_534, 0)]] as const)
      : []),
  ])("runs nothing from a cache that %s", async (_what, change) => {
    const folder = projectWithCache(0o700);
    const file = fileIn(folder, "console.log(1 as number);");
    await outputOf(file, loaderOf(folder));
    const [name = ""] = readdirSync(cacheBelow(folder));
    change(join(cacheBelow(folder), name));

    expect(await outputOf(file, loaderOf(folder))).toBe("1\n");
    expect(transformsOf(folder)).toBe(2);
  });

  /** Writes files of the project by their paths, and the times of those that exist stay. */
  function write(folder: string, files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      const before = statSync(file, { throwIfNoEntry: false });
      writeFileSync(file, text);
      if (before !== undefined) utimesSync(file, before.atime, before.mtime);
    }
  }

  /** A project with packages of both kinds of modules, that has run until all is in the cache. */
  async function projectThatHasRun(): Promise<{ readonly folder: string; readonly print: () => Promise<string> }> {
    const folder = projectWithCache(0o700);
    write(folder, {
      "program.ts":
        'import { one } from "./parts/one";\nimport { all } from "./parts/all";\nconsole.log(one, all as string);',
      "parts/one.ts": 'export const one: string = "one";',
      "parts/all.ts": 'import { name } from "some";\nexport const all: string = name;',
      "node_modules/some/index.js": 'exports.name = require("./name");',
      "node_modules/some/name.js": 'module.exports = require("other").name;',
      "node_modules/other/package.json": '{ "type": "module" }',
      "node_modules/other/index.js": 'export const name = "other";',
    });
    const print = async () => (await outputOf(join(folder, "program.ts"), loaderOf(folder))).trim();
    for (let run = 0; run < 2; run++) expect(await print()).toBe("one other");
    expect(transformsOf(folder)).toBe(4);
    return { folder, print };
  }

  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ["a file of the same size and time", { "parts/one.ts": 'export const one: string = "two";' }, "two other"],
    ["a file that Node prefers", { "parts/one.js": 'exports.one = "js";' }, "js other"],
    [
      "a package's file of the same size and time",
      { "node_modules/other/index.js": 'export const name = "OTHER";' },
      "one OTHER",
    ],
    [
      "a package that npm installed below another",
      {
        "node_modules/some/node_modules/other/index.js": 'exports.name = "nested";',
        "node_modules/.package-lock.json": "{}",
      },
      "one nested",
    ],
    [
      "a package that is nearer to the file",
      { "parts/node_modules/some/index.js": 'exports.name = "nearer";' },
      "one nearer",
    ],
  ])("runs %s at once", async (_what, files, printed) => {
    const { folder, print } = await projectThatHasRun();
    write(folder, files);

    expect(await print()).toBe(printed);
    expect(await print()).toBe(printed);
  });

  it("runs packages that import at run time or look at their own URL", async () => {
    const folder = projectWithCache(0o700);
    write(folder, {
      "program.ts": 'import { load } from "some";\nload().then((text: string) => console.log(text));',
      "node_modules/some/index.js":
        '// import("types")\nexports.load = async () => (await import("./url.mjs")).default;',
      "node_modules/some/url.mjs": 'import { base } from "other";\nexport default base;',
      "node_modules/other/package.json": '{ "type": "module", "exports": "./index.js" }',
      "node_modules/other/index.js": 'export const base = import.meta.url.split("/").pop();',
    });

    for (let run = 0; run < 2; run++) {
      expect(await outputOf(join(folder, "program.ts"), loaderOf(folder))).toBe("index.js\n");
    }
  });

  it("loads messages of all languages and the archiver when something of them is used", async () => {
    const archiver = join(project, "node_modules", "cdktf", "node_modules", "archiver");
    const loaded = "Object.keys(require.cache).filter((file) => /archiver.lib|locales.de\\b/.test(file)).length";
    const file = fileWith(
      `import { z } from ${JSON.stringify(join(project, "node_modules", "zod"))};`,
      `const archiver = require(${JSON.stringify(archiver)});`,
      `console.log(${loaded});`,
      'console.log(Object.keys({ ...z.locales }).includes("de"), "de" in z.locales, typeof z.locales.de);',
      'console.log(typeof archiver("zip").append, typeof archiver.create);',
      `console.log(${loaded} > 1);`,
    );

    for (let run = 0; run < 2; run++) {
      expect(await outputOf(file)).toBe("0\ntrue true function\nfunction function\ntrue\n");
    }
  });

  it("misses a module that was removed", async () => {
    const { folder } = await projectThatHasRun();
    rmSync(join(folder, "parts", "one.ts"));

    expect((await runFile(join(folder, "program.ts"), loaderOf(folder))).stderr).toContain(
      "Cannot find module './parts/one'",
    );
  });

  it("runs without a cache that was cut off, and replaces it", async () => {
    const { folder, print } = await projectThatHasRun();
    const [name = ""] = readdirSync(cacheBelow(folder));
    truncateSync(join(cacheBelow(folder), name), statSync(join(cacheBelow(folder), name)).size - 1);

    for (let run = 0; run < 2; run++) expect(await print()).toBe("one other");
    expect(transformsOf(folder)).toBe(8);
  });

  it("is shared by copies of the project that share their packages", async () => {
    const { folder } = await projectThatHasRun();
    const copy = temporaryFolder();
    for (const name of ["cli", "parts", "program.ts"]) {
      cpSync(join(folder, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"));
    write(copy, { "parts/one.ts": 'throw new Error("of the copy" as string);' });

    const { stderr } = await runFile(join(copy, "program.ts"), loaderOf(copy));
    expect(stderr).toContain(`at Object.<anonymous> (${join(copy, "parts", "one.ts")}:1:7)`);
    expect(stderr).toContain(`(${join(copy, "program.ts")}:1:`);
    expect(transformsOf(folder)).toBe(5);
  });

  it("is used by several processes that begin with an empty cache", async () => {
    const { folder, print } = await projectThatHasRun();
    rmSync(cacheBelow(folder), { recursive: true });

    const printed = await Promise.all(Array.from({ length: 4 }, print));
    expect(printed).toEqual(Array.from({ length: 4 }, () => "one other"));
    expect(readdirSync(cacheBelow(folder))).toHaveLength(1);
    const before = transformsOf(folder);
    expect(await print()).toBe("one other");
    expect(transformsOf(folder)).toBe(before);
  });

  it("keeps nothing of files outside the project", async () => {
    const folder = projectWithCache(0o700);

    const file = fileWith("console.log(1 as number);");

    expect(await outputOf(file, loaderOf(folder))).toBe("1\n");
    for (const name of readdirSync(cacheBelow(folder))) {
      expect(readFileSync(join(cacheBelow(folder), name), "latin1")).not.toContain(dirname(file));
    }
  });

  it("names file and line of an error and of a mistake", async () => {
    const folder = projectWithCache(0o700);
    const file = fileIn(
      folder,
      "interface Unused { readonly one: string }",
      "",
      'throw new Error("thrown" as string);',
    );
    const wrong = fileWith("const one = 1;", "const = 2;");

    // From the compiler, and from the cache.
    for (let run = 0; run < 2; run++) {
      const { stderr } = await runFile(file, loaderOf(folder));
      expect(stderr).toMatch(`${file}:3\nthrow new Error("thrown" as string);\n`);
      expect(stderr).toContain(`at Object.<anonymous> (${file}:3:7)`);
    }
    expect(transformsOf(folder)).toBe(1);
    expect((await runFile(wrong)).stderr).toContain("program.ts:2:6: ERROR: ");
  });
});

describe("the project", () => {
  it("has Jest keep the code that it runs beside the packages", () => {
    for (const name of ["jest.config.js", "jest.soak.config.js"]) {
      expect(jest.requireActual(join(project, name)).cacheDirectory).toMatch(/^<rootDir>\/node_modules\//);
    }
  });

  it("starts TypeScript by cli/typescript.cjs everywhere", () => {
    const scripts = Object.values<string>(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).scripts);
    const typescript = scripts.filter((script) => /\.ts\b/.test(script));

    expect(typescript.length).toBeGreaterThan(2);
    expect(typescript.filter((script) => !script.startsWith("node --require ./cli/typescript.cjs "))).toEqual([]);
  });
});
