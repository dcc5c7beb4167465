import { parseAccessModel } from "../../../access/access-model";
import { callKey, writtenAccess } from "../../../access/written-calls";
import { accessReport, type ReportInput } from "../../../operations/report/report";

const DATE = "2026-11-30";
const TEXT = `environments:
  dev: { region: eu-west-1, domainPrefix: report-dev, ephemeral: true }
  prod: { region: eu-west-1, domainPrefix: report-prod, accountId: "123456789012", firewall: { requestsPerFiveMinutes: 500 } }
owners:
  payments: { contact: payments@example.com }
  web: { contact: web@example.com }
resourceServers:
  orders: { scopes: { read: Read, write: { description: Write, sensitive: true, approvers: [payments] } } }
clients:
  shop: { owner: web, scopes: [orders/read], tokenMinutes: 15, secret: { readers: ["arn:aws:iam::123456789012:role/shop"] } }
  app: { owner: web, purpose: The app, scopes: [{ scope: orders/write, until: 2027-01-31 }], environments: [prod] }
  bank: { owner: payments, scopes: [orders/read, orders/write], expires: 2027-06-30 }
  off: { owner: payments, scopes: [orders/read], enabled: false }
routes:
  GET /orders: { lambda: orders, scopes: [orders/read, orders/write] }
  POST /orders: { lambda: orders, scopes: [orders/write] }
  GET /health: { lambda: orders, public: true, reason: For the load balancer }
`;

const model = parseAccessModel(TEXT, { file: "access.yaml", functions: ["orders"], today: DATE });
const since = { date: "2026-01-02", commit: "1".repeat(40), isAtLeast: false };

const input = (environment: string, changes: Partial<ReportInput> = {}): ReportInput => {
  const present = writtenAccess([TEXT], environment, DATE);
  const found = model.environments.find(({ name }) => name === environment);
  if (found === undefined) throw new Error(environment);
  return {
    ...{
      model,
      environment: found,
      date: DATE,
      present,
      notes: [],
      deployed: undefined,
      past: undefined,
      usage: undefined,
    },
    ...{ commit: "2".repeat(40), isDirty: false },
    history: { since: new Map([[callKey({ client: "shop", route: "GET /orders" }), since]]), notes: [] },
    ...changes,
  };
};

const route = (name: string, callers: readonly string[]) => ({
  ...{ route: name, callers, access: "clients" as const, callerCheck: "client-id" as const },
  ...{ scopes: [], function: "orders", url: null, refusedByFunction: [], notes: [] },
});

describe("a report", () => {
  it("has the clients of the environment by owner, with what each may call, since when and until when", () => {
    const { clients } = accessReport(input("prod"));

    expect(clients.map(({ owner, client, calls }) => [owner, client, calls.map((call) => call.route)])).toEqual([
      ["payments", "bank", ["GET /orders", "POST /orders"]],
      ["payments", "off", []],
      ["web", "app", ["GET /orders", "POST /orders"]],
      ["web", "shop", ["GET /orders"]],
    ]);
    expect(clients.map(({ calls }) => calls[0]?.until)).toEqual(["2027-06-30", undefined, "2027-01-31", null]);
    expect(clients.at(-1)?.calls[0]).toEqual({
      ...{ route: "GET /orders", scopes: ["orders/read"], since, until: null },
      ...{ isDeployed: null, callerCheck: null, lastCall: null, use: null },
    });
    expect(clients.find(({ client }) => client === "off")?.isEnabled).toBe(false);
    expect(accessReport(input("dev")).clients.map(({ client }) => client)).toEqual(["bank", "off", "shop"]);
  });

  it("has how to reach the owner, where the secret is and how long a token is valid", () => {
    expect(accessReport(input("prod")).clients.find(({ client }) => client === "shop")).toMatchObject({
      contact: "web@example.com",
      tokenMinutes: 15,
      secretReaders: ["arn:aws:iam::123456789012:role/shop"],
    });
  });

  it("has routes without a token with their reason, and the settings that protect the environment", () => {
    const { publicRoutes, protections } = accessReport(input("prod"));
    const values = Object.fromEntries(protections.map(({ name, value }) => [name, value]));

    expect(publicRoutes).toEqual([{ route: "GET /health", reason: "For the load balancer", since: null }]);
    expect(values).toMatchObject({
      "deletion protection": "on",
      "AWS account": "123456789012",
      firewall: "500 requests in five minutes for each address",
    });
  });

  it("has sensitive scopes, who approves them, and the clients of the environment that have them", () => {
    const sensitive = { scope: "orders/write", approvers: ["payments"] };

    expect(accessReport(input("prod")).sensitiveScopes).toEqual([{ ...sensitive, clients: ["app", "bank"] }]);
    expect(accessReport(input("dev")).sensitiveScopes).toEqual([{ ...sensitive, clients: ["bank"] }]);
  });

  it("compares the calls with the deployment, in both directions", () => {
    const matrix = {
      ...{ environment: "dev", clients: ["bank", "gone", "shop"] },
      routes: [route("GET /orders", ["bank", "gone"]), { ...route("GET /health", []), access: "public" as const }],
    };
    const deployed = { matrix, clientIds: { bank: "id-of-bank" } };
    const { clients, deployedOnly } = accessReport(input("dev", { deployed }));

    expect(clients.flatMap(({ client, calls }) => calls.map((call) => [client, call.route, call.isDeployed]))).toEqual([
      ["bank", "GET /orders", true],
      ["bank", "POST /orders", false],
      ["shop", "GET /orders", false],
    ]);
    expect(clients[0]).toMatchObject({ clientId: "id-of-bank", calls: [{ callerCheck: "client-id" }, {}] });
    expect(deployedOnly).toEqual([{ client: "gone", route: "GET /orders" }]);
  });

  it("has who gained and who lost which call since a commit", () => {
    const before = TEXT.replace("scopes: [orders/read, orders/write], expires", "scopes: [orders/read], expires")
      .replace("enabled: false", "enabled: true")
      .replace(/ {2}GET \/health.*\n/, "");
    const past = { ...writtenAccess([before], "dev", DATE), commit: "3".repeat(40), date: "2025-01-01" };

    expect(accessReport(input("dev", { past })).changes).toEqual({
      ...{ commit: "3".repeat(40), date: "2025-01-01", hadEnvironment: true },
      gained: [
        { client: "bank", route: "POST /orders", scopes: ["orders/write"] },
        { client: null, route: "GET /health", scopes: [] },
      ],
      lost: [{ client: "off", route: "GET /orders", scopes: ["orders/read"] }],
    });
  });

  it("has when a client and each of its calls was last used, and the age of its secret", () => {
    const dated = { createdAt: "2026-01-02T03:04:05.000Z", ageDays: 331, rotateAfterDays: 90 };
    const secret = { ...dated, isOverdue: true, isInSecretsManager: false };
    const routes = [{ route: "GET /orders", lastCall: "2026-11-29T10:00:00.000Z", verdict: "used" as const }];
    const known = { clientId: "id-of-shop", owner: null, createdAt: null };
    const used = {
      ...known,
      client: "shop",
      lastToken: "2026-11-30T01:00:00.000Z",
      lastCall: "2026-11-29T10:00:00.000Z",
    };
    const usage = { unusedDays: 90, clients: [{ ...used, verdict: "used" as const, routes, secret }] };
    const { clients, usageDays } = accessReport(input("dev", { usage }));

    expect(usageDays).toBe(90);
    expect(clients.at(-1)).toMatchObject({
      use: {
        ...{ verdict: "used", lastToken: "2026-11-30", lastCall: "2026-11-29", secretCreated: "2026-01-02" },
        ...{ secretAgeDays: 331, rotateAfterDays: 90, isSecretOverdue: true },
      },
      calls: [{ lastCall: "2026-11-29", use: "used" }],
    });
    expect(clients[0]).toMatchObject({ client: "bank", use: null, calls: [{ use: null }, { use: null }] });
  });
});
