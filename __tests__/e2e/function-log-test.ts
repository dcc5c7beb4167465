/** What a function's console writes to its log, in both formats of Lambda. */
import type { DeployedFunction } from "../../emulator/runtime/invoke";
import { deployed, REQUEST_ID, RunnerInTest } from "../support/deployed-function";

const test = new RunnerInTest();
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

/** Entries of a function that logs so. */
async function logOf(doing: string, changes: Partial<DeployedFunction> = {}): Promise<readonly string[]> {
  await test.invoke(deployed(`exports.handler = async (event, context) => { ${doing} }`, changes));
  return test.logged.map(([, , entry]) => entry);
}

/** Parsed entries of a function that logs in JSON. */
async function jsonOf(doing: string, logLevel = "INFO"): Promise<readonly object[]> {
  const entries = await logOf(doing, { logFormat: "JSON", logLevel });
  return entries.map((entry) => JSON.parse(entry));
}

describe("a function's console, as text", () => {
  it.each([
    ["trace", "TRACE"],
    ["debug", "DEBUG"],
    ["info", "INFO"],
    ["log", "INFO"],
    ["warn", "WARN"],
    ["error", "ERROR"],
    ["fatal", "FATAL"],
  ])("has time, request and level of console.%s", async (method, level) => {
    const [entry = "", ...others] = await logOf(`console.${method}("%s orders", 3, { open: true })`);

    expect(others).toEqual([]);
    expect(entry.split("\t")).toEqual([expect.stringMatching(TIME), REQUEST_ID, level, "3 orders { open: true }"]);
  });

  it("is one entry a call, however many lines it has", async () => {
    const entries = await logOf("console.log('one\\n\\ntwo'); console.log('three')");
    expect(entries.map((entry) => entry.split("\t")[3])).toEqual(["one\n\ntwo", "three"]);
  });
});

describe("a function's console, as JSON", () => {
  const entry = { timestamp: expect.stringMatching(TIME), level: "INFO", requestId: REQUEST_ID };

  it("has a single value as it is", async () => {
    expect(await jsonOf("console.log({ order: [1, null] }); console.log('text')")).toEqual([
      { ...entry, message: { order: [1, null] } },
      { ...entry, message: "text" },
    ]);
  });

  it("puts several values together", async () => {
    expect(await jsonOf("console.log('%d orders', 3, 'open')")).toEqual([{ ...entry, message: "3 orders open" }]);
  });

  it("says what an error says, alone and among others", async () => {
    const parts = { errorType: "RangeError", errorMessage: "too far", stackTrace: expect.any(Array) };
    const doing =
      "const e = new RangeError('too far'); console.error(Object.assign(e, { code: 7 })); console.warn('no:', e)";

    expect(await jsonOf(doing)).toEqual([
      { ...entry, level: "ERROR", message: { ...parts, code: 7 } },
      { ...entry, level: "WARN", message: expect.stringContaining("no: RangeError: too far"), ...parts },
    ]);
  });

  it("spells out what is no JSON", async () => {
    expect(await jsonOf("const a = {}; a.a = a; console.log(a)")).toEqual([
      { ...entry, message: "<ref *1> { a: [Circular *1] }" },
    ]);
  });

  it.each([
    ["TRACE", ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]],
    ["INFO", ["INFO", "WARN", "ERROR", "FATAL"]],
    ["FATAL", ["FATAL"]],
  ])("drops what is below the function's level %s", async (level, expected) => {
    const doing = "for (const name of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) console[name]('text')";
    expect(await jsonOf(doing, level)).toMatchObject(expected.map((level) => ({ level })));
    expect(test.logged).toHaveLength(expected.length);
  });

  it("says what the handler threw", async () => {
    expect(await jsonOf("throw Object.assign(new TypeError('no'), { code: 7 })")).toEqual([
      {
        ...entry,
        level: "ERROR",
        message: { errorType: "TypeError", errorMessage: "no", stackTrace: expect.any(Array), code: 7 },
      },
    ]);
  });

  it("tells the function of its format and level, and not of a level that does not count", async () => {
    const code = "exports.handler = async () => [process.env.AWS_LAMBDA_LOG_FORMAT, process.env.AWS_LAMBDA_LOG_LEVEL]";
    expect(await test.answer(deployed(code, { logFormat: "JSON", logLevel: "WARN" }))).toEqual(["JSON", "WARN"]);
    expect(await test.answer(deployed(code, { logLevel: "WARN" }))).toEqual([null, null]);
  });
});
