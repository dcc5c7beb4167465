/** Files are written whole or not at all. */
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writePrivately, writeWhole } from "../../platform/private-file";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("writeWhole", () => {
  it("keeps the mode of a file, and a link to it", () => {
    const [file, link] = [join(folder, "a"), join(folder, "b")];
    writeFileSync(file, "before");
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    writeWhole(link, "after");

    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["after", 0o640]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it("leaves nothing behind, and names the file, when it cannot be written", () => {
    const file = join(folder, "a");
    mkdirSync(join(file, "b"), { recursive: true });

    expect(() => writeWhole(file, "x")).toThrow(expect.objectContaining({ code: "EISDIR", path: file }));
    expect(() => writeWhole(join(folder, "none", "a"), "x")).toThrow(
      expect.objectContaining({ code: "ENOENT", path: join(folder, "none", "a") }),
    );
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});

describe("writePrivately", () => {
  it("writes for the owner alone, also what others could read", () => {
    const file = join(folder, "a");
    writeFileSync(file, "before", { mode: 0o644 });
    writePrivately(file, "after");

    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["after", 0o600]);
    expect(readdirSync(folder)).toEqual(["a"]);
  });
});
