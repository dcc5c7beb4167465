/** Where tests stand: `__tests__/<path>-test.ts` tests `<path>.ts`. */
import { execFileSync } from "node:child_process";
import { basename, dirname, join } from "node:path";

/** Folders of whole-system tests. */
const SYSTEM_FOLDERS = ["e2e/", "parity/", "soak/", "emulator/attacks/", "emulator/properties/"];

/** Tests that have no source of their own, and what they are about. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  "docs-test.ts": "README.md and docs",
  "imports-test.ts": "the rooms of the project",
  "jest-test.ts": "jest.config.js",
  "mirror-test.ts": "the tests of the project",
  "words-test.ts": "the words of the project",
  "constructs/guards/own-constructs-test.ts": "all guards, with all constructs of the project",
  "constructs/guards/hostile-stacks-test.ts": "all guards, with generated stacks",
  "security-test.ts": "SECURITY.md",
  "third-party-test.ts": "THIRD-PARTY.md",
  "workflows-test.ts": ".github/workflows",
};

const files = execFileSync("git", ["ls-files"], { cwd: join(__dirname, ".."), encoding: "utf8" }).split("\n");
const known = new Set(files);
const folders = new Set(files.map(dirname));
const tests = files
  .filter((name) => name.startsWith("__tests__/") && name.endsWith("-test.ts"))
  .map((name) => name.slice("__tests__/".length))
  .filter((name) => !SYSTEM_FOLDERS.some((folder) => name.startsWith(folder)) && !(name in EXCEPTIONS));

it("has tests to check", () => {
  expect(tests.length).toBeGreaterThan(100);
});

it.each(tests)("%s has a source of its path", (name) => {
  const path = name.replace(/-test\.ts$/, "");
  // A test of a whole room is named after it.
  const isOfRoom = basename(dirname(path)) === basename(path) && folders.has(dirname(path));

  expect(known.has(`${path}.ts`) || known.has(`${path}.cjs`) || isOfRoom).toBe(true);
});
