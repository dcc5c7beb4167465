/** What a caller hears of a function that does not answer, in AWS's words. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { deployed, REQUEST_ID, RunnerInTest } from "../support/deployed-function";

const test = new RunnerInTest();
const COUNT = "let n = 0; exports.handler = async (event) => { n += 1; if (event.do) await eval(event.do); return n }";

describe("FunctionRunner.invoke, with a handler that fails", () => {
  it("reports an error by its name, its message and its stack, and logs it", async () => {
    const code = "exports.handler = async () => { throw Object.assign(new RangeError('too far'), { code: 7 }) }";
    expect(await test.invoke(code)).toEqual({
      kind: "error",
      errorType: "RangeError",
      errorMessage: "too far",
      trace: expect.arrayContaining(["RangeError: too far"]),
    });
    expect(test.logged[0]?.[2]).toContain(
      `${REQUEST_ID}\tERROR\tInvoke Error \t{"errorType":"RangeError","errorMessage":"too far","code":7,`,
    );
  });

  it.each([
    ["throw", "exports.handler = () => { throw new TypeError('no') }", "TypeError", "no"],
    ["a callback", "exports.handler = (e, c, done) => done(new TypeError('no'))", "TypeError", "no"],
    ["a callback with a text", "exports.handler = (e, c, done) => done('no')", "string", "no"],
    ["context.fail", "exports.handler = (e, c) => c.fail(new TypeError('no'))", "TypeError", "no"],
    ["context.done", "exports.handler = (e, c) => c.done(new TypeError('no'))", "TypeError", "no"],
    ["a thrown text", "exports.handler = async () => { throw 'no' }", "string", "no"],
    ["a thrown object", "exports.handler = async () => { throw { no: 1 } }", "object", "[object Object]"],
    ["a rejection with nothing", "exports.handler = () => Promise.reject()", "string", "handled"],
    [
      "an error's broken stack",
      "exports.handler = async () => { throw Object.create(null) }",
      "handled",
      expect.any(String),
    ],
    ["a cycle", "exports.handler = async (e) => { e.e = e; return e }", "Error", "Unable to stringify response body"],
    ["a BigInt", "exports.handler = async () => 1n", "Error", "Unable to stringify response body"],
    [
      "an answer over 6 MB",
      "exports.handler = async () => 'x'.repeat(6291555)",
      "Function.ResponseSizeTooLarge",
      "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ],
    [
      "a promise that nothing settles",
      "exports.handler = async () => new Promise(() => {})",
      "Runtime.NodeJsExit",
      expect.stringContaining("a Promise that was never settled"),
    ],
  ])("reports %s", async (_, code, type, message) => {
    expect(await test.error(code)).toEqual([type, message]);
  });

  it("keeps the process after an error", async () => {
    const fn = deployed(COUNT);
    expect(await test.error(fn, { do: "Promise.reject(Error('no'))" })).toEqual(["Error", "no"]);
    expect(await test.answer(fn)).toBe(2);
  });
});

describe("FunctionRunner.invoke, with code that cannot be loaded", () => {
  it.each([
    ["no such file", { handler: "main.handler" }, "", "Runtime.ImportModuleError", "Error: Cannot find module 'main'"],
    ["no such module", {}, "require('left-pad')", "Runtime.ImportModuleError", "Error: Cannot find module 'left-pad'"],
    ["bad syntax", {}, "exports.handler = {", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected end of input"],
    [
      "no such export",
      {},
      "exports.other = 1",
      "Runtime.HandlerNotFound",
      "index.handler is undefined or not exported",
    ],
    ["no function", {}, "exports.handler = 1", "Runtime.HandlerNotFound", "index.handler is not a function"],
    ["no dot", { handler: "index" }, "", "Runtime.MalformedHandlerName", "Bad handler"],
    ["the way out", { handler: "../x.handler" }, "", "Runtime.MalformedHandlerName", "'../x.handler' is not a valid"],
    ["an error", {}, "throw new TypeError('early')", "TypeError", "early"],
  ])("reports %s", async (_, changes, code, type, message) => {
    expect(await test.error(deployed(code, changes))).toEqual([type, expect.stringContaining(message)]);
  });

  it("leaves an ES module's missing import its own error, as AWS does", async () => {
    const fn = deployed({ "index.mjs": "import 'left-pad'; export const handler = 1" });
    expect(await test.error(fn)).toEqual(["Error", expect.stringContaining("Cannot find package 'left-pad'")]);
  });

  it.each(["../up.js", "a/../../up.js", "/etc/up.js", "C:/up.js", "..\\up.js"])(
    "refuses a zip with %s",
    async (name) => {
      const fn = deployed("", { zip: zipSync({ [name]: strToU8("") }) });
      expect(await test.error(fn)).toEqual([
        "InvalidZipFileException",
        expect.stringContaining(`holds ${JSON.stringify(name)}, which is outside`),
      ]);
    },
  );

  it("refuses a zip that is too large unpacked", async () => {
    const { zip, ...fn } = deployed("");
    const directory = Buffer.from(zip).indexOf("PK\u0001\u0002");
    new DataView(zip.buffer, zip.byteOffset).setUint32(directory + 24, 262_144_001, true);
    expect(await test.error({ ...fn, zip })).toEqual([
      "InvalidZipFileException",
      expect.stringContaining("more than 262144000 bytes unpacked"),
    ]);
  });

  it("refuses what is no zip", async () => {
    const fn = deployed("", { zip: strToU8("PK?") });
    expect(await test.error(fn)).toEqual(["InvalidZipFileException", expect.stringContaining("not a zip file")]);
  });
});

describe("FunctionRunner.invoke, with a process that ends", () => {
  const exited = (reason: string) => ["Runtime.ExitError", `RequestId: ${REQUEST_ID} Error: ${reason}`];

  it.each([
    ["process.exit(0)", exited("Runtime exited without providing a reason")],
    ["process.exit(3)", exited("Runtime exited with error: exit status 3")],
    ["process.abort()", exited("Runtime exited with error: signal: aborted")],
    ["process.kill(process.pid, 'SIGKILL')", exited("Runtime exited with error: signal: killed")],
    // Whichever limit is reached first, as on AWS: that of the heap aborts, that of the memory kills.
    [
      "(() => { for (const all = []; ; ) all.push(Array(1e5).fill(0.5)) })()",
      ["Runtime.ExitError", expect.stringMatching(/Runtime exited with error: signal: (killed|aborted)$/)],
    ],
    [
      "(() => { for (const all = []; ; ) all.push(Buffer.alloc(1e6, 1)) })()",
      exited("Runtime exited with error: signal: killed"),
    ],
    [
      "require('timers/promises').setTimeout(1e6, globalThis.all = Buffer.alloc(150e6, 1))",
      exited("Runtime exited with error: signal: killed"),
    ],
    ["require('fs').closeSync(3)", exited("Runtime exited with error: signal: killed")],
    ["(setImmediate(() => { throw Error('late') }), new Promise(() => setTimeout(() => {}, 1e6)))", ["Error", "late"]],
    [
      "(Promise.reject(Error('loose')), new Promise(() => setTimeout(() => {}, 1e6)))",
      ["Runtime.UnhandledPromiseRejection", "Error: loose"],
    ],
  ])("reports %s, and takes another process for the next request", async (doing, error) => {
    const fn = deployed(COUNT);
    expect([await test.answer(fn), await test.error(fn, { do: doing }), await test.answer(fn)]).toEqual([1, error, 1]);
  });

  it("reports an exit while loading", async () => {
    expect(await test.error("process.exit(1)")).toEqual(exited("Runtime exited with error: exit status 1"));
    expect(test.logged.map(([, , line]) => line)).toEqual([
      `RequestId: ${REQUEST_ID} Error: Runtime exited with error: exit status 1 Runtime.ExitError`,
    ]);
  });

  it.each(["for (;;);", "new Promise(() => setTimeout(() => {}, 1e6))"])(
    "ends it at the timeout: %s",
    async (doing) => {
      const fn = deployed(COUNT, { timeoutSeconds: 0.5 });
      const timeout = ["Sandbox.Timedout", `RequestId: ${REQUEST_ID} Error: Task timed out after 0.50 seconds`];
      expect([await test.answer(fn), await test.error(fn, { do: doing }), await test.answer(fn)]).toEqual([
        1,
        timeout,
        1,
      ]);
    },
  );

  it("does not count loading as part of the timeout", async () => {
    const wait = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)";
    const load = `${wait}; exports.handler = async () => 'loaded'`;
    expect(await test.answer(deployed(load, { timeoutSeconds: 0.5 }))).toBe("loaded");
  });

  it("loads again after the time for loading, then as part of the timeout", async () => {
    test.open({ initSeconds: 0.1 });
    const fn = deployed("for (;;);", { timeoutSeconds: 0.1 });
    expect(await test.error(fn)).toEqual(["Sandbox.Timedout", expect.stringContaining("after 0.10 seconds")]);
    expect(test.logged[0]?.[2]).toMatch(/^Loading the function took too long and starts again/);
  });

  it.each([
    String.raw`require('fs').writeSync(3, 'no JSON\n{"type":"answer"}\n{"type":"ready","memoryBytes":1}\n[null]\nhalf a line')`,
    String.raw`require('fs').writeSync(3, '{"type":"answer","requestId":"of another","payload":0,"memoryBytes":1}\n')`,
    String.raw`require('fs').writeSync(3, '{"cmd":"NODE_HANDLE_ACK"}\n')`,
    "process.send?.({ cmd: 'NODE_HANDLE_ACK' })",
  ])("does not mind what a function writes between the messages: %s", async (doing) => {
    const fn = deployed(COUNT);
    expect([await test.answer(fn, { do: doing }), await test.answer(fn)]).toEqual([1, 2]);
  });

  it("reports a process that the system refuses to start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "functions-"));
    test.open({ folder });
    const fn = deployed(COUNT);
    await test.error(fn, { do: "process.exit(0)" });
    rmSync(folder, { recursive: true });

    expect(await test.error(fn)).toEqual([
      "Runtime.InvalidEntrypoint",
      expect.stringContaining(`RequestId: ${REQUEST_ID} Error: spawn`),
    ]);
  });
});
