import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { unzipSync } from "fflate";
import { FunctionWatch } from "../../../cli/embedded-aws/function-watch";
import { bundleFunction } from "../../../constructs/functions/function-bundle";
import { fileWith, SENSIBLE } from "../../support/access-text";

jest.setTimeout(20_000);

/** A project whose functions are watched. */
class WatchedProject {
  readonly folder = mkdtempSync(join(tmpdir(), "watched-"));
  readonly lines: string[] = [];
  /** Code that runs in place of what is deployed, by the function's name. */
  readonly replaced = new Map<string, string>();
  private readonly waiting = new Set<() => void>();
  private watching: FunctionWatch | undefined;

  constructor(...functions: readonly string[]) {
    this.routes(...functions);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Writes access.yaml with a route for each function. */
  routes(...functions: readonly string[]): void {
    const routes = functions.map((name) => `  GET /${name}: { lambda: ${name}, scopes: [orders/read] }`).join("\n");
    const environments = `  dev: { region: eu-west-1, domainPrefix: shop-dev }
  test: { region: eu-west-1, domainPrefix: shop-test }`;
    this.write("access.yaml", fileWith({ ...SENSIBLE, environments, routes }));
  }

  async watch(): Promise<void> {
    const { folder } = this;
    const replaceCode = (name: string, zip: Uint8Array | undefined) => {
      if (zip === undefined) this.replaced.delete(name);
      else this.replaced.set(name, Buffer.from(unzipSync(zip)["index.js"] ?? []).toString());
    };
    this.watching = new FunctionWatch({ folder, replaceCode, onLine: (line) => this.add(line) });
    await this.watching.ready;
  }

  /** Resolves with the first line from the given one on that matches. */
  async line(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const found = this.lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  async close(): Promise<void> {
    await this.watching?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private add(line: string): void {
    this.lines.push(line);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

const saying = (text: string) => `export async function handler() { return "${text}"; }\n`;
const withShared = (name: string) =>
  `import { shared } from "./shared/texts";\nexport async function handler() { return shared + "${name}"; }\n`;

/** Processes of esbuild that this process has started. */
function compilers(): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  return rows.flatMap((row) => {
    const [pid = 0, parent] = row.trim().split(/\s+/, 2).map(Number);
    return parent === process.pid && row.includes("--service=") ? [pid] : [];
  });
}

let project: WatchedProject;
afterEach(() => project.close());

describe("at the start", () => {
  it("runs the code of every function in every environment, the same bytes as would be deployed", async () => {
    project = new WatchedProject("access", "orders");
    project.write("lambda/access.ts", saying("access 1"));
    project.write("lambda/orders.ts", saying("orders 1"));
    await project.watch();

    expect([...project.replaced.keys()].toSorted()).toEqual([
      "shop-dev-access",
      "shop-dev-orders",
      "shop-test-access",
      "shop-test-orders",
    ]);
    const { zip } = bundleFunction(project.path("lambda/access.ts"));
    expect(project.replaced.get("shop-test-access")).toBe(Buffer.from(unzipSync(zip)["index.js"] ?? []).toString());
    expect(project.lines).toEqual([
      "2 functions in lambda/; a saved change runs with the next call, without a deployment",
    ]);
  });

  it("waits for an access.yaml without mistakes", async () => {
    project = new WatchedProject("access");
    project.write("access.yaml", "routes: [");
    project.write("lambda/access.ts", saying("access 1"));
    await project.watch();
    project.routes("access");

    expect(await project.line(/^rebuilt/)).toMatch(/^rebuilt access in \d+ ms$/);
    expect(project.lines[0]).toBe("access.yaml has mistakes; functions are watched when it has none");
  });
});

describe("a saved file", () => {
  beforeEach(async () => {
    project = new WatchedProject("access", "orders", "stock");
    project.write("lambda/shared/texts.ts", 'export const shared = "one ";\n');
    project.write("lambda/access.ts", withShared("access"));
    project.write("lambda/orders.ts", withShared("orders"));
    project.write("lambda/stock.ts", saying("stock 1"));
    await project.watch();
  });

  it("has its function rebuilt, and no other", async () => {
    project.write("lambda/stock.ts", saying("stock 2"));

    expect(await project.line(/rebuilt/)).toMatch(/^rebuilt stock in \d+ ms$/);
    expect(project.replaced.get("shop-dev-stock")).toContain("stock 2");
    expect(project.lines).toHaveLength(2);
  });

  it("has all functions rebuilt that import it", async () => {
    project.write("lambda/shared/texts.ts", 'export const shared = "two ";\n');

    expect(await project.line(/rebuilt/)).toMatch(/^rebuilt access, orders in \d+ ms$/);
    expect(project.replaced.get("shop-test-orders")).toContain("two ");
  });

  it.each([
    [
      "a new file in place of the old one",
      () => {
        project.write("lambda/.stock.ts.swp", saying("stock 2"));
        renameSync(project.path("lambda/.stock.ts.swp"), project.path("lambda/stock.ts"));
      },
    ],
    [
      "the old one renamed, and a new one written, as vim does",
      () => {
        renameSync(project.path("lambda/stock.ts"), project.path("lambda/stock.ts~"));
        project.write("lambda/stock.ts", saying("stock 2"));
      },
    ],
    [
      "its folder renamed, and another one in its place",
      () => {
        renameSync(project.path("lambda"), project.path("before"));
        for (const name of ["access", "orders"]) project.write(`lambda/${name}.ts`, withShared(name));
        project.write("lambda/shared/texts.ts", 'export const shared = "one ";\n');
        project.write("lambda/stock.ts", saying("stock 2"));
      },
    ],
  ])("is noticed when it is %s", async (_how, save) => {
    save();
    await project.line(/rebuilt stock in/);
    const before = project.lines.length;
    project.write("lambda/stock.ts", saying("stock 3"));
    await project.line(/rebuilt stock in/, before);

    expect(project.replaced.get("shop-dev-stock")).toContain("stock 3");
    expect(project.lines.join("\n")).not.toMatch(/access|orders/);
  });

  it("is built when a burst of writes is over, and not before", async () => {
    // Longer than the interval of two looks.
    for (const started = performance.now(); performance.now() - started < 150; ) {
      project.write("lambda/stock.ts", `not yet ${performance.now()}`);
      await nextTurn();
    }
    project.write("lambda/stock.ts", saying("stock 2"));
    await project.line(/rebuilt stock/);

    expect(project.lines).toHaveLength(2);
    expect(project.replaced.get("shop-dev-stock")).toContain("stock 2");
  });

  it("is not reported when nothing of the code has changed", async () => {
    utimesSync(project.path("lambda/stock.ts"), 1, 1);
    project.write("lambda/.access.ts.swp", "");
    project.write("lambda/access.ts", saying("access 2"));
    await project.line(/rebuilt access/);

    expect(project.lines.join("\n")).not.toMatch(/stock|orders/);
  });
});

describe("a file that does not compile", () => {
  beforeEach(async () => {
    project = new WatchedProject("access", "orders");
    project.write("lambda/shared/texts.ts", 'export const shared = "one ";\n');
    project.write("lambda/access.ts", withShared("access"));
    project.write("lambda/orders.ts", withShared("orders"));
    await project.watch();
  });

  it("is reported once, with its position and the functions, which keep their last code until it is right", async () => {
    const broken = "\nexport const shared = => 1;\n";
    project.write("lambda/shared/texts.ts", broken);
    await project.line(/keep their last code/);
    const kept = project.replaced.get("shop-dev-orders");
    project.write("lambda/shared/texts.ts", broken);
    project.write("lambda/access.ts", `${withShared("access")}// saved\n`);
    project.write("lambda/other.ts", "");
    project.write("lambda/shared/texts.ts", 'export const shared = "two ";\n');
    await project.line(/rebuilt/);

    expect(kept).toContain("one ");
    expect(project.replaced.get("shop-dev-orders")).toContain("two ");
    expect(project.lines.slice(1)).toEqual([
      'lambda/shared/texts.ts:2:23: Unexpected "=>"',
      "access, orders keep their last code",
      expect.stringMatching(/^rebuilt access, orders in \d+ ms: compiles again$/),
    ]);
  });

  it("is reported again when it has another mistake", async () => {
    project.write("lambda/orders.ts", "export const handler = ;");
    await project.line(/orders\.ts:1:24: Unexpected ";"/);
    project.write("lambda/orders.ts", "export const handler = 5;");

    expect(await project.line(/not a function/)).toMatch(/^lambda\/orders\.ts:1:14: /);
  });

  it("is looked at again when a file changes that was new in it", async () => {
    project.write("lambda/deep/one.ts", 'import { two } from "./two";\nexport const one = two;\n');
    project.write("lambda/deep/two.ts", "export const two = ;\n");
    project.write(
      "lambda/orders.ts",
      'import { one } from "./deep/one";\nexport async function handler() { return one; }\n',
    );
    await project.line(/two\.ts:1:20/);
    project.write("lambda/deep/one.ts", 'export const one = "without two";\n');
    await project.line(/rebuilt orders/);

    expect(project.replaced.get("shop-dev-orders")).toContain("without two");
  });

  it.each([
    ["a file in a folder that is not there yet", "../missing/file", "missing/file.ts"],
    ["a file that is not there yet", "./missing", "lambda/missing.ts"],
    ["a package that is not installed yet", "missing", "node_modules/missing/index.js"],
  ])("is looked at again when its import is there: %s", async (_what, specifier, file) => {
    project.write(
      "lambda/orders.ts",
      `import { found } from "${specifier}";\nexport async function handler() { return found; }\n`,
    );
    await project.line(/orders\.ts:1:23: Could not resolve/);
    project.write(file, 'export const found = "found now";\n');
    // As npm does at the end of an installation.
    if (file.startsWith("node_modules/")) project.write("node_modules/.package-lock.json", "{}");
    await project.line(/rebuilt orders/);

    expect(project.replaced.get("shop-dev-orders")).toContain("found now");
  });

  it("may be gone for a while", async () => {
    rmSync(project.path("lambda/orders.ts"));
    await project.line(/orders keeps its last code/);
    project.write("lambda/orders.ts", saying("back"));
    await project.line(/rebuilt orders/);

    expect(project.lines[1]).toBe("lambda/orders.ts: The file does not exist.");
    expect(project.replaced.get("shop-dev-orders")).toContain("back");
  });
});

describe("access.yaml", () => {
  it("may get functions and lose them: those run what is deployed", async () => {
    project = new WatchedProject("access");
    project.write("lambda/access.ts", saying("access 1"));
    await project.watch();
    project.write("lambda/stock.ts", saying("stock 1"));
    project.routes("access", "stock");
    await project.line(/rebuilt stock/);
    const added = [...project.replaced.keys()].toSorted();
    project.routes("stock");
    const before = project.lines.length;
    project.write("lambda/stock.ts", saying("stock 2"));
    await project.line(/rebuilt stock/, before);

    expect(added).toEqual(["shop-dev-access", "shop-dev-stock", "shop-test-access", "shop-test-stock"]);
    expect([...project.replaced.keys()].toSorted()).toEqual(["shop-dev-stock", "shop-test-stock"]);
  });

  it("may have many functions", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `number-${index + 10}`);
    project = new WatchedProject(...names);
    project.write("lambda/shared/texts.ts", 'export const shared = "one ";\n');
    for (const name of names) project.write(`lambda/${name}.ts`, withShared(name));
    await project.watch();
    project.write("lambda/shared/texts.ts", 'export const shared = "two ";\n');

    expect(await project.line(/rebuilt/)).toMatch(
      new RegExp(`^rebuilt ${names.slice(0, 5).join(", ")} and 45 more in `),
    );
    expect(project.replaced.get("shop-dev-number-59")).toContain("two ");
  });
});

describe("the compiler's process", () => {
  beforeEach(async () => {
    project = new WatchedProject("access");
    project.write("lambda/access.ts", saying("access 1"));
    await project.watch();
  });

  it("is started again when a Ctrl-C has ended it", async () => {
    for (const pid of compilers()) process.kill(pid, "SIGINT");
    project.write("lambda/access.ts", saying("access 2"));
    await project.line(/rebuilt access/);

    expect(project.replaced.get("shop-dev-access")).toContain("access 2");
    expect(project.lines).toHaveLength(2);
  });

  it("is gone when watching has ended", async () => {
    const before = compilers();
    await project.close();
    await project.close();

    expect(before.length).toBeGreaterThan(0);
    expect(compilers().filter((pid) => before.includes(pid))).toEqual([]);
  });
});
