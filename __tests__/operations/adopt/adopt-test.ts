/** Existing systems that the AWS SDK built: adopted from an embedded AWS, synthesized, and planned by the real Terraform. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readAccessModel } from "../../../access/access-model";
import { emulatedOf, keepStateLocally } from "../../../cli/embedded-aws/emulated-environments";
import type { AdoptedStack } from "../../../constructs/contract/adopted";
import { type Emulator, startEmulator } from "../../../emulator/index";
import { type Adoption, type AdoptOptions, adopt } from "../../../operations/adopt/adopt";
import { type Aws, AwsError, aws } from "../../../platform/aws";
import { sdkOptions } from "../../support/aws-sdk";
import { Builder, buildJobs, buildMixed, buildShop, type HandMade } from "../../support/hand-made-systems";
import { cleanEnvironment, run, script } from "../../support/processes";

jest.setTimeout(120_000);

const project = join(__dirname, "..", "..", "..");
const root = mkdtempSync(join(tmpdir(), "adopt-"));
const variables = ["HTTPS_PROXY", "NODE_EXTRA_CA_CERTS"] as const;
const before = variables.map((name) => [name, process.env[name]] as const);

let emulator: Emulator;
const stacks: string[] = [];
let jobs: HandMade;
beforeAll(async () => {
  emulator = await startEmulator({
    folder: join(root, "aws"),
    workingDirectories: () => stacks,
  });
  // The code of functions is downloaded as by a command.
  for (const name of variables) process.env[name] = emulator.environment[name];
});
afterAll(async () => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await emulator.close();
  rmSync(root, { recursive: true, force: true });
});

const clientsOf = (region: string) => aws(region, sdkOptions(emulator, region));

/** Adopts into a folder of that name. */
function adoptInto(name: string, clients: Aws, { poolId, apiId }: HandMade, more: Partial<AdoptOptions> = {}) {
  const options = {
    poolId,
    apiId,
    stageName: undefined,
    domainPrefix: undefined,
    without: [],
    onProgress: () => undefined,
  };
  return adopt(clients, { ...options, folder: join(root, name), ...more });
}

const text = (name: string, file: string) => readFileSync(join(root, name, file), "utf8");
/** What is left out and why, without ids. */
const short = ({ leftOut, restApi }: Adoption, { clientIds }: HandMade) =>
  leftOut.map(({ what, why }) => {
    const ids = [restApi, ...Object.values(clientIds)];
    return `${ids.reduce((text, id) => text.replaceAll(id, "<id>"), what)}: ${why}`;
  });

interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly importing?: { readonly id: string };
  };
}

/** What Terraform plans for an adopted folder. */
async function plan(name: string): Promise<readonly PlannedChange[]> {
  const folder = join(root, name);
  const output = join(folder, "cdktf.out");
  const [environment] = readAccessModel(join(folder, "access.yaml")).environments.map(emulatedOf);
  const stack = join(output, "stacks", environment?.name ?? "");
  stacks.push(stack);
  const synthesis = await run(script(join(project, "main.ts")), folder, cleanEnvironment({ CDKTF_OUTDIR: output }));
  expect(synthesis).toMatchObject({ code: 0 });
  keepStateLocally(output, environment === undefined ? [] : [environment]);
  const known = Object.entries(emulator.environment).filter(([, value]) => value !== undefined);
  const env = cleanEnvironment(Object.fromEntries(known) as Record<string, string>);
  for (const args of [["init"], ["plan", "-out", "plan", "-no-color"]]) {
    const { code, stderr } = await run(["terraform", ...args], stack, env);
    if (code !== 0) throw new Error(`terraform ${args[0]} ended with ${code}:\n${stderr}`);
  }
  const { stdout } = await run(["terraform", "show", "-json", "plan"], stack, env);
  return (
    JSON.parse(stdout) as {
      readonly resource_changes: readonly PlannedChange[];
    }
  ).resource_changes;
}

const ACTIONS = ["no-op", "create", "update", "read"];

const adoptedOf = (name: string) => Object.values(JSON.parse(text(name, "adopted.json")))[0] as AdoptedStack;
/** What resources keep, by their types. */
const kept = (name: string) =>
  Object.entries(adoptedOf(name).keep)
    .map(([address, attributes]) => `${address.slice(0, address.indexOf("."))} ${JSON.stringify(attributes)}`)
    .sort();

/** Nothing is replaced or destroyed, and what was announced is what is planned. */
async function expectPlan(name: string, { imported, created }: Adoption): Promise<void> {
  const changes = await plan(name);
  const ofAws = changes.filter(({ type }) => type.startsWith("aws_"));
  const addresses = (some: readonly PlannedChange[]) => some.map(({ address }) => address).sort();

  expect(changes.filter(({ change }) => !change.actions.every((one) => ACTIONS.includes(one)))).toEqual([]);
  expect(addresses(changes.filter(({ change }) => change.importing !== undefined))).toEqual([...imported].sort());
  expect(addresses(ofAws.filter(({ change }) => change.actions.includes("create")))).toEqual([...created].sort());
}

/** The clients with one call, by its number, that is denied. @param calls receives the names of operations */
function denying(clients: Aws, denied: number, calls: string[]): Aws {
  const watch = async (service: () => Promise<unknown>) => {
    const client = await service();
    return new Proxy(client as Record<string, unknown>, {
      get: (target, name: string) => {
        const value = target[name];
        if (typeof value !== "function") return value;
        return (...args: readonly unknown[]) => {
          if (!/^(?:get|list|describe|paginate)/.test(name)) return value.apply(target, args);
          calls.push(name);
          if (calls.length - 1 !== denied) return value.apply(target, args);
          const error = new AwsError(
            "x:Y",
            "AccessDeniedException",
            403,
            "AWS refused x:Y: AccessDeniedException (403). The credentials need the permission x:Y.",
          );
          return name.startsWith("paginate") ? failing(error) : Promise.reject(error);
        };
      },
    });
  };
  const services = ["apiGateway", "cognito", "iam", "lambda", "logs", "sts"] as const;
  const watched = Object.fromEntries(services.map((service) => [service, () => watch(clients[service])]));
  return { ...clients, ...watched } as Aws;
}

async function* failing(error: Error): AsyncGenerator<never> {
  yield await Promise.reject(error);
}

describe("a shop with several clients and resource servers, nested paths, CORS and a shared role", () => {
  let ids: HandMade;
  let adoption: Adoption;
  beforeAll(async () => {
    const clients = clientsOf("eu-west-1");
    ids = await buildShop(clients);
    adoption = await adoptInto("shop", clients, ids);
  });

  it("is written as access.yaml", () => {
    expect(text("shop", "access.yaml").split("\n").slice(2).join("\n")).toMatchInlineSnapshot(`
      "
      environments:
        v1:
          region: eu-west-1
          domainPrefix: shop-machines
          accountId: "123456789012"
          authorizerName: Shop_Pool
          accessLog: false
          throttling:
            requestsPerSecond: 100
            burst: 50
          retentionDays: 3653
      resourceServers:
        https://api.example.com/stock: { name: API of shop-machines, scopes: { view: See the stock } }
        orders: { name: API of shop-machines, scopes: { read: Read orders, write: Change orders } }
      clients:
        warehouse: { scopes: [ https://api.example.com/stock/view, orders/read ] }
        warehouse-2: { scopes: [ https://api.example.com/stock/view ] }
        web: { scopes: [ orders/read, orders/write ], tokenMinutes: 30 }
      routes:
        GET /orders: { lambda: ShopOrders, scopes: [ orders/read ], cors: { origins: [ https://shop.example.com ], headers: [ X-Shop ] }, throttling: { requestsPerSecond: 10, burst: 5 } }
        POST /orders: { lambda: ShopOrders, scopes: [ orders/write ] }
        GET /orders/{id}: { lambda: ShopOrders, scopes: [ orders/read ] }
        DELETE /orders/{id}/lines/{line}: { lambda: ShopOrders, scopes: [ orders/write ] }
        GET /status: { url: https://status.example.com/shop, public: true, reason: It was open when it was adopted. Write down why. }
        GET /stock/{item}: { lambda: ShopStock, scopes: [ https://api.example.com/stock/view ] }
      functions:
        ShopOrders: { runtime: nodejs22.x, memoryMegabytes: 128, timeoutSeconds: 3, architecture: x86_64, variables: { DATABASE: { parameter: /shop-machines/ShopOrders/DATABASE }, PAYMENT_SECRET: { parameter: /shop-machines/ShopOrders/PAYMENT_SECRET }, PAYMENT_URL: https://pay.example.com/v1, TABLE: orders } }
        ShopStock: { runtime: nodejs22.x, memoryMegabytes: 512, timeoutSeconds: 29, architecture: x86_64 }
      "
    `);
  });

  it("keeps the code of functions as it is, with a file that leads to the handler", () => {
    expect(readdirSync(join(root, "shop", "lambda")).sort()).toEqual([
      ...["ShopOrders", "ShopOrders.ts", "ShopStock", "ShopStock.ts"],
    ]);
    expect(text("shop", "lambda/ShopOrders.ts")).toContain(
      'export { main as handler } from "./ShopOrders/src/app.mjs";',
    );
    expect(text("shop", "lambda/ShopOrders/src/table.mjs")).toBe('export const table = process.env["TABLE"];');
  });

  it("writes no value that may be a secret, and names the commands that store it", () => {
    const written = ["access.yaml", "adopted.json"].map((file) => text("shop", file)).join() + JSON.stringify(adoption);

    expect(written).not.toMatch(/s3cr3t|hunter2/);
    expect(adoption.remarks).toMatchInlineSnapshot(`
      [
        {
          "commands": [],
          "text": "ShopOrders and ShopStock share the role arn:aws:iam::123456789012:role/service/shop-lambda, and keep it. Terraform creates a role for each, which is not used as long as adopted.json keeps "role": write what each function needs into its statements in access.yaml, then delete the line.",
        },
        {
          "commands": [
            "aws ssm put-parameter --region eu-west-1 --type SecureString --name /shop-machines/ShopOrders/DATABASE --value "$(aws lambda get-function-configuration --region eu-west-1 --function-name ShopOrders --query Environment.Variables.DATABASE --output text)"",
          ],
          "text": "The value of DATABASE of ShopOrders may be a secret, and is not written. The function will read it from the parameter /shop-machines/ShopOrders/DATABASE. Create the parameter before the deployment:",
        },
        {
          "commands": [
            "aws ssm put-parameter --region eu-west-1 --type SecureString --name /shop-machines/ShopOrders/PAYMENT_SECRET --value "$(aws lambda get-function-configuration --region eu-west-1 --function-name ShopOrders --query Environment.Variables.PAYMENT_SECRET --output text)"",
          ],
          "text": "The value of PAYMENT_SECRET of ShopOrders may be a secret, and is not written. The function will read it from the parameter /shop-machines/ShopOrders/PAYMENT_SECRET. Create the parameter before the deployment:",
        },
        {
          "commands": [],
          "text": "ShopStock has a timeout of 60 s. API Gateway waits for 29 s; the deployment sets 29 s.",
        },
        {
          "commands": [],
          "text": "Lines of /aws/lambda/ShopOrders are kept for ever. retentionDays is 3653, the longest that there is, so that the deployment deletes none of the last ten years. Choose a shorter one.",
        },
        {
          "commands": [],
          "text": "The zip of ShopOrders contains src/template.html: the bundle has only what is imported, so code that reads it would fail.",
        },
      ]
    `);
  });

  it("lists what access.yaml cannot express", () => {
    expect(short(adoption, ids)).toMatchInlineSnapshot(`
      [
        "policy api of ShopOrders: access.yaml does not have it",
      ]
    `);
  });

  it("keeps names, descriptions, tags, variables of the stage, and a lifetime of tokens", () => {
    expect(kept("shop")).toMatchInlineSnapshot(`
      [
        "aws_api_gateway_integration {"passthrough_behavior":"WHEN_NO_MATCH"}",
        "aws_api_gateway_method_settings {"method_path":"orders/GET"}",
        "aws_api_gateway_rest_api {"name":"Shop API","description":"for shops","endpoint_configuration":[{"types":["EDGE"]}]}",
        "aws_api_gateway_stage {"variables":{"color":"blue"}}",
        "aws_cloudwatch_log_group {"name":"/aws/lambda/ShopOrders","tags":{"made":"by hand"}}",
        "aws_cloudwatch_log_group {"name":"/aws/lambda/ShopStock","tags":{"made":"by hand"}}",
        "aws_cognito_user_pool {"name":"Shop Machines","user_pool_tier":"ESSENTIALS","tags":{"team":"shop"}}",
        "aws_cognito_user_pool_client {"generate_secret":null}",
        "aws_cognito_user_pool_client {"generate_secret":null}",
        "aws_cognito_user_pool_client {"name":"warehouse","generate_secret":null}",
        "aws_lambda_function {"function_name":"ShopOrders","role":"arn:aws:iam::123456789012:role/service/shop-lambda"}",
        "aws_lambda_function {"function_name":"ShopStock","role":"arn:aws:iam::123456789012:role/service/shop-lambda","description":"the stock","tags":{"owner":"warehouse"}}",
      ]
    `);
  });

  it("is planned without a replacement or a destruction, and imports what exists", () => expectPlan("shop", adoption));
});

describe("jobs with a greedy path and the root, an EDGE endpoint, and a name of the authorizer that access.yaml cannot have", () => {
  let adoption: Adoption;
  beforeAll(async () => {
    const clients = clientsOf("us-east-1");
    jobs = await buildJobs(clients);
    adoption = await adoptInto("jobs", clients, jobs);
  });

  it("is written as access.yaml", () => {
    expect(text("jobs", "access.yaml").split("\n").slice(2).join("\n")).toMatchInlineSnapshot(`
      "
      environments:
        prod:
          region: us-east-1
          domainPrefix: jobs
          accountId: "123456789012"
          accessLog: false
          tracing: true
          methodMetrics: true
          retentionDays: 90
      resourceServers:
        jobs: { name: API of jobs, scopes: { run: Run jobs } }
      clients:
        scheduler: { scopes: [ jobs/run ] }
      routes:
        GET /: { lambda: worker, scopes: [ jobs/run ] }
        ANY /jobs/{rest+}: { lambda: worker, scopes: [ jobs/run ], cors: true }
        GET /reports/{id}: { url: "https://reports.example.com/{id}", scopes: [ jobs/run ] }
      functions:
        worker: { runtime: nodejs22.x, memoryMegabytes: 128, timeoutSeconds: 3, architecture: x86_64 }
      "
    `);
  });

  it("lists what access.yaml cannot express", () => {
    expect(short(adoption, jobs)).toMatchInlineSnapshot(`
      [
        "inline policy tables of jobs-worker: access.yaml does not have it",
      ]
    `);
  });

  it("keeps the endpoint, the name of the authorizer, and that of the role", () => {
    expect(kept("jobs")).toMatchInlineSnapshot(`
      [
        "aws_api_gateway_authorizer {"name":"jobs pool"}",
        "aws_api_gateway_integration {"passthrough_behavior":"WHEN_NO_MATCH"}",
        "aws_api_gateway_rest_api {"endpoint_configuration":[{"types":["EDGE"]}]}",
        "aws_cloudwatch_log_group {"tags":{"made":"by hand"}}",
        "aws_cognito_user_pool {"user_pool_tier":"ESSENTIALS","tags":{"team":"shop"}}",
        "aws_cognito_user_pool_client {"generate_secret":null}",
        "aws_iam_role {"name":"jobs-worker","description":"made by hand"}",
      ]
    `);
  });

  it("is planned without a replacement or a destruction, and imports what exists", () => expectPlan("jobs", adoption));
});

describe("a system of which little can be adopted", () => {
  let ids: HandMade;
  let adoption: Adoption;
  const clients = () => clientsOf("eu-central-1");
  beforeAll(async () => {
    ids = await buildMixed(clients());
    adoption = await adoptInto("mixed", clients(), ids, { stageName: "v1" });
  });

  it("is adopted without what cannot be, which is listed with the reason", () => {
    expect(adoption).toMatchObject({
      clients: ["reader"],
      routes: ["GET /read"],
      functions: ["mixed"],
    });
    expect(short(adoption, ids)).toMatchInlineSnapshot(`
      [
        "client idle (<id>): OAuth is off for it",
        "client portal (<id>): it is for users: its OAuth flows are code",
        "POST /both: its authorizer both accepts tokens of another user pool",
        "GET /broken: its function broken has the handler main.handler, which its zip has no file for",
        "GET /gone: its function never-made does not exist",
        "GET /id-token: it requires no scope, so that it accepts ID tokens of users",
        "POST /key: it requires an API key",
        "GET /theirs: its function theirs belongs to the account 999988887777",
        "POST /valid: it has a request validator",
        "OPTIONS /key: no method that it names is in access.yaml",
        "stage old: an environment has one stage; it keeps its deployment",
        "authorizer both of <id>: access.yaml does not have it",
        "request validator body of <id>: access.yaml does not have it",
        "inline policy tables of mixed: access.yaml does not have it",
      ]
    `);
  });

  it("has no remarks, as its stage serves the methods as they are", () => {
    expect(adoption.remarks).toEqual([]);
  });

  it("is planned without a replacement or a destruction, and imports what exists", () => expectPlan("mixed", adoption));

  it("asks for the stage when there are several", async () => {
    await expect(adoptInto("none", clients(), ids)).rejects.toThrow(
      "has the stages old, v1. An environment has one: name it with --stage.",
    );
    expect(existsSync(join(root, "none"))).toBe(false);
  });

  it("is refused when nothing of it is left", async () => {
    const options = { stageName: "v1", without: ["mixed"] };

    await expect(adoptInto("none", clients(), ids, options)).rejects.toThrow(
      /^there is nothing to adopt: no method that requires a scope of the user pool\.\n.*\n {2}GET \/read: its function mixed is left out by --without\n/s,
    );
    expect(existsSync(join(root, "none"))).toBe(false);
  });
});

describe("a folder that another process writes to in the meantime", () => {
  it("keeps that file, and gets none of the others", async () => {
    const clients = clientsOf("us-east-1");
    const folder = join(root, "meanwhile");
    const onProgress = (line: string) => {
      if (line.startsWith("Synthesizing")) writeFileSync(join(folder, "adopted.json"), "{}");
    };
    mkdirSync(folder);

    await expect(adoptInto("meanwhile", clients, jobs, { onProgress })).rejects.toThrow("already has adopted.json");
    expect(readdirSync(folder)).toEqual(["adopted.json"]);
  });
});

describe("what is wrong", () => {
  const clients = () => clientsOf("eu-west-3");
  const unknown = {
    poolId: "eu-west-3_Unknown00",
    apiId: "unknown000",
    clientIds: {},
  };
  let ids: HandMade;
  beforeAll(async () => {
    const builder = new Builder(clients());
    await builder.pool("wrong", "wrong", { wrong: { read: "Read" } });
    await builder.client("reader", ["wrong/read"]);
    await builder.role("wrong");
    await builder.function("wrong", "wrong", {
      "index.js": "exports.handler = async () => ({ statusCode: 200 }) )",
    });
    await builder.api("wrong");
    await builder.authorizer("wrong");
    await builder.method("GET /read", {
      authorizer: "wrong",
      scopes: ["wrong/read"],
      lambda: "wrong",
    });
    await builder.logGroup("/aws/lambda/wrong", 7);
    await builder.deploy("dev");
    ids = builder.ids;
  });

  it.each<[string, Partial<HandMade>, string]>([
    [
      "a pool",
      { poolId: unknown.poolId },
      "the user pool eu-west-3_Unknown00 does not exist in this account. List them:",
    ],
    [
      "an API",
      { apiId: unknown.apiId },
      "the REST API unknown000 does not exist in eu-west-3, the region of the user pool",
    ],
    ["an id", { apiId: "a/b" }, '"a/b" is not the id of a REST API, such as a1b2c3d4e5.'],
  ])("is refused for %s that does not exist, and nothing is written", async (_what, wrong, message) => {
    await expect(adoptInto("wrong", clients(), { ...ids, ...wrong })).rejects.toThrow(message);
    expect(existsSync(join(root, "wrong"))).toBe(false);
  });

  it("is refused where a file would be overwritten, which stays as it is", async () => {
    mkdirSync(join(root, "taken"));
    writeFileSync(join(root, "taken", "access.yaml"), "# mine");

    await expect(adoptInto("taken", clients(), ids)).rejects.toThrow(
      "already has access.yaml, which would be overwritten",
    );
    expect(readdirSync(join(root, "taken"))).toEqual(["access.yaml"]);
    expect(text("taken", "access.yaml")).toBe("# mine");
  });

  it("is refused for code that cannot be bundled, with the place, and nothing is written", async () => {
    mkdirSync(join(root, "there"));
    const failed = adoptInto("there", clients(), ids);

    await expect(failed).rejects.toThrow(
      /leave out a function and its methods with --without <function>\.\n.*lambda\/wrong\/index\.js:1:\d+/s,
    );
    expect(readdirSync(join(root, "there"))).toEqual([]);
  });

  it("is refused for a function that the API does not invoke", async () => {
    await expect(adoptInto("wrong", clients(), ids, { without: ["other"] })).rejects.toThrow(
      "the API invokes no function other. It invokes wrong.",
    );
  });

  it("is refused when AWS denies any of the calls, with the permission to add, and nothing is written", async () => {
    const made: string[] = [];
    const counted = denying(clients(), Number.POSITIVE_INFINITY, made);
    await expect(adoptInto("wrong", counted, ids)).rejects.toThrow("makes no stack");
    const required = made.length;
    expect(required).toBeGreaterThan(15);
    for (let index = 0; index < required; index++) {
      const calls: string[] = [];
      await expect(adoptInto("wrong", denying(clients(), index, calls), ids)).rejects.toThrow(
        /^AWS refused [\w-]+:\w+: AccessDeniedException \(403\)\. The credentials need the permission [\w-]+:\w+\.$/,
      );
      expect(existsSync(join(root, "wrong"))).toBe(false);
    }
  });
});
