/** Teardown on the embedded AWS by the real Terraform: of a protected environment, in pieces, and without its source. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callAws } from "../../cli/aws-call";
import { readState } from "../../cli/state-json";
import { destroyAll, liftProtectionOf } from "../../cli/teardown/destruction";
import { inventoryOf } from "../../cli/teardown/inventory";
import type { Receipt } from "../../cli/teardown/receipt";
import { type TeardownContext, tearDown } from "../../cli/teardown/teardown";
import { fileWith } from "../support/access-text";
import { type Ended, run } from "../support/processes";
import { ServedProject } from "../support/served-project";

jest.setTimeout(120_000);

const READER = "arn:aws:iam::123456789012:role/billing";
const project = new ServedProject(
  "dev",
  fileWith({
    environments: [
      "  dev: { region: ap-northeast-1, domainPrefix: demo-dev }",
      "  pr-12: { region: ap-northeast-1, domainPrefix: demo-pr-12, ephemeral: true }",
    ].join("\n"),
    clients: `  billing: { scopes: [orders/read], secret: { readers: ["${READER}"] } }`,
  }),
);
const stacks = join(project.folder, ".local", "cdktf.out", "stacks");
const folder = join(stacks, "dev");
const bundle = join(folder, "cdk.tf.json");
const before = { ...process.env };
const everything: Ended[] = [];
let secret = "";
let clientId = "";

const teardown = async (...args: readonly string[]): Promise<Ended> => {
  const done = await project.cli("teardown", ...args);
  everything.push(done);
  return done;
};
const poolsIn = async () => inventoryOf(await readState(folder)).protectedPools;
const contextWith = (given: Partial<TeardownContext>): TeardownContext => ({
  environment: "dev",
  folder,
  call: callAws,
  say: () => undefined,
  confirm: async () => undefined,
  now: () => new Date(),
  ...given,
});

beforeAll(async () => {
  await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
  const { clientSecrets, clientIds } = await project.deployed();
  secret = String(clientSecrets["billing"]);
  clientId = String(clientIds["billing"]);
});

afterAll(async () => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, before);
  await project.remove();
});

describe("npm run teardown", () => {
  it("shows what dies, and changes nothing when nobody can be asked", async () => {
    const account = project.inAccount();
    const { code, stdout, stderr } = await teardown("dev");

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`  billing  ${clientId}`);
    expect(stderr).toContain("  demo-dev/billing  can be restored for 30 days");
    expect(stderr).toContain("Protected against deletion, which is lifted first");
    expect(stderr).toContain("error: there is no terminal to ask on. Add --yes to destroy dev without a question.");
    expect(project.inAccount()).toEqual(account);
  });

  it("changes nothing when the question is answered by something else", async () => {
    const account = project.inAccount();
    const confirm = () => Promise.reject(new Error("not dev"));

    await expect(tearDown(contextWith({ confirm }))).rejects.toThrow("not dev");
    expect(project.inAccount()).toEqual(account);
    expect(await poolsIn()).toHaveLength(1);
  });

  it("refuses to lift the protection when AWS would change something else with it", async () => {
    const pools = await poolsIn();
    const text = readFileSync(bundle, "utf8");
    const stack = JSON.parse(text);
    const [pool] = Object.values<{ deletion_protection: string; tags?: object }>(stack.resource.aws_cognito_user_pool);
    // A pool that depends on something that is not deployed yet.
    stack.resource.aws_cloudwatch_log_group.new = { name: "new" };
    Object.assign(pool ?? {}, { depends_on: ["aws_cloudwatch_log_group.new"] });
    writeFileSync(bundle, JSON.stringify(stack));
    try {
      await expect(liftProtectionOf(folder, pools)).rejects.toThrow("aws_cloudwatch_log_group.new (create)");
    } finally {
      writeFileSync(bundle, text);
    }
    expect(await poolsIn()).toEqual(pools);
  });

  it("lifts the protection and nothing else, whatever the code says that is not deployed", async () => {
    const text = readFileSync(bundle, "utf8");
    const stack = JSON.parse(text);
    for (const pool of Object.values<object>(stack.resource.aws_cognito_user_pool)) {
      Object.assign(pool, { mfa_configuration: "OPTIONAL" });
    }
    for (const fn of Object.values<object>(stack.resource.aws_lambda_function)) Object.assign(fn, { timeout: 29 });
    writeFileSync(bundle, JSON.stringify(stack));
    const valuesOf = async (type: string) =>
      (await readState(folder)).root_module.resources.filter((one) => one.type === type).map(({ values }) => values);
    const functions = await valuesOf("aws_lambda_function");
    await liftProtectionOf(folder, await poolsIn());

    expect(await poolsIn()).toEqual([]);
    expect(await valuesOf("aws_cognito_user_pool")).toMatchObject([{ mfa_configuration: "OFF" }]);
    expect(await valuesOf("aws_lambda_function")).toEqual(functions);
    expect(readFileSync(bundle, "utf8")).toBe(JSON.stringify(stack));
    writeFileSync(bundle, text);
    expect((await project.terraform("apply", "-auto-approve")).code).toBe(0);
    expect(await poolsIn()).toHaveLength(1);
  });

  it("does not destroy what is still protected", async () => {
    await expect(destroyAll(folder)).rejects.toThrow("deletion protection is activated");
    expect(project.inAccount().some((thing) => thing.startsWith("aws_cognito_user_pool "))).toBe(true);
  });

  it("goes on after an interruption without the source, and tells what Terraform knows nothing of", async () => {
    for (const name of ["access.yaml", "lambda", "main.ts"]) rmSync(join(project.folder, name), { recursive: true });
    const { code, stdout, stderr } = await teardown("dev", "--yes");

    expect(stderr).toContain("✓ deletion protection is lifted");
    expect(code).toBe(3);
    expect(project.inState()).toEqual([]);
    expect(stdout).toContain("# Teardown of dev (ap-northeast-1)");
    expect(stdout).toMatch(/- secret `demo-dev\/billing`: deleted, can be restored until \d{4}-\d\d-\d\dT/);
    expect(stdout).toContain(
      "aws secretsmanager delete-secret --region ap-northeast-1 --secret-id demo-dev/billing --force-delete-without-recovery",
    );
  });
});

describe("a teardown of a preview environment", () => {
  const preview = join(stacks, "pr-12");
  const terraform = (...args: readonly string[]) =>
    run(["terraform", ...args, "-no-color"], preview, project.environment());

  it("leaves nothing, and gives a receipt for machines", async () => {
    await terraform("init");
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    const { code, stdout } = await teardown("pr-12", "--yes", "--json");
    const receipt = JSON.parse(stdout) as Receipt;

    expect([code, receipt]).toMatchObject([
      0,
      { environment: "pr-12", isProtectionLifted: false, leftovers: [], notLookedAt: [] },
    ]);
    expect(receipt.destroyed).toBeGreaterThan(20);
    expect(receipt.clients.map(({ name }) => name)).toEqual(["billing"]);
  });

  it("says that there is nothing when it is run again, and looks for leftovers all the same", async () => {
    const { code, stdout, stderr } = await teardown("pr-12", "--yes");

    expect([code, stdout]).toEqual([0, expect.stringContaining("There was nothing to destroy.")]);
    expect(stderr).toContain("There is nothing in the state of pr-12.");
  });

  it("finds everything that Terraform has forgotten, by name", async () => {
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    const state = join(project.folder, ".local", "terraform.pr-12.tfstate");
    const forgotten = readFileSync(state, "utf8");
    writeFileSync(state, JSON.stringify({ ...JSON.parse(forgotten), resources: [], outputs: {} }));
    const { code, stdout } = await teardown("pr-12", "--yes", "--json");
    const { leftovers } = JSON.parse(stdout) as Receipt;

    expect(code).toBe(3);
    expect([...new Set(leftovers.map(({ kind }) => kind))].toSorted()).toEqual([
      "REST API",
      "domain of a user pool",
      "function",
      "log group",
      "role",
      "secret",
      "user pool",
    ]);
    expect(leftovers).toContainEqual(expect.objectContaining({ kind: "secret", detail: "not deleted" }));
    writeFileSync(state, forgotten);
    expect((await teardown("pr-12", "--yes")).code).toBe(0);
  });

  it("says what it may not look at, and does not call that clean", async () => {
    const call: typeof callAws = async (request) =>
      request.service === "iam" ? { status: 403, body: "<Code>AccessDenied</Code>" } : await callAws(request);
    const receipt = await tearDown(contextWith({ call, environment: "pr-12", folder: preview }));

    expect(receipt.notLookedAt).toEqual(["roles: iam answered 403 AccessDenied"]);
  });
});

describe("what is said of a teardown", () => {
  it.each([
    [["nowhere", "--yes"], expect.stringContaining("so nothing tells what nowhere is")],
    [["../dev", "--yes"], 'error: "../dev" is no name of an environment.\n'],
  ])("is for %j a clear error", async (args, message) => {
    const { code, stderr } = await teardown(...args);

    expect([code, stderr]).toEqual([1, message]);
  });

  it("holds no secret", () => {
    expect(secret).toHaveLength(51);
    expect(everything.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n")).not.toContain(secret);
  });
});
