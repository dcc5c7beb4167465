import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeCopyOf, withCopyOf } from "../../platform/stack-copy";

/** No process has a number as high. */
const NOBODY = 2 ** 30;

function stackFolder() {
  const stacks = mkdtempSync(join(tmpdir(), "stacks-"));
  const folder = join(stacks, "dev");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), '{"own":true}');
  writeFileSync(join(folder, "assets", "one.zip"), "zip");
  return { stacks, folder };
}

describe("withCopyOf", () => {
  it("has another stack and everything else of the folder, which stays as it is", async () => {
    const { stacks, folder } = stackFolder();
    await withCopyOf(folder, { other: true }, async (copy) => {
      expect(JSON.parse(readFileSync(join(copy, "cdk.tf.json"), "utf8"))).toEqual({ other: true });
      expect(readFileSync(join(copy, "assets", "one.zip"), "utf8")).toBe("zip");
      expect(join(copy, "..")).toBe(stacks);
      expect(readFileSync(join(folder, "cdk.tf.json"), "utf8")).toBe('{"own":true}');
    });

    expect(readdirSync(stacks)).toEqual(["dev"]);
    expect(existsSync(join(folder, "assets", "one.zip"))).toBe(true);
  });

  it("is gone when its use fails", async () => {
    const { stacks, folder } = stackFolder();

    await expect(withCopyOf(folder, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(stacks)).toEqual(["dev"]);
  });
});

describe("removeCopyOf", () => {
  it("removes what a killed process left, and leaves what another one works with", () => {
    const { stacks, folder } = stackFolder();
    const [stale, used, other] = [`.dev.lifted-${NOBODY}`, `.dev.lifted-${process.ppid}`, `.dev-2.lifted-${NOBODY}`];
    for (const name of [stale, used, other]) mkdirSync(join(stacks, name));
    removeCopyOf(folder);

    expect(readdirSync(stacks).toSorted()).toEqual([other, used, "dev"].toSorted());
  });

  it("has nothing to do where there is no folder", () => {
    expect(() => removeCopyOf(join(tmpdir(), "nowhere", "dev"))).not.toThrow();
  });
});
