import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commitIn, notIgnored } from "../../../operations/plan-file/commit";

const folder = () => mkdtempSync(join(tmpdir(), "commit-"));
const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
    cwd,
    encoding: "utf8",
  });

describe("commitIn", () => {
  it("is undefined outside of git", async () => {
    expect(await commitIn(folder())).toBeUndefined();
  });

  it("has no id before the first commit", async () => {
    const place = folder();
    git(place, "init", "-q");
    writeFileSync(join(place, "new"), "");

    expect(await commitIn(place)).toEqual({ id: null, isDirty: true });
  });

  it("has the id, also in a folder within, and whether that has changes", async () => {
    const place = folder();
    const inner = join(place, "inner");
    mkdirSync(inner);
    writeFileSync(join(inner, "file"), "one");
    git(place, "init", "-q");
    git(place, "add", ".");
    git(place, "-c", "commit.gpgsign=false", "commit", "-qm", "first");
    const id = git(place, "rev-parse", "HEAD").trim();

    expect(await commitIn(inner)).toEqual({ id, isDirty: false });
    writeFileSync(join(place, "elsewhere"), "");
    expect(await commitIn(inner)).toEqual({ id, isDirty: false });
    writeFileSync(join(inner, "file"), "two");
    expect(await commitIn(inner)).toEqual({ id, isDirty: true });
  });

  it("throws for a repository that cannot be read", async () => {
    const place = folder();
    git(place, "init", "-q");
    rmSync(join(place, ".git", "HEAD"));

    await expect(commitIn(place)).rejects.toThrow(/^git cannot read the commit of/);
  });
});

describe("notIgnored", () => {
  it("has the files of a work tree that a commit may take along", async () => {
    const place = folder();
    git(place, "init", "-q");
    writeFileSync(join(place, ".gitignore"), "shop.json\n");
    const files = ["shop.json", "shop.json.pending"].map((name) => join(place, name));

    expect(await notIgnored(files)).toEqual([join(place, "shop.json.pending")]);
    writeFileSync(join(place, ".gitignore"), "shop.json*\n");
    expect(await notIgnored(files)).toEqual([]);
    writeFileSync(join(place, ".gitignore"), "");
    expect(await notIgnored(files)).toEqual(files);
  });

  it("has none outside of git", async () => {
    expect(await notIgnored([join(folder(), "shop.json")])).toEqual([]);
  });
});
