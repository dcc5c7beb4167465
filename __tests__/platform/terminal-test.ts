import pc from "picocolors";
import { print, printable, printBody, printJson, say, warn, warnInWorkflow } from "../../platform/terminal";
import { dangersInLines, HOSTILE_TEXTS } from "../support/hostile-texts";

const all = Object.values(HOSTILE_TEXTS).join("\n");
const isDanger = (danger: string) => !danger.startsWith("line: ");
const written: string[] = [];
const before = process.env["GITHUB_ACTIONS"];
const colors = pc.createColors(true);

beforeEach(() => {
  written.length = 0;
  delete process.env["GITHUB_ACTIONS"];
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
  }
});
afterEach(() => {
  jest.restoreAllMocks();
  if (before !== undefined) process.env["GITHUB_ACTIONS"] = before;
});

describe("printable", () => {
  it.each(Object.entries(HOSTILE_TEXTS))("leaves lines of %s", (_, text) => {
    expect(dangersInLines(printable(text)).filter(isDanger)).toEqual([]);
  });

  it("keeps styles, tabs and boxes of Terraform, and CRLF as a line break", () => {
    const text = `${colors.bold(colors.red("error:"))}\ta ${colors.dim("b")}\n╷│ x`;
    expect(printable(text)).toBe(text);
    expect(printable("a\r\nb\rc")).toBe("a\nb\\u{d}c");
    expect(printable("a\n ::error::b ::c\nd::e")).toBe("a\n \\u{3a}:error::b ::c\nd::e");
  });
});

describe("styles", () => {
  const [isTerminal, variables] = [process.stdout.isTTY, { ...process.env }];
  afterEach(() => {
    process.stdout.isTTY = isTerminal;
    process.env = { ...variables };
  });

  it.each<readonly [string, boolean, Readonly<Record<string, string>>, boolean]>([
    ["a terminal", true, {}, true],
    ["a file, also in CI", false, { CI: "1", GITHUB_ACTIONS: "true" }, false],
    ["TERM=dumb", true, { TERM: "dumb" }, false],
    ["NO_COLOR", true, { NO_COLOR: "1" }, false],
    ["NO_COLOR and FORCE_COLOR", true, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["an empty NO_COLOR", true, { NO_COLOR: "" }, true],
    ["a file with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
    ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
  ])("in the output for %s", (_, isTTY, changes, expected) => {
    const { NO_COLOR: _1, FORCE_COLOR: _2, CI: _3, ...rest } = variables;
    process.env = { ...rest, TERM: "xterm", ...changes };
    process.stdout.isTTY = isTTY;
    print(`${colors.bold(colors.red("a"))} b`);

    expect(written).toEqual([expected ? `${colors.bold(colors.red("a"))} b\n` : "a b\n"]);
  });
});

describe("what is printed", () => {
  it.each([
    ["print", print],
    ["say", say],
    ["warn", warn],
    ["warnInWorkflow", warnInWorkflow],
  ])("by %s is lines", (_, write) => {
    write(all);
    expect(written.join("")).toMatch(/\n$/);
    expect(dangersInLines(written.join("")).filter(isDanger)).toEqual([]);
  });

  it("by warnInWorkflow is one command in a workflow", () => {
    process.env["GITHUB_ACTIONS"] = "true";
    warnInWorkflow(`50% ${all}`);
    expect(written.join("")).toMatch(/^::warning::50%25 evil[^\n]*\n$/);
    expect(dangersInLines(written.join("").replace("::warning::", ""))).toEqual([]);
  });

  it("by printJson can be read exactly", () => {
    printJson({ all, [all]: 1 });
    expect(JSON.parse(written.join(""))).toEqual({ all, [all]: 1 });
    expect(dangersInLines(written.join(""))).toEqual([]);
    printJson([1], 0);
    expect(written.at(-1)).toBe("[1]\n");
  });

  it("of a server's response is exact for programs, and lines for GitHub's runner", () => {
    printBody(all);
    expect(written.join("")).toBe(`${all}\n`);
    process.env["GITHUB_ACTIONS"] = "true";
    printBody(all);
    expect(dangersInLines(written.at(-1) ?? "").filter(isDanger)).toEqual([]);
    const json = JSON.stringify({ all }, null, 1);
    printBody(json);
    expect(JSON.parse(written.at(-1) ?? "")).toEqual({ all });
    expect(dangersInLines(written.at(-1) ?? "")).toEqual([]);
  });
});
