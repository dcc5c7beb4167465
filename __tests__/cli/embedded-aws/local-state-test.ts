import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAccessModel } from "../../../access/access-model";
import { keepStateLocally } from "../../../cli/embedded-aws/local-state";
import { playedOf } from "../../../cli/embedded-aws/played-environments";
import { cleanEnvironment, run } from "../../support/processes";

const environmentsOf = (backend: string) =>
  parseAccessModel(
    `
environments: { prod: { region: eu-west-1, domainPrefix: orders-prod${backend} } }
resourceServers: { orders: { scopes: { read: Read } } }
clients: { shop: { scopes: [orders/read] } }
routes: { GET /orders: { lambda: access, scopes: [orders/read] } }
`,
    { file: "access.yaml", functions: ["access"] },
  ).environments.map(playedOf);

const S3 = ", backend: { s3: { bucket: states } }";
const HCP = ", backend: { hcp: { organization: acme, workspace: prod } }";

/** A folder as cdktf makes it, and the file that takes the backend's place. */
function output() {
  const folder = join(mkdtempSync(join(tmpdir(), "state-")), "cdktf.out");
  const stack = join(folder, "stacks", "prod");
  return { folder, stack, override: join(stack, "backend_override.tf.json") };
}

describe("keepStateLocally", () => {
  it.each([
    ["a bucket", S3],
    ["HCP Terraform", HCP],
  ])("puts a local backend in the place of %s", (_where, backend) => {
    const { folder, override } = output();

    keepStateLocally(folder, environmentsOf(backend));

    expect(JSON.parse(readFileSync(override, "utf8"))).toEqual({
      terraform: { backend: { local: { path: "../../../terraform.prod.tfstate" } } },
    });
  });

  it("leaves a backend alone that is local, also after it was another", () => {
    const { folder, override } = output();

    keepStateLocally(folder, environmentsOf(S3));
    keepStateLocally(folder, environmentsOf(""));

    expect(existsSync(override)).toBe(false);
  });

  it("is what the real Terraform goes by", async () => {
    const { folder, stack } = output();
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
