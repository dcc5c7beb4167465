/** The real Terraform makes, changes, imports, replaces and destroys one resource of every kind. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { Account } from "../../emulator/account/account";
import { services } from "../../emulator/services";
import type { Attributes } from "../../emulator/terraform/attributes";
import { conformBlock } from "../../emulator/terraform/dynamic-value";
import { applyResource } from "../../emulator/terraform/lifecycle";
import { resourceTypes } from "../../emulator/terraform/schema/resource-types";
import {
  kindExamples as all,
  apiGateway,
  cognito,
  configOf,
  importIds,
  others,
  type Resources,
} from "../support/kind-examples";
import { changedByImport, deletionWaves, keptByAws, kindChanges, unreadSettings } from "../support/kind-lifecycles";
import { KNOWN, resourcesOf } from "../support/parity/terraform-lifecycle";
import { idleRuntime } from "../support/runtime";
import { TerraformFolder } from "../support/terraform-folder";
import { functionZip, kindOf } from "../support/workspace";

jest.setTimeout(300_000);

let emulator: Emulator;
let folder: TerraformFolder;
let local: string;
beforeEach(async () => {
  folder = new TerraformFolder();
  local = mkdtempSync(join(tmpdir(), "local-"));
  writeFileSync(join(folder.path, "function.zip"), functionZip);
  await start();
});
afterEach(async () => {
  await emulator.close();
  folder.remove();
  rmSync(local, { recursive: true, force: true });
});

async function start(): Promise<void> {
  emulator = await startEmulator({ folder: local, workingDirectories: () => [folder.path] });
}

/** Deletes everything of the types in Terraform's state, one type after the other, and with it what AWS deletes along. */
async function deleteBehindTerraform(types: readonly string[]): Promise<void> {
  const resources = inState();
  await emulator.close();
  const account = new Account({ file: join(local, "account.json") });
  const runtime = idleRuntime(account);
  const here = { region: "eu-west-1", accountId: account.id, defaultTags: {} };
  const place = { ...here, account, runtime, services, readFiles: () => [] };
  for (const type of types) {
    const kind = kindOf(type);
    const existing = resources.filter((resource) => resource.type === type).map(({ values }) => values as Attributes);
    for (const state of existing) await applyResource(kind, place, conformBlock(kind.schema, state), null);
  }
  await account.close();
  await start();
}

/** Runs Terraform; it has to end with the code. */
const terraform = (expected: number, ...args: readonly string[]) =>
  folder.ending(expected, emulator.environment, ...args);

/** Exit code 0 of `plan -detailed-exitcode`: nothing is to change. */
const planIsEmpty = () => terraform(0, "plan", "-detailed-exitcode");

/** What Terraform's state holds, from its file. */
const inState = () => resourcesOf(readFileSync(join(folder.path, "terraform.tfstate"), "utf8"));

const typesInState = () =>
  inState()
    .map(({ type }) => type)
    .sort();

const importsOfState = (): readonly object[] =>
  inState().map(({ type, address, values }) => ({
    to: address,
    id: (importIds[type] ?? "id")
      .split("/")
      .map((name) => values[name])
      .join("/"),
  }));

describe("every kind", () => {
  /** The changed resources without what would replace them after an import. */
  const importable = Object.fromEntries(
    Object.entries({ ...unreadSettings, ...kindChanges }).map(([type, settings]) => [
      type,
      { ...settings, ...unreadSettings[type] },
    ]),
  );

  it("is listed here", () => {
    expect(Object.keys(all).sort()).toEqual([...resourceTypes]);
  });

  it("is deleted behind Terraform's back here", () => {
    expect([...new Set(deletionWaves.flat())].sort()).toEqual([...resourceTypes]);
  });

  it("is created, planned without a change, changed in place, created again where it is gone, imported and destroyed", async () => {
    folder.write(configOf(all));
    await terraform(0, "init");
    await terraform(0, "apply", "-auto-approve");
    expect(typesInState()).toEqual([...resourceTypes]);
    await planIsEmpty();

    folder.write(configOf(all, kindChanges, { default_tags: { tags: { stage: "dev" } } }));
    expect(await terraform(0, "apply", "-auto-approve", KNOWN)).toContain(
      ` 0 added, ${Object.keys(kindChanges).length} changed, 0 destroyed.`,
    );
    await planIsEmpty();

    for (const [wave, types] of deletionWaves.entries()) {
      await deleteBehindTerraform(types);
      if (wave === deletionWaves.length - 1) {
        const left = Object.keys(emulator.resourceCount()).sort();
        // With an API, everything of it is gone, but not what belongs to the account.
        const ofAccount = ["apigateway/ApiKey", "apigateway/DomainName", "apigateway/UsagePlan"];
        expect(left.filter((type) => type.startsWith("apigateway/"))).toEqual(ofAccount);
        expect(left).not.toContain("wafv2/Association");
      }
      const output = await terraform(0, "apply", "-auto-approve");
      const gone = types.filter((type) => !keptByAws.includes(type));
      expect(gone.filter((type) => !output.includes(`${type}.one will be created`))).toEqual([]);
      expect(typesInState()).toEqual([...resourceTypes]);
    }
    await planIsEmpty();

    const imports = importsOfState();
    rmSync(join(folder.path, "terraform.tfstate"));
    folder.write({ ...configOf(all, importable, { default_tags: { tags: { stage: "dev" } } }), import: imports });
    expect(await terraform(0, "apply", "-auto-approve")).toContain(
      `${resourceTypes.length} imported, 0 added, ${changedByImport.length} changed, 0 destroyed.`,
    );
    await planIsEmpty();

    await terraform(0, "destroy", "-auto-approve", KNOWN);
    expect(emulator.resourceCount()).toEqual({});
  });
});

describe("settings without an effect", () => {
  const emptied = {
    aws_cognito_user_pool: { alias_attributes: [], auto_verified_attributes: [] },
    aws_cognito_user_pool_domain: { certificate_arn: "" },
    aws_api_gateway_rest_api: { description: "", fail_on_warnings: false, parameters: {} },
    aws_api_gateway_method: { operation_name: "", request_parameters: {} },
    aws_api_gateway_integration: { cache_key_parameters: [], credentials: "", request_templates: {} },
    aws_api_gateway_deployment: { description: "", variables: {} },
    aws_api_gateway_stage: { description: "", variables: {}, xray_tracing_enabled: false },
    aws_lambda_function: { description: "", kms_key_arn: "", layers: [] },
    aws_iam_role: { description: "", tags: {} },
    aws_cloudwatch_log_group: { kms_key_id: "" },
    aws_secretsmanager_secret: { description: "", kms_key_id: "" },
    aws_wafv2_web_acl: { tags: {} },
  };
  const timeouts = Object.fromEntries(
    resourceTypes
      .filter((type) => kindOf(type).schema.blocks["timeouts"] !== undefined)
      .map((type) => [type, { timeouts: { create: "5m" } }]),
  );

  const emptiedWithTimeouts = Object.fromEntries(
    Object.entries(emptied).map(([type, settings]) => [type, { ...settings, ...timeouts[type] }]),
  );

  it("are time limits of every kind that has them, and empty values, which are the same as none, set and left out again", async () => {
    expect(Object.keys(timeouts)).toEqual(["aws_lambda_function", "aws_s3_bucket", "aws_wafv2_web_acl_association"]);
    folder.write(configOf(all, timeouts));
    await terraform(0, "init");
    await terraform(0, "apply", "-auto-approve");
    folder.write(configOf(all, { ...timeouts, ...emptiedWithTimeouts }));
    await planIsEmpty();

    folder.write(configOf(all, { ...timeouts, ...emptiedWithTimeouts }, { default_tags: { tags: { stage: "dev" } } }));
    expect(await terraform(0, "apply", "-auto-approve", KNOWN)).toContain(" 0 added, 13 changed, 0 destroyed.");
    await planIsEmpty();
    folder.write(configOf(all, timeouts, { default_tags: { tags: { stage: "dev" } } }));
    await planIsEmpty();
  });
});

describe("what only the provider decides", () => {
  const refused: readonly (readonly [what: string, summary: string, resources: Resources])[] = [
    ["an id", "Invalid or unknown key", { aws_cloudwatch_log_group: { name: "orders", id: "x" } }],
    ["an empty id", "Invalid or unknown key", { aws_cloudwatch_log_group: { name: "orders", id: "" } }],
    ["an ARN", "Value for unconfigurable attribute", { aws_cloudwatch_log_group: { name: "orders", arn: "x" } }],
    [
      "an id of an app client",
      "Invalid Configuration for Read-Only Attribute",
      { aws_cognito_user_pool_client: { name: "billing", user_pool_id: "eu-west-1_0123abcd", id: "x" } },
    ],
  ];

  it("is refused before anything is planned", async () => {
    const found: string[][] = [];
    for (const [what, , resources] of refused) {
      folder.write(configOf(resources));
      if (found.length === 0) await terraform(0, "init");
      found.push([what, /Error: (.*)/.exec(await terraform(1, "validate"))?.[1] ?? ""]);
    }

    expect(found).toEqual(refused.map(([what, summary]) => [what, summary]));
  });
});

describe("a change that demands a replacement", () => {
  const api = { ...apiGateway, ...others, aws_cognito_user_pool: cognito.aws_cognito_user_pool };

  it("replaces the resource and whatever hangs on it", async () => {
    folder.write(configOf(api));
    await terraform(0, "init");
    await terraform(0, "apply", "-auto-approve");
    folder.write(configOf(api, { aws_api_gateway_deployment: { triggers: { configuration: "other" } } }));
    expect(await terraform(0, "apply", "-auto-approve")).toContain(" 1 added, 1 changed, 1 destroyed.");
    await planIsEmpty();

    folder.write(configOf(api, {}, { region: "us-east-1" }));
    // Roles belong to no region: all of the other resources move, and the role's policy stays as well.
    expect(await terraform(0, "apply", "-auto-approve")).toContain(" 19 added, 0 changed, 19 destroyed.");
    await planIsEmpty();
  });
});

describe("blocks that AWS fills in", () => {
  const { logging_config, tracing_config, ...bare } = others.aws_lambda_function;
  const write = (fn: object) => folder.write(configOf({ aws_iam_role: others.aws_iam_role, aws_lambda_function: fn }));
  const isChanged = async () => (await terraform(0, "apply", "-auto-approve")).includes(" 0 added, 1 changed, ");

  it("may be left out, added and left out again, and then stay as they are", async () => {
    write(bare);
    await terraform(0, "init");
    await terraform(0, "apply", "-auto-approve");
    await planIsEmpty();

    write({ ...bare, logging_config, tracing_config });
    expect(await isChanged()).toBe(true);
    await planIsEmpty();
    write(bare);
    await planIsEmpty();

    write({ ...bare, memory_size: 256 });
    expect(await isChanged()).toBe(true);
    const [fn] = inState().filter(({ type }) => type === "aws_lambda_function");
    expect(fn?.values["logging_config"]).toEqual([expect.objectContaining({ log_format: "JSON" })]);
    await planIsEmpty();
  });
});

describe("a mistake of the user", () => {
  it("is told with AWS's name and text, and leaves no stack trace", async () => {
    folder.write(
      configOf({
        aws_iam_role: {
          ...others.aws_iam_role,
          assume_role_policy: '{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"}}',
        },
        aws_lambda_function: { ...others.aws_lambda_function, role: "arn:aws:iam::123456789012:role/gone" },
        aws_cognito_user_pool_domain: { domain: "my-aws", user_pool_id: "eu-west-1_gone" },
        aws_lambda_permission: { ...others.aws_lambda_permission, source_arn: null },
        aws_cloudwatch_log_group: { name: "orders" },
      }),
    );
    await terraform(0, "init");
    const output = (await terraform(1, "apply", "-auto-approve")).replaceAll(/\s*\n[│|\s]*/g, " ");

    expect(output).toContain("creating aws_iam_role: MalformedPolicyDocument: Missing required field Principal");
    expect(output).toContain("InvalidParameterValueException: The role defined for the function cannot be assumed by");
    expect(output).toContain("ResourceNotFoundException: User pool eu-west-1_gone does not exist.");
    expect(output).not.toMatch(/\.ts:\d|TypeError|rpc error|Plugin/);
    expect(emulator.resourceCount()).toEqual({ "logs/LogGroup": 1 });
  });
});
