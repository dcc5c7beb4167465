/** Calls throughout a deployment: real Terraform replaces what is behind a route, and no call fails meanwhile. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch, type ProxyAgent } from "undici";
import { DeployedProject } from "../support/deployed-project";
import { dispatcherFor, tokenOf } from "../support/every-pair";
import { seededRandom } from "../support/seeded-random";
import { call } from "../support/traffic";

jest.setTimeout(180_000);

const BODY = "answered by a function";
const folder = mkdtempSync(join(tmpdir(), "traffic-"));

/** One route to the function, in front of which the scopes stand. */
const write = (lambda: string, scopes = "orders/read") =>
  writeFileSync(
    join(folder, "access.yaml"),
    `environments:
  dev: { region: eu-west-1, domainPrefix: traffic-dev, ephemeral: true }
resourceServers:
  orders: { scopes: { read: Read orders, write: Write orders } }
clients:
  reader: { scopes: [orders/read, orders/write] }
routes:
  GET /orders: { lambda: ${lambda}, scopes: [${scopes}] }
`,
  );

describe("calls throughout a deployment", () => {
  const project = new DeployedProject(folder, "dev");
  let dispatcher: ProxyAgent;

  beforeAll(async () => {
    mkdirSync(join(folder, "lambda"));
    for (const name of ["first", "second", "third"]) {
      const code = `export const handler = async () => ({ statusCode: 200, body: "${BODY}" });\n`;
      writeFileSync(join(folder, "lambda", `${name}.ts`), code);
    }
    write("first");
    await project.deploy();
    dispatcher = dispatcherFor(await project.deployed());
  });

  afterAll(async () => {
    await dispatcher.close();
    await project.remove();
  });

  it.each([
    ["another function behind the route", "second", "orders/read"],
    ["another function and more scopes", "third", "orders/read, orders/write"],
    ["fewer scopes", "third", "orders/read"],
  ])("are answered with 200 while the deployment brings %s", async (_what, lambda, scopes) => {
    write(lambda, scopes);
    await project.synthesize();
    const deployed = await project.deployed();
    const authorization = await tokenOf("reader", deployed, dispatcher);
    const url = deployed.routeUrls["GET /orders"] ?? "";
    const calls = [{ name: "read", url, init: { headers: { authorization } }, expected: [200, BODY] }] as const;
    let isOver = false;

    // The function's process is there when the deployment begins.
    await fetch(url, { headers: { authorization }, dispatcher });
    const traffic = call(calls, dispatcher, 4, seededRandom(1), () => isOver);
    const output = await project.apply().finally(() => {
      isOver = true;
    });

    const { right, wrong } = await traffic;
    expect(output).toMatch(/Apply complete! Resources: \d+ added/);
    expect(wrong).toEqual([]);
    expect(right["read"]).toBeGreaterThan(20);
  });
});
