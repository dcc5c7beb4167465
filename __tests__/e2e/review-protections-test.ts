/** Alerts about what protects less: plans of real Terraform over an embedded AWS. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { Review } from "../../operations/review/review";
import { sdkOptions } from "../support/aws-sdk";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const READER = "arn:aws:iam::111111111111:role/reader";
const FOREIGN = "arn:aws:iam::222222222222:role/reader";
const KEY = "arn:aws:kms:eu-west-1:111111111111:key/11111111-1111-1111-1111-111111111111";

const STRONG = `environments:
  dev:
    region: eu-west-1
    accountId: "111111111111"
    domainPrefix: guarded-dev
    firewall: { requestsPerFiveMinutes: 1000 }
    alarms: { topicArn: "arn:aws:sns:eu-west-1:111111111111:oncall", serverErrorPercent: 1 }
    throttling: { requestsPerSecond: 10, burst: 20 }
    retentionDays: 90
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { scopes: [orders/read], tokenMinutes: 60, secret: { kmsKeyArn: "${KEY}", readers: ["${READER}"] } }
  audit: { scopes: [orders/read] }
routes:
  GET /orders: { lambda: access, scopes: [orders/read], cors: { origins: ["https://a.example"] }, throttling: { requestsPerSecond: 1, burst: 2 } }
`;

/** Less of everything that a model can say. */
const WEAK = STRONG.replace("requestsPerFiveMinutes: 1000", "requestsPerFiveMinutes: 5000")
  .replace("serverErrorPercent: 1", "serverErrorPercent: 50")
  .replace("requestsPerSecond: 10, burst: 20", "requestsPerSecond: 500, burst: 20")
  .replace("requestsPerSecond: 1, burst: 2", "requestsPerSecond: 9, burst: 2")
  .replace("retentionDays: 90", "retentionDays: 7\n    tracing: true")
  .replace("tokenMinutes: 60", "tokenMinutes: 1440")
  .replace(`["${READER}"]`, `["${READER}", "${FOREIGN}"]`)
  .replace(
    "audit: { scopes: [orders/read] }",
    `audit: { scopes: [orders/read], secret: { kmsKeyArn: "${KEY}", readers: ["${FOREIGN}"] } }`,
  )
  .replace('cors: { origins: ["https://a.example"] }', "cors: true");

/** The strong one, which lacks a secret that the weak one has. */
const STRONG_AGAIN = STRONG.replace(
  "domainPrefix: guarded-dev",
  "domainPrefix: guarded-dev\n    allowDestroy: [secret/audit]",
);

const project = new ServedProject("dev", STRONG);

const before = { ...process.env };
/** What main.ts made of each access.yaml. */
const made = new Map<string, string>();

async function synthesize(accessYaml: string): Promise<void> {
  project.write("access.yaml", accessYaml);
  const bundle = join(project.stack, "cdk.tf.json");
  const text = made.get(accessYaml);
  if (text === undefined) await project.synthesize();
  else writeFileSync(bundle, text);
  made.set(accessYaml, text ?? readFileSync(bundle, "utf8"));
}

async function review(accessYaml = STRONG): Promise<Review> {
  await synthesize(accessYaml);
  return await project.review();
}

async function alertsOf(accessYaml?: string): Promise<readonly string[]> {
  return (await review(accessYaml)).alerts.map(({ severity, message }) => `${severity}: ${message}`);
}

describe("a review", () => {
  // One after the other, over one account.
  beforeAll(async () => {
    await project.serve();
    Object.assign(process.env, project.environment());
  });
  afterAll(async () => {
    process.env = before;
    await project.remove();
  });

  it("has no alerts about what is new as a whole", async () => {
    expect(await alertsOf(STRONG)).toEqual([]);
  });

  it("has an alert about each protection that a model loses", async () => {
    await project.applyReviewed();

    expect([...(await alertsOf(WEAK))].toSorted()).toEqual(
      [
        "A gateway response can be read by web pages of more origins: `*` (was `https://a.example`).",
        "A new policy grants more to the role `guarded-dev-access-eu-west-1`: `xray:PutTelemetryRecords`, `xray:PutTraceSegments` on `*`.",
        "A response to `OPTIONS` can be read by web pages of more origins: `*` (was `https://a.example`).",
        "The alarm `guarded-dev-5xx` is raised later: its threshold is 0.5 (was 0.01).",
        "The client `shop` gets access tokens that are valid longer: 1,440 minutes (was 60 minutes). A stolen token can be used for that long.",
        "The firewall `guarded-dev` allows more requests from one IP address in five minutes: 5,000 (was 1,000).",
        "The log group `/aws/apigateway/guarded-dev/dev` keeps its log events for fewer days: 7 (was 90).",
        "The log group `/aws/lambda/guarded-dev-access` keeps its log events for fewer days: 7 (was 90).",
        `The new secret \`guarded-dev/audit\` can be read by other accounts: \`${FOREIGN}\`.`,
        expect.stringMatching(
          /The policy of the secret `\S+` grants more to `\S+222222222222:role\/reader`: .* Of another/,
        ),
        "The route `/orders/GET` allows more requests per second: 9 (was 1).",
        "The stage allows more requests per second: 500 (was 10).",
      ].map((message) => (typeof message === "string" ? `warning: ${message}` : message)),
    );
  });

  it("has no alert about protections that a model gains", async () => {
    await project.applyReviewed();

    expect(await alertsOf(STRONG_AGAIN)).toEqual([
      "critical: The secret `guarded-dev/audit` will be destroyed: services no longer find their credentials in it.",
    ]);
  });

  it("reports the only copy of a rotated secret that would be destroyed", async () => {
    expect((await project.ask("rotate", "audit", "--env", "dev", "--overlap", "0s")).code).toBe(0);

    expect(await alertsOf(STRONG_AGAIN)).toContainEqual(
      expect.stringMatching(/^critical: The secret `guarded-dev\/audit` holds the only copy of the rotated secret/),
    );
  });

  it("names the command that restores a secret that was deleted outside Terraform, and reports what is known only after apply of the firewall of an API that is replaced", async () => {
    const environment = project.environment();
    const manager = new SecretsManager(
      sdkOptions({ proxyUrl: String(environment["HTTPS_PROXY"]), environment }, "eu-west-1"),
    );
    await manager.deleteSecret({ SecretId: "guarded-dev/audit" });
    const { stdout } = await project.terraform("state", "list");
    const [api = ""] = stdout.match(/^aws_api_gateway_rest_api\.\S+$/m) ?? [];
    await project.terraform("taint", api);

    expect(await alertsOf(WEAK)).toEqual([
      expect.stringMatching(/^critical: The API `guarded-dev` will be replaced:/),
      expect.stringContaining("`aws secretsmanager restore-secret --region eu-west-1"),
      expect.stringMatching(/^warning: The firewall of `\S+`: `resource_arn` is known only after apply\.$/),
      expect.stringMatching(/^warning: The new secret `guarded-dev\/audit` can be read by other accounts:/),
    ]);
    await manager.restoreSecret({ SecretId: "guarded-dev/audit" });
    manager.destroy();
    await project.terraform("untaint", api);
  });

  it("shows all calls as gained where the stage has to be created again", async () => {
    const { stdout } = await project.terraform("state", "list");
    const [stage = ""] = stdout.match(/^aws_api_gateway_stage\.\S+$/m) ?? [];
    expect((await project.terraform("state", "rm", stage)).code).toBe(0);

    const { access, alerts } = await review(WEAK);

    // The secret is back, and the API is not replaced.
    expect(alerts.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Not in the plan: `stage dev /),
      expect.stringMatching(/^The firewall of `\S+`: `resource_arn` is known only after apply\.$/),
    ]);
    expect(access).toEqual([
      { client: "audit", route: "GET /orders", before: "no", after: "yes" },
      { client: "shop", route: "GET /orders", before: "no", after: "yes" },
    ]);
  });
});
