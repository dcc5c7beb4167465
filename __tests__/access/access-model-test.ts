/** What a right access.yaml says, and how all mistakes of a wrong one are told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Client,
  type Environment,
  parseAccessModel,
  type Route,
  readAccessModel,
} from "../../access/access-model";
import { errorOf, fileWith, long, mistakesIn, names, PREFIX, parse, SENSIBLE } from "../support/access-text";

/** An environment that says nothing but its region and its prefix. */
function plainEnvironment(name: string, region: string, prefix: string): Environment {
  return {
    name,
    region,
    prefix,
    tokenDomain: { kind: "prefix", prefix },
    apiDomain: undefined,
    isProtected: true,
    allowDestroy: [],
    isEphemeral: false,
    accountId: undefined,
    permissionsBoundary: undefined,
    backend: { kind: "local" },
    after: undefined,
    tags: {},
    tokenMinutes: 60,
    functions: {
      runtime: "nodejs24.x",
      memoryMegabytes: 256,
      timeoutSeconds: 10,
      architecture: "arm64",
      logLevel: "info",
    },
    ownFunctions: {},
    throttling: undefined,
    quotas: undefined,
    retentionDays: 30,
    rotateAfterDays: undefined,
    accessLog: true,
    methodMetrics: false,
    tracing: false,
    firewall: undefined,
    authorizerName: undefined,
    alarms: undefined,
    dashboard: false,
    tokenCache: undefined,
  };
}

/** A client that says nothing but its scope. */
function plainClient(name: string, scope: string): Client {
  const always = { expires: undefined, isExpired: false, disabledIn: [] };
  const grants = [{ scope, until: undefined }];
  return {
    name,
    scopes: [scope],
    grants,
    ...always,
    tokenMinutes: undefined,
    environments: undefined,
    secret: undefined,
  };
}

/** A route that says nothing but its function and its scope. */
function plainRoute(key: string, lambda: string, scope: string): Route {
  const [method = "", path = ""] = key.split(" ");
  const backend = { kind: "lambda", lambda } as const;
  return { method, path, backend, scopes: [scope], publicReason: undefined, cors: undefined, throttling: undefined };
}

describe("readAccessModel", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "access-model-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads the file that ships", () => {
    const { environments, ...model } = readAccessModel(join(__dirname, "../../access.yaml"));
    expect(environments).toMatchObject([{ name: "dev", region: "ap-northeast-1", prefix: "cc-demo-dev" }]);
    const cors = { origins: ["*"], headers: [] };
    expect(model).toEqual({
      resourceServers: [
        { identifier: "test_resource", name: "Test Resource", scopes: [{ name: "test", description: "Test" }] },
      ],
      clients: [plainClient("test-server", "test_resource/test")],
      routes: [{ ...plainRoute("POST /access", "access", "test_resource/test"), cors }],
      isStrict: false,
      owners: [],
      expiryWarningDays: 30,
      warnings: [],
    });
  });

  it("says which path it looked at when there is no file", () => {
    const path = join(folder, "access.yaml");
    const error = errorOf(() => readAccessModel(path));
    expect(error.message).toBe(
      `${path} was not found. Create access.yaml, for example as a copy of examples/one-service/access.yaml.`,
    );
    expect(error.cause).toHaveProperty("code", "ENOENT");
    expect(error.mistakes).toEqual([]);
  });

  it("says why a file cannot be read that is there", () => {
    expect(errorOf(() => readAccessModel(folder)).message).toBe(
      `${folder} is not a file. Write the access model into a file of that name.`,
    );
  });

  it("takes the TypeScript files of the folder lambda beside the file for functions", () => {
    mkdirSync(join(folder, "lambda"));
    writeFileSync(join(folder, "lambda/access.ts"), "");
    writeFileSync(join(folder, "lambda/orders.js"), "");
    const routes = ["  GET /a: { lambda: access, scopes: [orders/read] }"];
    routes.push("  GET /b: { lambda: orders, scopes: [orders/read] }");
    writeFileSync(join(folder, "access.yaml"), fileWith({ routes: routes.join("\n") }));
    expect(errorOf(() => readAccessModel(join(folder, "access.yaml"))).message).toBe(
      'access.yaml:9:21: route "GET /b" names lambda "orders", but lambda/orders.ts does not exist. Functions: access.',
    );
  });

  it("finds no function where there is no folder lambda", () => {
    writeFileSync(join(folder, "access.yaml"), fileWith());
    expect(errorOf(() => readAccessModel(join(folder, "access.yaml"))).message).toBe(
      'access.yaml:8:27: route "POST /access" names lambda "access", but lambda/access.ts does not exist. Create it.',
    );
  });
});

describe("parseAccessModel", () => {
  it("fills in what is left out", () => {
    expect(parse(fileWith(SENSIBLE))).toEqual({
      environments: [plainEnvironment("dev", "ap-northeast-1", "demo-dev")],
      resourceServers: [
        {
          identifier: "orders",
          name: "orders",
          scopes: [{ name: "read", description: "Read orders" }],
        },
      ],
      clients: [plainClient("billing", "orders/read")],
      routes: [plainRoute("POST /access", "access", "orders/read")],
      isStrict: false,
      owners: [],
      expiryWarningDays: 30,
      warnings: [],
    });
  });

  it("accepts names of one letter, and domain prefixes of one or two", () => {
    const environments = "  d: { region: eu-west-1, domainPrefix: d }\n  e: { region: eu-west-1, domainPrefix: e1 }";
    const resourceServers = "  o: { name: O, scopes: { r: R } }";
    const clients = "  c: { scopes: [o/r] }";
    const routes = "  GET /a: { lambda: l, scopes: [o/r] }";
    expect(parse(fileWith({ environments, resourceServers, clients, routes }), ["l"])).toEqual({
      environments: [plainEnvironment("d", "eu-west-1", "d"), plainEnvironment("e", "eu-west-1", "e1")],
      resourceServers: [{ identifier: "o", name: "O", scopes: [{ name: "r", description: "R" }] }],
      clients: [plainClient("c", "o/r")],
      routes: [plainRoute("GET /a", "l", "o/r")],
      isStrict: false,
      owners: [],
      expiryWarningDays: 30,
      warnings: [],
    });
  });

  it("keeps the file's order of environments, resource servers, clients and routes", () => {
    const model = parse(
      [
        "environments: { b: { region: eu-west-1, domainPrefix: b }, a: { region: eu-west-1, domainPrefix: a } }",
        "resourceServers: { s: { scopes: { x: X } }, r: { scopes: { x: X } } }",
        "clients: { d: { scopes: [s/x] }, c: { scopes: [r/x] } }",
        "routes: { PUT /: { lambda: access, scopes: [s/x] }, GET /: { lambda: access, scopes: [s/x] } }",
      ].join("\n"),
    );
    expect(model.environments.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(model.resourceServers.map(({ identifier }) => identifier)).toEqual(["s", "r"]);
    expect(model.clients.map(({ name }) => name)).toEqual(["d", "c"]);
    expect(model.routes.map(({ method }) => method)).toEqual(["PUT", "GET"]);
  });

  it("sorts scopes and drops repeats", () => {
    const { resourceServers, clients, routes } = parse(
      fileWith({
        resourceServers: "  orders: { scopes: { write: W, read: R, list: L } }",
        clients: "  billing: { scopes: [orders/write, orders/list, orders/write] }",
        routes: "  GET /: { lambda: access, scopes: [orders/write, orders/read, orders/read] }",
      }),
    );
    expect(resourceServers[0]?.scopes.map(({ name }) => name)).toEqual(["list", "read", "write"]);
    expect(clients[0]?.scopes).toEqual(["orders/list", "orders/write"]);
    expect(routes[0]?.scopes).toEqual(["orders/read", "orders/write"]);
  });

  it.each([
    ["GET /", "GET", "/"],
    ["PATCH /a.b_c:d-E/9", "PATCH", "/a.b_c:d-E/9"],
    ["DELETE /orders/{id}", "DELETE", "/orders/{id}"],
    ["HEAD /files/{path+}", "HEAD", "/files/{path+}"],
    ["OPTIONS /orders", "OPTIONS", "/orders"],
    ["ANY /legacy/{proxy+}", "ANY", "/legacy/{proxy+}"],
  ])("accepts route %s", (key, method, path) => {
    expect(parse(fileWith({ routes: `  ${key}: { lambda: access, scopes: [orders/read] }` })).routes).toMatchObject([
      { method, path },
    ]);
  });

  it("accepts one parameter name in several routes, and others elsewhere", () => {
    const keys = ["GET /a/{x}", "PUT /a/{x}", "GET /a/{x}/{y}", "GET /a/b", "GET /b/{y}", "GET /{z}"];
    const routes = keys.map((key) => `  ${key}: { lambda: access, scopes: [orders/read] }`).join("\n");
    expect(parse(fileWith({ routes })).routes.map(({ method, path }) => `${method} ${path}`)).toEqual(keys);
  });

  it("takes what follows the last slash for the scope's name", () => {
    const model = parse(
      fileWith({
        resourceServers: "  https://api.example.com/orders: { name: Orders, scopes: { read: Read } }",
        clients: "  billing: { scopes: [https://api.example.com/orders/read] }",
        routes: "  GET /: { lambda: access, scopes: ['https://api.example.com/orders/read'] }",
      }),
    );
    expect(model.clients[0]?.scopes).toEqual(["https://api.example.com/orders/read"]);
    expect(model.routes[0]?.scopes).toEqual(["https://api.example.com/orders/read"]);
  });

  it.each([
    ["an environment name", { environments: `  ${long(64)}: { region: us-gov-west-1, domainPrefix: ${long(63)} }` }],
    ["an identifier", { resourceServers: `  orders: { scopes: { read: R } }\n  ${long(256)}: { scopes: { x: X } }` }],
    [
      "a scope name and its description",
      { resourceServers: `  orders: { name: ${long(256)}, scopes: { read: R, ${long(256)}: ${long(256)} } }` },
    ],
    ["a client name", { clients: `  ${long(128)}: { scopes: [orders/read], tokenMinutes: 1440 }` }],
    [
      "100 scopes of a resource server",
      { resourceServers: `  orders: { scopes: { read: R, ${names(99).map((name) => `${name}: D`)} } }` },
    ],
    [
      "25 resource servers",
      { resourceServers: ["orders", ...names(24)].map((name) => `  ${name}: { scopes: { read: R } }`).join("\n") },
    ],
    [
      "1,000 clients",
      {
        clients: names(1000)
          .map((name) => `  ${name}: { scopes: [orders/write] }`)
          .join("\n"),
      },
    ],
    [
      "50 scopes of a client, repeats aside",
      {
        resourceServers: `  orders: { scopes: { read: R, ${names(50).map((name) => `${name}: D`)} } }`,
        clients: `  c: { scopes: [${[...names(50), "n0"].map((name) => `orders/${name}`)}], tokenMinutes: 5 }`,
      },
    ],
  ])("accepts %s at AWS's limit", (_, parts) => {
    expect(() => parse(fileWith(parts))).not.toThrow();
  });

  it.each(["on", "404", "1.0", "null", "'quoted'"])("takes the key %s for text", (key) => {
    const { clients, resourceServers } = parse(
      fileWith({
        resourceServers: `  orders: { scopes: { read: R } }\n  ${key}: { scopes: { ${key}: D } }`,
        clients: `  ${key}: { scopes: [orders/read] }`,
      }),
    );
    const name = key.replaceAll("'", "");
    expect(clients[0]?.name).toBe(name);
    expect(resourceServers[1]).toEqual({ identifier: name, name, scopes: [{ name, description: "D" }] });
  });

  it("follows aliases", () => {
    const model = parse(
      fileWith({
        environments: "  dev: { region: &home eu-west-1, domainPrefix: d }\n  prod: { region: *home, domainPrefix: p }",
        clients: "  a: &same { scopes: &scopes [orders/read] }\n  b: *same",
        routes: "  GET /: { lambda: access, scopes: *scopes }",
      }),
    );
    expect(model.environments.map(({ region }) => region)).toEqual(["eu-west-1", "eu-west-1"]);
    expect(model.clients.map(({ scopes }) => scopes)).toEqual([["orders/read"], ["orders/read"]]);
    expect(model.routes[0]?.scopes).toEqual(["orders/read"]);
  });

  it.each([
    ["a map", "{ <<: *base, domainPrefix: p }"],
    ["a list of maps, the first winning", "{ <<: [*base, { region: us-east-1, domainPrefix: p }], domainPrefix: p }"],
    ["a map, itself losing", "{ domainPrefix: p, <<: *base }"],
  ])("works in a merge key that names %s", (_, prod) => {
    const dev = "  dev: &base { region: eu-west-1, domainPrefix: d }";
    expect(parse(fileWith({ environments: `${dev}\n  prod: ${prod}` })).environments).toEqual([
      plainEnvironment("dev", "eu-west-1", "d"),
      plainEnvironment("prod", "eu-west-1", "p"),
    ]);
  });

  it("counts columns without a byte order mark, and lines that end in CRLF", () => {
    const text = `\uFEFF${fileWith({ clients: "  billing: { scopes: [orders/raed] }" })}`.replaceAll("\n", "\r\n");
    expect(mistakesIn(text)).toEqual([
      '6:23: client "billing" requests scope "orders/raed", which resource server "orders" does not have. Did you mean "orders/read"?',
    ]);
    expect(mistakesIn("\uFEFFx: 1")[0]).toMatch(/^1:1: /);
  });

  it("lists all mistakes at once, in the order of the file, and as data", () => {
    const error = errorOf(() =>
      parse(
        [
          "# Who may call what",
          "routes:",
          "  POST /access: { lambda: acess, scope: [orders/read] }",
          "clients:",
          "  billing:",
          "    scopes: [orders/raed, openid]",
          "    tokenMinutes: 3",
          "resourceServers:",
          "  orders: { scopes: { read: Read, read: Again } }",
          "environments:",
          "  dev: { region: tokyo }",
          "extra: 1",
        ].join("\n"),
      ),
    );
    expect(error.message.split("\n")).toEqual([
      'access.yaml:3:27: route "POST /access" names lambda "acess", but lambda/acess.ts does not exist. Did you mean "access"?',
      'access.yaml:3:34: route "POST /access" has no setting "scope". Did you mean "scopes"?',
      'access.yaml:6:14: client "billing" requests scope "orders/raed", which resource server "orders" does not have. Did you mean "orders/read"?',
      'access.yaml:6:27: client "billing" requests scope "openid", which is not supported with client_credentials. Name a custom scope.',
      'access.yaml:7:19: tokenMinutes of client "billing" must be a whole number of minutes, 5 to 1440, but is 3.',
      "access.yaml:9:35: Map keys must be unique",
      `access.yaml:11:8: environment "dev" needs domainPrefix or tokenDomain: domainPrefix must be ${PREFIX}; tokenDomain must be a map of settings (name, certificateArn).`,
      'access.yaml:11:18: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
      'access.yaml:12:1: the file has no setting "extra". Its settings: environments, owners, resourceServers, clients, routes, functions, defaults, tags, strict, expiryWarningDays.',
    ]);
    expect(error.mistakes).toHaveLength(9);
    expect(error.mistakes[5]).toEqual({ line: 9, column: 35, message: "Map keys must be unique" });
  });

  it("calls the file as it is told to", () => {
    const error = errorOf(() => parseAccessModel("", { file: "config/access.yaml", functions: [] }));
    expect(error.message).toMatch(/^config\/access\.yaml:1:1: /);
  });
});
