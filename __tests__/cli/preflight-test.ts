/** The real command against an embedded AWS in this process, whose account is changed as people change theirs. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepStateLocally } from "../../cli/embedded-aws/emulated-environments";
import { type Emulator, startEmulator } from "../../emulator/index";
import { aws } from "../../platform/aws";
import { changedEnvironment } from "../../platform/child";
import { cleanEnvironment, copyOfProject, type Ended, run, script } from "../support/processes";

jest.setTimeout(300_000);

const ACCOUNT = "111111111111";
const REGION = "ap-northeast-1";

const project = copyOfProject();
const folder = mkdtempSync(join(tmpdir(), "preflight-"));
const before = { ...process.env };
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({ folder, workingDirectories: () => [], accountIds: [ACCOUNT] });
  process.env = { ...before, ...changedEnvironment(emulator.environment) };
});
afterAll(async () => {
  process.env = before;
  await emulator.close();
  for (const made of [folder, project]) rmSync(made, { recursive: true, force: true });
});

const variables = (changes: Readonly<Record<string, string>> = {}) =>
  cleanEnvironment({ TF_REATTACH_PROVIDERS: String(emulator.environment["TF_REATTACH_PROVIDERS"]), ...changes });
const preflight = (...args: readonly string[]): Promise<Ended> =>
  run(script("cli/preflight.ts", ...args), project, variables());

/** Sets the role for API Gateway's logs as `aws apigateway update-account` does; an empty one takes it away. */
async function setLoggingRole(value: string): Promise<void> {
  const patchOperations = [{ op: "replace" as const, path: "/cloudwatchRoleArn", value }];
  await (await aws(REGION).apiGateway()).updateAccount({ patchOperations });
}

describe("npx access preflight", () => {
  it("finds an account ready that has a role for API Gateway's logs", async () => {
    const { code, stdout, stderr } = await preflight("dev");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      [
        `✓ account: ${ACCOUNT}; dev names none in access.yaml`,
        `✓ state: 0 resources in ${join(realpathSync(project), "terraform.dev.tfstate")}`,
        `✓ logging role: arn:aws:iam::${ACCOUNT}:role/apigateway-cloudwatch-logs`,
        "",
        "ready for dev",
        "",
      ].join("\n"),
    );
  });

  it("finds the role missing before anything is deployed, and says exactly what to do", async () => {
    await setLoggingRole("");
    const { code, stdout } = await preflight();
    const role = `arn:aws:iam::${ACCOUNT}:role/apigateway-cloudwatch-logs`;

    expect(code).toBe(2);
    expect(stdout).toContain(
      `✗ logging role: API Gateway has none in ${REGION}: a stage with an access log is refused`,
    );
    expect(stdout).toContain(
      "  aws iam create-role --role-name apigateway-cloudwatch-logs --assume-role-policy-document",
    );
    expect(stdout).toContain(
      `aws apigateway update-account --region ${REGION} --patch-operations op=replace,path=/cloudwatchRoleArn,value=${role}`,
    );
    expect(stdout).toContain("not ready for dev");

    await setLoggingRole(role);
    expect((await preflight()).code).toBe(0);
  });

  it("prints the findings as JSON", async () => {
    const { code, stdout } = await preflight("dev", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([
      { check: "account", isRight: true, found: expect.stringContaining(ACCOUNT), remedy: [] },
      { check: "state", isRight: true, found: expect.stringMatching(/^0 resources in /), remedy: [] },
      { check: "logging-role", isRight: true, found: expect.any(String), remedy: [] },
    ]);
  });

  it("exits with 1 without credentials, and says how to get some", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = cleanEnvironment();
    const { code, stderr } = await run(script("cli/preflight.ts"), project, rest);

    expect(code).toBe(1);
    expect(stderr).toContain("There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID");

    const drift = await run(script("cli/drift.ts"), project, rest);
    expect([drift.code, drift.stderr]).toEqual([1, `Synthesizing dev …\n${stderr}`]);
  });
});

describe("npx access preflight for an environment that names its account", () => {
  it.each([
    ["staging", 0, `✓ account: ${ACCOUNT}`],
    ["prod", 2, `✗ account: ${ACCOUNT}, but access.yaml says that prod is in 222222222222`],
  ])("compares that of %s with the credentials", async (environment, exitCode, account) => {
    const example = join(project, "examples", "several-teams");
    const command = script(join(project, "cli", "preflight.ts"), environment);
    const { code, stdout } = await run(command, example, variables({ INIT_CWD: example }));

    expect([code, stdout]).toEqual([exitCode, expect.stringContaining(account)]);
  });
});

it("requires no state bucket where the embedded AWS keeps the state on this machine", async () => {
  const example = join(project, "examples", "several-teams");
  const file = join(example, "access.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll("222222222222", ACCOUNT));
  const prod = () =>
    run(script(join(project, "cli", "preflight.ts"), "prod"), example, variables({ INIT_CWD: example }));

  const { code, stdout } = await prod();
  expect([code, stdout]).toEqual([2, expect.stringContaining("✗ state bucket: the bucket acme-terraform-state")]);

  const [name, region] = ["prod", "eu-central-1"];
  keepStateLocally(join(example, "cdktf.out"), [
    { name, region, accountId: ACCOUNT, customDomains: [], isStateLocal: false },
  ]);
  const local = await prod();
  expect([local.code, local.stdout]).toEqual([
    0,
    expect.stringMatching(/✓ state: 0 resources in .*terraform\.prod\.tfstate/),
  ]);
  expect(local.stdout).not.toContain("state bucket");
});
