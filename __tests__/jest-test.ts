/** What Jest is configured with: the order of the test files, their shards, and the list of the slowest. */
import { AsyncLocalStorage } from "node:async_hooks";
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInThisContext } from "node:vm";

// Jest loads them as they are.
const OneRealmEnvironment = require("./support/one-realm-environment.cjs");
const SlowestFiles = require("./support/slowest-files.cjs");
const SlowestFirst = require("./support/slowest-first.cjs");

const rootDir = join(__dirname, "..");
const paths = execFileSync("git", ["ls-files", "__tests__"], { cwd: rootDir, encoding: "utf8" })
  .split("\n")
  .filter((name) => name.endsWith("-test.ts"))
  .map((name) => join(rootDir, name));
const hasteFS = { getSize: (path: string) => statSync(path).size };
// As in a clean checkout: without a cache.
const context = { config: { rootDir, cache: false }, hasteFS };
const tests = paths.toReversed().map((path) => ({ path, context }));
type Test = (typeof tests)[number];
interface Sequencer {
  sort(tests: readonly Test[]): readonly Test[];
  shard(tests: readonly Test[], shard: { readonly shardIndex: number; readonly shardCount: number }): readonly Test[];
}
const sequencer: Sequencer = new SlowestFirst({});
const folderOf = ({ path }: { readonly path: string }) => /__tests__\/(e2e|parity)\//.exec(path)?.[1] ?? "others";

describe("the order of the test files", () => {
  it("begins with the folders that take longest in a clean checkout, and with large files", () => {
    const sorted = sequencer.sort(tests);
    const folders = sorted.map(folderOf).filter((folder, index, all) => folder !== all[index - 1]);
    const sizes = sorted.filter((test) => folderOf(test) === "e2e").map(({ path }) => hasteFS.getSize(path));

    expect(folders).toEqual(["parity", "e2e", "others"]);
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
    expect(sorted).toHaveLength(paths.length);
  });

  it.each([1, 2, 3, 7])("has each file in one of %d shards, each with its share of slow files", (shardCount) => {
    const shards = Array.from({ length: shardCount }, (_, index) =>
      sequencer.shard(tests, { shardIndex: index + 1, shardCount }),
    );
    const slow = shards.map((shard) => shard.filter((test) => folderOf(test) !== "others").length);

    expect(
      shards
        .flat()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(paths.toSorted());
    expect(Math.max(...slow) - Math.min(...slow)).toBeLessThanOrEqual(1);
  });
});

describe("the list of the slowest files", () => {
  const reported = (count: number) => {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const testResults = Array.from({ length: count }, (_, index) => ({
      testFilePath: join(rootDir, `${index}-test.ts`),
      perfStats: { runtime: index * 1000 },
    }));
    new SlowestFiles({ rootDir }).onRunComplete(new Set(), { testResults });
    const written = write.mock.calls.map(([text]) => text).join("");
    write.mockRestore();
    return written;
  };

  it("names 20, with their seconds and their share", () => {
    const lines = reported(31).trim().split("\n");

    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe("Slowest 20 of 31 files, 88 % of the time:");
    expect(lines[1]?.trim()).toBe("30.0 s  30-test.ts");
  });

  it("is left out after a run of a few files", () => {
    expect(reported(20)).toBe("");
  });
});

describe("the environment of a test file", () => {
  it("puts back what the file changed of the process", async () => {
    const before = { folder: process.cwd(), exit: process.exit, exitCode: process.exitCode, console, ...process.env };
    const listeners = process.listenerCount("SIGHUP");
    const environment = new OneRealmEnvironment({ projectConfig: { fakeTimers: {} } });
    const store = new AsyncLocalStorage<string>();
    store.enterWith("kept");

    process.chdir(tmpdir());
    process.env["ADDED"] = "1";
    process.env["PATH"] = "";
    delete process.env["HOME"];
    process.exitCode = 2;
    process.exit = () => undefined as never;
    process.on("SIGHUP", () => {});
    Object.assign(globalThis, { added: 1, [Symbol.for("added")]: 1, console: {} });
    await environment.teardown();

    const { folder, exit, exitCode, console: own, ...variables } = before;
    expect({ folder: process.cwd(), exit: process.exit, exitCode: process.exitCode, console }).toEqual({
      folder,
      exit,
      exitCode,
      console: own,
    });
    expect({ ...process.env }).toEqual(variables);
    expect(process.listenerCount("SIGHUP")).toBe(listeners);
    expect(Reflect.ownKeys(globalThis)).not.toEqual(expect.arrayContaining(["added"]));
    expect(Symbol.for("added") in globalThis).toBe(false);
    expect(store.getStore()).toBeUndefined();
  });

  it("has the realm of Node.js, in which packages are loaded", () => {
    expect(runInThisContext("Error")).toBe(Error);
  });
});
