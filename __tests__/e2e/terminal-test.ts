/** Commands on a terminal, where tools look for newer versions of themselves that they do not look for in CI. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { KeptEnded } from "../support/kept-commands";
import { cleanEnvironment, kill, script } from "../support/processes";
import { type Answer, runOnTerminal as runCommandOnTerminal, type TerminalOptions } from "../support/pseudoterminal";
import { commandsTogether } from "../support/run-together";
import { type Served, ServedProject } from "../support/served-project";

jest.setTimeout(120_000);

const project = new ServedProject();
const { folder } = project;
const home = mkdtempSync(join(tmpdir(), "home-"));

/** The environment of a person who has used neither npm nor cdktf before: there is no note of a recent look. */
function personsEnvironment(): NodeJS.ProcessEnv {
  const { CI: _, DISABLE_VERSION_CHECK: _1, NO_UPDATE_NOTIFIER: _2, ...rest } = cleanEnvironment();
  const kept = Object.entries(rest).filter(([name]) => !/^npm_/i.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    CDKTF_HOME: join(home, ".cdktf"),
    npm_config_registry: "https://registry.npmjs.org/",
    npm_config_userconfig: join(home, ".npmrc"),
    npm_config_cache: join(home, ".npm"),
    npm_config_fetch_retries: "0",
  };
}

/** Runs a command on a pseudoterminal. */
function runOnTerminal(
  command: readonly string[],
  answers?: Answer | readonly Answer[],
  options?: TerminalOptions,
  variables: Readonly<Record<string, string>> = {},
) {
  return runCommandOnTerminal(command, folder, { ...personsEnvironment(), ...variables }, answers, options);
}

/** Runs a command on a pseudoterminal, with the embedded AWS that is served. */
function runServedOnTerminal(
  command: readonly string[],
  answers?: Answer | readonly Answer[],
  options?: TerminalOptions,
  variables: Readonly<Record<string, string>> = {},
) {
  const joined = Object.entries(project.environment()).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== process.env[pair[0]],
  );
  return runOnTerminal(command, answers, options, { ...Object.fromEntries(joined), ...variables });
}

afterAll(async () => {
  await project.remove();
  rmSync(home, { recursive: true, force: true });
});

describe("npx access local on a terminal", () => {
  it("says what it serves in lines that fit, and stops with Ctrl-C", async () => {
    const { code, output } = await runOnTerminal(
      script("cli/local.ts", "--port", "0"),
      { to: "Press Ctrl-C to stop.", is: "\u0003" },
      { columns: 60 },
    );
    const lines = output.split("\r\n");

    expect(lines.filter((line) => line.length > 60)).toEqual([
      // A terminal wraps it, and it can be copied.
      "npx access local npx access call POST /access --client test-server",
    ]);
    expect(output).toMatch(/\r\n {2}console {2}http:\S+\r\n\r\n/);
    expect(output).toMatch(/\r\n {2}port {5}http:\S+\/<host>\/<path>: [^\r]+\r\n {11}\S/);
    expect(code).toBe(0);
  });
});

describe("a shell in npx access local", () => {
  it("shows in its prompt where it is, and says so when it is left", async () => {
    const { code, output } = await runOnTerminal(script("cli/local.ts", "--port", "0", "bash"), {
      to: "(embedded AWS) ",
      is: 'test -n "$HTTPS_PROXY" && [[ $ACCESS_LOCAL_URL == http://127.0.0.1:[1-9]* ]] && exit 3',
    });

    expect(output).toMatch(/^This shell uses the embedded AWS: .* Leave it with exit\.\r\n/);
    expect(output.trimEnd()).toMatch(/Left the embedded AWS\. Its account is kept in \.local\/\.$/);
    expect(code).toBe(3);
  });
});

describe("a terminal that is closed", () => {
  it.each([
    { title: "a shell in npx access local", args: ["bash"], shown: "(embedded AWS) " },
    { title: "npx access local", args: ["--port", "0"], shown: "Press Ctrl-C to stop." },
  ])("ends $title, which leaves nothing behind", async ({ args, shown }) => {
    // A folder of its own, because tests of other files write to the shared one meanwhile.
    const temporary = mkdtempSync(join(home, "temporary-"));
    // Node.js aborts on exit if it cannot restore the settings of the terminal, so the exit code is not asserted.
    await runOnTerminal(script("cli/local.ts", ...args), { to: shown, is: undefined }, undefined, {
      TMPDIR: temporary,
    });

    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(join(folder, ".local"))).not.toContain("emulator.pid");
  });
});

describe("on an embedded AWS that is served", () => {
  const deploy = (...args: readonly string[]) => script("cli/deploy.ts", "dev", ...args);
  const bash = (lines: readonly string[]) => ["bash", "-c", lines.join("\n")];
  let served: Served;
  beforeAll(async () => {
    served = await project.serve();
  });

  // Settings that write the prompt each time, as most themes do.
  const settings = {
    bash: [".bashrc", "PROMPT_COMMAND='PS1=\"mine> \"'"],
    zsh: ["zsh/.zshrc", 'precmd() { PROMPT="mine> " }'],
    fish: [".config/fish/config.fish", 'function fish_prompt; echo -n "mine> "; end'],
  } as const;
  const installed = (["bash", "zsh", "fish"] as const).filter((shell) =>
    ["/bin", "/usr/bin", "/usr/local/bin"].some((bin) => existsSync(join(bin, shell))),
  );

  it.each(installed)("marks the prompt that the settings of %s write", async (shell) => {
    const [file, text] = settings[shell];
    mkdirSync(join(home, file, ".."), { recursive: true });
    writeFileSync(join(home, file), text);
    writeFileSync(join(home, ".zshenv"), `ZDOTDIR='${join(home, "zsh")}'`);
    const { code, output } = await runOnTerminal(script("cli/local.ts", shell), {
      to: "(embedded AWS) mine> ",
      is: "exit 3",
    });
    rmSync(join(home, file));

    expect([code, output]).toEqual([3, expect.stringContaining("Left the embedded AWS.")]);
  });

  it("marks shells that it starts, and says that the outer one uses the embedded AWS as well", async () => {
    writeFileSync(join(home, ".bashrc"), 'PS1="mine> "');
    const access = script("cli/local.ts", "bash")
      .map((word) => `'${word}'`)
      .join(" ");
    const prompt = "(embedded AWS) mine> ";
    const { code, output } = await runOnTerminal(script("cli/local.ts", "bash"), [
      { to: prompt, is: "bash" },
      { to: prompt, is: "exit" },
      { to: prompt, is: access },
      { to: prompt, is: "exit" },
      { to: prompt, is: "exit 4" },
    ]);
    rmSync(join(home, ".bashrc"));

    expect(output).toContain("Left this shell. The one that started it uses the embedded AWS as well.");
    expect(output.trimEnd()).toMatch(/Left the embedded AWS\. Its account is kept in \.local\/\.$/);
    expect(code).toBe(4);
  });

  it("shows what changes, deploys it after a yes, verifies it, and prints the next command", async () => {
    const refused = await runServedOnTerminal(deploy(), { to: "[y/N]", is: "n" });
    expect(refused).toEqual({ code: 1, output: expect.stringContaining("Nothing was deployed.") });
    expect(refused.output).toMatch(/Deploy this to dev \([a-z]+-[a-z]+-\d, embedded AWS\)\? \[y\/N\] /);
    const { code, output } = await runOnTerminal(
      script("cli/local.ts", ...deploy()),
      { to: "[y/N]", is: "y" },
      { columns: 70 },
    );

    expect(output).toContain("test-server  gains  POST /access");
    expect(output).toMatch(/deployed: dev, \d+ added, 0 changed, 0 destroyed/);
    expect(output).toContain("verified: dev, all 10 checks as expected.");
    // Neither is broken where it does not fit the line.
    expect(output).toMatch(/\r\n {2}POST\r\n {0,4}https:\S+\/dev\/access\r\n/);
    expect(output).toContain("Only commands behind npx access local reach these URLs of the\r\n  embedded AWS.\r\n");
    expect(output).toMatch(/\r\nTry:\r\n {4}npx access local npx access call POST \/access --client test-server\r\n/);
    expect(output.split("\r\n").length).toBeLessThan(40);
    expect(code).toBe(0);
  });

  /** Runs commands on a terminal in one process, one after the other. */
  const together = async (all: readonly (readonly string[])[], options?: TerminalOptions) => {
    await runServedOnTerminal(commandsTogether(project, all), [], options);
    const results: readonly KeptEnded[] = JSON.parse(readFileSync(join(folder, "commands.json"), "utf8"));
    return results.map(({ code, pieces }) => {
      const styled = pieces.map(([, text]) => text).join("");
      return { code, styled, output: stripVTControlCharacters(styled) };
    });
  };

  it("explains calls that are refused, prints curl commands without a token and log lines, and names what was meant", async () => {
    const results = await together([
      ["call", "POST", "/access"],
      ["call", "post", "/access?id=1", "-c", "test-server", "-d", "{}", "--curl"],
      ["call", "POST", "/access", "-c", "test-server", "--include"],
      ["call", "POST", "/access", "--curl", "--local"],
      ["call", "GET", "/access", "--data", "{}"],
      ["call", "POST", "/access", "--data", "{id}"],
      ["call", "POST", "/access", "-c", "test-server", "-s", "test_resource/other"],
      ["call", "post", "/dev/access"],
      ["call", "GET", "/access"],
      ["call", "POST /access", "-c", "test-serve"],
      ["call", "POST /access", "-c", "test-server"],
      ["logs", "api"],
    ]);

    const curl = "\\$\\(npx access local npx access token test-server --env dev --raw\\)";
    const expected: readonly (readonly [number, string | RegExp])[] = [
      [2, "requires a token with the scope test_resource/test"],
      [0, new RegExp(`/dev/access\\?id=1'[\\s\\S]*${curl}`)],
      [0, /^HTTP 200\n(?!HTTP)[\s\S]*content-type: application\/json[\s\S]*"caller"/],
      [0, /http:\/\/127\.0\.0\.1:\d+\/\w+\.execute-api\.[\w.-]+\/dev\/access/],
      [64, "GET has no body. Leave out --data."],
      [64, "--data is not JSON"],
      [1, "invalid_scope. The client does not have a scope that was requested. Its scopes: test_resource/test."],
      [64, "Expected the path without the stage: /access\n"],
      [64, "dev has no route for GET /access. Did you mean POST /access?\n"],
      [64, 'dev has no client "test-serve". Did you mean "test-server"?\n'],
      [0, /"caller"[^\n]*\n$/],
      [0, / {2}api {2}200 {2}POST \/access {2}test-server {2}\d+ ms/],
    ];
    expect(results).toEqual(
      expected.map(([code, text]) => ({
        code,
        styled: expect.any(String),
        output: typeof text === "string" ? expect.stringContaining(text) : expect.stringMatching(text),
      })),
    );
  });

  it("writes no styles on a dumb terminal", async () => {
    const unknown = script("cli/call.ts", "--unknown");
    const styled = await runServedOnTerminal(unknown, [], { hasStyles: true });
    const plain = await runServedOnTerminal(unknown, [], { hasStyles: true }, { TERM: "dumb" });

    expect(styled).toEqual({ code: 64, output: expect.stringContaining("\u001b[31merror:\u001b[39m") });
    expect(plain).toEqual({ code: 64, output: stripVTControlCharacters(styled.output) });
  });

  it("reviews with colours and without Markdown, in lines that fit", async () => {
    const commands = [
      ["review", "dev"],
      ["review", "dev", "--markdown"],
    ] as const;
    const [styled, markdown] = await together(commands, { columns: 80 });
    const text = styled?.output.slice(styled.output.indexOf("dev: ")) ?? "";

    expect(text).toMatch(
      /^dev: nothing changes\n[\s\S]*Monthly costs\n {2}app client[\s\S]*Fingerprint \w{64}\nwarning: [^\n]*\nSaved in dev\.plan\. There is nothing to apply\.\n$/,
    );
    const review = text.slice(0, text.indexOf("warning: "));
    expect(review.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(styled?.styled).toContain("\u001b[1mdev: nothing changes\u001b[22m");
    expect(markdown?.output).toContain("<!-- machine-access-review environment=dev");
    expect([styled?.code, markdown?.code]).toEqual([0, 0]);
  });

  it("ends commands with their own exit code when the reader of their output has ended", async () => {
    // One that writes again and again, one that writes much at once, and one that refuses.
    const sampled = [["verify", "dev"], ["emulated"], ["call", "POST", "/access"]];
    const commands = process.env["SOAK"] ? [["review", "dev"], ["logs"], ...sampled] : sampled;
    const lines = commands.map(([name = "", ...args]) => {
      const command = script(`cli/${name}.ts`, ...args)
        .map((word) => `'${word}'`)
        .join(" ");
      return `${command} 2>errors | head -1 >/dev/null; echo "${name} \${PIPESTATUS[0]}"; grep -E "^ +at |Error:" errors`;
    });
    const { output } = await runServedOnTerminal(bash(lines));

    const codes = commands.map(([name]) => `${name} ${name === "call" ? 2 : 0}`);
    expect(output.trim().split("\r\n")).toEqual(codes);
  });

  it("lets neither cdktf nor npm ask, or look for a newer version, which the proxy would refuse", async () => {
    const { code, output } = await runOnTerminal(script("cli/local.ts", "npx", "cdktf", "plan", "dev"));

    expect(output).toContain("No changes.");
    expect(output).not.toMatch(/registry|ERR!|newer|update available/i);
    expect(code).toBe(0);
  });

  it("says after a Ctrl-C that what it deployed is not verified", async () => {
    const { code, output } = await runServedOnTerminal(deploy("--yes"), { to: "Verifying dev", is: "\u0003" });

    expect(output.trimEnd()).toMatch(
      /\nerror: interrupted: dev is deployed, but not verified: npx access local npx access verify dev$/,
    );
    expect(code).toBe(130);
  });

  it("lists only the checks that failed, soon, with the command that prints the log of the function", async () => {
    const file = join(folder, "lambda", "access.ts");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, 'export async function handler() {\n  throw new TypeError("no orders");\n}\n');
    const startedAt = performance.now();
    const { code, output } = await runServedOnTerminal(deploy("--yes"));
    const seconds = (performance.now() - startedAt) / 1000;
    writeFileSync(file, before);

    expect(output).toMatch(
      /Not as expected yet: POST \/access, test-server: 502 .*backend-error\. Trying again for up to/,
    );
    expect(output.split("\r\n").filter((line) => /^ {2}[✓✗]/u.test(line))).toEqual([
      expect.stringMatching(/^ {2}✗ {2}POST \/access +test-server +allow +502 /),
    ]);
    expect(output).toContain("Read the log.\r\n  npx access local npx access logs access --env dev\r\n");
    expect(output).toContain("failed: dev, 10 checks: 1 backend-error, 9 as expected.");
    expect(code).toBe(2);
    // Two minutes, if failures of functions were retried as what a deployment needs.
    expect(seconds).toBeLessThan(90);
  });

  it("refused no host to any of these commands", async () => {
    await kill(served.server, "SIGINT");

    expect((await served.result).stdout).toContain("200 POST ");
    expect((await served.result).stdout).not.toContain("502 CONNECT");
  });
});
