/** Commands on a terminal, where tools look for newer versions of themselves that they do not look for in CI. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { cleanEnvironment, copyOfProject, ended, kill, script, start, untilWritten } from "../support/processes";

jest.setTimeout(120_000);

/** As much of node-pty as is used here; its own types are of a module of another name. */
interface Pty {
  spawn(
    program: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly cols: number; readonly rows: number },
  ): {
    onData(listener: (data: string) => void): unknown;
    onExit(listener: (event: { readonly exitCode: number }) => void): unknown;
  };
}

const { spawn } = jest.requireActual<Pty>("@cdktf/node-pty-prebuilt-multiarch");
const folder = copyOfProject();
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
function runOnTerminal(command: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  const [program = "", ...args] = command;
  const terminal = spawn(program, args, { cwd: folder, env: personsEnvironment(), cols: 200, rows: 50 });
  let written = "";
  terminal.onData((data) => {
    written += data;
  });
  return new Promise((resolve) =>
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, output: stripVTControlCharacters(written) })),
  );
}

afterAll(() => {
  for (const made of [folder, home]) rmSync(made, { recursive: true, force: true });
});

describe("npx access local on a terminal", () => {
  it("lets neither cdktf nor npm look for a newer version, which the proxy would refuse", async () => {
    const server = start(script("cli/local.ts"), folder);
    const served = ended(server);
    await untilWritten(server, "The embedded AWS is ready");
    const isTerminal = await runOnTerminal(script("cli/local.ts", process.execPath, "-p", "process.stdout.isTTY"));
    const listed = await runOnTerminal(script("cli/local.ts", "npx", "cdktf", "list"));
    await kill(server, "SIGINT");

    expect(isTerminal).toEqual({ code: 0, output: "true\r\n" });
    expect(listed).toEqual({ code: 0, output: expect.stringMatching(/Stack name +Path\s+dev +/) });
    expect((await served).stdout).not.toContain("502 ");
  });
});
