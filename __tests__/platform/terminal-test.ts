import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import pc from "picocolors";
import { print, printable, printBody, printJson, say, warn, warnInWorkflow } from "../../platform/terminal";
import { dangersInLines, HOSTILE_TEXTS } from "../support/hostile-texts";
import { type Answer, runOnTerminal } from "../support/pseudoterminal";
import { rendered } from "../support/rendered";

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

describe("steps", () => {
  const project = join(__dirname, "..", "..");
  /** Runs a script with the functions of the terminal, and of the timers. */
  const command = (script: string) => [
    process.execPath,
    ...["--require", join(project, "cli", "typescript.cjs"), "-e"],
    `const { setTimeout: wait } = require("node:timers/promises");
    const { step, stepDetail, say, sayMeanwhile, print, printJson, waitFor } = require("./platform/terminal.ts");
    (async () => { ${script} })();`,
  ];
  const { CI: _, ...environment } = process.env;
  const env = { ...environment, TERM: "xterm" };
  const shown = async (script: string, columns = 60, variables = {}, answers: readonly Answer[] = []) => {
    const options = { columns, hasStyles: true };
    const { code, output } = await runOnTerminal(command(script), project, { ...env, ...variables }, answers, options);
    return { code, lines: rendered(output, columns), output };
  };

  const long = `Requesting tokens of ${"client ".repeat(14)}and more`;
  const LONG_STEP = `step("${long}"); await wait(1300); stepDetail("12 of 30"); await wait(1000);`;

  it.each([60, 120])(
    "are rewritten in %d columns without wrapping, and end with the time that they took",
    async (columns) => {
      const { lines, output } = await shown(
        `${LONG_STEP} sayMeanwhile("✓ create a"); print("result"); step("Next"); printJson([1], 0);`,
        columns,
      );

      expect(lines[0]).toBe("✓ create a");
      const text = lines.slice(1).join("");
      expect(text.replaceAll(" ", "")).toMatch(/^Requestingtokens.*andmore…2\.\ds?result?Next…\[1\]$/);
      expect(lines.filter((line) => line.startsWith("Requesting"))).toHaveLength(1);
      const drawn = output.split("\u001b[2K").filter((line) => line.includes("12 of 30"));
      expect(drawn.length).toBeGreaterThan(1);
      for (const line of drawn) expect((line.split("\r")[0] ?? "").length).toBeLessThan(columns);
    },
  );

  it("show how long is waited, and leave nothing of it", async () => {
    const { lines, output } = await shown('await waitFor("Reading the log", wait(1500)); print("result");');
    expect(output).toContain("Reading the log … 1 s");
    expect(lines).toEqual(["result", ""]);
  });

  it("are plain lines without a terminal, and on one that cannot rewrite lines", async () => {
    const script = 'step("Planning dev"); await waitFor("Reading", wait(1200)); stepDetail("1 of 2"); print("result");';
    const piped = await promisify(execFile)(process.execPath, command(script).slice(1), { cwd: project, env });
    const dumb = await shown(script, 60, { TERM: "dumb" });

    expect(piped).toEqual({ stdout: "result\n", stderr: "Planning dev …\n" });
    expect(dumb.output).toBe("Planning dev …\r\nresult\r\n");
  });

  it("do not keep a command from ending, which ends their line", async () => {
    const started = performance.now();
    const { lines, code } = await shown('step("Planning dev"); void waitFor("Reading", new Promise(() => undefined));');
    expect([code, lines]).toEqual([0, ["Planning dev …", ""]]);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it("end their line when the command is ended in whatever way", async () => {
    const endings = [
      ["process.exit(3);", 3, /^$/],
      ['throw new TypeError("broken");', 1, /TypeError: broken/],
      // The pseudoterminal reports the signal beside the code.
      ['process.kill(process.pid, "SIGTERM"); await wait(5000);', 0, /^$/],
      [
        `process.on("SIGINT", () => { if (process.listenerCount("SIGINT") === 1) process.exit(5); });
         process.kill(process.pid, "SIGINT"); await wait(5000);`,
        5,
        /^$/,
      ],
    ] as const;
    const runs = endings.map(([script]) => shown(`step("Planning dev"); await wait(1200); ${script}`));
    for (const [index, { code, lines }] of (await Promise.all(runs)).entries()) {
      const [, expected, rest] = endings[index] ?? [];
      expect(code).toBe(expected);
      expect(lines[0]).toMatch(/^Planning dev … 1\.\d s$/);
      expect(lines.slice(1).join("\n")).toMatch(rest ?? "");
    }
  });

  it("end before a question and before another program uses the terminal", async () => {
    const { code, lines } = await shown(
      `step("Planning dev");
       const isYes = await require("./platform/confirm.ts").confirm("Deploy it?");
       step("Applying");
       await require("./platform/child.ts").runInForeground(["echo", String(isYes)], ".", process.env);
       process.exit(0);`,
      60,
      {},
      [{ to: "[y/N]", is: "y" }],
    );
    expect(code).toBe(0);
    expect(lines).toEqual(["Planning dev …", "Deploy it? [y/N] y", "Applying …", "true", ""]);
  });
});
