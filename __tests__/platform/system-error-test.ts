/** What the operating system refuses, as users read it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describePrintedError, describeSystemError } from "../../platform/system-error";
import { cleanEnvironment, run } from "../support/processes";

const project = join(__dirname, "..", "..");

function errorOf(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("describeSystemError", () => {
  const folder = mkdtempSync(join(tmpdir(), "errors-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each<readonly [string, () => unknown, string]>([
    ["a folder in place of a file", () => writeFileSync(folder, ""), `${folder} is a folder`],
    ["a file in place of a folder", () => mkdirSync("/dev/null/x"), "/dev/null/x is below a file"],
    ["a missing temporary folder", () => mkdtempSync("/nowhere/x-"), "the folder for temporary files, /nowhere,"],
    ["a missing folder below a file", () => mkdtempSync("/dev/null/x-"), "/dev/null/x-XXXXXX is below a file"],
    ["a full disk", () => writeFileSync("/dev/full", "x"), "the disk is full"],
  ])("names %s in one sentence with what to do", (_what, body, beginning) => {
    const text = describeSystemError(errorOf(body)) ?? "";

    expect(text.startsWith(beginning)).toBe(true);
    expect(text).toMatch(/^[^.]+\.?[^.]+\. [A-Z][^.]+\.$/);
  });

  it("knows nothing of other errors", () => {
    expect(describeSystemError(new Error("ENOSPC"))).toBeUndefined();
    expect(describeSystemError(errorOf(() => readFileSync(join(folder, "missing"))))).toBeUndefined();
    expect(describeSystemError(undefined)).toBeUndefined();
  });
});

describe("describePrintedError", () => {
  it("finds the error in the output of another process", () => {
    const output =
      "warning: one\nError: EACCES: permission denied, open '/srv/cdk.tf.json'\n    at openSync (node:fs:1)";

    expect(describePrintedError(output)).toMatch(/^there is no permission to use \/srv\/cdk\.tf\.json\. /);
    expect(describePrintedError("TypeError: x is not a function")).toBeUndefined();
  });
});

describe("a command", () => {
  const access = (shell: string, changes: Readonly<Record<string, string>> = {}) =>
    run(
      ["sh", "-c", `${shell} exec "$0" "$@"`, process.execPath, "cli/access.cjs", "matrix"],
      project,
      cleanEnvironment(changes),
    );

  it.each<readonly [string, string, Readonly<Record<string, string>>, RegExp]>([
    [
      "the folder for temporary files is missing",
      "",
      { TMPDIR: "/nowhere" },
      /^error: the folder for temporary files, .+\n$/,
    ],
    [
      "files must not be written",
      "ulimit -f 0;",
      {},
      /^error: main\.ts cannot be synthesized:\n.+ file-size limit\..+\n$/,
    ],
  ])("ends in one sentence when %s", async (_what, shell, changes, expected) => {
    expect(await access(shell, changes)).toEqual({ code: 1, stdout: "", stderr: expect.stringMatching(expected) });
  });

  it("ends with an error when its output cannot be written", async () => {
    const { code, stderr } = await access("exec >/dev/full;");

    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: the disk is full, .+\n$/)]);
  });

  it("continues to its end when the reader of its output has ended", async () => {
    const { code, stderr } = await run(
      ["bash", "-c", 'set -o pipefail; "$0" "$@" | true', process.execPath, "cli/access.cjs", "matrix"],
      project,
    );

    expect([code, stderr]).toEqual([0, ""]);
  });
});
