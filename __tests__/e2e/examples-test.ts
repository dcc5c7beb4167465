/** The examples, as they lie there: each is synthesized, deployed, called by everybody, and destroyed. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fetch } from "undici";
import { accessMatrix } from "../../operations/access-graph/access-matrix";
import { stackOfState } from "../../operations/deployed/stack-of-state";
import { stateValues } from "../../operations/plan-file/state-json";
import { aws } from "../../platform/aws";
import { DeployedProject } from "../support/deployed-project";
import { call, dispatcherFor, tokenOf } from "../support/every-pair";

jest.setTimeout(300_000);

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

/** A deployed example. */
interface Example {
  readonly project: DeployedProject;
  /** What `terraform apply` printed. */
  readonly applied: string;
}

const opened = new Map<string, Promise<Example>>();
/** Examples that were synthesized, which is of all their environments. */
const synthesized = new Map<string, DeployedProject>();

/** The example in that environment, which is deployed once for all tests. */
function exampleOf(name: string, environment: string): Promise<Example> {
  const key = `${name} ${environment}`;
  const example = opened.get(key) ?? deploy(name, environment);
  opened.set(key, example);
  return example;
}

async function deploy(name: string, environment: string): Promise<Example> {
  const backends = new Map([
    ["https://stock.acme.example", standIn()],
    ["https://legacy.weather.example", standIn()],
  ]);
  const project = new DeployedProject(join(examples, name), environment, backends);
  const applied = await project.deploy(synthesized.get(name));
  synthesized.set(name, project);
  return { project, applied };
}

afterAll(async () => {
  for (const example of await Promise.allSettled(opened.values())) {
    if (example.status === "fulfilled") await example.value.project.remove();
  }
});

const PARTNER_TOKEN = "hunter2-of-the-partner";

/** Creates the secret that the example one-service refers to in prod. */
async function putSecret(project: DeployedProject, SecretString = JSON.stringify({ token: PARTNER_TOKEN })) {
  const before = { ...process.env };
  process.env = { ...before, ...project.environment() };
  try {
    await (await aws("eu-west-1").secretsManager()).createSecret({ Name: "orders/partner", SecretString });
  } finally {
    process.env = before;
  }
}

/** Before the other tests of the example, which need the secret. */
describe("the function of the example one-service in prod", () => {
  let project: DeployedProject;

  beforeAll(async () => {
    ({ project } = await exampleOf("one-service", "prod"));
  });

  it("answers 500 while its secret is not there and, once it is, reads it before its code runs", async () => {
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const Authorization = await tokenOf("shop", deployed, dispatcher);
    const create = async () => {
      const response = await fetch(deployed.routeUrls["POST /orders"] ?? "", {
        method: "POST",
        headers: { Authorization },
        dispatcher,
      });
      return [response.status, await response.json()];
    };

    expect(await create()).toEqual([500, { message: "Internal server error" }]);
    await putSecret(project);
    expect(await create()).toEqual([
      201,
      { caller: deployed.clientIds["shop"], created: true, partner: "https://partner.example.com/orders" },
    ]);
    await dispatcher.close();
  });

  it("has the value of its secret neither in the state nor in its configuration", async () => {
    const state = JSON.stringify(await project.state());

    expect(state).toContain("orders/partner");
    expect(state).not.toContain(PARTNER_TOKEN);
  });
});

describe.each([
  ["one-service", "dev"],
  ["one-service", "prod"],
  ["several-teams", "staging"],
  ["several-teams", "prod"],
  ["public-api", "prod"],
])("the example %s in %s", (name, environment) => {
  let project: DeployedProject;
  let applied: string;
  beforeAll(async () => {
    ({ project, applied } = await exampleOf(name, environment));
  });

  it("is deployed, and planned without a change", async () => {
    expect(applied).toContain("Apply complete!");
    expect(await project.plan()).toBe(0);
  });

  it("answers every client on every route as the matrix says", async () => {
    const { routeUrls, clientIds } = await project.deployed();
    const pairs = Object.keys(routeUrls).length * Object.keys(clientIds).length;

    expect(await project.callEveryPair()).toEqual({ right: pairs, wrong: [] });
  });

  it("has a state that says of who can call what the same as the code", async () => {
    const { values } = (await project.state()) as { readonly values: unknown };

    expect(accessMatrix(environment, stackOfState(stateValues.parse(values)))).toEqual(project.matrix());
  });

  it("answers nobody without a token, but on routes that are open on purpose", async () => {
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const open = Object.keys((await project.outputs())["public_routes"]?.value ?? {});
    const answers = await Promise.all(
      Object.keys(deployed.routeUrls).map(async (route) => [route, await call(route, deployed, {}, dispatcher)]),
    );
    await dispatcher.close();

    expect(answers).toEqual(
      answers.map(([route = ""]) => [route, open.includes(route) ? "answered" : "401 Unauthorized"]),
    );
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

describe("the token cache of the example several-teams", () => {
  let project: DeployedProject;

  beforeAll(async () => {
    ({ project } = await exampleOf("several-teams", "prod"));
  });

  it("gives each client its own token, over and over, and nobody another's", async () => {
    const { token_cache_url } = await project.outputs();
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const ask = async (client: string, secret: string) => {
      const headers = {
        Authorization: `Basic ${Buffer.from(`${deployed.clientIds[client]}:${secret}`).toString("base64")}`,
      };
      const url = `${token_cache_url?.value}?scope=${encodeURIComponent("orders/read stock/read")}`;
      const response = await fetch(url, { method: "POST", headers, dispatcher });
      const { access_token = "", error } = (await response.json()) as Readonly<Record<string, string>>;
      return error ?? (JSON.parse(Buffer.from(access_token.split(".")[1] ?? "", "base64url").toString()) as Claims);
    };
    const own = (client: string) => ask(client, deployed.clientSecrets[client] ?? "");
    const [warehouse, analytics] = [await own("warehouse"), await own("analytics")];

    expect([warehouse, analytics]).toMatchObject(
      ["warehouse", "analytics"].map((client) => ({
        client_id: deployed.clientIds[client],
        scope: "orders/read stock/read",
      })),
    );
    expect([await own("warehouse"), await own("analytics")]).toEqual([warehouse, analytics]);
    expect(await ask("warehouse", "wrong")).toBe("invalid_client");
    await dispatcher.close();
  });
});

interface Claims {
  readonly client_id: string;
  readonly scope: string;
}

describe("the pages that the example public-api lets in", () => {
  let project: DeployedProject;

  beforeAll(async () => {
    ({ project } = await exampleOf("public-api", "prod"));
  });

  it.each([
    ["https://partners.weather.example", "https://partners.weather.example"],
    ["https://travel.example", "https://travel.example"],
    ["https://travel.example.evil.example", "another"],
    ["null", "another"],
  ])("are asked for by a browser's preflight: a page of %s is told %s", async (origin, allowed) => {
    const deployed = await project.deployed();
    const dispatcher = dispatcherFor(deployed);
    const url = "https://api.weather.example/forecasts/tokyo";
    const asked = { Origin: origin, "Access-Control-Request-Method": "GET" };
    const preflight = await fetch(url, { method: "OPTIONS", headers: asked, dispatcher });
    const Authorization = await tokenOf("travel-agency", deployed, dispatcher);
    const answer = await fetch(url, { headers: { Origin: origin, Authorization }, dispatcher });
    await dispatcher.close();

    for (const { status, headers } of [preflight, answer]) {
      expect(status).toBe(200);
      expect(headers.get("vary")).toBe("Origin");
      const told = headers.get("access-control-allow-origin");
      expect(told === origin ? origin : "another").toBe(allowed);
      expect(told).not.toBe("*");
    }
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Authorization");
  });
});

describe("the secret of the example one-service", () => {
  const before = { ...process.env };
  let project: DeployedProject;

  beforeAll(async () => {
    ({ project } = await exampleOf("one-service", "prod"));
  });
  afterAll(() => {
    process.env = before;
  });

  it("holds what its client needs to get a token", async () => {
    process.env = { ...before, ...project.environment() };
    const manager = await aws("eu-west-1").secretsManager();
    const { SecretString = "" } = await manager.getSecretValue({ SecretId: "orders-example-prod/shop" });
    const secret = JSON.parse(SecretString);
    const deployed = await project.deployed();

    expect(secret).toEqual({
      client_id: deployed.clientIds["shop"],
      client_secret: deployed.clientSecrets["shop"],
      token_url: deployed.tokenUrl,
      scope: "orders/read orders/write",
    });
  });
});
