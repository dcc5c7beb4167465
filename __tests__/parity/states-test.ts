/**
 * Both providers create the same examples, one after the other: the states are compared, and each provider plans and destroys
 * what the other one created. Both read the data sources of an account as well.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configOf } from "../support/kind-examples";
import { AllowedDifferences, type FoundDifference, STATES } from "../support/parity/allowed-differences";
import { parityExamples, parityTypes } from "../support/parity/parity-kinds";
import type { RunReport } from "../support/parity/run-report";
import { compareStates } from "../support/parity/state-comparison";
import { KNOWN, type StateResource, TerraformLifecycle } from "../support/parity/terraform-lifecycle";
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";
import { functionZip } from "../support/workspace";

jest.setTimeout(600_000);

const required_providers = { aws: { source: "hashicorp/aws" } };
const provider = { aws: { region: "eu-west-1" } };
const resource = {
  aws_api_gateway_rest_api: {
    tagged: { name: "orders", description: "Orders", tags: { team: "orders" } },
    plain: { name: "plain", endpoint_configuration: { types: ["REGIONAL"] } },
    first: { name: "twice" },
    second: { name: "twice" },
  },
  aws_cognito_user_pool: { machines: { name: "machines" } },
};
/** Reads by attributes, each by the name of its output. */
const reads: Readonly<Record<string, readonly [type: string, config: object]>> = {
  tagged: ["aws_api_gateway_rest_api", { name: "orders" }],
  plain: ["aws_api_gateway_rest_api", { name: "plain" }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform fills it in
  pool: ["aws_cognito_user_pool", { user_pool_id: "${aws_cognito_user_pool.machines.id}" }],
  pools: ["aws_cognito_user_pools", { name: "machines" }],
};

function configOfReads(asked: typeof reads): object {
  const data: Record<string, object> = {};
  const depends_on = Object.entries(resource).flatMap(([type, all]) =>
    Object.keys(all).map((name) => `${type}.${name}`),
  );
  for (const [name, [type, config]] of Object.entries(asked)) {
    data[type] = { ...data[type], [name]: { ...config, depends_on } };
  }
  const outputs = Object.entries(asked).map(([name, [type]]) => [name, { value: `\${data.${type}.${name}}` }] as const);
  const output = Object.fromEntries(outputs);
  return { terraform: { required_providers }, provider, resource, data, output };
}

/** Folder for the output of every run, for a look at all of them. */
const REPORT = process.env["PARITY_REPORT"];

/** What one provider created and the other one took over. */
interface Crossing {
  readonly created: RunReport;
  readonly resources: readonly StateResource[];
  readonly planned: RunReport;
  readonly destroyed: RunReport;
  readonly left: object;
}

/**
 * @param terraform with an empty account, which is empty again afterwards
 * @param creator provider that creates; the other one plans and destroys
 */
async function cross(terraform: RealTerraform, creator: "real" | "embedded"): Promise<Crossing> {
  const { folder, emulator } = terraform;
  const real = new TerraformLifecycle(folder, terraform.environment);
  const embedded = new TerraformLifecycle(folder, emulator.environment);
  const [first, second] = creator === "real" ? [real, embedded] : [embedded, real];
  const created = reported(`${creator}-created`, await first.apply());
  const resources = first.resources();
  const planned = reported(`${creator}-planned`, await second.plan());
  const destroyed = reported(`${creator}-destroyed`, await second.destroy(KNOWN));
  return { created, resources, planned, destroyed, left: emulator.resourceCount() };
}

function reported(name: string, report: RunReport): RunReport {
  if (REPORT !== undefined) writeFileSync(join(REPORT, `${name}.txt`), report.output);
  return report;
}

describeWithRealProvider("states", (file) => {
  const allowed = AllowedDifferences.about(STATES);
  let terraform: RealTerraform;
  let byReal: Crossing;
  let byEmbedded: Crossing;
  let differences: ReturnType<typeof compareStates>;
  beforeAll(async () => {
    terraform = await RealTerraform.start(file);
    writeFileSync(join(terraform.folder.path, "function.zip"), functionZip);
    terraform.folder.write(configOf(parityExamples));
    await new TerraformLifecycle(terraform.folder, terraform.environment).init();
    byReal = await cross(terraform, "real");
    byEmbedded = await cross(terraform, "embedded");
    differences = compareStates(byEmbedded.resources, byReal.resources);
  });
  afterAll(() => terraform.close());

  describe("the states of both providers", () => {
    it.each(parityTypes)("are the same for %s", (type) => {
      const address = `${type}.one`;
      const found = differences
        .filter((one) => one.address === address)
        .map(({ at, embedded, real }) => ({ ...difference(type, "state", at), embedded, real }));

      expect(found.filter((one) => !allowed.has(one))).toEqual([]);
    });
  });

  describe("the embedded provider", () => {
    it.each(parityTypes)("plans no change of %s that the real one created", (type) => {
      expect(crossings(byReal, type).filter((one) => !allowed.has(one))).toEqual([]);
    });

    it("plans and destroys what the real one created", () => {
      expect(byReal.planned.all()[""]).toBeUndefined();
      expect([byReal.destroyed.code, byReal.left]).toEqual([0, {}]);
    });
  });

  describe("the real provider", () => {
    it.each(parityTypes)("plans no change of %s that the embedded one created", (type) => {
      expect(crossings(byEmbedded, type).filter((one) => !allowed.has(one))).toEqual([]);
    });

    it("plans and destroys what the embedded one created", () => {
      expect(byEmbedded.planned.all()[""]).toBeUndefined();
      expect([byEmbedded.destroyed.code, byEmbedded.left]).toEqual([0, {}]);
    });
  });

  describe("the values of data sources", () => {
    async function outputsBy(environment: RealTerraform["environment"]): Promise<unknown> {
      const applied = await terraform.folder.run(environment, "apply", "-auto-approve");
      expect(applied).toMatchObject({ code: 0 });
      const { output } = await terraform.folder.run(environment, "output", "-json");
      const values = Object.entries(JSON.parse(output) as Record<string, { readonly value: Record<string, unknown> }>);
      // Provider 5.x has no region.
      return values.map(([name, { value }]) => [name, { ...value, region: undefined }]);
    }

    it("are the same", async () => {
      terraform.folder.write(configOfReads(reads));
      const real = await outputsBy(terraform.environment);
      expect(await outputsBy(terraform.emulator.environment)).toEqual(real);
    });

    it.each(["none", "twice"])("are refused in the same words by the name %s", async (name) => {
      terraform.folder.write(configOfReads({ [name]: ["aws_api_gateway_rest_api", { name }] }));
      const [real, own] = [
        await terraform.run("plan"),
        await terraform.folder.run(terraform.emulator.environment, "plan"),
      ].map(({ output }) => /Error: .*/.exec(output)?.[0]);
      expect(real).toMatch(/API Gateway/i);
      expect(own).toBe(real);
    });
  });

  it("need every line about them in differences.json", () => {
    expect(allowed.unused()).toEqual([]);
  });
});

function difference(resource: string, differs: "state" | "crossing", at: string): FoundDifference {
  return { resource, differs, at, changed: "", mutation: "none", embedded: "", real: "" };
}

/** Attributes and blocks that the plan changes, each with its line, and errors. */
function crossings({ planned }: Crossing, type: string): readonly FoundDifference[] {
  const address = `${type}.one`;
  const { action, errors = [] } = planned.of(address);
  const lines = [...planned.planOf(address).matchAll(/^ {6}[~+-] ([a-z_]+)\b.*$/gm)];
  const unclear =
    action === undefined || lines.length > 0 ? [] : [{ ...difference(type, "crossing", "*"), real: action }];
  return [
    ...lines.map(([line, name = ""]) => ({ ...difference(type, "crossing", name), real: `${action}: ${line.trim()}` })),
    ...unclear,
    ...errors.map((error) => ({ ...difference(type, "crossing", ""), real: error })),
  ];
}
