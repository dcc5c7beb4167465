/** Teardown on the embedded AWS by the real Terraform: of a protected environment, in pieces, and without its source. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readState } from "../../operations/plan-file/state-json";
import { destroyAll, liftProtectionOf } from "../../operations/teardown/destruction";
import { inventoryOf } from "../../operations/teardown/inventory";
import type { Receipt } from "../../operations/teardown/receipt";
import { adviceAfterFailure, type TeardownContext, tearDown } from "../../operations/teardown/teardown";
import { type Aws, AwsError, aws } from "../../platform/aws";
import { fileWith } from "../support/access-text";
import { runAwsCommand } from "../support/aws-command";
import { cleanEnvironment, type Ended, ended, run, script, start } from "../support/processes";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const READER = "arn:aws:iam::123456789012:role/billing";
const accessYaml = fileWith({
  environments: [
    "  dev: { region: ap-northeast-1, domainPrefix: demo-dev }",
    "  pr-12: { region: ap-northeast-1, domainPrefix: demo-pr-12, ephemeral: true }",
  ].join("\n"),
  clients: `  billing: { scopes: [orders/read], secret: { readers: ["${READER}"] } }`,
});
const project = new ServedProject("dev", accessYaml);
const stacks = join(project.folder, ".local", "cdktf.out", "stacks");
const folder = join(stacks, "dev");
const bundle = join(folder, "cdk.tf.json");
const before = { ...process.env };
const everything: Ended[] = [];
let secret = "";
let clientId = "";

const teardown = async (...args: readonly string[]): Promise<Ended> => {
  const done = await project.ask("teardown", ...args);
  everything.push(done);
  return done;
};
/** Commands in one process, between which nothing else is done. */
const together = async (...commands: readonly (readonly string[])[]): Promise<readonly Ended[]> => {
  const results = await runTogether(project, commands);
  everything.push(...results);
  return results;
};
const poolsIn = async () => inventoryOf(await project.state()).protectedPools;
const contextWith = (given: Partial<TeardownContext>): TeardownContext => ({
  environment: "dev",
  project: "the project",
  folder,
  clients: (region) => aws(region),
  say: () => undefined,
  step: () => undefined,
  confirm: async () => undefined,
  now: () => new Date(),
  ...given,
});

/** Starts the command, and does something as soon as it has said the text. */
const teardownUntil = async (environment: string, text: string, act: (child: ReturnType<typeof start>) => void) => {
  const child = start(script("cli/teardown.ts", environment, "--yes"), project.folder, project.environment());
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    const before = said;
    said += chunk.toString();
    if (said.includes(text) && !before.includes(text)) act(child);
  });
  const done = await ended(child);
  everything.push(done);
  return done;
};
/** Protects the pool again, and looks at nothing else. */
const protectAgain = async () => {
  const pool = (await project.state()).root_module.resources.find(({ type }) => type === "aws_cognito_user_pool");
  expect((await project.terraform("apply", "-auto-approve", `-target=${pool?.address}`)).code).toBe(0);
  expect(await poolsIn()).toHaveLength(1);
};
/** What the project is made of, which is taken away and brought back. */
const SOURCES = ["access.yaml", "cdktf.json", "lambda", "main.ts"];
const away = join(project.folder, "away");
const moveSources = (from: string, to: string) => {
  mkdirSync(to, { recursive: true });
  for (const name of SOURCES) renameSync(join(from, name), join(to, name));
};
/** Execution logs of an API that is another stack's. */
const FOREIGN = "API-Gateway-Execution-Logs_foreign/dev";
const createGroup = (name: string) =>
  runAwsCommand(`aws logs create-log-group --region ap-northeast-1 --log-group-name ${name}`);
/** The state and its backups, with their modes; Terraform on its own writes them for all users. */
const stateFiles = () =>
  readdirSync(join(project.folder, ".local"))
    .filter((name) => name.startsWith("terraform.dev.tfstate"))
    .map((name) => [name, statSync(join(project.folder, ".local", name)).mode & 0o777]);
/** The commands of a receipt. */
const commandsIn = (receipt: string) => receipt.split("\n").filter((line) => line.startsWith("      aws "));

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

describe("npx access teardown", () => {
  it("lists the resources and what outside the stack blocks it, and changes nothing without a terminal", async () => {
    const [pool] = (await project.state()).root_module.resources.filter(({ type }) => type === "aws_cognito_user_pool");
    const domain = `--region ap-northeast-1 --user-pool-id ${pool?.values["id"]} --domain auth.example.com`;
    const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/one";
    await runAwsCommand(
      `aws cognito-idp create-user-pool-domain ${domain} --custom-domain-config CertificateArn=${certificate}`,
    );
    const remove = `aws cognito-idp delete-user-pool-domain ${domain}`;
    const account = project.inAccount();
    const { code, stdout, stderr } = await teardown("dev");
    const advice = await adviceAfterFailure(contextWith({}));

    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^Project [^/]+, environment dev: ap-northeast-1, account 123456789012 of the embedded AWS\.$/m,
    );
    expect(stderr).toContain(`  billing  ${clientId}`);
    expect(stderr).toContain("  demo-dev/billing  can be restored for 30 days");
    expect(stderr).toContain("Protected against deletion, which is lifted first");
    expect(stderr).toContain("error: the confirmation requires a terminal, so nothing was changed. Add --yes.");
    expect(project.inAccount()).toEqual(account);
    // Before and after the attempt, with the command that removes it.
    expect(stderr).toContain(`  domain "auth.example.com" of ${pool?.address}\n      ${remove}`);
    expect(advice).toContain(
      `  domain "auth.example.com" of ${pool?.address}\n      ${remove}\nRun the same command again`,
    );
    await runAwsCommand(remove);
    expect(await adviceAfterFailure(contextWith({}))).toContain("remove what AWS names first");
  });

  it("changes nothing when something else is typed", async () => {
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
      Object.assign(pool, { admin_create_user_config: { allow_admin_create_user_only: false } });
    }
    for (const fn of Object.values<object>(stack.resource.aws_lambda_function)) Object.assign(fn, { timeout: 29 });
    writeFileSync(bundle, JSON.stringify(stack));
    const valuesOf = async (type: string) =>
      (await project.state()).root_module.resources.filter((one) => one.type === type).map(({ values }) => values);
    const functions = await valuesOf("aws_lambda_function");
    await liftProtectionOf(folder, await poolsIn());

    expect(await poolsIn()).toEqual([]);
    expect(await valuesOf("aws_cognito_user_pool")).toMatchObject([
      { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
    ]);
    expect(await valuesOf("aws_lambda_function")).toEqual(functions);
    expect(readFileSync(bundle, "utf8")).toBe(JSON.stringify(stack));
    writeFileSync(bundle, text);
    await protectAgain();
  });

  it("ends in order when it is told to end, and leaves what was synthesized protected", async () => {
    const text = readFileSync(bundle, "utf8");
    const pools = await poolsIn();
    const { code, stderr } = await teardownUntil("dev", "Lifting", (child) => child.kill("SIGTERM"));

    expect([code, stderr]).toEqual([143, expect.stringContaining("interrupted: nothing was destroyed.\nRun the same")]);
    expect(project.inState().length).toBeGreaterThan(20);
    expect([await poolsIn(), readFileSync(bundle, "utf8"), readdirSync(stacks).toSorted()]).toEqual([
      pools,
      text,
      ["dev", "pr-12"],
    ]);
  });

  it("says that the protection may be lifted when Terraform is interrupted while it lifts it", async () => {
    const program = join(project.folder, "terraform-that-waits");
    // Ends by the signal that is passed on to it.
    writeFileSync(program, `#!/bin/sh\n[ "$1" = apply ] && kill -TERM $PPID && exec sleep 100\nexec terraform "$@"\n`, {
      mode: 0o755,
    });
    const env = { ...project.environment(), TERRAFORM_BINARY_NAME: program };
    const { code, stderr } = await run(script("cli/teardown.ts", "dev", "--yes"), project.folder, env);

    expect([code, stderr]).toEqual([
      143,
      expect.stringContaining(
        "interrupted: nothing was destroyed. The deletion protection may be lifted; a deployment",
      ),
    ]);
    expect(project.inState().length).toBeGreaterThan(20);
  });

  it("does not leave an example for the project above it", async () => {
    const example = join(project.folder, "examples", "one-service");
    for (const name of ["access.yaml", "cdktf.json"]) rmSync(join(example, name));
    const account = project.inAccount();
    const command = script(join(project.folder, "cli", "teardown.ts"), "dev", "--yes");
    const { code, stderr } = await run(command, project.folder, { ...project.environment(), INIT_CWD: example });

    expect([code, stderr]).toEqual([1, expect.stringContaining("examples/one-service has neither")]);
    expect(project.inAccount()).toEqual(account);
  });

  it("does not destroy what is still protected", async () => {
    await expect(destroyAll(folder)).rejects.toThrow("deletion protection is activated");
    expect(project.inAccount().some((thing) => thing.startsWith("aws_cognito_user_pool "))).toBe(true);
  });

  it("continues after an interruption without the source, and names what Terraform does not know", async () => {
    await createGroup(FOREIGN);
    await runAwsCommand(
      "aws cognito-idp create-user-pool --region ap-northeast-1 --pool-name demo-dev --deletion-protection ACTIVE",
    );
    moveSources(project.folder, away);
    const { code, stdout, stderr } = await teardown("dev", "--yes");

    expect([code, stderr]).toEqual([2, expect.stringContaining("✓ deletion protection is lifted")]);
    expect(project.inState()).toEqual([]);
    expect(stateFiles()).toEqual([["terraform.dev.tfstate", 0o600]]);
    expect(stdout).toContain("# Teardown of dev (ap-northeast-1)");
    expect(stdout).toMatch(/- secret `demo-dev\/billing`: `deleted, can be restored until \d{4}-\d\d-\d\dT/);
    expect(stdout).not.toContain(FOREIGN);
    expect(readFileSync(join(project.folder, "dev.teardown.md"), "utf8")).toBe(stdout);
    expect(stdout).toMatch(/^- user pool `demo-dev`: \S+; has the name of this stack and is not in its state: /m);
    expect(commandsIn(stdout).map((line) => line.trim())).toEqual([
      expect.stringMatching(/^aws cognito-idp update-user-pool .* && aws cognito-idp delete-user-pool /),
      "aws secretsmanager restore-secret --region ap-northeast-1 --secret-id demo-dev/billing",
      "aws secretsmanager delete-secret --region ap-northeast-1 --secret-id demo-dev/billing --force-delete-without-recovery",
    ]);
  });

  it("names commands that really remove what is left, of which preflight warns before the next deployment", async () => {
    const receipt = readFileSync(join(project.folder, "dev.teardown.md"), "utf8");
    moveSources(away, project.folder);
    try {
      // The pool that is left may as well belong to a deployment whose state is elsewhere.
      const [warned, lost] = await together(["preflight", "dev"], ["deploy", "dev", "--yes"]);
      expect(warned?.code).toBe(2);
      expect(warned?.stdout).toMatch(
        /✗ secret: demo-dev\/billing is scheduled for deletion on \d{4}-.*, and keeps its name until then/,
      );
      expect([lost?.code, project.inState()]).toEqual([1, []]);
      expect(lost?.stderr).toMatch(/error: nothing was deployed, .* taken\. Find the state of these resources first: /);
      expect(warned?.stdout).toContain("restore-secret --region ap-northeast-1 --secret-id demo-dev/billing\n");
      expect(warned?.stdout).toMatch(
        /terraform -chdir=\S+ import aws_secretsmanager_secret\.\w+ arn:aws:\S+:demo-dev\/billing-/,
      );
      const [pool = "", ...others] = commandsIn(receipt);
      await runAwsCommand(pool);
      const taken = await project.ask("deploy", "dev", "--yes");
      expect([taken.code, project.inState()]).toEqual([1, []]);
      expect(taken.stdout).toMatch(/^critical: This deployment fails, as the name of aws_secretsmanager_secret\./m);
      expect(taken.stderr).toMatch(
        /error: nothing was deployed, .* taken\. .*:\n {2}aws secretsmanager restore-secret \S+ \S+ \S+ demo-dev\/billing && terraform -chdir=\S+ import /,
      );
      for (const command of others) {
        if (command.includes("secretsmanager")) expect(warned?.stdout).toContain(command.trim());
        await runAwsCommand(command);
      }
      expect(await project.ask("preflight", "dev")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("✓ secret: no secret name is already in use"),
      });
    } finally {
      moveSources(project.folder, away);
    }
    const again = await teardown("dev", "--yes");

    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("Nothing was found.")]);
    expect(readFileSync(join(project.folder, "dev.teardown.md"), "utf8")).toBe(`${receipt}\n${again.stdout}`);
  });
});

describe("npx access local without access.yaml", () => {
  it("goes by what was synthesized last, and says so", async () => {
    const reporting = `${script("cli/drift.ts", "dev").join(" ")}; test $? = 1 && exit 7`;
    const { code, stderr } = await run(
      script("cli/local.ts", "--", "sh", "-c", reporting),
      project.folder,
      cleanEnvironment(),
    );

    expect([code, stderr]).toEqual([7, expect.stringContaining("stacks that were synthesized last (dev, pr-12)")]);
    expect(stderr).toMatch(/^error: .*access\.yaml/m);
  });
});

describe("a teardown of a preview environment", () => {
  const preview = join(stacks, "pr-12");
  let [done, again]: (Ended | undefined)[] = [];
  let refused: readonly Ended[] = [];
  const terraform = (...args: readonly string[]) =>
    run(["terraform", ...args, "-no-color"], preview, project.environment());

  it("leaves nothing, and prints a receipt as JSON", async () => {
    await terraform("init");
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    [done, again, ...refused] = await together(
      ["teardown", "pr-12", "--yes", "--json"],
      ["teardown", "pr-12", "--yes"],
      ["teardown", "nowhere", "--yes"],
      ["teardown", "../dev", "--yes"],
    );
    const receipt = JSON.parse(done?.stdout ?? "") as Receipt;

    expect([done?.code, receipt]).toMatchObject([
      0,
      { environment: "pr-12", isProtectionLifted: false, leftovers: [], notChecked: [] },
    ]);
    expect(receipt.destroyed).toBeGreaterThan(20);
    expect(receipt.clients.map(({ name }) => name)).toEqual(["billing"]);
  });

  it("reports an empty state when it is run again, and looks for leftovers all the same", () => {
    expect([again?.code, again?.stdout]).toEqual([0, expect.stringContaining("There was nothing to destroy.")]);
    expect(again?.stderr).toContain("There is nothing in the state of pr-12.");
  });

  it("is refused for an environment that does not exist", () => {
    expect(refused.map(({ code, stderr }) => [code, stderr])).toEqual([
      [1, expect.stringContaining("so nowhere is unknown")],
      [1, 'error: "../dev" is not a valid environment name.\n'],
    ]);
  });

  it("changes nothing when the state is empty and its resources are live, and names both reasons", async () => {
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    const state = join(project.folder, ".local", "terraform.pr-12.tfstate");
    const forgotten = readFileSync(state, "utf8");
    writeFileSync(state, JSON.stringify({ ...JSON.parse(forgotten), resources: [], outputs: {} }));
    const account = project.inAccount();
    const given = contextWith({ environment: "pr-12", folder: preview });
    const message = String(await tearDown(given).catch((error: unknown) => error));

    expect(message).toContain(
      "the state of pr-12 is empty, but in ap-northeast-1 of account 123456789012 of the embedded AWS",
    );
    expect(message).toContain(`the configured location is\n  ${state}`);
    expect(message).toMatch(/If an interrupted deployment left them, .*:(?:\n {2}aws .*)+$/);
    expect(project.inAccount()).toEqual(account);
    writeFileSync(state, forgotten);
  });

  it("continues when its output is closed, and writes the receipt", async () => {
    const [api] = (await readState(preview)).root_module.resources.filter(
      ({ type }) => type === "aws_api_gateway_rest_api",
    );
    const group = `API-Gateway-Execution-Logs_${api?.values["id"]}/pr-12`;
    await createGroup(group);
    const { code } = await teardownUntil("pr-12", "Destroying", ({ stdout, stderr }) => {
      for (const stream of [stdout, stderr]) stream.destroy();
    });
    const [command = "", ...others] = commandsIn(readFileSync(join(project.folder, "pr-12.teardown.md"), "utf8"));

    expect([code, others]).toEqual([2, []]);
    expect(command.trim()).toBe(`aws logs delete-log-group --region ap-northeast-1 --log-group-name ${group}`);
    expect((await readState(preview)).root_module.resources).toEqual([]);
    await runAwsCommand(command);
    expect((await tearDown(contextWith({ environment: "pr-12", folder: preview }))).leftovers).toEqual([]);
    await expect(createGroup(FOREIGN)).rejects.toThrow("ResourceAlreadyExistsException");
  });

  it("reports the interruption of Terraform, and continues when it is run again", async () => {
    expect((await terraform("apply", "-auto-approve")).code).toBe(0);
    const { code, stdout, stderr } = await teardownUntil("pr-12", "Destroying", (child) => child.kill("SIGINT"));

    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toMatch(
      /error: interrupted: (?:nothing was destroyed|Terraform removed the destroyed resources from the state)\.\nRun/,
    );
    expect(stderr).not.toContain("ended with");
  });

  it("writes a receipt when the look for leftovers is interrupted", async () => {
    const logs = (): Promise<never> => {
      process.emit("SIGINT");
      return new Promise(() => undefined);
    };
    const clients = (region: string): Aws => ({ ...aws(region), logs });
    const receipt = await tearDown(contextWith({ clients, environment: "pr-12", folder: preview }));

    expect(receipt.destroyed).toBeGreaterThan(20);
    expect(receipt.notChecked).toEqual(["everything: interrupted. Run the same command again"]);
  });

  it("refuses to look in an account that the environment is not in", async () => {
    const file = join(preview, "cdk.tf.json");
    const text = readFileSync(file, "utf8");
    const stack = JSON.parse(text);
    stack.provider.aws[0].allowed_account_ids = ["222222222222"];
    writeFileSync(file, JSON.stringify(stack));
    try {
      await expect(tearDown(contextWith({ environment: "pr-12", folder: preview }))).rejects.toThrow(
        "the credentials belong to account 123456789012, but pr-12 is in 222222222222. Nothing was changed.",
      );
    } finally {
      writeFileSync(file, text);
    }
  });

  it("names what it may not list as not checked", async () => {
    const iam = async (): Promise<never> => {
      throw new AwsError("iam:GetRole", "AccessDenied", 403, "AWS refused iam:GetRole: AccessDenied (403).");
    };
    const clients = (region: string): Aws => ({ ...aws(region), iam });
    const receipt = await tearDown(contextWith({ clients, environment: "pr-12", folder: preview }));

    expect(receipt.notChecked).toEqual(["roles: AWS refused iam:GetRole: AccessDenied (403)."]);
  });
});

describe("messages of a teardown", () => {
  it("hold no secret", () => {
    expect(secret).toHaveLength(51);
    expect(everything.flatMap(({ stdout, stderr }) => [stdout, stderr]).join("\n")).not.toContain(secret);
  });
});
