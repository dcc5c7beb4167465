/** What embedded AWSs leave in the folder for temporary files, and who removes it. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTemporaryFolder, removeAbandonedFolders } from "../../../emulator/runtime/temporary-folder";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "t-"));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

/** Leaves a socket on which nothing listens, as a killed process does. */
function leaveSocket(folder: string): void {
  const code = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", code, join(folder, "provider.sock")]);
}

/** A folder of a killed embedded AWS, with a function's code that cannot be written to. */
function abandonedFolder(): string {
  const folder = makeTemporaryFolder(parent);
  leaveSocket(folder);
  mkdirSync(join(folder, "function-1", "lib"), { recursive: true });
  writeFileSync(join(folder, "function-1", "lib", "index.js"), "");
  for (const name of ["function-1/lib", "function-1"]) chmodSync(join(folder, name), 0o500);
  return folder;
}

describe("makeTemporaryFolder", () => {
  it("makes a folder that only its owner can enter", () => {
    expect(statSync(makeTemporaryFolder(parent)).mode & 0o777).toBe(0o700);
  });
});

describe("removeAbandonedFolders", () => {
  it("removes the folder of a process that was killed, with the code of its functions", async () => {
    const folder = abandonedFolder();
    await removeAbandonedFolders(parent);

    expect(existsSync(folder)).toBe(false);
  });

  it("leaves the folder of a process that is running", async () => {
    const folder = makeTemporaryFolder(parent);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, "provider.sock"), resolve));
    await removeAbandonedFolders(parent);

    expect(existsSync(join(folder, "provider.sock"))).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it("leaves a folder without a socket, folders of other names, and what a link leads to", async () => {
    const starting = makeTemporaryFolder(parent);
    const elsewhere = join(parent, "elsewhere");
    mkdirSync(elsewhere);
    leaveSocket(elsewhere);
    symlinkSync(elsewhere, join(parent, "access-aws-link"));
    await removeAbandonedFolders(parent);

    expect([starting, join(elsewhere, "provider.sock")].map((path) => existsSync(path))).toEqual([true, true]);
  });

  it("leaves the folder of another user", async () => {
    const folder = abandonedFolder();
    jest.spyOn(process, "geteuid").mockReturnValue(12_345);
    await removeAbandonedFolders(parent);
    jest.restoreAllMocks();

    expect(existsSync(folder)).toBe(true);
  });
});
