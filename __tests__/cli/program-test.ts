/** The program: its help, its exit codes, and what every command has. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Command, OutputConfiguration } from "commander";
import { GROUPS } from "../../cli/command-list";
import { helpText, main } from "../../cli/program";
import { cleanEnvironment, copyOfProject, run } from "../support/processes";
import { runTogether } from "../support/run-together";

const project = join(__dirname, "..", "..");
/** Where nothing is deployed, on the embedded AWS neither. */
const copy = copyOfProject();
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const entries = GROUPS.flatMap((group) => group.entries);
const access = (...args: readonly string[]) => run([process.execPath, "cli/access.cjs", ...args], project);

/** Runs commands where nothing is deployed, one after the other in one process. */
const inCopy = (env: NodeJS.ProcessEnv, ...commands: readonly (readonly string[])[]) =>
  runTogether({ folder: copy, environment: () => env }, commands);

/** What ends a command in this process. */
class Ended extends Error {}

/** The same as {@link access} in this process, for what is refused or printed before anything is done. */
async function here(...args: readonly string[]) {
  const written = { stdout: "", stderr: "" };
  const before = process.cwd();
  const spies = (["stdout", "stderr"] as const).map((name) =>
    jest.spyOn(process[name], "write").mockImplementation((text) => {
      written[name] += stripVTControlCharacters(String(text));
      return true;
    }),
  );
  const exit = jest.spyOn(process, "exit").mockImplementation((code) => {
    process.exitCode = code ?? 0;
    throw new Ended();
  });
  process.exitCode = 0;
  process.chdir(project);
  try {
    await main(args).catch((error) => {
      if (!(error instanceof Ended)) throw error;
    });
    return { code: process.exitCode as unknown, ...written };
  } finally {
    process.exitCode = undefined;
    process.chdir(before);
    for (const spy of [...spies, exit]) spy.mockRestore();
  }
}

/** Commands that operate an environment: machines run them, too. */
const WITH_JSON = [
  "review",
  "apply",
  "verify",
  "drift",
  "teardown",
  "rotate",
  "bootstrap",
  "handout",
  "report",
  "postman",
  "preflight",
  "capacity",
];

describe("access", () => {
  it("prints the same help for nothing, help and --help, which is the file help", async () => {
    const outputs = [await access(), await here("help"), await here("--help")];

    expect(outputs.map(({ code, stdout }) => [code, stdout])).toEqual(Array(3).fill([0, helpText()]));
    expect(readFileSync(join(project, "help"), "utf8")).toContain(helpText());
  });

  it("exits with 64 for wrong usage, and names the nearest command", async () => {
    expect(await access("tokn")).toMatchObject({ code: 64, stderr: expect.stringContaining("Did you mean token?") });
    expect(await here("bogus")).toMatchObject({
      code: 64,
      stderr: 'error: unknown command "bogus". For all commands: npx access help\n',
    });
    expect(await here("destory")).toMatchObject({ stderr: expect.stringContaining("Did you mean destroy?") });
    expect(await access("token")).toMatchObject({ code: 64, stderr: expect.stringContaining("missing required") });
    expect(await here("drift", "--jsn")).toMatchObject({ code: 64, stderr: expect.stringContaining("--json") });
    expect(await here("github", "comment")).toMatchObject({ code: 64 });
    expect(await here("drift", "nowhere")).toMatchObject({ code: 64, stderr: expect.stringContaining("It has dev") });
  });

  it("suggests no option or subcommand that is unlike what was typed, and says how the command is used", async () => {
    expect((await here("new", "clinet")).stderr).toBe(
      "error: unknown command 'clinet'. Did you mean \"client\"?\nUsage: npx access new [options] [command]\n",
    );
    // Two letters of six differ, and the first one as well.
    expect((await here("import")).stderr).toBe('error: unknown command "import". For all commands: npx access help\n');
    expect((await here("policy", "pla")).stderr).toMatch(/^error: unknown argument "pla"\. Did you mean "plan"\?\n/);
    expect((await here("policy", "bogus")).stderr).toMatch(/^error: unknown argument "bogus"\. Expected one of plan, /);
    expect((await here("new", "bogus")).stderr).toMatch(/^error: unknown command 'bogus'\. It has client, scope, /);
    expect((await here("rotate", "x", "--zzz")).stderr).toMatch(
      /^error: unknown option '--zzz'\.\nUsage: npx access rotate \[options\] \[client\]\n$/,
    );
  });

  it("ends silently with its own exit code when the reader of its output has ended", async () => {
    const line = 'set -o pipefail; "$0" "$@" | true';
    const commands = [["help"], ["new", "--help"], ["emulated"], ["capacity"], ["report", "--no-usage"]];
    const env = cleanEnvironment({ CDKTF_OUTPUT: "nowhere" });
    const runs = commands.map((words) =>
      run(["bash", "-c", line, process.execPath, "cli/access.cjs", ...words], project, env),
    );

    for (const { code, stdout, stderr } of await Promise.all(runs)) {
      expect([code, stdout]).toEqual([0, ""]);
      expect(stderr).toMatch(/^$|^warning: the report is of access\.yaml alone/);
    }
  });

  it("reports an unknown client before that nothing is deployed", async () => {
    const env = cleanEnvironment({ CDKTF_OUTPUT: "nowhere" });
    const commands = [
      ["handout", "test-serve"],
      ["kill", "test-serve", "--yes"],
      ["token", "test-serve"],
      ["rotate", "test-serve"],
      ["call", "POST", "/access", "--client", "test-serve"],
      ["postman", "--client", "test-serve"],
      ["verify", "--client", "test-serve"],
    ];
    const [known, ...results] = await inCopy(env, ["handout", "test-server"], ...commands);

    expect(results).toEqual(
      commands.map(() => ({
        code: 64,
        stdout: "",
        stderr: 'error: dev has no client "test-serve". Did you mean "test-server"?\n',
      })),
    );
    expect(known).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: nothing is deployed to dev /) });
  });

  it("prints the commands that help beside a report without a deployment", async () => {
    const env = cleanEnvironment({ CDKTF_OUTPUT: "nowhere" });
    const { code, stdout, stderr } = await run([process.execPath, "cli/access.cjs", "report"], copy, env);

    expect(code).toBe(0);
    expect(stderr).toContain("  On AWS:                         npx access deploy dev\n");
    expect(stdout).toContain("not compared with a deployment: nothing is deployed to dev");
    expect(stdout).not.toContain("npx access deploy");
  });

  it("reports a wrong ACCESS_TODAY as a mistake of the environment, not of main.ts", async () => {
    const env = cleanEnvironment({ ACCESS_TODAY: "2027-13-01" });

    expect(await run([process.execPath, "cli/access.cjs", "matrix"], project, env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: The environment variable ACCESS_TODAY must be a date /),
    });
  });

  it("has help that fits into 80 columns", () => {
    const texts = entries.map((entry) => {
      let text = "";
      const { command } = entry.load();
      const { writeOut, getOutHelpWidth } = command.configureOutput();
      command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 }).outputHelp();
      command.configureOutput({ writeOut, getOutHelpWidth } as OutputConfiguration);
      return text;
    });

    for (const text of [helpText(), ...texts]) {
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it("says what it expects where a call has another form", async () => {
    const call = async (...args: readonly string[]) => {
      const { code, stderr } = await here("call", ...args);
      return [code, stderr];
    };

    expect(await call("POST", "orders")).toEqual([
      64,
      'error: "orders" is not a path. Expected the path below the stage: /orders\n',
    ]);
    expect(await call("POST", "https://a1.execute-api.eu-west-1.amazonaws.com/dev/orders?id=1")).toEqual([
      64,
      expect.stringMatching(/ Expected the path below the stage: \/orders\?id=1\n$/),
    ]);
    expect(await call("POST", "https://api.example.com/orders")).toEqual([
      64,
      expect.stringMatching(/ Expected the path below the stage: \/orders\n$/),
    ]);
    expect(await call("PSOT", "/orders")).toEqual([64, 'error: "PSOT" is not a method. Did you mean "POST"?\n']);
    expect(await call("POST")).toEqual([64, expect.stringContaining("Expected both, such as npx access call POST")]);
    expect(await call("POST orders")).toEqual([64, expect.stringContaining("the path below the stage: /orders\n")]);
    expect(await call("GET", "/orders/{id}?all=1")).toEqual([
      64,
      "error: {id} is a path parameter. Replace it with a value: /orders/1?all=1\n",
    ]);
    expect(await call("GET", "/orders", "--local")).toEqual([64, "error: --local requires --curl.\n"]);
    expect(await call("POST", "/x", "--env", "dve")).toEqual([64, expect.stringContaining('Did you mean "dev"?')]);
  });

  it("refuses arguments with characters that cannot be seen, but for the body of a call", async () => {
    for (const args of [
      ["drift", "a\nerror: forged"],
      ["token", "x\u202e"],
      ["review", "--out", "a\u001b[2K"],
    ]) {
      const { code, stderr } = await here(...args);
      expect([code, stderr]).toEqual([
        64,
        expect.stringMatching(/^error: an argument has characters that cannot be seen: .*\\u\{\w+\}.*\n$/),
      ]);
    }
    expect((await here("call", "POST", "/x", "--data", "{\n}", "--env", "none")).stderr).not.toContain(
      "cannot be seen",
    );
  });

  it("knows a command by its alias", async () => {
    expect(await here("destroy", "--help")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("access teardown|destroy "),
    });
  });

  it("has an npm script of the same name for each command", () => {
    const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));

    for (const { name } of entries.filter((entry) => entry.name !== "completion")) {
      expect(scripts[name]).toBe(`node cli/access.cjs ${name}`);
    }
  });

  it.each(["bash", "zsh", "fish"])("completes every command in %s", async (shell) => {
    const { code, stdout } = await here("completion", shell);

    expect(code).toBe(0);
    for (const { name } of entries) expect(stdout).toContain(name);
    expect(stdout).toContain("--refusals-only");
  });

  it("completes commands and options in bash", async () => {
    const { stdout: completion } = await access("completion", "bash");
    const complete = async (...words: readonly string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(" ");
      const code = `${completion}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _access; echo "\${COMPREPLY[@]}"`;
      return (await run(["bash", "-c", code], project)).stdout.trim();
    };

    expect(await complete("npx", "access", "ver")).toBe("verify");
    expect(await complete("access", "drift", "--j")).toBe("--json");
  });
});

describe.each(entries)("access $name", ({ name, usage, load }) => {
  const { command } = load();

  it("is a command of that name, with these arguments and a description", () => {
    expect(command.name()).toBe(name);
    if (command.commands.length === 0) expect(argumentsOf(command)).toBe(usage);
    expect(command.description()).toMatch(/^[A-Z].*\.$/);
  });

  if (WITH_JSON.includes(name)) {
    it("has --json", () => {
      expect(command.options.map(({ long }) => long)).toContain("--json");
    });
  }
});

it("lists the exit codes in the help of each command", async () => {
  for (const name of ["drift", "github"]) {
    const { code, stdout } = await here(name, "--help");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Exit codes:\n {2}0 {4}done\n/)]);
  }
  expect((await here("drift", "--help")).stdout).toContain("  2    there is drift");
  const { stdout: github } = await here("github", "--help");
  expect(github).toContain("  2    .github/CODEOWNERS is stale, with codeowners --check");
  expect(github.slice(0, github.indexOf("Options:"))).toContain("CODEOWNERS");
});

/** As the usage line of its help has them. */
function argumentsOf(command: Command): string {
  return command.usage().replace(/^\[options\] ?/, "");
}
