/** The real command against an embedded AWS in this process, whose account is changed as people change theirs. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepStateLocally } from "../../cli/embedded-aws/emulated-environments";
import { type Emulator, startEmulator } from "../../emulator/index";
import { aws } from "../../platform/aws";
import { changedEnvironment } from "../../platform/child";
import { KeptCommands } from "../support/kept-commands";
import { cleanEnvironment, copyOfProject } from "../support/processes";
import { runTogether } from "../support/run-together";

jest.setTimeout(300_000);

const ACCOUNT = "111111111111";
const REGION = "ap-northeast-1";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/apigateway-cloudwatch-logs`;

const project = copyOfProject();
const folder = mkdtempSync(join(tmpdir(), "preflight-"));
const example = join(project, "examples", "several-teams");
const before = { ...process.env };
let emulator: Emulator;
let commands: KeptCommands;
let commandsOfExample: KeptCommands;

beforeAll(async () => {
  emulator = await startEmulator({ folder, workingDirectories: () => [], accountIds: [ACCOUNT] });
  process.env = { ...before, ...changedEnvironment(emulator.environment) };
  const variables = { TF_REATTACH_PROVIDERS: String(emulator.environment["TF_REATTACH_PROVIDERS"]) };
  commands = new KeptCommands(project, cleanEnvironment(variables));
  commandsOfExample = new KeptCommands(project, cleanEnvironment({ ...variables, INIT_CWD: example }));
});
afterAll(async () => {
  process.env = before;
  await Promise.all([commands.end(), commandsOfExample.end()]);
  await emulator.close();
  for (const made of [folder, project]) rmSync(made, { recursive: true, force: true });
});

/** Sets the role for API Gateway's logs as `aws apigateway update-account` does; an empty one takes it away. */
async function setLoggingRole(value: string): Promise<void> {
  const patchOperations = [{ op: "replace" as const, path: "/cloudwatchRoleArn", value }];
  await (await aws(REGION).apiGateway()).updateAccount({ patchOperations });
}

describe("npx access preflight", () => {
  it("finds the role missing before anything is deployed, and says exactly what to do", async () => {
    await setLoggingRole("");
    const missing = await commands.ask("preflight");

    expect(missing.code).toBe(2);
    expect(missing.stdout).toContain(
      `✗ logging role: API Gateway has none in ${REGION}: a stage with an access log is refused`,
    );
    expect(missing.stdout).toContain(
      "  aws iam create-role --role-name apigateway-cloudwatch-logs --assume-role-policy-document",
    );
    expect(missing.stdout).toContain(
      `aws apigateway update-account --region ${REGION} --patch-operations op=replace,path=/cloudwatchRoleArn,value=${ROLE}`,
    );
    expect(missing.stdout).toContain("not ready for dev");
  });

  it("finds an account ready that has a role for API Gateway's logs, in words and as JSON", async () => {
    await setLoggingRole(ROLE);
    const text = await commands.ask("preflight", "dev");
    const json = await commands.ask("preflight", "--json");

    expect([text.code, text.stderr]).toEqual([0, ""]);
    expect(text.stdout).toBe(
      [
        `✓ account: ${ACCOUNT}; dev names none in access.yaml`,
        `✓ state: 0 resources in ${join(realpathSync(project), "terraform.dev.tfstate")}`,
        `✓ logging role: ${ROLE}`,
        "",
        "ready for dev",
        "",
      ].join("\n"),
    );
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toEqual([
      { check: "account", isRight: true, found: expect.stringContaining(ACCOUNT), remedy: [] },
      { check: "state", isRight: true, found: expect.stringMatching(/^0 resources in /), remedy: [] },
      { check: "logging-role", isRight: true, found: expect.any(String), remedy: [] },
    ]);
  });

  it("exits with 1 without credentials, and says how to get some", async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = cleanEnvironment();
    const [preflight, drift] = await runTogether({ folder: project, environment: () => rest }, [
      ["preflight"],
      ["drift"],
    ]);

    expect(preflight.code).toBe(1);
    expect(preflight.stderr).toContain("No AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID");
    expect([drift.code, drift.stderr]).toEqual([1, `Synthesizing dev …\n${preflight.stderr}`]);
  });
});

describe("npx access preflight for an environment that names its account", () => {
  it("compares it with that of the credentials", async () => {
    const results = [
      await commandsOfExample.ask("preflight", "staging"),
      await commandsOfExample.ask("preflight", "prod"),
    ];

    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual([
      [0, expect.stringContaining(`✓ account: ${ACCOUNT}`)],
      [2, expect.stringContaining(`✗ account: ${ACCOUNT}, but access.yaml says that prod is in 222222222222`)],
    ]);
  });

  it("requires no state bucket where the embedded AWS keeps the state on this machine", async () => {
    const file = join(example, "access.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("222222222222", ACCOUNT));

    const remote = await commandsOfExample.ask("preflight", "prod");
    expect([remote.code, remote.stdout]).toEqual([
      2,
      expect.stringContaining("✗ state bucket: the bucket acme-terraform-state"),
    ]);

    const [name, region] = ["prod", "eu-central-1"];
    keepStateLocally(join(example, "cdktf.out"), [
      { name, region, accountId: ACCOUNT, customDomains: [], isStateLocal: false },
    ]);
    const local = await commandsOfExample.ask("preflight", "prod");
    expect([local.code, local.stdout]).toEqual([
      0,
      expect.stringMatching(/✓ state: 0 resources in .*terraform\.prod\.tfstate/),
    ]);
    expect(local.stdout).not.toContain("state bucket");
  });
});
