/** Handlers that check nothing are protected: calls of a deployed stack, also with tokens from before a deployment. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch, type ProxyAgent } from "undici";
import { DeployedProject } from "../support/deployed-project";
import { dispatcherFor, tokenOf } from "../support/every-pair";

jest.setTimeout(180_000);

const folder = mkdtempSync(join(tmpdir(), "caller-check-"));
const HANDLER = `export const handler = async ({ caller }) => ({ statusCode: 200, body: JSON.stringify({ caller }) });`;

/** @param clients lines of clients */
function write(clients: readonly string[]): void {
  const lines = [
    "environments: { dev: { region: eu-west-1, domainPrefix: check-dev, ephemeral: true } }",
    "resourceServers: { orders: { scopes: { read: Read orders, write: Write orders } } }",
    "clients:",
    ...clients,
    "routes:",
    "  GET /orders: { lambda: orders, scopes: [orders/read], cors: { origins: [https://app.example.com] } }",
    "  POST /orders: { lambda: orders, scopes: [orders/write] }",
    "  GET /status: { lambda: orders, public: true, reason: Load balancers call it }",
  ];
  writeFileSync(join(folder, "access.yaml"), lines.map((line) => `${line}\n`).join(""));
}

describe("a handler without a check", () => {
  const project = new DeployedProject(folder, "dev");
  let dispatcher: ProxyAgent;

  beforeAll(async () => {
    mkdirSync(join(folder, "lambda"));
    writeFileSync(join(folder, "lambda", "orders.ts"), HANDLER);
    write(["  shop: { scopes: [orders/read, orders/write] }", "  report: { scopes: [orders/read] }"]);
    await project.deploy();
    dispatcher = dispatcherFor(await project.deployed());
  });

  afterAll(async () => {
    await dispatcher.close();
    await project.remove();
  });

  const tokenFor = async (client: string) => await tokenOf(client, await project.deployed(), dispatcher);

  async function call(route: string, authorization?: string): Promise<readonly [number, unknown, string | null]> {
    const { routeUrls } = await project.deployed();
    const headers = { Origin: "https://app.example.com", ...(authorization === undefined ? {} : { authorization }) };
    const method = route.split(" ")[0] ?? "";
    const response = await fetch(routeUrls[route] ?? "", { method, headers, dispatcher });
    return [response.status, await response.json(), response.headers.get("access-control-allow-origin")];
  }

  it("gets the caller with its name, and its answers get the CORS headers of the route", async () => {
    const clientId = (await project.deployed()).clientIds["shop"];
    const caller = { clientId, name: "shop", scopes: ["orders/read", "orders/write"] };

    expect(await call("GET /orders", await tokenFor("shop"))).toEqual([200, { caller }, "https://app.example.com"]);
    expect(await call("GET /status")).toEqual([200, {}, null]);
  });

  it("is not reached with tokens from before by a client that lost one of two routes, or was removed", async () => {
    const [shop, report] = [await tokenFor("shop"), await tokenFor("report")];
    expect((await call("POST /orders", shop))[0]).toBe(200);
    expect((await call("GET /orders", report))[0]).toBe(200);
    const refusal = { message: "This client may not call this route." };

    write(["  shop: { scopes: [orders/read] }", "  writer: { scopes: [orders/write] }"]);
    await project.deploy();

    expect(await call("POST /orders", shop)).toEqual([403, refusal, null]);
    expect((await call("GET /orders", shop))[0]).toBe(200);
    expect(await call("GET /orders", report)).toEqual([403, refusal, "https://app.example.com"]);
    expect((await call("POST /orders", await tokenFor("writer")))[0]).toBe(200);
  });
});
