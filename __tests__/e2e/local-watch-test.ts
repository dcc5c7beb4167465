/** `access local --watch`: saved code runs with the next call, and nothing else changes. */
import type { ChildProcess } from "node:child_process";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { fetch } from "undici";
import { dispatcherFor, tokenOf } from "../support/every-pair";
import { ended, kill, script, start } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(240_000);

const project = new ServedProject();
afterAll(() => project.remove());

const original = readFileSync(join(project.folder, "lambda/access.ts"), "utf8");
const saving = (text: string) =>
  project.write("lambda/access.ts", original.replace("JSON.stringify({", `"${text} " + $&`));

/** Lines that the process writes to standard error. */
class ErrorLines {
  private text = "";
  private readonly waiting = new Set<() => void>();

  constructor({ stderr }: ChildProcess) {
    stderr?.on("data", (chunk: Buffer) => {
      this.text += stripVTControlCharacters(chunk.toString());
      for (const resolve of this.waiting) resolve();
      this.waiting.clear();
    });
  }

  get all(): readonly string[] {
    return this.text.split("\n").slice(0, -1);
  }

  async next(pattern: RegExp, from: number): Promise<void> {
    while (!this.all.slice(from).some((line) => pattern.test(line))) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }
}

/** Processes that the process has started: compilers and functions. */
function childrenOf(parent: number | undefined): readonly number[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).split("\n");
  return rows
    .map((row) => row.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, of]) => (of === parent ? [pid] : []));
}

/** Resolves when none of the processes is there any more. */
async function untilGone(pids: readonly number[]): Promise<void> {
  const isThere = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (pids.some(isThere)) await nextTurn();
}

/** Calls from this process. */
async function answer(): Promise<string> {
  const deployed = await project.deployed();
  const dispatcher = dispatcherFor(deployed);
  const headers = { Authorization: await tokenOf("test-server", deployed, dispatcher) };
  const response = await fetch(deployed.routeUrls["POST /access"] ?? "", { method: "POST", headers, dispatcher });
  const text = await response.text();
  await dispatcher.close();
  return text;
}

/** Calls as in another terminal. */
async function commandAnswer(): Promise<string> {
  const { stdout, stderr } = await project.ask("call", "POST", "/access", "--client", "test-server");
  return `${stdout}${stderr}`;
}

describe("npx access local --watch", () => {
  it("runs saved code with the next call of any terminal, and changes neither account nor plan", async () => {
    const { server, result } = await project.serve("--watch");
    const lines = new ErrorLines(server);
    await project.deploy();
    expect(await answer()).toMatch(/^\{"caller":/);

    const records = project.accountRecords();
    saving("saved");
    await lines.next(/^watch: rebuilt access in \d+ ms$/, 0);
    expect(await commandAnswer()).toMatch(/^saved \{"caller":/);
    expect(project.accountRecords()).toEqual(records);
    expect(await project.terraform("plan", "-detailed-exitcode")).toMatchObject({ code: 0 });

    // A deployment of newer code changes nothing of what runs: it is that of the files in any case.
    await project.deploy();
    expect(project.accountRecords()).not.toEqual(records);
    let from = lines.all.length;
    saving("saved again");
    await lines.next(/^watch: rebuilt access/, from);
    expect(await answer()).toMatch(/^saved again /);

    from = lines.all.length;
    project.write("lambda/access.ts", "export const handler = async () => {\n  return };\n}");
    await lines.next(/^watch: lambda\/access\.ts:3:1: Unexpected "\}"$/, from);
    expect(await answer()).toMatch(/^saved again /);

    from = lines.all.length;
    saving("right");
    await lines.next(/^watch: rebuilt access in \d+ ms: compiles again$/, from);
    expect(await answer()).toMatch(/^right /);

    const joined = await project.cli("local", "--watch", "node", "--version");
    expect(joined).toMatchObject({ code: 1, stderr: expect.stringContaining("Stop it, and start it with --watch.") });

    const children = childrenOf(server.pid);
    expect(children.length).toBeGreaterThan(1);
    await kill(server, "SIGINT");
    expect(await result).toMatchObject({ code: 0 });
    await untilGone(children);
  });

  it("does so for one command, and leaves no process behind", async () => {
    const command = [process.execPath, "-e", "setInterval(() => {}, 1e6)"];
    const local = start(script("cli/local.ts", "--watch", "--", ...command), project.folder);
    const result = ended(local);
    const lines = new ErrorLines(local);
    await lines.next(/^watch: 1 function in lambda\/; a saved change runs/, 0);
    saving("for a command");
    await lines.next(/^watch: rebuilt access in/, 0);
    const children = childrenOf(local.pid);
    await kill(local, "SIGTERM");

    expect(await result).toMatchObject({ code: 143 });
    await untilGone(children);
  });

  it("leaves no process behind when it is killed", async () => {
    const { server } = await project.serve("--watch");
    const children = childrenOf(server.pid);
    await kill(server, "SIGKILL");

    expect(children.length).toBeGreaterThan(0);
    await untilGone(children);
  });
});
