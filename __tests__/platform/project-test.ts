/** Which access.yaml a command is about: that of the folder that the user is in, whatever folder npm runs it from. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, copyOfProject, run, script, typescriptLoader } from "../support/processes";

jest.setTimeout(300_000);

const root = join(__dirname, "..", "..");
const command = script(join(root, "cli", "matrix.ts"), "--json");

async function environmentsFrom(cwd: string, initCwd?: string): Promise<readonly string[]> {
  const env = cleanEnvironment(initCwd === undefined ? {} : { INIT_CWD: initCwd });
  const { stdout } = await run(command, cwd, env);
  return (JSON.parse(stdout) as { readonly environment: string }[]).map(({ environment }) => environment);
}

describe("the project that a command is about", () => {
  it("is that of an example from its folder, as npm tells where the user is", async () => {
    expect(await environmentsFrom(root, join(root, "examples", "one-service"))).toEqual(["dev", "prod"]);
  });

  it("is that of the folder without npm", async () => {
    expect(await environmentsFrom(join(root, "examples", "public-api"))).toEqual(["prod"]);
  });

  it("is that of a folder whose access.yaml is gone, as long as its cdktf.json is there", async () => {
    const copy = copyOfProject();
    const folder = join(copy, "gone");
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, "cdktf.json"), "{}");
      const { code, stderr } = await run(script(join(copy, "cli", "matrix.ts")), folder, cleanEnvironment());

      expect(code).not.toBe(0);
      expect(stderr).toContain("access.yaml was not found. Create access.yaml, ");
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  /** Without commands around it: what a project finds for users who are in each of the folders. */
  async function foldersSeenFrom(
    packageFolder: string,
    folders: readonly string[],
    go = "process.chdir(folder)",
  ): Promise<readonly string[]> {
    const module = JSON.stringify(join(packageFolder, "platform", "project"));
    const code = `process.stdout.write(JSON.stringify(${JSON.stringify(folders)}.map((folder) => {
      ${go};
      for (const file of Object.keys(require.cache)) delete require.cache[file];
      return require(${module}).projectFolder;
    })))`;
    const done = await run([process.execPath, "--require", typescriptLoader, "-e", code], root, cleanEnvironment());
    expect([done.code, done.stderr]).toEqual([0, ""]);
    return JSON.parse(done.stdout);
  }

  const FOLDERS = [
    ["an example", "examples/one-service", "examples/one-service", []],
    ["a folder below an example", "examples/several-teams/lambda", "examples/several-teams", []],
    ["a folder with what cdktf made", "mine", "mine", ["cdktf.out"]],
    ["a folder below one with an embedded AWS", "its/lambda", "its", [".local/cdktf.out"]],
    ["a stack of an example with its files", "examples/public-api/cdktf.out/stacks/dev", "examples/public-api", []],
    ["a stack on an embedded AWS", "examples/public-api/.local/cdktf.out/stacks/dev", "examples/public-api", []],
  ] as const;

  it("is the nearest one, and never one further up, without its files either", async () => {
    const copy = copyOfProject();
    try {
      for (const [what, from, expected, made] of FOLDERS) {
        const gone = what.startsWith("a stack") ? [] : ["access.yaml", "cdktf.json"];
        for (const name of gone) rmSync(join(copy, expected, name), { force: true });
        for (const name of [...made.map((one) => join(copy, expected, one)), join(copy, from)]) {
          mkdirSync(name, { recursive: true });
        }
      }
      const seen = await foldersSeenFrom(
        copy,
        FOLDERS.map(([, from]) => join(copy, from)),
      );

      expect(seen.map((folder, index) => [FOLDERS[index]?.[0], folder])).toEqual(
        FOLDERS.map(([what, , expected]) => [what, join(copy, expected)]),
      );
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("is that of an example from a folder below it, and the package's own from anywhere else, as npm tells", async () => {
    const examples = join(root, "examples");
    const folders = [join(examples, "several-teams", "lambda"), join(root, "cli"), tmpdir()];

    expect(await foldersSeenFrom(root, folders, 'process.env["INIT_CWD"] = folder')).toEqual([
      join(examples, "several-teams"),
      root,
      root,
    ]);
  });
});
