/** The files for Postman, run against a deployed stack: their tests pass, and fail after tampering. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Agent, type Dispatcher } from "undici";
import type { Collection, PostmanEnvironment } from "../../operations/postman/format";
import { aws } from "../../platform/aws";
import { dispatcherFor } from "../support/every-pair";
import { runCollection, type Tested } from "../support/postman-runner";
import { ServedProject } from "../support/served-project";

jest.setTimeout(300_000);

const project = new ServedProject(
  "dev",
  `environments:
  dev: { region: eu-west-1, domainPrefix: postman-dev, ephemeral: true }
resourceServers:
  orders: { scopes: { read: Read orders, write: Write orders } }
clients:
  shop: { scopes: [orders/read, orders/write] }
  reports: { scopes: [orders/read] }
routes:
  GET /orders/{id}: { lambda: access, scopes: [orders/read] }
  POST /orders: { lambda: access, scopes: [orders/write] }
  ANY /files/{path+}: { lambda: access, scopes: [orders/write] }
  GET /health: { lambda: health, public: true, reason: Asked by the load balancer }
`,
);
const before = { ...process.env };
let dispatcher: Dispatcher;

beforeAll(async () => {
  project.write("lambda/health.ts", 'export const handler = async () => ({ statusCode: 200, body: "{}" });\n');
  await project.serve();
  await project.deploy();
  dispatcher = dispatcherFor(await project.deployed());
});

afterAll(async () => {
  process.env = before;
  await dispatcher?.close();
  await project.remove();
});

const file = (what: string) => join(project.folder, `dev.postman_${what}.json`);
const read = <Content>(what: string) => JSON.parse(readFileSync(file(what), "utf8")) as Content;

/** Runs the written files, with the secrets filled in. */
async function runFiles(through = dispatcher): Promise<readonly Tested[]> {
  const { clientSecrets } = await project.deployed();
  const environment = read<PostmanEnvironment>("environment");
  const values = environment.values.map((variable) => {
    const [client = "", what] = variable.key.split(".");
    return what === "client_secret" ? { ...variable, value: clientSecrets[client] ?? "" } : variable;
  });
  return await runCollection(read<Collection>("collection"), { ...environment, values }, through);
}

const failures = (tested: readonly Tested[]) => tested.filter(({ failure }) => failure !== undefined);

describe("npx access postman", () => {
  it("writes a request and a test for each client and route", async () => {
    const { code, stdout } = await project.ask("postman", "dev");
    const tested = await runFiles();

    expect([code, stdout]).toEqual([0, expect.stringContaining("dev.postman_collection.json: 14 requests")]);
    expect(failures(tested)).toEqual([]);
    expect(tested.map(({ name }) => name)).toEqual([
      "Without a token > ANY /files/{path+} is denied by API Gateway > is denied by API Gateway",
      "Without a token > GET /health is allowed > is allowed",
      "Without a token > POST /orders is denied by API Gateway > is denied by API Gateway",
      "Without a token > GET /orders/{id} is denied by API Gateway > is denied by API Gateway",
      "reports > Get a token > a token is issued",
      "reports > ANY /files/{path+} is denied by API Gateway > is denied by API Gateway",
      "reports > GET /health is allowed > is allowed",
      "reports > POST /orders is denied by API Gateway > is denied by API Gateway",
      "reports > GET /orders/{id} is allowed > is allowed",
      "shop > Get a token > a token is issued",
      "shop > ANY /files/{path+} is allowed > is allowed",
      "shop > GET /health is allowed > is allowed",
      "shop > POST /orders is allowed > is allowed",
      "shop > GET /orders/{id} is allowed > is allowed",
    ]);
  });

  it("writes URLs that need no proxy and no certificate with --local", async () => {
    const { code } = await project.ask("postman", "dev", "--local");
    const direct = new Agent();
    const tested = await runFiles(direct);
    await direct.close();

    expect(code).toBe(0);
    expect(read<PostmanEnvironment>("environment").values[0]?.value).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/postman-dev\.auth/,
    );
    expect(failures(tested)).toEqual([]);
    expect(tested).toHaveLength(14);
  });

  it("writes no secret, and no id or host into the collection", async () => {
    const { clientIds, clientSecrets, tokenUrl, routeUrls } = await project.deployed();
    const collection = readFileSync(file("collection"), "utf8");
    const hosts = [tokenUrl, ...Object.values(routeUrls)].map((url) => new URL(url).host);

    for (const value of [...Object.values(clientIds), ...hosts]) expect(collection).not.toContain(value);
    for (const secret of Object.values(clientSecrets)) {
      expect(collection).not.toContain(secret);
      expect(readFileSync(file("environment"), "utf8")).not.toContain(secret);
    }
  });

  it("marks secrets and tokens as secret", () => {
    const secrets = read<PostmanEnvironment>("environment").values.filter(({ type }) => type === "secret");

    expect(secrets.map(({ key, value }) => [key, value])).toEqual(
      ["reports", "shop"].flatMap((client) => [
        [`${client}.client_secret`, ""],
        [`${client}.access_token`, ""],
      ]),
    );
  });

  it("writes the secrets into the environment with --with-secrets, for its user only", async () => {
    writeFileSync(file("environment"), "{}", { mode: 0o644 });
    const { code, stdout, stderr } = await project.ask("postman", "dev", "--with-secrets", "--client", "shop");
    const { clientSecrets } = await project.deployed();
    const values = read<PostmanEnvironment>("environment").values.map(({ key, value }) => [key, value]);

    expect(code).toBe(0);
    expect(Object.fromEntries(values)).toMatchObject({ "shop.client_secret": clientSecrets["shop"] });
    expect(JSON.stringify(values)).not.toContain(clientSecrets["reports"]);
    expect(statSync(file("environment")).mode & 0o777).toBe(0o600);
    expect(stdout + stderr).not.toContain(clientSecrets["shop"]);
  });

  it("writes tests that fail when a route lost its authorization", async () => {
    await project.ask("postman", "dev");
    process.env = { ...before, ...project.environment() };
    const url = new URL((await project.deployed()).routeUrls["POST /orders"] ?? "");
    await openMethod(url.host.split(".")[0] ?? "", "/orders", "POST");

    expect(failures(await runFiles()).map(({ name }) => name)).toEqual([
      "Without a token > POST /orders is denied by API Gateway > is denied by API Gateway",
      "reports > POST /orders is denied by API Gateway > is denied by API Gateway",
      // The function denies requests without claims.
      "shop > POST /orders is allowed > is allowed",
    ]);
  });

  it("refuses an unknown client, and writes nothing", async () => {
    const { code, stderr } = await project.ask("postman", "dev", "--client", "unknown", "--out", "elsewhere");

    expect([code, stderr]).toEqual([64, 'error: dev has no client "unknown". It has reports, shop.\n']);
    expect(existsSync(join(project.folder, "elsewhere"))).toBe(false);
  });
});

/** Removes the authorization of a method, and deploys the API. */
async function openMethod(restApiId: string, path: string, httpMethod: string): Promise<void> {
  const gateway = await aws("eu-west-1").apiGateway();
  const { items = [] } = await gateway.getResources({ restApiId });
  const resourceId = items.find((resource) => resource.path === path)?.id;
  const patchOperations = [{ op: "replace" as const, path: "/authorizationType", value: "NONE" }];
  await gateway.updateMethod({ restApiId, resourceId, httpMethod, patchOperations });
  await gateway.createDeployment({ restApiId, stageName: "dev" });
}
