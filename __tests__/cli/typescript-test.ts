/** Loading TypeScript: right after every change, and with nothing that others could have placed in the cache. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** A project of its own, whose cache has the mode. */
function projectWithCache(mode: number): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "cli"));
  mkdirSync(cacheBelow(folder), { recursive: true });
  chmodSync(cacheBelow(folder), mode);
  symlinkSync(join(project, "node_modules", "esbuild"), join(folder, "node_modules", "esbuild"));
  copyFileSync(typescriptLoader, join(folder, "cli", "typescript.cjs"));
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

const loaderOf = (folder: string) => join(folder, "cli", "typescript.cjs");

describe("cli/typescript.cjs", () => {
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

  it("uses what it kept, where nobody else may write", async () => {
    const folder = projectWithCache(0o700);
    const text = randomUUID();
    const file = fileIn(folder, `console.log(${JSON.stringify(text)} as string);`);
    await outputOf(file, loaderOf(folder));
    const entries = readdirSync(cacheBelow(folder)).map((name) => join(cacheBelow(folder), name));
    for (const entry of entries) writeFileSync(entry, readFileSync(entry, "utf8").replace(text, "what was kept"));

    expect(await outputOf(file, loaderOf(folder))).toBe("what was kept\n");
    expect(statSync(entries[0] ?? "").mode & 0o777).toBe(0o600);
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
  ])("runs no entry that %s", async (_what, change) => {
    const folder = projectWithCache(0o700);
    const text = randomUUID();
    const file = fileIn(folder, `console.log(${JSON.stringify(text)} as string);`);
    await outputOf(file, loaderOf(folder));
    const [name = ""] = readdirSync(cacheBelow(folder));
    const entry = join(cacheBelow(folder), name);
    writeFileSync(entry, readFileSync(entry, "utf8").replace(text, "placed"));
    change(entry);

    expect(await outputOf(file, loaderOf(folder))).toBe(`${text}\n`);
  });

  it("keeps nothing of files outside the project", async () => {
    const folder = projectWithCache(0o700);

    expect(await outputOf(fileWith("console.log(1 as number);"), loaderOf(folder))).toBe("1\n");
    expect(readdirSync(cacheBelow(folder))).toEqual([]);
  });

  it("names file and line of an error and of a mistake", async () => {
    const file = fileWith("interface Unused { readonly one: string }", "", 'throw new Error("thrown" as string);');
    const wrong = fileWith("const one = 1;", "const = 2;");

    expect((await runFile(file)).stderr).toContain(`${file}:3:7`);
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
