import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AccessModelError, type Mistake, parseAccessModel } from "../../../access/access-model";
import {
  emulatedEnvironments,
  emulatedOf,
  isInLocalState,
  keepStateLocally,
  synthesizedEnvironments,
} from "../../../cli/embedded-aws/emulated-environments";
import { emulatorOptions } from "../../../cli/embedded-aws/local-aws";
import { projectModel } from "../../../platform/project";
import { cleanEnvironment, run } from "../../support/processes";

jest.mock("../../../platform/project", () => ({
  ...jest.requireActual("../../../platform/project"),
  projectModel: jest.fn(),
}));

const output = (stacks: Readonly<Record<string, string>>) => {
  const folder = mkdtempSync(join(tmpdir(), "emulated-"));
  for (const [name, text] of Object.entries(stacks)) {
    mkdirSync(join(folder, "stacks", name), { recursive: true });
    writeFileSync(join(folder, "stacks", name, "cdk.tf.json"), text);
  }
  return folder;
};
const aws = { region: "eu-west-1" };

describe("emulatorOptions", () => {
  const environment = (name: string, region: string, accountId: string | undefined) => {
    return { name, region, accountId, customDomains: [], isStateLocal: true };
  };

  it("maps a region to its account, unless it has several", () => {
    const [one, two, three] = ["111111111111", "222222222222", "333333333333"];
    const environments = [
      environment("dev", "eu-west-1", undefined),
      environment("staging", "eu-central-1", one),
      environment("prod", "us-east-1", two),
      environment("audit", "us-east-1", three),
      environment("prod-2", "eu-central-1", one),
    ];

    expect(emulatorOptions(environments)).toMatchObject({
      accountIds: [one, two, three],
      regionAccounts: { "eu-central-1": one },
    });
  });
});

describe("emulatedEnvironments", () => {
  it.each<[string, readonly Mistake[]]>([
    ["has mistakes", [{ line: 1, column: 1, message: "unknown setting" }]],
    ["cannot be read", []],
  ])("reports that access.yaml %s when it uses the synthesized stacks", (problem, mistakes) => {
    jest.mocked(projectModel).mockImplementation(() => {
      throw new AccessModelError("message", mistakes);
    });
    const notices: string[] = [];
    const folder = output({ dev: JSON.stringify({ provider: { aws: [aws] } }) });

    expect(emulatedEnvironments(folder, (text) => notices.push(text))).toMatchObject([{ name: "dev" }]);
    expect(notices).toEqual([
      `access.yaml ${problem}. The embedded AWS uses the stacks that were synthesized last (dev).`,
    ]);
  });
});

describe("synthesizedEnvironments", () => {
  it("returns region, account, custom domains and the kind of backend", () => {
    const prod = {
      provider: { aws: [{ ...aws, allowed_account_ids: ["111111111111"] }] },
      resource: {
        aws_cognito_user_pool_domain: { pool: { domain: "auth.example.com" } },
        aws_api_gateway_domain_name: { api: { domain_name: "api.example.com" } },
      },
      terraform: { backend: { s3: { bucket: "states" } } },
    };
    const domain = { aws_cognito_user_pool_domain: { pool: { domain: "shop-dev" } } };
    const dev = { provider: { aws: [aws] }, resource: domain, terraform: { backend: { local: {} } } };

    expect(synthesizedEnvironments(output({ prod: JSON.stringify(prod), dev: JSON.stringify(dev) }))).toEqual([
      { name: "dev", region: "eu-west-1", accountId: undefined, customDomains: [], isStateLocal: true },
      {
        name: "prod",
        region: "eu-west-1",
        accountId: "111111111111",
        customDomains: ["auth.example.com", "api.example.com"],
        isStateLocal: false,
      },
    ]);
  });

  it.each([
    ["HCP Terraform", { cloud: { organization: "acme" } }],
    ["a bucket", { backend: { s3: {} } }],
  ])("recognizes a state in %s", (_, terraform) => {
    const text = JSON.stringify({ provider: { aws: [aws] }, terraform });

    expect(synthesizedEnvironments(output({ prod: text }))).toMatchObject([{ isStateLocal: false }]);
  });

  it("leaves out what is not a stack of this project", () => {
    const copy = { provider: { aws: [{ region: "eu-west-1" }] } };
    const stacks = { broken: "{", other: '{"provider":{}}', ".dev.lifted-1": JSON.stringify(copy) };
    expect(synthesizedEnvironments(output(stacks))).toEqual([]);
    expect(synthesizedEnvironments(join(tmpdir(), "nowhere"))).toEqual([]);
  });
});

const environmentsOf = (backend: string) =>
  parseAccessModel(
    `
environments: { prod: { region: eu-west-1, domainPrefix: orders-prod${backend} } }
resourceServers: { orders: { scopes: { read: Read } } }
clients: { shop: { scopes: [orders/read] } }
routes: { GET /orders: { lambda: access, scopes: [orders/read] } }
`,
    { file: "access.yaml", functions: ["access"] },
  ).environments.map(emulatedOf);

const S3 = ", backend: { s3: { bucket: states } }";
const HCP = ", backend: { hcp: { organization: acme, workspace: prod } }";

/** An output folder of cdktf and the path of the override file. */
function outputFolder() {
  const folder = join(mkdtempSync(join(tmpdir(), "state-")), "cdktf.out");
  const stack = join(folder, "stacks", "prod");
  return { folder, stack, override: join(stack, "backend_override.tf.json") };
}

describe("keepStateLocally", () => {
  it.each([
    ["a bucket", S3],
    ["HCP Terraform", HCP],
  ])("overrides %s with a local backend", (_where, backend) => {
    const { folder, override } = outputFolder();

    keepStateLocally(folder, environmentsOf(backend));

    expect(JSON.parse(readFileSync(override, "utf8"))).toEqual({
      terraform: { backend: { local: { path: "../../../terraform.prod.tfstate" } } },
    });
  });

  it("writes no override for a local backend, and removes an old one", () => {
    const { folder, override } = outputFolder();

    keepStateLocally(folder, environmentsOf(S3));
    keepStateLocally(folder, environmentsOf(""));

    expect(existsSync(override)).toBe(false);
  });

  it("is what the real Terraform uses", async () => {
    const { folder, stack } = outputFolder();
    mkdirSync(stack, { recursive: true });
    const s3 = { bucket: "states", key: "prod", region: "eu-west-1", use_lockfile: true };
    const config = { terraform: { backend: { s3 } }, output: { done: { value: "yes" } } };
    writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(config));
    keepStateLocally(folder, environmentsOf(S3));

    const env = cleanEnvironment({ TF_CLI_CONFIG_FILE: "/dev/null", CHECKPOINT_DISABLE: "1" });
    await run(["terraform", "init", "-input=false"], stack, env);
    const { code } = await run(["terraform", "apply", "-auto-approve", "-input=false"], stack, env);

    expect(code).toBe(0);
    expect(readFileSync(join(folder, "..", "terraform.prod.tfstate"), "utf8")).toContain('"done"');
  });
});

describe("isInLocalState", () => {
  it.each([
    ["an id", "aws_iam_role", "us-east-1/orders", true],
    ["an id of several attributes", "aws_api_gateway_method", "eu-west-1/api/root/GET", true],
    ["a name with slashes", "aws_cloudwatch_log_group", "eu-west-1//aws/lambda/orders", true],
    ["another id", "aws_iam_role", "us-east-1/billing", false],
    ["the id of another type", "aws_lambda_function", "us-east-1/orders", false],
  ])("finds a resource by %s", (_what, type, key, isThere) => {
    const folder = mkdtempSync(join(tmpdir(), "states-"));
    const of = (type: string, attributes: object) => ({ type, instances: [{ attributes }] });
    const resources = [
      of("aws_iam_role", { id: "orders" }),
      of("aws_api_gateway_method", { id: "agm-1", rest_api_id: "api", resource_id: "root", http_method: "GET" }),
      of("aws_cloudwatch_log_group", { id: "/aws/lambda/orders" }),
    ];
    writeFileSync(join(folder, "terraform.dev.tfstate"), JSON.stringify({ resources }));
    try {
      expect(isInLocalState(folder, type, key)).toBe(isThere);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
