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

  it("is that of an example from a folder below it", async () => {
    expect(await environmentsFrom(root, join(root, "examples", "several-teams", "lambda"))).toEqual([
      "prod",
      "staging",
    ]);
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

  /** Without a command around it. */
  async function folderSeenFrom(packageFolder: string, cwd: string): Promise<string> {
    const project = JSON.stringify(join(packageFolder, "platform", "project"));
    const code = `process.stdout.write(require(${project}).projectFolder)`;
    const done = await run([process.execPath, "--require", typescriptLoader, "-e", code], cwd, cleanEnvironment());
    expect([done.code, done.stderr]).toEqual([0, ""]);
    return done.stdout;
  }

  it.each([
    ["an example", "examples/one-service", []],
    ["a folder below an example", "examples/one-service/lambda", []],
    ["a folder with what cdktf made", "mine", ["cdktf.out"]],
    ["a folder below one with an embedded AWS", "mine/lambda", [".local/cdktf.out"]],
  ])("is never one further up, for %s without its files", async (_, from, made) => {
    const copy = copyOfProject();
    const expected = join(copy, from.replace(/\/lambda$/, ""));
    try {
      for (const name of ["access.yaml", "cdktf.json"]) rmSync(join(expected, name), { force: true });
      for (const name of [...made.map((one) => join(expected, one)), join(copy, from)]) {
        mkdirSync(name, { recursive: true });
      }

      expect(await folderSeenFrom(copy, join(copy, from))).toBe(expected);
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it.each(["cdktf.out/stacks/dev", ".local/cdktf.out/stacks/dev"])("is the one above its own %s", async (folder) => {
    const copy = copyOfProject();
    const made = join(copy, "examples", "public-api", folder);
    try {
      mkdirSync(made, { recursive: true });

      expect(await folderSeenFrom(copy, made)).toBe(join(copy, "examples", "public-api"));
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it("is the package's own from anywhere else", async () => {
    expect(await environmentsFrom(root, join(root, "cli"))).toEqual(["dev"]);
    expect(await environmentsFrom(root, tmpdir())).toEqual(["dev"]);
  });
});
