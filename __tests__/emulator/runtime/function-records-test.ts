/** What Lambda itself writes to a function's log, in both formats, around what the function writes. */
import type { DeployedFunction } from "../../../emulator/runtime/invoke";
import { deployed, REQUEST_ID, RunnerInTest } from "../../support/deployed-function";

const test = new RunnerInTest();
const START = `START RequestId: ${REQUEST_ID} Version: $LATEST`;
const END = `END RequestId: ${REQUEST_ID}`;
const CODE = `console.log("loading");
exports.handler = async ({ doing }) => { console.log("running"); return await eval(doing) }`;
const FOREVER = "new Promise(() => setTimeout(() => {}, 1e6))";

/** Numbers of a report; `undefined` for what it leaves out. */
function reportOf(line: string | undefined) {
  const number = String.raw`(\d+(?:\.\d\d)?)`;
  const parts = [
    `^REPORT RequestId: ${REQUEST_ID}\tDuration: ${number} ms\tBilled Duration: (\\d+) ms\tMemory Size: 128 MB\t`,
    `(?:Max Memory Used: (\\d+) MB\t)?(?:Init Duration: ${number} ms\t)?(.*)$`,
  ];
  const [whole, duration, billed, memory, init, status] = new RegExp(parts.join("")).exec(line ?? "") ?? [];
  if (whole === undefined) throw new Error(`${JSON.stringify(line)} is no report.`);
  const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return {
    duration: Number(duration),
    billed: Number(billed),
    memory: numberOf(memory),
    init: numberOf(init),
    status,
  };
}

/** Lines of the log group with what is the function's cut to the last word, and without the numbers of a report. */
const outline = () =>
  test.grouped.map((line) => {
    if (/^\d{4}-/.test(line)) return (line.split("\t")[3] ?? "").replace(/ .*/, "");
    return line.replace(/^(INIT_START|REPORT) .*?(Status: .*)?$/, (_, kind, status = "") => `${kind} ${status}`.trim());
  });

describe("Lambda's own records, as text", () => {
  it("stand around what the function writes when it is loaded and when it runs", async () => {
    await test.answer(deployed(CODE), { doing: "1" });
    expect(outline()).toEqual(["INIT_START", "loading", START, "running", END, "REPORT"]);
  });

  it("name the Node.js that runs the function as the version of its runtime", async () => {
    await test.answer(deployed(CODE), { doing: "1" });
    const arn = "arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}";
    const version = `nodejs:22.${process.version.replaceAll(".", "\\.")}`;
    expect(test.grouped[0]).toMatch(
      new RegExp(`^INIT_START Runtime Version: ${version}\tRuntime Version ARN: ${arn}$`),
    );
  });

  it("tell the loading once, and bill it with the first request", async () => {
    const fn = deployed(CODE);
    for (let count = 0; count < 100; count += 1) await test.answer(fn, { doing: "1" });
    const reports = test.grouped.filter((line) => line.startsWith("REPORT")).map(reportOf);

    expect(outline().filter((line) => line === "INIT_START")).toHaveLength(1);
    expect(reports).toHaveLength(100);
    const [{ init = 0, ...first } = reportOf(undefined), ...others] = reports;
    expect(init).toBeGreaterThan(1);
    expect(Math.abs(first.billed - Math.ceil(first.duration + init))).toBeLessThanOrEqual(1);
    for (const { duration, billed, init, status } of others) {
      expect({ init, status }).toEqual({ init: undefined, status: "" });
      expect(Math.abs(billed - Math.ceil(duration))).toBeLessThanOrEqual(1);
    }
  });

  it("measure the request and the loading apart", async () => {
    const wait = (milliseconds: number) =>
      `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${milliseconds})`;
    await test.answer(deployed(`${wait(1000)}; exports.handler = async () => { ${wait(30)} }`));
    const { duration, init } = reportOf(test.grouped.at(-1));

    expect(init).toBeGreaterThanOrEqual(1000);
    expect(duration).toBeGreaterThanOrEqual(30);
    expect(duration).toBeLessThan(1000);
  });

  it("tell the most memory of all requests of the process", async () => {
    const fn = deployed(CODE);
    const used: number[] = [];
    for (const doing of ["1", "(globalThis.held = Buffer.alloc(60 * 2 ** 20, 1)).length", "1"]) {
      await test.answer(fn, { doing });
      used.push(reportOf(test.grouped.at(-1)).memory ?? 0);
    }
    const [before = 0, held = 0, after = 0] = used;

    expect(before).toBeGreaterThan(20);
    expect(held).toBeGreaterThan(before + 40);
    expect(after).toBeGreaterThanOrEqual(held);
  });

  it("tell all memory of the function when the process is ended because it uses more", async () => {
    await test.error(deployed(CODE), {
      doing: "(() => { for (const all = []; ; ) all.push(Buffer.alloc(1e6, 1)) })()",
    });

    expect(reportOf(test.grouped.at(-1))).toMatchObject({
      memory: 128,
      status: "Status: error\tError Type: Runtime.ExitError",
    });
  });

  it("take an error of the handler for work that is done", async () => {
    await test.error(deployed(CODE), { doing: "Promise.reject(Error('no'))" });
    expect(outline()).toEqual(["INIT_START", "loading", START, "running", "Invoke", END, "REPORT"]);
  });

  it("tell a timeout by the report's status, and no more time than the function has", async () => {
    const fn = deployed(CODE, { timeoutSeconds: 0.5 });
    await test.answer(fn, { doing: "1" });
    test.grouped = [];
    await test.error(fn, { doing: FOREVER });

    expect(outline()).toEqual([START, "running", END, "REPORT Status: timeout"]);
    expect(reportOf(test.grouped.at(-1))).toMatchObject({ duration: 500, billed: 500, init: undefined });
  });

  it.each([
    ["process.exit(3)", []],
    ["process.kill(process.pid, 'SIGKILL')", []],
    [`(setImmediate(() => { throw Error('late') }), ${FOREVER})`, ["Uncaught"]],
    [`(Promise.reject(Error('loose')), ${FOREVER})`, ["Unhandled"]],
  ])("tell the end of the process in the handler by the report's status: %s", async (doing, said) => {
    const fn = deployed(CODE);
    await test.error(fn, { doing });
    await test.answer(fn, { doing: "1" });
    const another = ["INIT_START", "loading", START, "running", END, "REPORT"];
    const status = "REPORT Status: error\tError Type: Runtime.ExitError";

    expect(outline()).toEqual(["INIT_START", "loading", START, "running", ...said, END, status, ...another]);
  });

  it.each([
    ["exports.handler = {", "Runtime.UserCodeSyntaxError", ["Uncaught"]],
    ["throw new TypeError('early')", "Runtime.Unknown", ["Uncaught"]],
    ["process.exit(1)", "Runtime.ExitError", []],
  ])("tell of code that cannot be loaded before the request starts: %s", async (code, type, said) => {
    await test.error(code);
    const [report] = test.grouped.filter((line) => line.startsWith("INIT_REPORT"));
    const status = `Status: error\tError Type: ${type}`;

    expect(report).toMatch(new RegExp(`^INIT_REPORT Init Duration: \\d+\\.\\d\\d ms\tPhase: init\t${status}$`));
    expect(outline()).toEqual(["INIT_START", ...said, report, START, END, `REPORT ${status}`]);
    expect(reportOf(test.grouped.at(-1)).init).toBeUndefined();
  });

  it("tell of loading that takes too long, and count the second attempt as part of the request", async () => {
    test.open({ initSeconds: 0.1 });
    await test.error(deployed("for (;;);", { timeoutSeconds: 0.1 }));

    expect(outline()).toEqual([
      "INIT_START",
      "INIT_REPORT Init Duration: 100.00 ms\tPhase: init\tStatus: timeout",
      "INIT_REPORT Init Duration: 100.00 ms\tPhase: invoke\tStatus: timeout",
      START,
      END,
      "REPORT Status: timeout",
    ]);
    expect(reportOf(test.grouped.at(-1))).toMatchObject({ billed: 100, memory: undefined, init: undefined });
  });

  it("are not what people are told, who hear what ended the process instead", async () => {
    await test.error(deployed(CODE), { doing: "process.exit(3)" });
    const said = test.logged.map(([, , line]) => line);

    expect(said).toEqual([
      expect.stringMatching(/\tloading$/),
      expect.stringMatching(/\trunning$/),
      `RequestId: ${REQUEST_ID} Error: Runtime exited with error: exit status 3 Runtime.ExitError`,
    ]);
    expect(test.grouped).not.toContain(said[2]);
  });
});

describe("Lambda's own records, as JSON", () => {
  const json = (
    changes: Partial<DeployedFunction>,
    code = "exports.handler = async ({ doing }) => await eval(doing)",
  ) => deployed(code, { logFormat: "JSON", ...changes });
  const records = () => test.grouped.map((line) => JSON.parse(line)).filter(({ type }) => type !== undefined);
  const types = () => records().map(({ type }) => type.replace("platform.", ""));
  const IDLE = ["start", "report"];

  it("say what the text says", async () => {
    const fn = json({});
    await test.answer(fn, { doing: "1" });
    await test.answer(fn, { doing: "1" });
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const runtimeVersion = `nodejs:22.${process.version}`;
    const init = { initializationType: "on-demand", phase: "init", runtimeVersion };
    const instanceId = expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    const instance = { functionName: fn.name, functionVersion: "$LATEST", instanceId, instanceMaxMemory: 134_217_728 };
    const runtimeVersionArn = expect.stringMatching(/^arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}$/);
    const number = expect.any(Number);
    const metrics = { durationMs: number, billedDurationMs: number, memorySizeMB: 128, maxMemoryUsedMB: number };
    const requestId = REQUEST_ID;
    const start = { time, type: "platform.start", record: { requestId, functionArn: fn.arn, version: "$LATEST" } };
    const report = (metrics: object) => ({
      time,
      type: "platform.report",
      record: { requestId, metrics, status: "success" },
    });

    expect(records()).toEqual([
      { time, type: "platform.initStart", record: { ...init, runtimeVersionArn, ...instance } },
      start,
      report({ ...metrics, initDurationMs: number }),
      start,
      report(metrics),
    ]);
  });

  it.each([
    ["DEBUG", ["initStart", "initRuntimeDone", "initReport", "start", "runtimeDone", "report"]],
    ["INFO", ["initStart", ...IDLE]],
    ["WARN", []],
  ])("are of a success at level %s", async (systemLogLevel, expected) => {
    await test.answer(json({ systemLogLevel }), { doing: "1" });
    expect(types()).toEqual(expected);
  });

  it("follow the level of the system and not that of the function", async () => {
    const code = "exports.handler = async () => { console.info('fine'); console.error('not so') }";
    await test.answer(json({ systemLogLevel: "INFO", logLevel: "ERROR" }, code));
    expect(types()).toEqual(["initStart", ...IDLE]);
    test.grouped = [];
    await test.answer(json({ systemLogLevel: "WARN", logLevel: "INFO" }, code));
    expect(test.grouped.map((line) => JSON.parse(line))).toMatchObject([{ message: "fine" }, { message: "not so" }]);
  });

  it("are of a failure at level WARN as well, and say its type", async () => {
    const crash = { requestId: REQUEST_ID, status: "error", errorType: "Runtime.ExitError" };
    await test.error(json({ systemLogLevel: "WARN" }), { doing: "process.exit(3)" });
    expect(records()).toMatchObject([
      { type: "platform.runtimeDone", record: crash },
      { type: "platform.report", record: crash },
    ]);

    test.grouped = [];
    const timeout = { requestId: REQUEST_ID, status: "timeout", metrics: { durationMs: 200 } };
    await test.error(json({ systemLogLevel: "WARN", timeoutSeconds: 0.2 }), { doing: FOREVER });
    expect(records()).toMatchObject([
      { type: "platform.runtimeDone", record: timeout },
      { type: "platform.report", record: timeout },
    ]);
    for (const { record } of records()) expect(record).not.toHaveProperty("errorType");
  });

  it("are, of a function that cannot be loaded, its loading and its request", async () => {
    await test.error(json({ systemLogLevel: "WARN" }, "exports.handler = {"));
    const error = { status: "error", errorType: "Runtime.UserCodeSyntaxError" };

    expect(records()).toMatchObject([
      { type: "platform.initRuntimeDone", record: { phase: "init", ...error } },
      { type: "platform.initReport", record: { phase: "init", ...error, metrics: { durationMs: expect.any(Number) } } },
      { type: "platform.runtimeDone", record: error },
      { type: "platform.report", record: error },
    ]);
  });

  it("are none at level WARN of a handler that throws", async () => {
    await test.error(json({ systemLogLevel: "WARN" }), { doing: "Promise.reject(Error('no'))" });
    expect(types()).toEqual([]);
  });
});
