/** The TypeScript runner's cache, which is this user's alone: in the shared temporary folder, others could place code. */
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { cleanEnvironment, run, typescriptLoader } from "../support/processes";

const project = join(__dirname, "..", "..");
const folders: string[] = [];

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "runner-"));
  folders.push(folder);
  return folder;
}

const cacheIn = (temporary: string) => join(temporary, `tsx-${userInfo().uid}`);

/** Runs a TypeScript file by a loader, with that temporary folder. */
async function runFile(loader: string, temporary: string, file: string): Promise<string> {
  const command = [process.execPath, "--require", loader, file];
  const { code, stdout, stderr } = await run(command, project, cleanEnvironment({ TMPDIR: temporary }));
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

function fileWith(code: string): string {
  const file = join(temporaryFolder(), "program.ts");
  writeFileSync(file, code);
  return file;
}

/** Changes the code of each entry of the runner's cache. */
function changeEntries(cache: string, from: string, to: string): void {
  for (const file of readdirSync(cache).map((name) => join(cache, name))) {
    writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
  }
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe("cli/tsx.cjs", () => {
  const program = fileWith('console.log("code of the" as string, "file", process.env["TMPDIR"]);');

  it("writes nothing to the temporary folder, and leaves its name to the program", async () => {
    const temporary = temporaryFolder();

    expect(await runFile(typescriptLoader, temporary, program)).toBe(`code of the file ${temporary}\n`);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("keeps its cache where nobody else may write, and uses it", async () => {
    const own = join(project, "node_modules", ".cache", "machine-access");
    const text = `code ${randomUUID()}`;
    await runFile(typescriptLoader, temporaryFolder(), fileWith(`console.log(${JSON.stringify(text)} as string);`));
    const entries = readdirSync(cacheIn(own)).map((name) => readFileSync(join(cacheIn(own), name), "utf8"));

    expect(entries.filter((entry) => entry.includes(text))).toHaveLength(1);
    expect(statSync(own).mode & 0o777).toBe(0o700);
  });

  it("has no cache where others may write to its folder", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "cli"));
    mkdirSync(join(folder, "node_modules", ".cache", "machine-access"), { recursive: true });
    chmodSync(join(folder, "node_modules", ".cache", "machine-access"), 0o777);
    for (const name of ["tsx", "esbuild", "@esbuild", "get-tsconfig"]) {
      const from = join(project, "node_modules", name);
      if (existsSync(from)) symlinkSync(from, join(folder, "node_modules", name));
    }
    copyFileSync(typescriptLoader, join(folder, "cli", "tsx.cjs"));
    await runFile(join(folder, "cli", "tsx.cjs"), temporaryFolder(), program);

    expect(readdirSync(join(folder, "node_modules", ".cache", "machine-access"))).toEqual([]);
  });

  it("runs nothing of a cache that is there already", async () => {
    const temporary = temporaryFolder();
    await runFile("tsx/cjs", temporary, program);
    changeEntries(cacheIn(temporary), "code of the", "code of another user, not of the");

    // The runner on its own does.
    expect(await runFile("tsx/cjs", temporary, program)).toContain("another user");
    expect(await runFile(typescriptLoader, temporary, program)).toBe(`code of the file ${temporary}\n`);
  });

  it("connects to no socket in the temporary folder", async () => {
    const temporary = temporaryFolder();
    const socket = join(cacheIn(temporary), `${process.pid}.pipe`);
    mkdirSync(dirname(socket));
    let connections = 0;
    const server = createServer((connection) => {
      connections++;
      connection.destroy();
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      await runFile(typescriptLoader, temporary, program);
      expect(connections).toBe(0);
      await runFile("tsx/cjs", temporary, program);
      expect(connections).toBe(1);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it("leaves a variable unset that was not set", async () => {
    const { TMPDIR: _, ...env } = cleanEnvironment();
    const { stdout } = await run([process.execPath, "--require", typescriptLoader, program], project, env);

    expect(stdout).toBe("code of the file undefined\n");
  });
});

describe("the project", () => {
  it("starts TypeScript by cli/tsx.cjs everywhere", () => {
    const texts = [
      "package.json",
      "cdktf.json",
      "main.ts",
      ...["cli", "emulator", "constructs", "examples", "bench", ".github", ".ci"].flatMap(filesBelow),
    ];
    const own = (file: string) =>
      readFileSync(join(project, file), "utf8").match(/.*(?:--import|--require|--loader|-r)["',\s]+tsx\b.*/g) ?? [];

    expect(texts.flatMap(own)).toEqual([]);
    const scripts = Object.values<string>(JSON.parse(readFileSync(join(project, "package.json"), "utf8")).scripts);
    const typescript = scripts.filter((script) => /\.ts\b/.test(script));
    expect(typescript.length).toBeGreaterThan(15);
    expect(typescript.filter((script) => !script.startsWith("node --require ./cli/tsx.cjs "))).toEqual([]);
  });
});

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(join(project, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1));
}
