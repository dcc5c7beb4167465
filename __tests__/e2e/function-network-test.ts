/** What a function reaches: the embedded AWS, by the SDK that the runtime contains, and nothing outside. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { strToU8, zipSync } from "fflate";
import { bundleFunction } from "../../constructs/functions/function-bundle";
import { AppliedStack, reference } from "../support/applied-stack";
import { sdkOptions } from "../support/aws-sdk";
import { deployed, RunnerInTest } from "../support/deployed-function";
import { trustPolicy } from "../support/examples";
import { REGION } from "../support/pretend-account";

jest.setTimeout(120_000);

const SDK_CODE = `
  const { GetSecretValueCommand, SecretsManagerClient } = require("@aws-sdk/client-secrets-manager");
  const { GetCallerIdentityCommand, STSClient } = require("@aws-sdk/client-sts");
  exports.handler = async ({ secret }) => {
    const [{ SecretString }, { Account }] = await Promise.all([
      new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: secret })),
      new STSClient().send(new GetCallerIdentityCommand()),
    ]);
    return { SecretString, Account };
  };
`;

const test = new RunnerInTest();

/** A folder of its own for a project. */
const folder = mkdtempSync(join(tmpdir(), "packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

let stack: AppliedStack;
beforeAll(async () => {
  stack = await AppliedStack.open({
    resource: {
      aws_iam_role: { one: { name: "orders", assume_role_policy: trustPolicy } },
      aws_secretsmanager_secret: { one: { name: "orders" } },
      aws_secretsmanager_secret_version: {
        one: { secret_id: reference("aws_secretsmanager_secret.one.id"), secret_string: "canary" },
      },
      aws_lambda_function: {
        one: {
          function_name: "orders",
          role: reference("aws_iam_role.one.arn"),
          filename: "fn.zip",
          handler: "index.handler",
          runtime: "nodejs22.x",
          timeout: 60,
        },
      },
    },
    files: { "fn.zip": zipSync({ "index.js": strToU8(SDK_CODE) }) },
  });
});
afterAll(() => stack.close());

/** Functions that reach the embedded AWS of the stack. */
beforeEach(() => {
  const { proxyUrl, environment } = stack.emulator;
  test.open({ network: () => ({ proxyUrl, certificateFile: String(environment["NODE_EXTRA_CA_CERTS"]) }) });
});

const slowly = { timeoutSeconds: 60, memoryMegabytes: 256 };

describe("a deployed function", () => {
  it("reads a secret and its account by the AWS SDK, without any setting", async () => {
    const lambda = new LambdaClient(sdkOptions(stack.emulator));
    const Payload = JSON.stringify({ secret: "orders" });
    const answer = await lambda.send(new InvokeCommand({ FunctionName: "orders", Payload }));
    lambda.destroy();

    expect(JSON.parse(Buffer.from(answer.Payload ?? []).toString())).toEqual({
      SecretString: "canary",
      Account: "123456789012",
    });
  });
});

describe("a bundled function", () => {
  it.each([
    ["an import", 'import { Client, Command, Sts } from "./sdk"; const load = async () => ({ Client, Command, Sts });'],
    [
      "require",
      `const { SecretsManagerClient: Client, GetSecretValueCommand: Command } = require("@aws-sdk/client-secrets-manager");
       const { STS: Sts } = require("@aws-sdk/client-sts");
       const load = async () => ({ Client, Command, Sts });`,
    ],
    [
      "a dynamic import",
      `const load = async () => {
         const { SecretsManagerClient: Client, GetSecretValueCommand: Command } = await import("@aws-sdk/client-secrets-manager");
         return { Client, Command, Sts: (await import("@aws-sdk/client-sts")).STS };
       };`,
    ],
  ])("calls AWS as its role with the SDK by %s, and finds packages of @smithy and their parts", async (_how, code) => {
    write("node_modules", "");
    rmSync(join(folder, "node_modules"));
    symlinkSync(join(__dirname, "../../node_modules"), join(folder, "node_modules"));
    write(
      "lambda/sdk.ts",
      `export { SecretsManagerClient as Client, GetSecretValueCommand as Command } from "@aws-sdk/client-secrets-manager";
       export { STS as Sts } from "@aws-sdk/client-sts";`,
    );
    const file = write(
      "lambda/orders.ts",
      `import { fromUtf8 } from "@smithy/core/serde";
       ${code}
       export async function handler(): Promise<unknown> {
         const { Client, Command, Sts } = await load();
         const { SecretString } = await new Client({}).send(new Command({ SecretId: "orders" }));
         const { Arn } = await new Sts({}).getCallerIdentity({});
         return { SecretString, Arn, smithy: fromUtf8("a").length };
       }`,
    );
    const { zip, sha256 } = bundleFunction(file);
    rmSync(join(folder, "node_modules"));
    const arn = `arn:aws:lambda:${REGION}:123456789012:function:orders`;
    const environment = { ALLOWED_BY_ROUTE: "dev;*=GET /" };
    const fn = deployed("", { ...slowly, zip, codeSha256: sha256, name: "orders", arn, environment, region: REGION });
    const event = { httpMethod: "GET", resource: "/", requestContext: { stage: "dev" } };

    expect(await test.answer(fn, event)).toEqual({
      SecretString: "canary",
      Arn: "arn:aws:sts::123456789012:assumed-role/orders/orders",
      smithy: 1,
    });
  });
});

describe("a function whose variables refer to a secret and a parameter", () => {
  const references = {
    SECRET: { secret: "orders" },
    TOKEN: { parameter: "/orders/token" },
    LATER: { parameter: "/later" },
  };
  const event = { httpMethod: "GET", resource: "/", requestContext: { stage: "dev" } };
  const putParameter = async (Name: string, Value: string) => {
    const client = new SSMClient(sdkOptions(stack.emulator));
    await client.send(new PutParameterCommand({ Name, Value, Type: "SecureString", Overwrite: true }));
    client.destroy();
  };

  it("has their values when its code is loaded, or answers 500 and has them in the call after they are there", async () => {
    await putParameter("/orders/token", "hunter2");
    const file = write(
      "lambda/reads.ts",
      `const { SECRET, TOKEN, LATER } = process.env;
       export async function handler(): Promise<unknown> { return { SECRET, TOKEN, LATER }; }`,
    );
    const { zip, sha256 } = bundleFunction(file, "load.handler");
    const environment = { ALLOWED_BY_ROUTE: "dev;*=GET /", VARIABLE_REFERENCES: JSON.stringify(references) };
    const arn = `arn:aws:lambda:${REGION}:123456789012:function:orders`;
    const settings = { handler: "load.handler", name: "orders", arn, environment, region: REGION };
    const fn = deployed("", { ...slowly, ...settings, zip, codeSha256: sha256 });

    expect(await test.answer(fn, event)).toMatchObject({ statusCode: 500 });
    expect(test.grouped.join("\n")).toMatch(/LATER \(parameter \/later\): ParameterNotFound/);
    await putParameter("/later", "now");
    expect(await test.answer(fn, event)).toEqual({ SECRET: "canary", TOKEN: "hunter2", LATER: "now" });
    expect(test.grouped.join("\n")).not.toMatch(/hunter2|canary/);
  });
});

describe("a function's connections", () => {
  const host = `sts.${REGION}.amazonaws.com`;
  const query = "/?Action=GetCallerIdentity&Version=2011-06-15";

  it.each([
    ["fetch", `(await fetch("https://${host}${query}")).status`],
    [
      "https with an agent of its own",
      `await new Promise((resolve, reject) => require("https").get({ host: "${host}", path: "${query}", agent: new (require("https").Agent)({ keepAlive: true }) }, ({ statusCode }) => resolve(statusCode)).on("error", reject))`,
    ],
    [
      "tls by port and host",
      `await new Promise((resolve, reject) => { const socket = require("tls").connect(443, "${host}", { servername: "${host}" }, () => resolve(socket.authorized)).on("error", reject); })`,
    ],
  ])("reach the embedded AWS by %s", async (_how, expression) => {
    const answered = await test.answer(deployed(`exports.handler = async () => ${expression}`, slowly));
    expect([400, 403, true]).toContain(answered);
  });

  it.each(["example.com", "s3.example.com"])("do not leave the machine: %s is refused by name", async (outside) => {
    const code = `exports.handler = async () => { try { await fetch("https://${outside}/") } catch ({ cause }) { return cause.message } }`;
    expect(await test.answer(deployed(code, slowly))).toMatch(
      `does not emulate ${outside}:443 and connects to nowhere`,
    );
  });

  it("go to this machine as before", async () => {
    const code = `exports.handler = () => new Promise((resolve) => {
      require("tls").connect({ host: "127.0.0.1", port: 1 }).on("error", ({ code }) => resolve(code));
    })`;
    expect(await test.answer(deployed(code, slowly))).toBe("ECONNREFUSED");
  });

  it("do not keep a handler with a callback from ending, when they are only kept for later", async () => {
    const code = `
      const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
      const client = new STSClient();
      exports.handler = (event, context, done) => {
        client.send(new GetCallerIdentityCommand()).then(({ Account }) => done(null, Account), done);
      };`;
    expect(await test.answer(deployed(code, slowly))).toBe("123456789012");
  });

  it("do not show in what the system keeps of the process, nor in its standard input", async () => {
    const code = `exports.handler = async () => {
      const { execFileSync } = require("child_process");
      const kept = ["environ", "cmdline"].map((name) => execFileSync("cat", ["/proc/" + process.pid + "/" + name], { encoding: "latin1" }));
      return [...kept, require("fs").readFileSync(0, "utf8")];
    }`;
    const kept = (await test.answer(deployed(code, slowly))) as readonly string[];
    const { password } = new URL(stack.emulator.proxyUrl);

    expect(kept[2]).toBe("");
    expect(kept.join("\n")).not.toContain(password);
  });

  it("do not show in the function's environment", async () => {
    const code =
      "exports.handler = async () => Object.keys(process.env).filter((name) => /PROXY|CERT|EMBEDDED/i.test(name))";
    expect(await test.answer(deployed(code, slowly))).toEqual([]);
  });
});

describe("packages of the runtime", () => {
  const importing =
    'import { STSClient } from "@aws-sdk/client-sts"; export const handler = async () => typeof STSClient;';

  it.each([
    ["an ES module", { "index.mjs": importing }],
    [
      "a CommonJS module that needs @smithy",
      { "index.js": 'exports.handler = async () => typeof require("@smithy/core")' },
    ],
  ])("are there for %s", async (_what, files) => {
    expect(await test.answer(deployed(files, slowly))).toMatch(/^(function|object)$/);
  });

  it("give way to what a function brings along", async () => {
    const files = {
      "index.js": 'exports.handler = async () => require("@aws-sdk/client-sts")',
      "node_modules/@aws-sdk/client-sts/index.js": 'module.exports = "own"',
    };
    expect(await test.answer(deployed(files, slowly))).toBe("own");
  });

  it.each([
    [
      "require",
      {
        "index.js":
          'exports.handler = async () => require("@aws-sdk/client-own").part + require("@aws-sdk/client-own/sub.js")',
      },
    ],
    [
      "import",
      {
        "index.mjs":
          'import { part } from "@aws-sdk/client-own"; import sub from "@aws-sdk/client-own/sub.js"; export const handler = async () => part + sub;',
      },
    ],
    [
      "import()",
      {
        "index.mjs":
          'export const handler = async () => (await import("@aws-sdk/client-own")).part + (await import("@aws-sdk/client-own/sub.js")).default;',
      },
    ],
  ])("are the project's, also in a parent folder and behind a link: %s", async (_how, files) => {
    write("real/@aws-sdk/client-own/index.js", 'exports.part = require("@smithy/own");');
    write("real/@aws-sdk/client-own/sub.js", 'module.exports = " sub";');
    write("real/@smithy/own/index.js", 'module.exports = "own";');
    write("parent/app/access.yaml", "");
    rmSync(join(folder, "parent/node_modules"), { force: true });
    symlinkSync(join(folder, "real"), join(folder, "parent/node_modules"));
    test.open({ packagesFolder: join(folder, "parent/app") });

    expect(await test.answer(deployed(files, slowly))).toBe("own sub");
  });

  it("are named with what to do, when the project has not installed them", async () => {
    const code = 'require("@aws-sdk/client-no-such"); exports.handler = async () => 1';
    expect(await test.error(deployed(code, slowly))).toEqual([
      "Runtime.ImportModuleError",
      "Error: Cannot find module '@aws-sdk/client-no-such'. Lambda's runtime contains it; the embedded AWS takes it from the project: npm install --save-dev @aws-sdk/client-no-such",
    ]);
  });

  it("do not include what only the project has, which has to be packaged", async () => {
    const code = 'require("zod"); exports.handler = async () => 1';
    expect(await test.error(deployed(code, slowly))).toEqual([
      "Runtime.ImportModuleError",
      expect.stringMatching(/^Error: Cannot find module 'zod'\n/),
    ]);
  });
});
