/** What a function's process reaches of this machine: what it has on AWS, and nothing of the user's. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { permissionOptions } from "../../../emulator/runtime/function-permissions";
import { deployed, RunnerInTest } from "../../support/deployed-function";

const test = new RunnerInTest();
const project = join(__dirname, "..", "..", "..");

/** Result of the expression, or the code of its error. */
const CODE = `const fs = require("node:fs");
exports.handler = async ({ doing }) => {
  try {
    return await eval(doing);
  } catch (error) {
    return error.code;
  }
};`;
const answerTo = (doing: string) => test.answer(deployed(CODE), { doing });

describe("a function's process", () => {
  it.each([
    ["its own code", "fs.readFileSync(__filename, 'utf8').length > 0"],
    ["files of the system", "fs.readFileSync('/etc/hosts', 'utf8').length > 0"],
    ["files that are not there", "fs.existsSync('/etc/nothing') === false"],
    ["/tmp", "fs.mkdtempSync('/tmp/function-').startsWith('/tmp/') && fs.readdirSync('/tmp').length > 0"],
    ["other programs", "require('child_process').execFileSync('echo', ['one']).toString() === 'one\\n'"],
    [
      "threads",
      "new Promise((go) => new (require('worker_threads').Worker)('', { eval: true }).on('exit', () => go(true)))",
    ],
    ["packages of the runtime", "typeof require('@smithy/core') === 'object'"],
  ])("uses %s, as on AWS", async (_what, doing) => {
    expect(await answerTo(doing)).toBe(true);
  });

  it.each([
    ["the project", join(project, "package.json")],
    ["the folder of the account and the authority's key", join(project, ".local", "ca-key.pem")],
    ["the user's home", join(homedir(), ".aws", "credentials")],
    ["the environment of the embedded AWS", `/proc/${process.pid}/environ`],
    ["its own first environment", "/proc/self/environ"],
  ])("cannot read %s by a path that a caller chooses", async (_what, path) => {
    expect(await answerTo(`fs.readFileSync(${JSON.stringify(path)}, "utf8")`)).toBe("ERR_ACCESS_DENIED");
  });

  it("logs nothing of its permissions", async () => {
    await answerTo("1");

    expect(test.logged).toEqual([]);
  });
});

describe("permissionOptions", () => {
  it.each([
    ["20.19.0", "--experimental-permission"],
    ["22.12.0", "--experimental-permission"],
    ["22.13.0", "--permission"],
    ["23.4.0", "--experimental-permission"],
    ["24.0.0", "--permission"],
  ])("of Node %s begin with %s", (version, option) => {
    expect(permissionOptions("/code", "/runtime", "/project", version)[0]).toBe(option);
  });

  it("permit the network where Node asks for it", () => {
    expect(permissionOptions("/code", "/runtime", "/project", "24.9.0")).not.toContain("--allow-net");
    expect(permissionOptions("/code", "/runtime", "/project", "25.0.0")).toContain("--allow-net");
  });

  it("permit the packages of the project, of its parent folders, and those behind a link", () => {
    const folder = realpathSync(mkdtempSync("/var/tmp/permissions-"));
    for (const name of ["app/node_modules", "elsewhere"]) mkdirSync(join(folder, name), { recursive: true });
    symlinkSync(join(folder, "elsewhere"), join(folder, "node_modules"));
    const options = permissionOptions("/code", "/runtime", join(folder, "app"));
    rmSync(folder, { recursive: true });
    const permitted = ["app/node_modules", "node_modules", "elsewhere"].map((name) => join(folder, name));

    expect(options).toEqual(expect.arrayContaining(permitted.map((path) => `--allow-fs-read=${path}`)));
  });

  it("name no path twice, which ends Node 20", () => {
    const options = permissionOptions("/code", join(project, "emulator", "runtime"), project);

    expect(options).toEqual([...new Set(options)]);
  });
});
