/** Folders for one step, and the system's folder that they are in. */
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireSafeFolder, withTemporaryFolder } from "../../platform/temporary-folder";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "t-"));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

describe("withTemporaryFolder", () => {
  it("gives a folder that only its owner can enter, and removes it whatever happens", async () => {
    const seen: string[] = [];
    const failing = withTemporaryFolder(async (folder) => {
      seen.push(folder);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      throw new Error("failed");
    }, parent);

    await expect(failing).rejects.toThrow("failed");
    expect(seen.map((folder) => existsSync(folder))).toEqual([false]);
  });

  it("makes none where other users can replace it", async () => {
    chmodSync(parent, 0o777);

    await expect(withTemporaryFolder(async () => undefined, parent)).rejects.toThrow(
      `${parent}. Set TMPDIR to a folder that`,
    );
  });
});

describe("requireSafeFolder", () => {
  it.each([0o700, 0o755, 0o1777])("accepts %o", (mode) => {
    chmodSync(parent, mode);

    expect(() => requireSafeFolder(parent)).not.toThrow();
  });

  it.each([0o777, 0o703])("refuses %o", (mode) => {
    chmodSync(parent, mode);

    expect(() => requireSafeFolder(parent)).toThrow("other users can replace files");
  });

  // Only root can give a folder away.
  (process.getuid?.() === 0 ? it : it.skip)("refuses the folder of another user", () => {
    chownSync(parent, 65_534, 65_534);

    expect(() => requireSafeFolder(parent)).toThrow("other users can replace files");
  });
});
