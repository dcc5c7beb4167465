/** What a handler is given and what its answer becomes. Every function runs in a process of its own. */
import { randomUUID } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { deployed, REQUEST_ID, RunnerInTest } from "../../support/deployed-function";

const test = new RunnerInTest();

describe("FunctionRunner.invoke, with a function that answers", () => {
  it.each([
    ["an async function", { "index.js": "exports.handler = async (got) => ({ got })" }],
    ["a callback", { "index.js": "exports.handler = (got, context, done) => done(null, { got })" }],
    ["context.succeed", { "index.js": "exports.handler = (got, context) => context.succeed({ got })" }],
    ["context.done", { "index.js": "exports.handler = (got, { done }) => done(null, { got })" }],
    ["a promise", { "index.js": "exports.handler = (got) => Promise.resolve({ got })" }],
    ["an ES module", { "index.mjs": "await 1; export const handler = async (got) => ({ got })" }],
    ["a .cjs file", { "index.cjs": "exports.handler = async (got) => ({ got })" }],
    [
      "an ES module by package.json",
      { "index.js": "export const handler = async (got) => ({ got })", "package.json": '{"type":"module"}' },
    ],
    [
      "a module of its own",
      {
        "index.js": "exports.handler = require('shop')",
        "node_modules/shop.js": "module.exports = async (got) => ({ got })",
      },
    ],
  ])("takes %s", async (_, files) => {
    expect(await test.answer(deployed(files), { order: [1, "ä", null] })).toEqual({ got: { order: [1, "ä", null] } });
  });

  it("finds a handler in a folder and in an object", async () => {
    const files = { "a/b/file.js": "exports.routes = { get: async () => 'found' }" };
    expect(await test.answer(deployed(files, { handler: "a/b/file.routes.get" }))).toBe("found");
  });

  it.each([
    "exports.handler = async () => undefined",
    "exports.handler = async () => () => 1",
    "exports.handler = () => {}",
  ])("makes null of what is no JSON: %s", async (code) => {
    expect(await test.answer(code)).toBeNull();
  });

  it.each([true, false])("waits for an empty event loop with a callback's answer when told so: %s", async (waits) => {
    const code = `exports.handler = (event, context, callback) => {
      const answer = { isLate: false };
      context.callbackWaitsForEmptyEventLoop = ${waits};
      setTimeout(() => { answer.isLate = true }, 20);
      callback(null, answer);
    }`;
    expect(await test.answer(code)).toEqual({ isLate: waits });
  });

  it("takes the first answer only", async () => {
    expect(await test.answer("exports.handler = async (e, c) => { c.succeed(1); c.fail('no'); return 2 }")).toBe(1);
  });

  it("passes megabytes both ways", async () => {
    const text = "é".repeat(3_000_000);
    expect(await test.answer("exports.handler = async (event) => event", text)).toBe(text);
  });

  it("knows no callbacks with Node.js 24", async () => {
    const runtime = "nodejs24.x";
    const keys = "exports.handler = async (...all) => [all.length, Object.keys(all[1])]";
    const [length, names] = (await test.answer(deployed(keys, { runtime }))) as readonly [number, readonly string[]];
    expect(length).toBe(2);
    expect(names).toEqual(expect.arrayContaining(["awsRequestId", "getRemainingTimeInMillis"]));
    for (const gone of ["callbackWaitsForEmptyEventLoop", "done", "fail", "succeed"]) expect(names).not.toContain(gone);
    expect(await test.answer(deployed("exports.handler = () => 'at once'", { runtime }))).toBe("at once");
    expect(await test.error(deployed("exports.handler = (e, c, done) => done(null, 1)", { runtime }))).toEqual([
      "Runtime.CallbackHandlerDeprecated",
      expect.stringMatching(/^ERROR: AWS Lambda has removed support for callback-based function handlers/),
    ]);
  });

  it("gives the context", async () => {
    test.open({ clock: () => Date.parse("2026-07-02T11:43:54Z") });
    const fn = deployed("exports.handler = async (e, c) => ({ ...c, left: c.getRemainingTimeInMillis() })");
    const { left, ...context } = (await test.answer(fn)) as { readonly left: number };
    expect(context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionName: fn.name,
      functionVersion: "$LATEST",
      invokedFunctionArn: fn.arn,
      memoryLimitInMB: "128",
      awsRequestId: REQUEST_ID,
      logGroupName: fn.logGroup,
      logStreamName: `2026/07/02/[$LATEST]${REQUEST_ID.replaceAll("-", "")}`,
    });
    expect(left).toBeGreaterThan(2000);
    expect(left).toBeLessThanOrEqual(3000);
  });

  it("gives the function's variables and Lambda's, and nothing of the parent's", async () => {
    const fn = deployed("exports.handler = async () => process.env", { environment: { TABLE: "orders", TZ: "Mars" } });
    const { LAMBDA_TASK_ROOT: root, ...variables } = (await test.answer(fn)) as Readonly<Record<string, string>>;
    // As recorded on AWS for nodejs22.x, but for LD_LIBRARY_PATH.
    expect(variables).toEqual({
      TABLE: "orders",
      _AWS_XRAY_DAEMON_ADDRESS: "127.100.0.1",
      _AWS_XRAY_DAEMON_PORT: "2000",
      _X_AMZN_TRACE_ID: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$/,
      ),
      AWS_ACCESS_KEY_ID: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      _HANDLER: "index.handler",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
      AWS_LAMBDA_FUNCTION_NAME: fn.name,
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
      AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
      AWS_LAMBDA_RUNTIME_API: "127.100.0.1:9001",
      AWS_REGION: "eu-west-1",
      AWS_SECRET_ACCESS_KEY: expect.any(String),
      AWS_SESSION_TOKEN: expect.any(String),
      AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
      AWS_XRAY_DAEMON_ADDRESS: "127.100.0.1:2000",
      LAMBDA_RUNTIME_DIR: expect.any(String),
      LANG: "en_US.UTF-8",
      NODE_PATH: root,
      PATH: "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
      PWD: root,
      SHLVL: "0",
      TZ: ":UTC",
    });
  });

  it("logs a function's warnings, and not the SDK's of this machine's Node.js", async () => {
    const code = `exports.handler = async () => {
      process.emitWarning("NodeVersionSupportWarning: The AWS SDK for JavaScript (v3) will require node >=22.");
      process.emitWarning("of the function");
      await new Promise((resolve) => setImmediate(resolve));
    }`;
    await test.invoke(deployed(code));

    expect(test.grouped.join("\n")).toContain("Warning: of the function");
    expect(test.grouped.join("\n")).not.toContain("NodeVersionSupportWarning");
  });

  it("gives another trace id to each request", async () => {
    const fn = deployed("exports.handler = async () => process.env._X_AMZN_TRACE_ID");
    const [one, other] = [
      await test.runner.invoke(fn, {}, randomUUID()),
      await test.runner.invoke(fn, {}, randomUUID()),
    ];
    expect(one).not.toEqual(other);
  });

  it("gives the client context and the qualifier that the caller named", async () => {
    const fn = deployed("exports.handler = async (e, c) => [c.invokedFunctionArn, c.clientContext]");
    const clientContext = { custom: { foo: "bar" }, client: { snap: ["crackle", "pop"] }, env: { fizz: "buzz" } };
    const details = { qualifier: "$LATEST", clientContext };
    expect(await test.runner.invoke(fn, {}, REQUEST_ID, details)).toEqual({
      kind: "answer",
      payload: [`${fn.arn}:$LATEST`, clientContext],
    });
  });

  it("runs in the unpacked zip, in a folder that only this user may enter, and nobody may write to", async () => {
    const code = "exports.handler = async () => [process.env.LAMBDA_TASK_ROOT, process.cwd(), __dirname]";
    const [root, ...others] = (await test.answer(code)) as readonly string[];
    expect(others).toEqual([root, root]);
    const files = readdirSync(String(root)).map((name) => statSync(join(String(root), name)).mode & 0o777);
    expect([statSync(String(root)).mode & 0o777, ...files]).toEqual([0o500, 0o400]);
  });

  it.each([128, 512])("bounds the heap by the memory setting: %d MB", async (memoryMegabytes) => {
    const code = "exports.handler = async () => require('v8').getHeapStatistics().heap_size_limit / 2 ** 20";
    const limit = Number(await test.answer(deployed(code, { memoryMegabytes })));
    expect(limit).toBeGreaterThan(memoryMegabytes * 0.8);
    expect(limit).toBeLessThan(memoryMegabytes * 1.3);
  });

  it("hands on what is printed, line by line", async () => {
    const fn = deployed(`exports.handler = async () => {
      process.stdout.write("one\\n\\ntwo\\n");
      process.stdout.write(Buffer.from([0xc3]));
      process.stdout.write(Buffer.from([0xa4, 10]));
      process.stdout.write("x".repeat(300_000) + "\\n");
      process.stdout.write("é".repeat(300_000) + "\\n");
    }`);
    await test.answer(fn);
    const most = 262_144 - 26;
    const cut = ["x".repeat(most), "x".repeat(300_000 - most)];
    const cutWithin = [most / 2, most / 2, 300_000 - most].map((length) => "é".repeat(length));
    expect(test.logged.map(([, , line]) => line)).toEqual(["one", "", "two", "ä", ...cut, ...cutWithin]);
    expect(test.logged[0]).toEqual([fn.name, fn.logGroup, "one"]);
  });

  it("hands on what is printed to the error output", async () => {
    await test.answer("exports.handler = async () => { process.stderr.write('careful\\n') }");
    expect(test.logged.map(([, , line]) => line)).toEqual(["careful"]);
  });

  it("hears all that was said before the process ended", async () => {
    const code = `exports.handler = (event, context) => {
      for (let i = 0; i < 20_000; i += 1) console.log("one of many lines");
      context.succeed("x".repeat(5_000_000));
      process.exit(1);
    }`;
    expect(await test.answer(code)).toHaveLength(5_000_000);
    expect(test.logged).toHaveLength(20_000);
  });
});

describe("FunctionRunner.replaceCode", () => {
  const saying = (text: string) => deployed(`let n = 0; exports.handler = async () => ${text} + (n += 1)`);

  it("runs other code from the next invocation on, in a new process, and what is deployed again afterwards", async () => {
    const fn = saying('"deployed "');
    const { zip } = saying('"saved "');
    const answers = [await test.answer(fn)];
    test.runner.replaceCode(fn.name, zip);
    answers.push(await test.answer(fn), await test.answer(fn));
    const { zip: next } = saying('"saved again "');
    test.runner.replaceCode(fn.name, next);
    // A deployment changes nothing of it.
    const newer = { ...saying('"newer "'), name: fn.name, arn: fn.arn };
    answers.push(await test.answer(newer));
    test.runner.replaceCode(fn.name, undefined);
    answers.push(await test.answer(newer));

    expect(answers).toEqual(["deployed 1", "saved 1", "saved 2", "saved again 1", "newer 1"]);
  });

  it("leaves other functions and published versions as they are", async () => {
    const [fn, other] = [saying('"deployed "'), saying('"other "')];
    test.runner.replaceCode(fn.name, saying('"saved "').zip);

    expect(await test.answer({ ...fn, version: "1" })).toBe("deployed 1");
    expect(await test.answer(other)).toBe("other 1");
  });

  it("lets an invocation that is under way end with the code that it began with", async () => {
    const slow = (text: string) =>
      deployed(`exports.handler = (event) => new Promise((go) => setTimeout(go, event.wait, ${JSON.stringify(text)}))`);
    const fn = slow("deployed");
    const first = test.answer(fn, { wait: 300 });
    test.runner.replaceCode(fn.name, slow("saved").zip);

    expect(await Promise.all([first, test.answer(fn, { wait: 0 })])).toEqual(["deployed", "saved"]);
  });
});
