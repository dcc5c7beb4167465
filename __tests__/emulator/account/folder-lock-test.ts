/** One embedded AWS a folder. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimFolder, FolderInUseError } from "../../../emulator/account/folder-lock";

let folder: string;
let lockFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "folder-lock-"));
  lockFile = join(folder, "emulator.pid");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("claimFolder", () => {
  it("writes down who has the folder, until it is given back", () => {
    const { release } = claimFolder(folder);
    expect(readFileSync(lockFile, "utf8")).toBe(String(process.pid));

    release();
    expect(existsSync(lockFile)).toBe(false);
  });

  it("refuses a folder that a running process has, and says what to do", () => {
    claimFolder(folder);

    expect(() => claimFolder(folder)).toThrow(FolderInUseError);
    expect(() => claimFolder(folder)).toThrow(
      `${folder} is in use by the embedded AWS of process ${process.pid}. Stop that one, or delete ${lockFile} if process ${process.pid} is something else.`,
    );
  });

  it("knows when the folder was deleted and claimed by another, and leaves that one alone", () => {
    const claim = claimFolder(folder);
    expect(claim.isOurs()).toBe(true);
    writeFileSync(`${lockFile}.new`, "1");
    renameSync(`${lockFile}.new`, lockFile);

    expect(claim.isOurs()).toBe(false);
    claim.release();
    expect(readFileSync(lockFile, "utf8")).toBe("1");
  });

  it.each([
    ["deletes the folder", () => rmSync(folder, { recursive: true })],
    [
      "takes the folder over",
      () => {
        writeFileSync(`${lockFile}.new`, "1");
        renameSync(`${lockFile}.new`, lockFile);
      },
    ],
  ])("calls back once when another process %s, and not for other files", async (_what, lose) => {
    const claim = claimFolder(folder);
    let count = 0;
    const lost = new Promise<void>((resolve) =>
      claim.onLost(() => {
        count += 1;
        resolve();
      }),
    );
    const changed = new Promise((resolve) => watch(folder, { persistent: false }).once("change", resolve));
    writeFileSync(join(folder, "account.json"), "{}");
    await changed;
    expect(count).toBe(0);
    lose();
    await lost;

    expect(count).toBe(1);
  });

  it("can be claimed again once it was given back", () => {
    claimFolder(folder).release();

    expect(() => claimFolder(folder)).not.toThrow();
  });

  it("takes over from a process that is gone", () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(lockFile, String(gone));
    claimFolder(folder);

    expect(readFileSync(lockFile, "utf8")).toBe(String(process.pid));
  });

  it.each(["", "not a number", "-1", "0"])("takes over from a lock file that names no process: %j", (content) => {
    writeFileSync(lockFile, content);

    expect(() => claimFolder(folder)).not.toThrow();
  });

  it("refuses a folder of another user's process", () => {
    // Process 1 is always there, and not ours unless the tests are run by root.
    writeFileSync(lockFile, "1");

    expect(() => claimFolder(folder)).toThrow(expect.objectContaining({ folder, pid: 1 }));
  });

  it("tells of a folder that it cannot write to", () => {
    expect(() => claimFolder(join(folder, "missing"))).toThrow("ENOENT");
  });
});
