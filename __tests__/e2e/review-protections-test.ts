/** That a review is loud about what really protects less: real Terraform's plans over an embedded AWS. */
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

const project = new ServedProject("dev", STRONG);

interface Reviewed {
  readonly alerts: readonly { readonly level: string; readonly message: string }[];
}

async function loudLines(accessYaml: string): Promise<readonly string[]> {
  project.write("access.yaml", accessYaml);
  const { stdout, stderr } = await project.cli("review", "dev", "--json");
  if (stdout === "") throw new Error(stderr);
  return (JSON.parse(stdout) as Reviewed).alerts.map(({ level, message }) => `${level}: ${message}`);
}

describe("npm run review", () => {
  // One after the other, over one account.
  beforeAll(() => project.serve());
  afterAll(() => project.remove());

  it("is not loud about what is new as a whole", async () => {
    expect(await loudLines(STRONG)).toEqual([]);
  });

  it("is loud about each protection that a model loses", async () => {
    await project.deploy();

    expect(await loudLines(WEAK)).toEqual([
      "warning: Web pages of other origins may read the API's own answers: `*`, before `https://a.example`. Any page in a browser may, then.",
      "warning: Web pages of other origins may read answers of routes: `*`, before `https://a.example`. Any page in a browser may, then.",
      "warning: Throttling is raised for calls of `/orders/GET`: requests per second 1 → 9.",
      "warning: Throttling is raised for the methods of the stage: requests per second 10 → 500.",
      "warning: Lines of the log group `/aws/apigateway/guarded-dev/dev` are kept 7 days, before 90.",
      "warning: Lines of the log group `/aws/lambda/guarded-dev-access` are kept 7 days, before 90.",
      "warning: The alarm `guarded-dev-5xx` tells later: its threshold is 0.5, before 0.01.",
      "warning: Access tokens of the client `shop` live longer: 1,440 minutes, before 60 minutes. A stolen one is of use as long.",
      "warning: The firewall `guarded-dev` lets more through: 5,000 requests of one address in five minutes, before 1,000.",
      expect.stringMatching(
        /^warning: More is allowed by the policy of the secret `\S+` to `\S+222222222222:role\/reader`: .* Of another account: /,
      ),
      "warning: A new policy allows more to the role `guarded-dev-access-eu-west-1`: `xray:PutTelemetryRecords`, `xray:PutTraceSegments` on `*`.",
      `warning: Other accounts than the stack's own will be allowed to read the new secret \`guarded-dev/audit\`: \`${FOREIGN}\`.`,
    ]);
  });

  it("is not loud about protections that a model wins", async () => {
    project.write("access.yaml", WEAK);
    await project.deploy();

    expect(await loudLines(STRONG)).toEqual([
      "caution: The secret `guarded-dev/audit` will be destroyed. What reads its credentials there finds them no more.",
    ]);
  });

  it("says what nobody can know of what stands before an API that is made anew", async () => {
    const { stdout } = await project.terraform("state", "list");
    const [api = ""] = stdout.match(/^aws_api_gateway_rest_api\.\S+$/m) ?? [];
    await project.terraform("taint", api);

    expect(await loudLines(WEAK)).toEqual([
      expect.stringMatching(/^caution: The API `guarded-dev` will be replaced\./),
      expect.stringMatching(
        /^warning: The firewall before `\S+`: `resource_arn` will be known only when it is applied\.$/,
      ),
    ]);
  });
});
