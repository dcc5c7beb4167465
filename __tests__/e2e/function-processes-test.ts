/** How long the processes of functions live, and which of them runs what. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { DeployedFunction } from "../../emulator/runtime/invoke";
import { deployed, type Meeting, openMeeting, REQUEST_ID, RunnerInTest } from "../support/deployed-function";
import { typescriptLoader } from "../support/processes";

const test = new RunnerInTest();
const COUNT = "let n = 0; exports.handler = async () => [process.pid, (n += 1), process.cwd()]";
/** Connects to the meeting, stays connected, does what it is told and answers with the id of its process. */
const MEET = `exports.handler = async ({ port, task }) => {
  const socket = require("net").connect(port);
  await require("events").once(socket, "connect");
  if (task === "spin") for (;;);
  if (task === "wait") await require("events").once(socket, "data");
  if (task === "fork") require("child_process").spawn(process.execPath, ["-e", "require('net').connect(" + port + ")"], { stdio: "inherit" });
  return process.pid;
}`;
let meeting: Meeting;

beforeAll(async () => {
  meeting = await openMeeting();
});
afterAll(() => meeting.close());

async function untilClosed(...sockets: readonly Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => (socket.closed ? undefined : once(socket, "close"))));
}

function isAlive(pid: unknown): boolean {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

describe("FunctionRunner.invoke", () => {
  it("keeps a process for the next request", async () => {
    const fn = deployed(COUNT);
    const [pid, ...first] = (await test.answer(fn)) as readonly unknown[];
    const [samePid, ...second] = (await test.answer(fn)) as readonly unknown[];
    expect([samePid, first[0], second[0]]).toEqual([pid, 1, 2]);
  });

  it.each<readonly [string, Partial<DeployedFunction>]>([
    ["code", deployed(`${MEET} // new`)],
    ["environment", { environment: { NEW: "1" } }],
    ["handler", { handler: "./index.handler" }],
    ["memory", { memoryMegabytes: 256 }],
  ])("ends the process when there is a new %s, and takes another", async (_, changes) => {
    const fn = deployed(MEET);
    const pid = await test.answer(fn, { port: meeting.port });
    const old = await meeting.next();
    expect(await test.answer({ ...fn, ...changes, arn: fn.arn }, { port: meeting.port })).not.toBe(pid);
    await untilClosed(old);
    expect((await meeting.next()).closed).toBe(false);
  });

  it("lets a request end with the code that it began with", async () => {
    const fn = deployed(MEET);
    const begun = test.answer(fn, { port: meeting.port, task: "wait" });
    const socket = await meeting.next();
    expect(await test.answer({ ...deployed("exports.handler = async () => 'new'"), arn: fn.arn })).toBe("new");
    socket.write("go on");
    expect(await begun).toEqual(expect.any(Number));
    await untilClosed(socket);
  });

  it("uses more processes than the machine has processors while requests take long", async () => {
    const count = availableParallelism() + 2;
    test.open({ maxProcesses: count });
    const fn = deployed(MEET);
    const requests = Array.from({ length: count }, () => test.answer(fn, { port: meeting.port, task: "wait" }));
    const sockets: Socket[] = [];
    while (sockets.length < count) sockets.push(await meeting.next());
    for (const socket of sockets) socket.write("go on");
    expect(new Set(await Promise.all(requests)).size).toBe(count);
  });

  it("runs concurrent requests in processes of their own, up to a number, and lets the others wait", async () => {
    test.open({ maxProcesses: 2 });
    const fn = deployed(MEET);
    const pids = Promise.all([1, 2, 3].map(() => test.answer(fn, { port: meeting.port, task: "wait" })));
    const firstTwo = [await meeting.next(), await meeting.next()];
    for (const socket of firstTwo) socket.write("go on");
    (await meeting.next()).write("go on");
    expect(new Set(await pids).size).toBe(2);
  });

  it("unpacks the same zip once", async () => {
    const [first, second] = [deployed(COUNT), deployed(COUNT)];
    const folders = await Promise.all([first, second].map((fn) => test.answer(fn) as Promise<readonly unknown[]>));
    expect(folders[0]?.[2]).toBe(folders[1]?.[2]);
    expect(folders[0]?.[0]).not.toBe(folders[1]?.[0]);
  });
});

describe("FunctionRunner.close", () => {
  it("leaves no process and no folder", async () => {
    const [fn, other] = [deployed(COUNT), deployed(`${COUNT} // other`)];
    const answers = (await Promise.all([fn, fn, other].map((one) => test.answer(one)))) as readonly unknown[][];
    const newer = (await test.answer({ ...deployed(`${COUNT} // new`), arn: fn.arn })) as unknown[];
    await test.runner.close();
    for (const [pid, , folder] of [...answers, newer]) {
      expect([isAlive(pid), existsSync(String(folder))]).toEqual([false, false]);
    }
  });

  it("ends requests under way, those that wait, and what functions started", async () => {
    test.open({ maxProcesses: 1 });
    const fn = deployed(MEET);
    await test.answer(fn, { port: meeting.port, task: "fork" });
    const sockets = [await meeting.next(), await meeting.next()];
    const results = [1, 2].map(() => test.error(fn, { port: meeting.port, task: "spin" }));
    sockets.push(await meeting.next());
    await test.runner.close();
    const killed = `RequestId: ${REQUEST_ID} Error: Runtime exited with error: signal: killed`;
    expect(await Promise.all(results)).toEqual([1, 2].map(() => ["Runtime.ExitError", killed]));
    await untilClosed(...sockets);
  });

  it("takes no more requests", async () => {
    const fn = deployed(COUNT);
    await test.runner.close();
    await expect(test.invoke(fn)).rejects.toThrow(`${fn.name} was invoked on a FunctionRunner that is closed.`);
  });
});

describe("FunctionRunner, in a process of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "machine-access-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  function runScript(code: string, variables: Readonly<Record<string, string>> = {}): ChildProcess {
    const setup = `
      const { FunctionRunner } = require("./emulator/runtime/invoke");
      const { deployed } = require("./__tests__/support/deployed-function");
      const runner = new FunctionRunner();`;
    return spawn(process.execPath, ["--require", typescriptLoader, "-e", `${setup}\n${code}`], {
      cwd: join(__dirname, "../.."),
      env: { ...process.env, TMPDIR: folder, ...variables },
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  it("keeps its environment to itself, and ends without close", async () => {
    const code = "exports.handler = async () => process.env";
    const script = runScript(
      `runner.invoke(deployed(${JSON.stringify(code)}), {}, "1").then((result) => console.log(JSON.stringify(result)));`,
      {
        CANARY: "canary",
        AWS_SECRET_ACCESS_KEY: "canary",
        NODE_V8_COVERAGE: join(folder, "canary"),
        NODE_OPTIONS: "--title=canary",
      },
    );
    const [printed] = await Promise.all([
      text(script.stdout as NonNullable<typeof script.stdout>),
      once(script, "exit"),
    ]);
    expect(printed).toContain('"kind":"answer"');
    expect(printed).not.toContain("canary");
    expect(script.exitCode).toBe(0);
  });

  it("takes its functions along when it is killed, those that wait and those that keep the processor busy", async () => {
    const { port } = meeting;
    const script = runScript(`
      const meet = deployed(${JSON.stringify(MEET)}, { timeoutSeconds: 60 });
      runner.invoke(meet, { port: ${port} }, "1")
        .then(() => runner.invoke({ ...deployed(${JSON.stringify(MEET)}), timeoutSeconds: 60 }, { port: ${port}, task: "spin" }, "2"));`);
    const sockets = [await meeting.next(), await meeting.next()];
    script.kill("SIGKILL");
    await untilClosed(...sockets);
  });
});
