/** A review of a large matrix: quick, short, and complete. */
import { reviewOf } from "../../operations/review/review";
import { reviewMarkdown } from "../../operations/review/review-markdown";
import { MAX_GITHUB_CHARACTERS } from "../../platform/markdown";
import { planWith } from "../support/plan-json";
import { synthesize } from "../support/synthesize";

const CLIENTS = 300;
const ROUTES = 40;

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const scopes = numbers(ROUTES).map((index) => `s${index}`);
const access = `environments:
  dev: { region: eu-west-1, domainPrefix: large-dev }
resourceServers:
  orders: { scopes: { ${scopes.map((name) => `${name}: ${name}`).join(", ")} } }
clients:
${numbers(CLIENTS)
  .map((index) => `  client${index}: { scopes: [${scopes.map((name) => `orders/${name}`).join(", ")}] }`)
  .join("\n")}
routes:
${scopes.map((name) => `  GET /${name}: { lambda: access, scopes: [orders/${name}] }`).join("\n")}
`;

jest.setTimeout(120_000);

describe("a review of 300 clients and 40 routes", () => {
  it("is made within three seconds of CPU time, and fits with all of its resources", () => {
    const { json } = synthesize(access);
    const resources = json["resource"] as Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
    const changes = Object.entries(resources).flatMap(([type, all]) =>
      Object.entries(all).map(([name, after]) => ({ type, name, after })),
    );
    const plan = planWith(changes);
    const start = process.cpuUsage();
    const text = reviewMarkdown(reviewOf("dev", plan, json));

    const { user } = process.cpuUsage(start);
    expect(user / 1e6).toBeLessThan(3);
    expect(changes.length).toBeGreaterThan(CLIENTS + ROUTES);
    expect(text.length).toBeLessThan(MAX_GITHUB_CHARACTERS / 2);
    expect(text).toContain("300 × `aws_cognito_user_pool_client`");
    expect(text).not.toContain("Cut here");
  });
});
