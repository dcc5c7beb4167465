/** The files for Postman, run against what is deployed: their tests pass, and fail when something is not as it should be. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import type { Collection, PostmanEnvironment } from "../../operations/postman/format";
import { callAws } from "../../platform/aws-call";
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

/** Runs what was written, with the secrets filled in as a person does. */
async function runFiles(): Promise<readonly Tested[]> {
  const { clientSecrets } = await project.deployed();
  const environment = read<PostmanEnvironment>("environment");
  const values = environment.values.map((variable) => {
    const [client = "", what] = variable.key.split(".");
    return what === "client_secret" ? { ...variable, value: clientSecrets[client] ?? "" } : variable;
  });
  return await runCollection(read<Collection>("collection"), { ...environment, values }, dispatcher);
}

const failures = (tested: readonly Tested[]) => tested.filter(({ failure }) => failure !== undefined);

describe("npm run postman", () => {
  it("writes a request for each client and route, and what is expected of it", async () => {
    const { code, stdout } = await project.cli("postman", "dev");
    const tested = await runFiles();

    expect([code, stdout]).toEqual([0, expect.stringContaining("dev.postman_collection.json: 14 requests")]);
    expect(failures(tested)).toEqual([]);
    expect(tested.map(({ name }) => name)).toEqual([
      "Without a token > ANY /files/{path+} is refused by API Gateway > is refused by API Gateway",
      "Without a token > GET /health is let in > is let in",
      "Without a token > POST /orders is refused by API Gateway > is refused by API Gateway",
      "Without a token > GET /orders/{id} is refused by API Gateway > is refused by API Gateway",
      "reports > Get a token > a token is issued",
      "reports > ANY /files/{path+} is refused by API Gateway > is refused by API Gateway",
      "reports > GET /health is let in > is let in",
      "reports > POST /orders is refused by API Gateway > is refused by API Gateway",
      "reports > GET /orders/{id} is let in > is let in",
      "shop > Get a token > a token is issued",
      "shop > ANY /files/{path+} is let in > is let in",
      "shop > GET /health is let in > is let in",
      "shop > POST /orders is let in > is let in",
      "shop > GET /orders/{id} is let in > is let in",
    ]);
  });

  it("holds no secret, and no id or address in the collection", async () => {
    const { clientIds, clientSecrets, tokenUrl, routeUrls } = await project.deployed();
    const collection = readFileSync(file("collection"), "utf8");
    const hosts = [tokenUrl, ...Object.values(routeUrls)].map((url) => new URL(url).host);

    for (const value of [...Object.values(clientIds), ...hosts]) expect(collection).not.toContain(value);
    for (const secret of Object.values(clientSecrets)) {
      expect(collection).not.toContain(secret);
      expect(readFileSync(file("environment"), "utf8")).not.toContain(secret);
    }
  });

  it("marks secrets and tokens as such", () => {
    const secrets = read<PostmanEnvironment>("environment").values.filter(({ type }) => type === "secret");

    expect(secrets.map(({ key, value }) => [key, value])).toEqual(
      ["reports", "shop"].flatMap((client) => [
        [`${client}.client_secret`, ""],
        [`${client}.access_token`, ""],
      ]),
    );
  });

  it("writes the secrets into the environment when that is asked for, for its user only", async () => {
    writeFileSync(file("environment"), "{}", { mode: 0o644 });
    const { code, stdout, stderr } = await project.cli("postman", "dev", "--with-secrets", "--client", "shop");
    const { clientSecrets } = await project.deployed();
    const values = read<PostmanEnvironment>("environment").values.map(({ key, value }) => [key, value]);

    expect(code).toBe(0);
    expect(Object.fromEntries(values)).toMatchObject({ "shop.client_secret": clientSecrets["shop"] });
    expect(JSON.stringify(values)).not.toContain(clientSecrets["reports"]);
    expect(statSync(file("environment")).mode & 0o777).toBe(0o600);
    expect(stdout + stderr).not.toContain(clientSecrets["shop"]);
  });

  it("writes tests that fail when a route is open that should not be", async () => {
    await project.cli("postman", "dev");
    process.env = { ...before, ...project.environment() };
    const url = new URL((await project.deployed()).routeUrls["POST /orders"] ?? "");
    await openMethod(url.host.split(".")[0] ?? "", "/orders", "POST");

    expect(failures(await runFiles()).map(({ name }) => name)).toEqual([
      "Without a token > POST /orders is refused by API Gateway > is refused by API Gateway",
      "reports > POST /orders is refused by API Gateway > is refused by API Gateway",
      // The function knows of no caller any more.
      "shop > POST /orders is let in > is let in",
    ]);
  });

  it("refuses a client that there is not, and writes nothing", async () => {
    const { code, stderr } = await project.cli("postman", "dev", "--client", "nobody", "--out", "elsewhere");

    expect([code, stderr]).toEqual([64, 'error: dev has no client "nobody". It has reports, shop.\n']);
    expect(existsSync(join(project.folder, "elsewhere"))).toBe(false);
  });
});

/** Takes the authorizer off a method, and deploys that. */
async function openMethod(api: string, path: string, method: string): Promise<void> {
  const call = async (httpMethod: string, at: string, body?: object) => {
    const request = { service: "apigateway", region: "eu-west-1", method: httpMethod, path: `/restapis/${api}${at}` };
    return await callAws(body === undefined ? request : { ...request, body: JSON.stringify(body) });
  };
  const { item } = JSON.parse((await call("GET", "/resources")).body) as { item: { id: string; path: string }[] };
  const id = item.find((resource) => resource.path === path)?.id;
  const patchOperations = [{ op: "replace", path: "/authorizationType", value: "NONE" }];
  await call("PATCH", `/resources/${id}/methods/${method}`, { patchOperations });
  await call("POST", "/deployments", { stageName: "dev" });
}
