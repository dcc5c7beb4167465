/** The examples, as they lie there: each is synthesized, deployed, called by everybody, and destroyed. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fetch } from "undici";
import { DeployedProject } from "../support/deployed-project";
import { dispatcherFor, tokenOf } from "../support/every-pair";

jest.setTimeout(120_000);

const examples = join(__dirname, "..", "..", "examples");

/** Stands in for a team's own HTTP service: says whose token came, which reached it by API Gateway alone. */
const service: Server = createServer((request, response) => {
  const [, payload = ""] = (request.headers.authorization ?? "").split(".");
  const { client_id } = JSON.parse(Buffer.from(payload, "base64url").toString("utf8") || "{}") as {
    client_id?: string;
  };
  response.writeHead(200, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ caller: client_id, path: request.url }));
});

beforeAll(() => new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => service.close(resolve)));

const standIn = () => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

describe.each([
  ["one-service", "dev"],
  ["one-service", "prod"],
  ["several-teams", "staging"],
  ["several-teams", "prod"],
  ["public-api", "prod"],
])("the example %s in %s", (name, environment) => {
  let project: DeployedProject;

  beforeAll(() => {
    const backends = new Map([
      ["https://stock.acme.example", standIn()],
      ["https://legacy.weather.example", standIn()],
    ]);
    project = new DeployedProject(join(examples, name), environment, backends);
  });
  afterAll(() => project.remove());

  it("is deployed, and planned without a change", async () => {
    expect(await project.deploy()).toContain("Apply complete!");
    expect(await project.plan()).toBe(0);
  });

  it("answers every client on every route as the matrix says", async () => {
    const { clients, routes } = project.matrix();

    expect(await project.callEveryPair()).toEqual({ right: clients.length * routes.length, wrong: [] });
  });

  it("writes who called into the access log, and no token", async () => {
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const [client = ""] = project.matrix().clients;
    const token = await tokenOf(client, deployed, dispatcher);
    const [route = "", url = ""] = Object.entries(deployed.routeUrls)[0] ?? [];
    await fetch(url, { method: route.split(" ")[0] ?? "", headers: { Authorization: token }, dispatcher });
    await dispatcher.close();

    const lines = project.accessLog.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.map(({ clientId }) => clientId)).toContain(deployed.clientIds[client]);
    expect(project.accessLog.join("\n")).not.toContain(token.split(".")[2]);
  });
});
