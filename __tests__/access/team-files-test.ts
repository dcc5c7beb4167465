import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAccessModel, readAccessModel } from "../../access/access-model";
import { YamlFile } from "../../access/yaml-file";
import { errorOf } from "../support/access-text";

const MAIN = `environments:
  dev: { region: eu-west-1, domainPrefix: acme-dev }
owners:
  platform: { contact: platform@acme.example }
  payments:
    contact: "#payments"
    prefixes: { clients: [pay-], scopes: [payments/, orders/read], routes: [/payments] }
    limits: { clients: 2, routes: 2, tokenMinutes: 30, throttling: { requestsPerSecond: 50, burst: 100 } }
defaults: { tokenMinutes: 30 }
resourceServers:
  orders: { scopes: { read: Read orders } }
clients:
  shop: { owner: platform, scopes: [orders/read] }
routes:
  GET /orders: { lambda: orders, scopes: [orders/read] }
`;
const LIMIT = "throttling: { requestsPerSecond: 10, burst: 20 }";
const TEAM = `# Payments
resourceServers:
  payments: { scopes: { write: Pay } }
clients:
  pay-job: { scopes: [payments/write, orders/read] }
routes:
  POST /payments: { lambda: payments, scopes: [payments/write], ${LIMIT} }
`;

const parse = (team: string, main = MAIN, owner = "payments") =>
  parseAccessModel(main, {
    file: "access.yaml",
    functions: ["orders", "payments"],
    teams: [{ name: `access.d/${owner}.yaml`, owner, text: team }],
  });
const mistakes = (...args: Parameters<typeof parse>) => errorOf(() => parse(...args)).message.split("\n");

describe("a team's file", () => {
  it("is merged with access.yaml, and its clients belong to its owner", () => {
    const model = parse(TEAM);
    expect(model.resourceServers.map(({ identifier }) => identifier)).toEqual(["orders", "payments"]);
    expect(model.clients.map(({ name, owner }) => [name, owner])).toEqual([
      ["shop", "platform"],
      ["pay-job", "payments"],
    ]);
    expect(model.routes.map(({ path }) => path)).toEqual(["/orders", "/payments"]);
  });

  it("can have all entries of a section that access.yaml lacks", () => {
    const [main = ""] = MAIN.split("resourceServers:");
    const servers = "payments: { scopes: { write: Pay } }\n  orders: { scopes: { read: Read } }";
    expect(parse(TEAM.replace("payments: { scopes: { write: Pay } }", servers), main).clients).toHaveLength(1);
  });

  it("may be empty, and limits nothing without owners in access.yaml", () => {
    expect(parse("# nothing yet\n").clients).toHaveLength(1);
    const free = MAIN.replace(/owners:[\s\S]*?(?=defaults)/, "").replace("owner: platform, ", "");
    expect(parse(TEAM.replaceAll("pay-job", "job"), free, "anyone").clients[1]?.owner).toBeUndefined();
  });

  it("has its warnings and mistakes at positions of its own", () => {
    const { warnings } = parse(TEAM.replace("{ write: Pay }", "{ write: Pay, more: More }"));
    expect(warnings).toEqual([expect.objectContaining({ file: "access.d/payments.yaml", line: 3, column: 37 })]);
    expect(mistakes(TEAM.replace("payments/write, ", "payments/writ, "))).toEqual([
      'access.d/payments.yaml:5:23: client "pay-job" requests scope "payments/writ", which resource server "payments" does not have. Did you mean "payments/write"?',
    ]);
    expect(mistakes(TEAM.replace("scopes: [payments/write, ", "scope: [x, ")).join()).toMatch(
      /^access\.d\/payments\.yaml:5:14: client "pay-job" has no setting "scope"/,
    );
    expect(mistakes("a: [", MAIN)[0]).toMatch(/^access\.d\/payments\.yaml:1:/);
  });

  it.each([
    ["clients: [a]", "1:10: clients of access.d/payments.yaml must be a map, but is a list."],
    [
      "- a",
      "1:1: access.d/payments.yaml must be a map of settings (resourceServers, clients, routes, functions), but is a list.",
    ],
    ["strict: false", '1:1: access.d/payments.yaml cannot have "strict". Only access.yaml has others.'],
    ["include: [../x.yaml]", '1:1: access.d/payments.yaml cannot have "include".'],
    [
      TEAM.replace("pay-job:", "shop:"),
      '5:3: clients of access.d/payments.yaml has "shop", which access.yaml has as well.',
    ],
    ["clients: { pay-a: 1, pay-a: 2 }", "1:22: Map keys must be unique"],
    [
      TEAM.replace("pay-job: {", "pay-job: { owner: platform,"),
      '5:21: client "pay-job" in access.d/payments.yaml has owner "platform".',
    ],
    [
      TEAM.replace("pay-job", "job"),
      '5:3: access.d/payments.yaml may not name client "job". Prefixes of its owner in access.yaml: pay-.',
    ],
    [TEAM.replace("/payments:", "/paymentsx:"), '7:3: access.d/payments.yaml may not name route "POST /paymentsx".'],
    [
      `${TEAM}  GET /payments/x: { lambda: orders, scopes: [payments/write], ${LIMIT} }\n`,
      '8:30: lambda "orders" of route "GET /payments/x" also answers "GET /orders" of access.yaml, but a function belongs to one file.',
    ],
    [
      `${TEAM}functions:\n  orders: { memoryMegabytes: 512 }\n`,
      '9:3: access.d/payments.yaml has settings of function "orders", which no route of',
    ],
    [
      TEAM.replace("orders/read] }", "orders/read], tokenMinutes: 60 }"),
      '5:67: tokenMinutes of client "pay-job" is 60, but limits',
    ],
    [TEAM.replace(`, ${LIMIT}`, ""), '7:19: route "POST /payments" needs throttling, because limits'],
    [TEAM.replace("burst: 20", "burst: 200"), '7:77: throttling of route "POST /payments" is higher than allowed'],
    [
      TEAM.replace("routes:", "  pay-b: { scopes: [payments/write] }\n  pay-c: { scopes: [payments/write] }\nroutes:"),
      "7:3: access.d/payments.yaml has 3 clients, but limits of its owner in access.yaml allow 2.",
    ],
  ])("is refused: %j", (team, mistake) => {
    expect(mistakes(team).filter((one) => one.startsWith(`access.d/payments.yaml:${mistake}`))).toHaveLength(1);
  });

  it("cannot give its clients scopes of others that no prefix names", () => {
    const main = MAIN.replace(", orders/read], routes", "], routes");
    expect(mistakes(TEAM, main)).toEqual([
      'access.d/payments.yaml:5:39: access.d/payments.yaml may not name scope "orders/read". Prefixes of its owner in access.yaml: payments/.',
    ]);
  });

  it("needs an owner of its name where access.yaml has owners", () => {
    const team = TEAM.replace(/clients:[\s\S]*/, "");
    expect(mistakes(team, MAIN, "payment").join()).toMatch(
      /^access\.d\/payment\.yaml:1:1: .* is the file of "payment", which is not an owner\. Did you mean "payments"\?/,
    );
  });

  it("counts towards the size that is read", () => {
    expect(mistakes("#".repeat(1 << 20))[0]).toContain("with access.d/payments.yaml, the files have more than");
  });
});

describe("the folder access.d", () => {
  const project = (files: Readonly<Record<string, string>>) => {
    const folder = mkdtempSync(join(tmpdir(), "teams-"));
    for (const name of ["lambda", "access.d"]) mkdirSync(join(folder, name));
    for (const [name, text] of Object.entries({
      "access.yaml": MAIN,
      "lambda/orders.ts": "",
      "lambda/payments.ts": "",
      ...files,
    })) {
      writeFileSync(join(folder, name), text);
    }
    return folder;
  };
  const read = (folder: string) => readAccessModel(join(folder, "access.yaml"));

  it("is read beside access.yaml, without other files in it", () => {
    const folder = project({ "access.d/payments.yaml": TEAM, "access.d/README.md": "x", "access.d/.hidden.yaml": "x" });
    expect(read(folder).clients).toHaveLength(2);
  });

  it("cannot lead out of the project by links", () => {
    const elsewhere = project({ "access.d/payments.yaml": TEAM });
    const folder = project({});
    symlinkSync(join(elsewhere, "access.d", "payments.yaml"), join(folder, "access.d", "payments.yaml"));
    expect(() => read(folder)).toThrow(/access\.d\/payments\.yaml is a link or not a file/);
  });

  it.each(["payments.yml", "a b.yaml"])("refuses a file named %s, which would be left out", (name) => {
    expect(() => read(project({ [`access.d/${name}`]: TEAM }))).toThrow(/is not named <owner>\.yaml/);
  });
});

describe("the files of many teams", () => {
  /** How often a value is looked up while as many files are read, each with five clients and a route. */
  function lookupsOf(count: number): number {
    const indexes = Array.from({ length: count }, (_, index) => index);
    const owners = indexes.map((index) => `  t${index}: { contact: t@acme.example }`);
    const texts = indexes.map((index) => {
      const clients = ["a", "b", "c", "d", "e"].map((name) => `  t${index}-${name}: { scopes: [orders/read] }`);
      const route = `  GET /t${index}: { lambda: f${index}, scopes: [orders/read] }`;
      return ["clients:", ...clients, "routes:", route].join("\n");
    });
    const teams = texts.map((text, index) => ({ name: `access.d/t${index}.yaml`, owner: `t${index}`, text }));
    const main = [
      "environments: { dev: { region: eu-west-1, domainPrefix: acme-dev } }",
      "owners:",
      ...owners,
      "resourceServers: { orders: { scopes: { read: Read orders } } }",
    ].join("\n");
    const lookups = jest.spyOn(YamlFile.prototype as unknown as { place(path: unknown): unknown }, "place");
    const functions = indexes.map((index) => `f${index}`);
    const { clients } = parseAccessModel(main, { file: "access.yaml", functions, teams });
    expect(clients).toHaveLength(5 * count);
    const { length } = lookups.mock.calls;
    lookups.mockRestore();
    return length;
  }

  it("take lookups in proportion to their number", () => {
    const [few, many] = [lookupsOf(20), lookupsOf(80)];
    expect(many / few).toBeGreaterThan(3);
    expect(many / few).toBeLessThan(5);
  });
});
