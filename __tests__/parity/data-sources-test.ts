/** The embedded provider reads the data sources of an account as the real one does. */
import { describeWithRealProvider, RealTerraform } from "../support/real-provider";

jest.setTimeout(120_000);

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

function configOf(asked: typeof reads): object {
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

describeWithRealProvider("data sources, by both providers", (file) => {
  let terraform: RealTerraform;
  beforeAll(async () => {
    terraform = await RealTerraform.start(file);
    terraform.folder.write(configOf(reads));
    await terraform.run("init");
  });
  afterAll(() => terraform.close());

  async function outputsBy(environment: RealTerraform["environment"]): Promise<unknown> {
    const applied = await terraform.folder.run(environment, "apply", "-auto-approve");
    expect(applied).toMatchObject({ code: 0 });
    const { output } = await terraform.folder.run(environment, "output", "-json");
    const values = Object.entries(JSON.parse(output) as Record<string, { readonly value: Record<string, unknown> }>);
    // Provider 5.x has no region.
    return values.map(([name, { value }]) => [name, { ...value, region: undefined }]);
  }

  it("have the same values", async () => {
    const real = await outputsBy(terraform.environment);
    expect(await outputsBy(terraform.emulator.environment)).toEqual(real);
  });

  it.each(["none", "twice"])("are refused in the same words by the name %s", async (name) => {
    terraform.folder.write(configOf({ [name]: ["aws_api_gateway_rest_api", { name }] }));
    const [real, own] = [
      await terraform.run("plan"),
      await terraform.folder.run(terraform.emulator.environment, "plan"),
    ].map(({ output }) => /Error: .*/.exec(output)?.[0]);
    expect(own).toBe(real);
  });
});
