/** The bucket of an environment's state, made on the embedded AWS with the real Terraform. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const project = new ServedProject(
  "prod",
  `environments:
  prod: { region: eu-west-1, domainPrefix: orders-prod, backend: { s3: { bucket: our.states, region: eu-central-1 } } }
  dev: { region: eu-west-1, domainPrefix: orders-dev }
  elsewhere: { region: eu-west-1, domainPrefix: orders-e, backend: { s3: { bucket: our.states, region: us-east-1 } } }
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read] }
routes:
  POST /access: { lambda: access, scopes: [orders/read] }
`,
);
const SETTINGS = [
  "ownership_controls",
  "policy",
  "public_access_block",
  "server_side_encryption_configuration",
  "versioning",
];
const bootstrap = (...args: readonly string[]) => project.ask("bootstrap", ...args);

beforeAll(() => project.serve());
afterAll(() => project.remove());

describe("npx access bootstrap", () => {
  it("is not asked for by preflight, where the state is kept on this machine", async () => {
    const { code, stdout } = await project.ask("preflight", "prod");

    expect([code, stdout]).toEqual([0, expect.stringMatching(/✓ state: 0 resources in .*terraform\.prod\.tfstate/)]);
    expect(stdout).not.toContain("state bucket");
  });

  it("shows what it would do, and does nothing when it is not told to", async () => {
    const planned = await bootstrap("prod", "--plan");
    const unasked = await bootstrap("prod");

    expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining("create   the bucket")]);
    expect([unasked.code, unasked.stderr]).toEqual([
      1,
      expect.stringContaining("the confirmation requires a terminal, so nothing was changed"),
    ]);
    expect(project.inAccount()).toEqual([]);
  });

  it("makes the bucket with all that it needs", async () => {
    const { code, stdout } = await bootstrap("prod", "--yes");

    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining("✓ our.states is ready. Now: npx access local npx access deploy prod"),
    ]);
    expect(project.inAccount().toSorted()).toEqual([
      "aws_s3_bucket our.states",
      ...SETTINGS.map((setting) => `aws_s3_bucket_${setting} our.states`),
    ]);
  });

  it("finds nothing to do a second time", async () => {
    const { code, stdout } = await bootstrap("prod", "--yes");

    expect([code, stdout]).toEqual([
      0,
      "✓ our.states is configured correctly: versioned, encrypted, private, TLS only.\n",
    ]);
  });

  it("takes over a bucket that its state does not know of", async () => {
    rmSync(join(project.folder, ".local", ".bootstrap"), { recursive: true });
    const { code, stdout } = await bootstrap("prod", "--yes");

    expect([code, stdout]).toEqual([0, expect.stringContaining("our.states exists. It is imported")]);
    expect(stdout).not.toContain("the bucket  ");
    expect((await bootstrap("prod")).stdout).toContain("is configured correctly");
  });

  it("refuses a bucket of another region, and says what to do", async () => {
    const { code, stderr } = await bootstrap("elsewhere", "--yes");

    expect([code, stderr]).toEqual([1, expect.stringContaining("our.states is in another region than us-east-1")]);
  });

  it("has nothing to do where the state is on this machine", async () => {
    const { code, stderr } = await bootstrap("dev");

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("dev keeps its state on this machine, so it needs no bucket"),
    ]);
  });
});
