/** Commands on a terminal, where tools look for newer versions of themselves that they do not look for in CI. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, copyOfProject, ended, kill, script, start, untilWritten } from "../support/processes";
import { runOnTerminal as runCommandOnTerminal } from "../support/pseudoterminal";

jest.setTimeout(120_000);

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

/** Runs a command on a pseudoterminal. @param answer what is typed when a question is shown */
function runOnTerminal(command: readonly string[], answer?: { readonly to: string; readonly is: string }) {
  return runCommandOnTerminal(command, folder, personsEnvironment(), answer);
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

describe("a shell in npx access local", () => {
  it("shows in its prompt where it is, and says so when it is left", async () => {
    const { code, output } = await runOnTerminal(script("cli/local.ts", "bash"), {
      to: "(embedded AWS) ",
      is: 'test -n "$HTTPS_PROXY" && exit 3',
    });

    expect(output).toMatch(/^This shell uses the embedded AWS: .* Leave it with exit\.\r\n/);
    expect(output.trimEnd()).toMatch(/Left the embedded AWS\. Its account is kept in \.local\/\.$/);
    expect(code).toBe(3);
  });
});

describe("npx access deploy on a terminal", () => {
  const local = (...args: readonly string[]) => script("cli/local.ts", ...script("cli/deploy.ts", "dev", ...args));

  it("shows what changes, deploys it after a yes, verifies it, and prints the next command", async () => {
    const refused = await runOnTerminal(local(), { to: "[y/N]", is: "n" });
    expect(refused).toEqual({ code: 1, output: expect.stringContaining("Nothing was deployed.") });
    const empty = await runOnTerminal(script("cli/local.ts", ...script("cli/logs.ts")));
    expect(empty).toEqual({
      code: 1,
      output: expect.stringContaining("nothing is deployed to dev: its state is empty"),
    });
    const { code, output } = await runOnTerminal(local(), { to: "[y/N]", is: "y" });

    expect(output).toContain("test-server  gains  POST /access");
    expect(output).toMatch(/deployed: dev, \d+ added, 0 changed, 0 destroyed/);
    expect(output).toContain("verified: dev, 10 checks: 10 as-expected.");
    expect(output).toContain("npx access call POST /access --client test-server");
    expect(output.split("\r\n").length).toBeLessThan(40);
    expect(code).toBe(0);
  });

  it("explains calls that are refused, and prints a curl command that holds no token", async () => {
    const call = (...args: readonly string[]) => script("cli/local.ts", ...script("cli/call.ts", ...args));
    const refused = await runOnTerminal(call("POST", "/access"));
    const curl = await runOnTerminal(call("post", "/access?id=1", "-c", "test-server", "-d", "{}", "--curl"));
    const included = await runOnTerminal(call("POST", "/access", "-c", "test-server", "--include"));
    const local = script(
      "cli/local.ts",
      "--port",
      "0",
      ...script("cli/call.ts", "POST", "/access", "--curl", "--local"),
    );
    const direct = await runOnTerminal(local);
    const bodyless = await runOnTerminal(call("GET", "/access", "--data", "{}"));
    const wrong = await runOnTerminal(call("POST", "/access", "--data", "{id}"));
    const scope = await runOnTerminal(call("POST", "/access", "-c", "test-server", "-s", "test_resource/other"));

    expect(refused).toEqual({
      code: 2,
      output: expect.stringContaining("requires a token with the scope test_resource/test"),
    });
    expect(curl).toEqual({
      code: 0,
      output: expect.stringMatching(/\/dev\/access\?id=1'[\s\S]*\$\(npx access token test-server --env dev --raw\)/),
    });
    expect(included).toEqual({
      code: 0,
      output: expect.stringMatching(/content-type: application\/json[\s\S]*"caller"/),
    });
    expect(scope).toEqual({
      code: 1,
      output: expect.stringContaining(
        "invalid_scope. The client does not have a scope that was requested. Its scopes: test_resource/test.",
      ),
    });
    expect(direct).toEqual({
      code: 0,
      output: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+\/\w+\.execute-api\.[\w.-]+\/dev\/access/),
    });
    expect(bodyless).toEqual({ code: 64, output: expect.stringContaining("GET has no body. Leave out --data.") });
    expect(wrong).toEqual({ code: 64, output: expect.stringContaining("--data is not JSON") });
  });

  it("prints the log lines of calls with the names of clients", async () => {
    const commands = [script("cli/call.ts", "POST", "/access", "-c", "test-server"), script("cli/logs.ts", "api")];
    const line = commands.map((command) => command.join(" ")).join(" && ");
    const { code, output } = await runOnTerminal(script("cli/local.ts", "bash", "-c", line));

    expect(output).toMatch(/ {2}api {2}200 {2}POST \/access {2}test-server {2}\d+ ms/);
    expect(code).toBe(0);
  });
});
