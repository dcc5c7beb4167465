import { execFileSync } from "node:child_process";
import { mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { bundleFunction, zipFiles } from "../../../constructs/functions/function-bundle";

const project = join(__dirname, "..", "..", "..");
const entry = join(project, "lambda", "access.ts");
const bytes = (text: string) => new TextEncoder().encode(text);

function fileWith(code: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "bundle ")), "fn.ts");
  writeFileSync(file, code);
  return file;
}

describe("bundleFunction", () => {
  it("makes a zip with one file that exports the handler", () => {
    const files = unzipSync(bundleFunction(entry).zip);

    expect(Object.keys(files)).toEqual(["index.js"]);
    expect(Buffer.from(files["index.js"] ?? []).toString()).toContain("handler");
  });

  it("keeps the seed's function below 2 kB", () => {
    expect(bundleFunction(entry).zip.length).toBeLessThan(2048);
  });

  it("makes the same bytes of the same code in another folder and at another time", () => {
    const code = "export const handler = async () => 1;";
    const [one, other] = [fileWith(code), fileWith(code)];
    utimesSync(other, 1, 1);

    expect(bundleFunction(other)).toEqual(bundleFunction(one));
  });

  it.each(["Pacific/Kiritimati", "America/Los_Angeles"])("makes the same bytes in %s", (TZ) => {
    const script = `process.stdout.write(require("./constructs/functions/function-bundle").bundleFunction(${JSON.stringify(entry)}).sha256)`;
    const there = execFileSync(process.execPath, ["--import", "tsx", "-e", script], {
      cwd: project,
      env: { ...process.env, TZ },
      encoding: "utf8",
    });

    expect(there).toBe(bundleFunction(entry).sha256);
  });

  it("makes other bytes of other code", () => {
    const [one, other] = [fileWith("export const handler = () => 1;"), fileWith("export const handler = () => 2;")];

    expect(bundleFunction(other).sha256).not.toBe(bundleFunction(one).sha256);
  });

  it("refuses code that does not compile, with file, line and column", () => {
    const file = fileWith("\nexport const handler = async () => =>;");

    expect(() => bundleFunction(file)).toThrow(`${file}:2:36: Unexpected "=>"`);
  });
});

describe("zipFiles", () => {
  it("does not depend on the order in which files are given", () => {
    const one = zipFiles({ "a.js": bytes("a"), "b.js": bytes("b") });

    expect(zipFiles({ "b.js": bytes("b"), "a.js": bytes("a") })).toEqual(one);
  });

  it.each([
    ["a renamed file", { "c.js": bytes("a") }],
    ["other contents", { "a.js": bytes("b") }],
  ])("differs for %s", (_what, files) => {
    expect(zipFiles(files)).not.toEqual(zipFiles({ "a.js": bytes("a") }));
  });
});
