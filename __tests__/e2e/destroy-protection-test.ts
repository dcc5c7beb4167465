/** Attempts to destroy or replace what is protected, by real Terraform over an embedded AWS. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findDrift } from "../../operations/drift/find-drift";
import type { Ended } from "../support/processes";
import { runTogether } from "../support/run-together";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const READER = "arn:aws:iam::123456789012:role/billing";
const BILLING = `  billing: { scopes: [orders/read], secret: { readers: ["${READER}"] } }\n`;
const fileOf = (settings = "", clients = BILLING) => `environments:
  dev: { region: ap-northeast-1, domainPrefix: demo-dev${settings} }
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
${clients}routes:
  POST /access: { lambda: access, scopes: [orders/read] }
`;
const project = new ServedProject("dev", fileOf());
const bundle = join(project.folder, ".local", "cdktf.out", "stacks", "dev", "cdk.tf.json");
const before = { ...process.env };
const REFUSED = "Instance cannot be destroyed";

/** What main.ts made of each access.yaml. */
const made = new Map<string, string>();
const synthesize = async (accessYaml: string) => {
  project.write("access.yaml", accessYaml);
  const text = made.get(accessYaml);
  if (text === undefined) await project.synthesize();
  else writeFileSync(bundle, text);
  made.set(accessYaml, text ?? readFileSync(bundle, "utf8"));
};
const apply = (...args: readonly string[]) => project.terraform("apply", "-auto-approve", ...args);
const addressOf = (type: string, part: string) => {
  const { resource } = JSON.parse(readFileSync(bundle, "utf8"));
  return `${type}.${Object.keys(resource[type]).find((name) => name.includes(part))}`;
};
/** What the account and the state hold. */
const everything = () => [project.inAccount(), project.inState()];

let deployed: ReturnType<typeof everything> = [];

function expectRefused({ code, stderr }: Ended, ...parts: readonly string[]): void {
  expect([code, stderr]).toEqual([1, expect.stringContaining(REFUSED)]);
  // Terraform breaks lines within its sentences.
  for (const part of parts) expect(stderr.replace(/\s+/g, " ")).toContain(part);
  expect(everything()).toEqual(deployed);
}

beforeAll(async () => {
  await project.serve();
  await project.deploy();
  Object.assign(process.env, project.environment());
  deployed = everything();
});

afterAll(async () => {
  process.env = before;
  await project.remove();
});

describe("of a protected environment, nothing is destroyed or replaced", () => {
  it("by terraform destroy, which cdktf destroy runs", async () => {
    expectRefused(await project.terraform("destroy", "-auto-approve"));
  });

  // What hangs on a resource that is refused is not looked at.
  it.each([
    [
      ["aws_cognito_user_pool_client", "shop"],
      ["aws_cognito_user_pool_domain", "domain"],
      ["aws_secretsmanager_secret", "billing"],
    ],
    [["aws_cognito_resource_server", "orders"]],
    [["aws_cognito_user_pool", "pool"]],
  ])("by terraform apply -replace of %j", async (...resources) => {
    const addresses = resources.map(([type = "", part = ""]) => addressOf(type, part));

    expectRefused(
      await apply(...addresses.flatMap((address) => [`-replace=${address}`, `-target=${address}`])),
      ...addresses.map((address) => `Resource ${address} has`),
    );
  });

  it("by a client that is renamed, and so removed with its secret", async () => {
    await synthesize(fileOf("", BILLING.replace("billing", "invoices")));
    const named = (name: string) => `Resource terraform_data.protected_unless_in_allowDestroy["${name}"] has`;

    expectRefused(await apply(), named("client/billing"), named("secret/billing"));
  });

  it("by a plan that is reviewed: the review names all of it, and how to allow it", async () => {
    project.write("access.yaml", fileOf("", "").replace("  shop:", "  store:"));
    const { code, stdout, stderr } = await project.ask("review", "dev");

    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      expect.stringContaining(
        "error: dev is protected, so Terraform refuses this plan. Nothing was changed.\n  client/",
      ),
    ]);
    expect(stderr).toContain("    dev: { …, allowDestroy: [client/billing, client/shop, secret/billing] }");
    expect(stderr).not.toContain("ended with");
    expect(everything()).toEqual(deployed);
  });

  it("by another id of a construct, which gives every resource in it another address", async () => {
    const main = readFileSync(join(project.folder, "main.ts"), "utf8");
    project.write(
      "main.ts",
      main.replace('new MachineIdentity(this, "identity"', 'new MachineIdentity(this, "callers"'),
    );
    await synthesize(fileOf());

    expectRefused(await apply(), '["client/shop"] has', '["pool"] has');
    project.write("main.ts", main);
    made.clear();
  });
});

describe("another project on the same state", () => {
  const OTHER = fileOf(", ephemeral: true").replace("demo-dev", "other-dev");
  const HOLDS = 'the state of dev holds resources of "demo-dev"';

  it("is refused by Terraform itself, whether it is protected or not", async () => {
    await synthesize(OTHER);
    const { code, stderr } = await apply();

    expect([code, stderr.replace(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("The state of dev holds resources of demo-dev, not of other-dev. Give the environment"),
    ]);
    expect(everything()).toEqual(deployed);
  });

  it("is refused by what looks for drift", async () => {
    await expect(findDrift(project.stack)).rejects.toThrow(
      new RegExp(`^${HOLDS}.*If another project deployed them, give the environment a state of its own`, "s"),
    );
    expect(everything()).toEqual(deployed);
  });

  it("is refused by review, teardown and preflight", async () => {
    const results = await runTogether(project, [
      ["review", "dev"],
      ["teardown", "dev", "--yes"],
      ["preflight", "dev"],
    ]);

    expect(results.map(({ code, stdout, stderr }) => [code, `${stderr}${stdout}`])).toEqual([
      [1, expect.stringContaining(`error: ${HOLDS}`)],
      [1, expect.stringContaining(`error: ${HOLDS}`)],
      [2, expect.stringContaining('tfstate holds resources of "demo-dev", which is not the prefix of dev')],
    ]);
    for (const { stdout, stderr } of results) {
      expect(`${stderr}${stdout}`).toContain(
        "If another project deployed them, give the environment a state of its own",
      );
    }
    expect(everything()).toEqual(deployed);
  });
});

describe("allowDestroy", () => {
  const clientIds = async () => (await project.deployed()).clientIds;

  it("lets exactly what it names be destroyed, and is removed without a change afterwards", async () => {
    const before = await clientIds();
    project.write("access.yaml", fileOf(", allowDestroy: [client/billing, secret/billing]", ""));
    const [review, applied] = await runTogether(project, [
      ["review", "dev", "--json"],
      ["apply", "dev.plan"],
    ]);
    const alerts: readonly { severity: string; message: string }[] = JSON.parse(review?.stdout ?? "").alerts;
    expect(alerts.filter(({ severity }) => severity === "critical").map(({ message }) => message)).toEqual([
      expect.stringContaining("The client `billing` will be destroyed"),
      expect.stringContaining("The secret `demo-dev/billing` will be destroyed"),
    ]);
    expect(applied).toMatchObject({ code: 0 });
    expect(await clientIds()).toEqual({ shop: before["shop"] });
    await synthesize(fileOf("", ""));

    expect((await project.terraform("plan", "-detailed-exitcode")).code).toBe(0);
  });

  it("lets a resource that stays be replaced, which is protected again afterwards", async () => {
    const before = await clientIds();
    await synthesize(fileOf(", allowDestroy: [client/shop]", ""));
    const address = addressOf("aws_cognito_user_pool_client", "shop");
    expect(await apply(`-replace=${address}`)).toMatchObject({ code: 0 });
    expect((await clientIds())["shop"]).not.toBe(before["shop"]);
    await synthesize(fileOf("", ""));
    const { code, stdout } = await apply();
    deployed = everything();

    expect([code, stdout]).toEqual([0, expect.stringContaining("1 added, 0 changed, 0 destroyed")]);
    expectRefused(await apply(`-replace=${address}`));
  });
});

describe("the commands of a protected environment", () => {
  it("drift has a removed client as code that is not applied", async () => {
    await synthesize(fileOf("", "").replace("  shop:", "  store:"));
    const { findings } = await findDrift(project.stack);

    expect(findings).toContainEqual(
      expect.objectContaining({ address: expect.stringContaining("client-shop"), verdict: "not-applied" }),
    );
    expect(everything()).toEqual(deployed);
  });

  it("teardown destroys everything, and leaves what was synthesized protected", async () => {
    // A move that is not applied yet: Terraform refuses it in a plan of the pool alone.
    await synthesize(fileOf(", allowDestroy: [client/shop]", ""));
    const text = readFileSync(bundle, "utf8");
    const { code, stderr } = await project.ask("teardown", "dev", "--yes");

    expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining("✓ deletion protection is lifted")]);
    expect(project.inState()).toEqual([]);
    expect(readFileSync(bundle, "utf8")).toBe(text);
  });
});
