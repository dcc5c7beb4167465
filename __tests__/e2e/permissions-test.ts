/** Folders that a command may not write to, or that another user owns: one sentence, and nothing is left behind. */
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeptCommands } from "../support/kept-commands";
import { cleanEnvironment, copyOfProject } from "../support/processes";

jest.setTimeout(120_000);

const isRoot = process.getuid?.() === 0;
const STRANGER = 65_534;

// Outside of the tests' own folder, which only their user can enter.
const place = mkdtempSync(isRoot ? "/tmp/permissions-" : join(tmpdir(), "permissions-"));
const folder = join(place, "project");
let commands: KeptCommands | undefined;

beforeAll(() => {
  const copy = copyOfProject();
  cpSync(copy, folder, { recursive: true });
  rmSync(copy, { recursive: true });
  chmodSync(place, 0o755);
  chmodSync(folder, 0o555);
  for (const name of ["access.yaml", "lambda"]) chmodSync(join(folder, name), name === "lambda" ? 0o755 : 0o444);
  // In one process, as one that cannot keep what it compiled compiles all of the program.
  const user = `${STRANGER}`;
  const asStranger = isRoot ? ["setpriv", "--reuid", user, "--regid", user, "--clear-groups"] : [];
  commands = new KeptCommands(folder, cleanEnvironment({ TMPDIR: "/tmp" }), asStranger);
});
afterAll(async () => {
  await commands?.end();
  chmodSync(folder, 0o755);
  rmSync(place, { recursive: true, force: true });
});

/** Runs a command of `access` as a user for whom permissions count. */
async function access(name: string, ...args: readonly string[]) {
  if (commands === undefined) throw new Error("the commands' process was not started");
  return await commands.run([name, ...args]);
}

describe("a project folder that is read-only", () => {
  it.each([
    ["new", "scope", "orders/read", "--description", "x"],
    ["new", "route", "GET", "/orders", "--lambda", "orders", "--scopes", "test_resource/test"],
    ["matrix", "--write"],
    ["local", "true"],
    ["deploy", "dev", "--yes"],
    ["review", "dev"],
    ["teardown", "dev", "--yes"],
  ])("is named by %s %s", async (name, ...args) => {
    const { code, stderr } = await access(name, ...args);
    const errors = stderr.split("\n").filter((line) => !line.endsWith(" …"));

    expect([code, errors]).toEqual([1, [expect.stringMatching(/^error: .*permissions-\w+\/project\b.*\.$/), ""]]);
    expect(readdirSync(join(folder, "lambda"))).toEqual(["access.ts", "shared"]);
    expect(readdirSync(folder).filter((file) => /^(?:\.local|cdktf\.out|.*\.[0-9a-f]{12})$/.test(file))).toEqual([]);
  });
});

(isRoot ? describe : describe.skip)("a folder of another user", () => {
  it.each([
    [".local", "local", ["true"]],
    [".local", "demo", []],
    ["cdktf.out", "drift", ["dev"]],
  ] as const)("%s is named by %s, with its owner", async (owned, name, args) => {
    mkdirSync(join(folder, owned), { mode: 0o700 });
    chownSync(join(folder, owned), 4321, 4321);
    const { code, stderr } = await access(name, ...args);
    rmSync(join(folder, owned), { recursive: true });

    const errors = stderr.split("\n").filter((line) => !line.endsWith(" …"));
    const error = errors.join("\n").replace("main.ts cannot be synthesized:\n", "").replace(`${folder}/`, "");
    expect([code, error]).toEqual([
      1,
      `error: there is no permission to use ${owned}: it belongs to another user (id 4321). Change its owner, or become that user, and run the command again.\n`,
    ]);
  });
});
