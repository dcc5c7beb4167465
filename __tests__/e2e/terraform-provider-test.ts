/** What the `provider "aws"` block says, as the real Terraform hands it over: tags, accounts, and who and where one is. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { TerraformFolder } from "../support/terraform-folder";

jest.setTimeout(300_000);

const [A, B] = ["111122223333", "444455556666"] as const;

/** A reference as Terraform writes it. */
const ref = (address: string) => ["${", address, "}"].join("");

let emulator: Emulator;
let folder: TerraformFolder;
let local: string;
beforeEach(async () => {
  folder = new TerraformFolder();
  local = mkdtempSync(join(tmpdir(), "local-"));
  emulator = await startEmulator({ folder: local, workingDirectories: () => [folder.path], accountIds: [A, B] });
});
afterEach(async () => {
  await emulator.close();
  folder.remove();
  rmSync(local, { recursive: true, force: true });
});

/** A configuration with a `provider "aws"` block or several. */
function write(provider: object, rest: object): void {
  folder.write({
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    provider: { aws: provider },
    ...rest,
  });
}

/** Runs Terraform; it has to end with the code. */
const terraform = (expected: number, ...args: readonly string[]) =>
  folder.ending(expected, emulator.environment, ...args);

async function apply(): Promise<string> {
  await terraform(0, "init");
  const output = await terraform(0, "apply", "-auto-approve");
  await terraform(0, "plan", "-detailed-exitcode");
  return output;
}

/** Attributes in the state, by the resource's address. */
async function values(): Promise<Record<string, Record<string, unknown>>> {
  const { values } = JSON.parse(await terraform(0, "show", "-json"));
  const resources: { address: string; values: Record<string, unknown> }[] = values.root_module.resources;
  return Object.fromEntries(resources.map((resource) => [resource.address, resource.values]));
}

/** All outputs. */
async function outputs(): Promise<Record<string, unknown>> {
  const found: Record<string, { value: unknown }> = JSON.parse(await terraform(0, "output", "-json"));
  return Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
}

describe("default_tags", () => {
  const provider = (tags: object) => ({ region: "eu-west-1", default_tags: { tags } });
  const groups = {
    plain: { name: "plain" },
    overriding: { name: "overriding", tags: { team: "orders", own: "a" } },
    repeating: { name: "repeating", tags: { team: "platform" } },
    computed: { name: "computed", tags: { of: ref("aws_cognito_user_pool.one.id") } },
  };
  const resource = { aws_cognito_user_pool: { one: { name: "machines" } }, aws_cloudwatch_log_group: groups };

  it("are on everything, give way to a resource's own, and stay as they are when planned again", async () => {
    write(provider({ team: "platform", stage: "dev" }), { resource });
    await apply();
    const made = await values();
    const pool = made["aws_cognito_user_pool.one"];

    expect(pool).toMatchObject({ tags_all: { team: "platform", stage: "dev" } });
    expect(made["aws_cloudwatch_log_group.plain"]?.["tags_all"]).toEqual({ team: "platform", stage: "dev" });
    expect(made["aws_cloudwatch_log_group.overriding"]?.["tags_all"]).toEqual({
      team: "orders",
      own: "a",
      stage: "dev",
    });
    expect(made["aws_cloudwatch_log_group.repeating"]).toMatchObject({
      tags: { team: "platform" },
      tags_all: { team: "platform", stage: "dev" },
    });
    expect(made["aws_cloudwatch_log_group.computed"]?.["tags_all"]).toEqual({
      of: pool?.["id"],
      team: "platform",
      stage: "dev",
    });
  });

  it("are changed in place, everywhere, when the provider's change, and imported as they are", async () => {
    write(provider({ team: "platform" }), { resource });
    await apply();
    write(provider({ stage: "prod" }), { resource });
    expect(await apply()).toContain(" 0 added, 5 changed, 0 destroyed.");
    expect((await values())["aws_cloudwatch_log_group.repeating"]?.["tags_all"]).toEqual({
      stage: "prod",
      team: "platform",
    });

    rmSync(join(folder.path, "terraform.tfstate"));
    const imported = Object.keys(groups).map((name) => ({ to: `aws_cloudwatch_log_group.${name}`, id: name }));
    const { computed, ...known } = groups;
    write(provider({ stage: "prod" }), {
      resource: { aws_cloudwatch_log_group: known },
      import: imported.filter(({ id }) => id !== "computed"),
    });
    expect(await terraform(0, "apply", "-auto-approve")).toContain("3 imported, 0 added, 0 changed, 0 destroyed.");
  });

  it("may come from a resource", async () => {
    write([{ region: "eu-west-1" }, { alias: "tagged", ...provider({ pool: ref("aws_cognito_user_pool.one.id") }) }], {
      resource: {
        aws_cognito_user_pool: { one: { name: "machines" } },
        aws_cloudwatch_log_group: { one: { name: "orders", provider: "aws.tagged", tags: { own: "a" } } },
      },
    });
    await apply();
    const made = await values();

    expect(made["aws_cloudwatch_log_group.one"]?.["tags_all"]).toEqual({
      own: "a",
      pool: made["aws_cognito_user_pool.one"]?.["id"],
    });
  });
});

describe("accounts", () => {
  const group = { arn: { value: ref("aws_cloudwatch_log_group.one.arn") } };
  const resource = { aws_cloudwatch_log_group: { one: { name: "orders" } } };

  it("are the first one, or the one that a block allows; each has its own caller and ARNs", async () => {
    write([{ region: "eu-west-1" }, { alias: "other", region: "us-east-1", allowed_account_ids: [B] }], {
      data: {
        aws_caller_identity: { here: {}, there: { provider: "aws.other" } },
        aws_region: { here: {}, there: { provider: "aws.other" } },
        aws_partition: { here: {} },
      },
      resource: {
        aws_cloudwatch_log_group: { one: { name: "orders" }, two: { name: "orders", provider: "aws.other" } },
        aws_iam_role: {
          of_account: {
            name: "orders",
            assume_role_policy: `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":"arn:${ref("data.aws_partition.here.partition")}:iam::${ref("data.aws_caller_identity.here.account_id")}:root"}}]}`,
          },
        },
      },
      output: {
        accounts: {
          value: [ref("data.aws_caller_identity.here.account_id"), ref("data.aws_caller_identity.there.id")],
        },
        regions: { value: [ref("data.aws_region.here.region"), ref("data.aws_region.there.description")] },
        arns: { value: [ref("aws_cloudwatch_log_group.one.arn"), ref("aws_cloudwatch_log_group.two.arn")] },
        policy: { value: ref("aws_iam_role.of_account.assume_role_policy") },
      },
    });
    await apply();

    expect(await outputs()).toEqual({
      accounts: [A, B],
      regions: ["eu-west-1", "US East (N. Virginia)"],
      arns: [`arn:aws:logs:eu-west-1:${A}:log-group:orders`, `arn:aws:logs:us-east-1:${B}:log-group:orders`],
      policy: `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${A}:root"}}]}`,
    });
  });

  it.each([
    ["another is allowed", { allowed_account_ids: ["777788889999"] }],
    ["it is forbidden", { forbidden_account_ids: [A] }],
  ])("are refused before anything is made when %s", async (_, changes) => {
    write({ region: "eu-west-1", ...changes }, { resource, output: group });
    await terraform(0, "init");
    const output = await terraform(1, "apply", "-auto-approve");

    expect(output).toContain(`Error: AWS account ID not allowed: ${A}`);
    expect(emulator.resourceCount()).toEqual({});
  });
});

describe("a policy document", () => {
  const document = ref("data.aws_iam_policy_document.trust.json");

  it("is written by a data source, and nothing changes when it is read again", async () => {
    write(
      { region: "eu-west-1" },
      {
        data: {
          aws_iam_policy_document: {
            trust: {
              statement: {
                actions: ["sts:AssumeRole"],
                principals: { type: "Service", identifiers: ["lambda.amazonaws.com", "apigateway.amazonaws.com"] },
                condition: { test: "Bool", variable: "aws:SecureTransport", values: [true] },
              },
            },
          },
        },
        resource: { aws_iam_role: { one: { name: "orders", assume_role_policy: document } } },
        output: { document: { value: document } },
      },
    );
    await apply();

    expect(JSON.parse(String((await outputs())["document"]))).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: ["lambda.amazonaws.com", "apigateway.amazonaws.com"] },
          Condition: { Bool: { "aws:SecureTransport": "true" } },
        },
      ],
    });
  });

  it("is refused with its place in the configuration when it is none", async () => {
    const statement = { effect: "Maybe", actions: ["sts:AssumeRole"] };
    write({ region: "eu-west-1" }, { data: { aws_iam_policy_document: { trust: { statement } } } });
    await terraform(0, "init");
    const output = await terraform(1, "plan");

    expect(output).toContain('expected statement.0.effect to be one of ["Allow" "Deny"], got Maybe');
    expect(output).toContain("data.aws_iam_policy_document.trust");
  });
});
