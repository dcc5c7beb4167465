/** What main.ts and other apps are started with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { packageFolder } from "../../platform/project";
import { initializeStack, runApp } from "../../platform/stack";

const folder = mkdtempSync(join(tmpdir(), "app-"));
const usual = { ...process.env };
afterEach(() => {
  process.env = { ...usual };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(code: string): Promise<string> {
  const app = join(folder, "app.ts");
  writeFileSync(app, code);
  return await runApp(relative(packageFolder, app), join(folder, "out"), []);
}

describe("runApp", () => {
  it("gives the app no secret of the commands and of the job, and everything else", async () => {
    const secrets = ["PLAN_PASSPHRASE", "GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
    for (const name of [...secrets, "AWS_REGION"]) process.env[name] = "canary";
    const canaries = await run(
      'process.stderr.write(JSON.stringify(Object.keys(process.env).filter((name) => process.env[name] === "canary")))',
    );

    expect(JSON.parse(canaries)).toEqual(["AWS_REGION"]);
  });

  it("names what the system refuses in one sentence", async () => {
    const failing = run('require("node:fs").writeFileSync("/dev/full", "x")');

    await expect(failing).rejects.toThrow(/app\.ts cannot be synthesized:\nthe disk is full, [^\n]+$/);
  });
});

describe("runApp with mistakes of the project's files", () => {
  it("names these files, relative to the project, and not the app", async () => {
    const failing = run(
      'process.stderr.write("access.yaml:1:2: unknown\\n" + process.cwd() + "/lambda/a.ts:3:4: no\\n"); process.exitCode = 1;',
    );

    await expect(failing).rejects.toThrow(
      /^the project cannot be synthesized:\naccess\.yaml:1:2: unknown\nlambda\/a\.ts:3:4: no$/,
    );
  });
});

describe("initializeStack", () => {
  const KEYS = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" };
  const CLOUD = { terraform: { cloud: {} } };
  const providerWith = (settings: object) => ({ provider: { aws: [settings] } });

  /** The error of a Terraform that fails, or of what comes before it. */
  async function errorOf(stack: object, variables: Readonly<Record<string, string>> = {}): Promise<string> {
    const others = Object.entries(usual).filter(([name]) => !name.startsWith("AWS_") && !name.startsWith("TF_"));
    const nowhere = join(folder, "nowhere");
    process.env = {
      ...Object.fromEntries(others),
      AWS_CONFIG_FILE: nowhere,
      AWS_SHARED_CREDENTIALS_FILE: nowhere,
      AWS_EC2_METADATA_DISABLED: "true",
      TERRAFORM_BINARY_NAME: "false",
      ...variables,
    };
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack));
    return await initializeStack(folder).then(String, ({ message }: Error) => message);
  }

  it("does not start Terraform without credentials", async () => {
    expect(await errorOf(providerWith({ region: "eu-west-1" }))).toMatch(
      /^No AWS credentials were found\. Set AWS_PROFILE,[^\n]+\nCould not load[^\n]+\n[^\n]+ npx access local [^\n]+$/,
    );
  });

  it.each([
    ["there are credentials", {}, KEYS],
    ["the provider is the embedded one", {}, { TF_REATTACH_PROVIDERS: "{}" }],
    ["the provider has credentials of its own", providerWith({ profile: "prod" }), {}],
    ["HCP Terraform has them", CLOUD, {}],
  ])("starts Terraform where %s", async (_, stack, variables) => {
    expect(await errorOf(stack, variables)).toMatch(/^false init ended with 1 in /);
  });
});
