import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AccessModel, AccessModelError, parseAccessModel, readAccessModel } from "../../constructs/access-model";
import { accessShape } from "../../constructs/access-settings";

const PARTS = {
  environments: "  dev: { region: ap-northeast-1, domainPrefix: demo-dev }",
  resourceServers: "  orders: { scopes: { read: Read orders, write: Write orders } }",
  clients: "  billing: { scopes: [orders/read] }",
  routes: "  POST /access: { lambda: access, scopes: [orders/read] }",
};

/**
 * A file that is right but for the given parts. Unless a part before it is longer, environments have line 2, resource
 * servers line 4, clients line 6 and routes line 8.
 */
function fileWith(parts: Partial<typeof PARTS> = {}): string {
  return Object.entries({ ...PARTS, ...parts })
    .map(([name, entries]) => `${name}:\n${entries}\n`)
    .join("");
}

function parse(text: string, functions: readonly string[] = ["access", "orders"]): AccessModel {
  return parseAccessModel(text, { file: "access.yaml", functions });
}

function errorOf(run: () => unknown): AccessModelError {
  try {
    run();
  } catch (error) {
    if (error instanceof AccessModelError) return error;
    throw error;
  }
  throw new Error("There is no mistake.");
}

/** The mistakes in a text, without the file's name. */
function mistakesIn(text: string, functions?: readonly string[]): readonly string[] {
  return errorOf(() => parse(text, functions))
    .message.split("\n")
    .map((line) => line.replace(/^access\.yaml:/, ""));
}

const names = (count: number, name = "n") => Array.from({ length: count }, (_, index) => `${name}${index}`);
const long = (length: number) => "a".repeat(length);

const PREFIX = '1 to 63 lower-case letters, digits or inner hyphens, without "aws", "amazon" or "cognito"';
const NAME_CHARACTERS = "letters, digits, spaces or any of _+=,.@-";
const NO_CLIENT_SCOPES = "A client_credentials client needs at least one custom scope.";
const NO_ROUTE_SCOPES = "A route without scopes would accept ID tokens and refuse all access tokens.";
const PART = 'letters, digits or any of ._:- or a parameter such as "{id}" or, at the end, "{rest+}"';

describe("readAccessModel", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "access-model-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("reads the file that ships", () => {
    expect(readAccessModel(join(__dirname, "../../access.yaml"))).toEqual({
      environments: [{ name: "dev", region: "ap-northeast-1", domainPrefix: "cc-demo-dev" }],
      resourceServers: [
        { identifier: "test_resource", name: "Test Resource", scopes: [{ name: "test", description: "Test" }] },
      ],
      clients: [{ name: "test-server", scopes: ["test_resource/test"], tokenMinutes: 60 }],
      routes: [{ method: "POST", path: "/access", lambda: "access", scopes: ["test_resource/test"], cors: true }],
    });
  });

  it("says which path it looked at when there is no file", () => {
    const path = join(folder, "access.yaml");
    const error = errorOf(() => readAccessModel(path));
    expect(error.message).toBe(`There is no access model at ${path}. Write who may call what into that file.`);
    expect(error.cause).toHaveProperty("code", "ENOENT");
    expect(error.mistakes).toEqual([]);
  });

  it("says why a file cannot be read that is there", () => {
    expect(errorOf(() => readAccessModel(folder)).message).toBe(
      `${folder} cannot be read (EISDIR). Write who may call what into that file.`,
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
      'access.yaml:9:21: route "GET /b" names lambda "orders", but there is no lambda/orders.ts. Functions: access.',
    );
  });

  it("finds no function where there is no folder lambda", () => {
    writeFileSync(join(folder, "access.yaml"), fileWith());
    expect(errorOf(() => readAccessModel(join(folder, "access.yaml"))).message).toBe(
      'access.yaml:8:27: route "POST /access" names lambda "access", but there is no lambda/access.ts. Write it.',
    );
  });
});

describe("parseAccessModel", () => {
  it("fills in what is left out", () => {
    expect(parse(fileWith())).toEqual({
      environments: [{ name: "dev", region: "ap-northeast-1", domainPrefix: "demo-dev" }],
      resourceServers: [
        {
          identifier: "orders",
          name: "orders",
          scopes: [
            { name: "read", description: "Read orders" },
            { name: "write", description: "Write orders" },
          ],
        },
      ],
      clients: [{ name: "billing", scopes: ["orders/read"], tokenMinutes: 60 }],
      routes: [{ method: "POST", path: "/access", lambda: "access", scopes: ["orders/read"], cors: false }],
    });
  });

  it("accepts names of one letter, and domain prefixes of one or two", () => {
    const environments = "  d: { region: eu-west-1, domainPrefix: d }\n  e: { region: eu-west-1, domainPrefix: e1 }";
    const resourceServers = "  o: { name: O, scopes: { r: R } }";
    const clients = "  c: { scopes: [o/r] }";
    const routes = "  GET /a: { lambda: l, scopes: [o/r] }";
    expect(parse(fileWith({ environments, resourceServers, clients, routes }), ["l"])).toEqual({
      environments: [
        { name: "d", region: "eu-west-1", domainPrefix: "d" },
        { name: "e", region: "eu-west-1", domainPrefix: "e1" },
      ],
      resourceServers: [{ identifier: "o", name: "O", scopes: [{ name: "r", description: "R" }] }],
      clients: [{ name: "c", scopes: ["o/r"], tokenMinutes: 60 }],
      routes: [{ method: "GET", path: "/a", lambda: "l", scopes: ["o/r"], cors: false }],
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
  ])("accepts route %s", (key, method, path) => {
    expect(parse(fileWith({ routes: `  ${key}: { lambda: access, scopes: [orders/read] }` })).routes).toEqual([
      { method, path, lambda: "access", scopes: ["orders/read"], cors: false },
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
      { name: "dev", region: "eu-west-1", domainPrefix: "d" },
      { name: "prod", region: "eu-west-1", domainPrefix: "p" },
    ]);
  });

  it.each([
    ["map", "  dev: &self { <<: *self, region: eu-west-1, domainPrefix: d }"],
    ["list", "  dev: { <<: &self [*self], region: eu-west-1, domainPrefix: d }"],
  ])("ends when a %s merges itself", (_, environments) => {
    expect(parse(fileWith({ environments })).environments).toEqual([
      { name: "dev", region: "eu-west-1", domainPrefix: "d" },
    ]);
  });

  it("counts columns without a byte order mark, and lines that end in CRLF", () => {
    const text = `\uFEFF${fileWith({ clients: "  billing: { scopes: [orders/raed] }" })}`.replaceAll("\n", "\r\n");
    expect(mistakesIn(text)).toEqual([
      '6:23: client "billing" asks for scope "orders/raed", which resource server "orders" does not have. Did you mean "orders/read"?',
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
      'access.yaml:3:27: route "POST /access" names lambda "acess", but there is no lambda/acess.ts. Did you mean "access"?',
      'access.yaml:3:34: route "POST /access" has no setting "scope". Did you mean "scopes"?',
      'access.yaml:6:14: client "billing" asks for scope "orders/raed", which resource server "orders" does not have. Did you mean "orders/read"?',
      'access.yaml:6:27: client "billing" asks for scope "openid", which is not supported with client_credentials. Name a custom scope.',
      'access.yaml:7:19: tokenMinutes of client "billing" must be a whole number of minutes, 5 to 1440, but is 3.',
      "access.yaml:9:35: Map keys must be unique",
      `access.yaml:11:8: environment "dev" needs domainPrefix: ${PREFIX}.`,
      'access.yaml:11:18: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
      'access.yaml:12:1: the file has no setting "extra". Its settings: environments, resourceServers, clients, routes.',
    ]);
    expect(error.mistakes).toHaveLength(9);
    expect(error.mistakes[5]).toEqual({ line: 9, column: 35, message: "Map keys must be unique" });
  });

  it("calls the file as it is told to", () => {
    const error = errorOf(() => parseAccessModel("", { file: "config/access.yaml", functions: [] }));
    expect(error.message).toMatch(/^config\/access\.yaml:1:1: /);
  });
});

describe("parseAccessModel refuses, of YAML", () => {
  const WHOLE = "the file must be a map of settings (environments, resourceServers, clients, routes), but is";

  it.each([
    ["an empty file", "", [`1:1: ${WHOLE} empty.`]],
    ["a file of comments", "# nothing yet\n", [`1:1: ${WHOLE} empty.`]],
    ["a list", "\n- a\n", [`2:1: ${WHOLE} a list.`]],
    ["a text", "hello", [`1:1: ${WHOLE} "hello".`]],
    [
      "a list without an end",
      "clients: [a\n",
      ["2:1: Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ],
    ["a text without an end", 'a: "b', ['1:6: Missing closing "quote']],
    [
      "a second document",
      "a: 1\n---\nb: 2\n",
      ["2:1: Source contains multiple documents; please use YAML.parseAllDocuments()"],
    ],
    ["an alias without anchor", "clients: *nobody\n", ["1:10: No anchor &nobody stands before this alias."]],
  ])("%s", (_, text, mistakes) => {
    expect(mistakesIn(text)).toEqual(mistakes);
  });

  it.each([
    ["a tag", { clients: "  billing: !secret { scopes: [orders/read] }" }, "6:12: Unresolved tag: !secret"],
    ["a key that is there twice", { clients: `${PARTS.clients}\n${PARTS.clients}` }, "7:3: Map keys must be unique"],
    [
      "a key that is there twice, once in quotes",
      { clients: '  1: { scopes: [orders/read] }\n  "1": { scopes: [orders/read] }' },
      "7:3: Map keys must be unique",
    ],
    [
      "a map as key",
      { clients: `${PARTS.clients}\n  ? { a: b }\n  : 1` },
      "7:5: A key must be text, but is a list or a map.",
    ],
    [
      "a merge key that names a text",
      { clients: "  billing: { <<: base, scopes: [orders/read] }" },
      '6:18: "<<" must name a map or a list of maps, such as "<<: *base".',
    ],
  ])("%s", (_, parts, mistake) => {
    expect(mistakesIn(fileWith(parts))).toEqual([mistake]);
  });

  it("a mistake within an anchor once for each thing that has it", () => {
    const environments = "  dev: &base { region: tokyo, domainPrefix: d }\n  prod: { <<: *base, domainPrefix: p }";
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      '2:24: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
      '2:24: region of environment "prod" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
    ]);
  });

  it("a mistake that is an alias at the alias", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: &Upper Dev }\n  prod: { region: eu-west-1, domainPrefix: *Upper }";
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      `2:50: domainPrefix of environment "dev" must be ${PREFIX}, but is "Dev".`,
      `3:44: domainPrefix of environment "prod" must be ${PREFIX}, but is "Dev".`,
    ]);
  });
});

describe("parseAccessModel refuses, of the form", () => {
  it.each([
    ["environments", "environment", ""],
    ["resourceServers", "resource server", ""],
    ["clients", "client", ""],
    ["routes", "route", ""],
  ])("a file without %s", (name, noun) => {
    const text = Object.entries(PARTS).flatMap(([part, entries]) => (part === name ? [] : [`${part}:\n${entries}`]));
    expect(mistakesIn(text.join("\n"))).toEqual([`1:1: the file needs ${name}: a map with at least one ${noun}.`]);
  });

  it.each([
    ["environments", "environment", "1:1"],
    ["resourceServers", "resource server", "3:1"],
    ["clients", "client", "5:1"],
    ["routes", "route", "7:1"],
  ])("%s without entries", (name, noun, key) => {
    const [line] = key.split(":");
    const column = name.length + 3;
    const expected = `${name} must be a map with at least one ${noun}, but is`;
    expect(mistakesIn(fileWith({ [name]: "" }))).toEqual([`${key}: ${expected} empty.`]);
    const flow = (value: string) => fileWith({ [name]: "" }).replace(`${name}:`, `${name}: ${value}`);
    expect(mistakesIn(flow("{}"))).toEqual([`${line}:${column}: ${expected} empty.`]);
    expect(mistakesIn(flow("[a]"))).toEqual([`${line}:${column}: ${expected} a list.`]);
    expect(mistakesIn(flow("null"))).toEqual([`${line}:${column}: ${expected} null.`]);
  });

  it.each([
    [
      "an entry that is a list",
      { clients: "  billing: [orders/read]" },
      '6:12: client "billing" must be a map of settings (scopes, tokenMinutes), but is a list.',
    ],
    [
      "an entry that is empty",
      { clients: "  billing:" },
      '6:3: client "billing" must be a map of settings (scopes, tokenMinutes), but is empty.',
    ],
    [
      "an environment without region",
      { environments: "  dev: { domainPrefix: d }" },
      '2:8: environment "dev" needs region: an AWS region such as "ap-northeast-1".',
    ],
    [
      "an environment without domainPrefix",
      { environments: "  dev:\n    region: eu-west-1" },
      `3:5: environment "dev" needs domainPrefix: ${PREFIX}.`,
    ],
    [
      "a resource server without scopes",
      { resourceServers: "  orders: {}" },
      '4:11: resource server "orders" needs scopes: a map with at least one scope.',
    ],
    [
      "a resource server with a list of scopes",
      { resourceServers: "  orders: { scopes: [read] }" },
      '4:21: scopes of resource server "orders" must be a map with at least one scope, but is a list.',
    ],
    [
      "a resource server with empty scopes",
      { resourceServers: "  orders: { scopes: {} }" },
      '4:21: scopes of resource server "orders" must be a map with at least one scope, but is empty.',
    ],
    [
      "a route without lambda",
      { routes: "  GET /: { scopes: [orders/read] }" },
      '8:10: route "GET /" needs lambda: a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-".',
    ],
    [
      "a route without scopes",
      { routes: "  GET /: { lambda: access }" },
      `8:10: route "GET /" needs scopes: a list with at least one scope. ${NO_ROUTE_SCOPES}`,
    ],
    [
      "a route with an empty list of scopes",
      { routes: "  GET /: { lambda: access, scopes: [] }" },
      `8:36: scopes of route "GET /" must be a list with at least one scope, but is empty. ${NO_ROUTE_SCOPES}`,
    ],
    [
      "a client without scopes",
      { clients: "  billing: { tokenMinutes: 5 }" },
      `6:12: client "billing" needs scopes: a list with at least one scope. ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a client with an empty list of scopes",
      { clients: "  billing: { scopes: [] }" },
      `6:22: scopes of client "billing" must be a list with at least one scope, but is empty. ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a client with one scope instead of a list",
      { clients: "  billing: { scopes: orders/read }" },
      `6:22: scopes of client "billing" must be a list with at least one scope, but is "orders/read". ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a scope that is a number",
      { clients: "  billing: { scopes: [orders/read, 1.0] }" },
      '6:36: scope of client "billing" must be <identifier>/<scope>, but is 1.0. Put it in quotes.',
    ],
    [
      "a scope that is a map",
      { routes: "  GET /: { lambda: access, scopes: [{ a: b }] }" },
      '8:37: scope of route "GET /" must be <identifier>/<scope>, but is a map.',
    ],
    [
      "cors that is a text",
      { routes: "  GET /: { lambda: access, scopes: [orders/read], cors: yes }" },
      '8:57: cors of route "GET /" must be true or false, but is "yes".',
    ],
    [
      "a setting without value",
      { clients: "  billing: { scopes: [orders/read], tokenMinutes: }" },
      '6:37: tokenMinutes of client "billing" must be a whole number of minutes, 5 to 1440, but is empty.',
    ],
    [
      "a setting that does not exist",
      { clients: "  billing: { scopes: [orders/read], secret: x }" },
      '6:37: client "billing" has no setting "secret". Its settings: scopes, tokenMinutes.',
    ],
    [
      "a setting of an environment with a letter too many",
      { environments: "  dev: { regions: eu-west-1, domainPrefix: d }" },
      '2:10: environment "dev" has no setting "regions". Did you mean "region"?',
    ],
    [
      "a setting of a resource server with two letters swapped",
      { resourceServers: "  orders: { naem: Orders, scopes: { read: R } }" },
      '4:13: resource server "orders" has no setting "naem". Did you mean "name"?',
    ],
    [
      "a setting of a route with a letter too many",
      { routes: "  GET /: { lambda: access, scopes: [orders/read], corss: true }" },
      '8:51: route "GET /" has no setting "corss". Did you mean "cors"?',
    ],
    [
      "a setting in other letter case",
      { clients: "  billing: { scopes: [orders/read], TOKENMINUTES: 5 }" },
      '6:37: client "billing" has no setting "TOKENMINUTES". Did you mean "tokenMinutes"?',
    ],
  ])("%s", (_, parts, mistake) => {
    expect(mistakesIn(fileWith(parts))).toEqual([mistake]);
  });

  it("a setting with a letter missing, and does not call the one meant missing too", () => {
    const routes = "  POST /access: { lambda: access, scope: [orders/read] }";
    expect(mistakesIn(fileWith({ routes }))).toEqual([
      '8:35: route "POST /access" has no setting "scope". Did you mean "scopes"?',
    ]);
    expect(mistakesIn(fileWith().replace("clients:", "client:"))).toEqual([
      '5:1: the file has no setting "client". Did you mean "clients"?',
    ]);
  });
});

describe("parseAccessModel refuses, of environments", () => {
  it.each(["tokyo", "AP-NORTHEAST-1", "ap-northeast", "ap-northeast-1a", "ap1"])("region %s", (region) => {
    expect(mistakesIn(fileWith({ environments: `  dev: { region: ${region}, domainPrefix: d }` }))).toEqual([
      `2:18: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "${region}".`,
    ]);
  });

  it.each([
    "Demo",
    "-demo",
    "demo-",
    "de_mo",
    "de.mo",
    long(64),
    "aws",
    "my-aws",
    "amazon-x",
    "a-cognito-b",
    "newcognito",
    "laws",
  ])("domain prefix %s", (domainPrefix) => {
    expect(
      mistakesIn(fileWith({ environments: `  dev: { region: eu-west-1, domainPrefix: ${domainPrefix} }` })),
    ).toEqual([`2:43: domainPrefix of environment "dev" must be ${PREFIX}, but is "${domainPrefix}".`]);
  });

  it.each(["1dev", "_dev", "de.v", "de v", long(65)])("name %s", (name) => {
    expect(mistakesIn(fileWith({ environments: `  ${name}: { region: eu-west-1, domainPrefix: d }` }))).toEqual([
      `2:3: name of environment "${name}" must be 1 to 64 letters, digits, "_" or "-", beginning with a letter, but is "${name}".`,
    ]);
  });

  it("two with the same region and domain prefix", () => {
    const environments = ["dev", "test", "prod"].map(
      (name, index) => `  ${name}: { region: eu-west-${index % 2}, domainPrefix: d }`,
    );
    expect(mistakesIn(fileWith({ environments: environments.join("\n") }))).toEqual([
      '4:3: environments "dev" and "prod" both have the domainPrefix d in eu-west-0, but it is unique in a region. Give one of them another.',
    ]);
  });
});

describe("parseAccessModel refuses, of resource servers", () => {
  const withServer = (server: string) => fileWith({ resourceServers: `${PARTS.resourceServers}\n  ${server}` });

  it.each([
    ["'a b'", '"a b"'],
    ["'a\"b'", '"a\\"b"'],
    ["'a\\b'", '"a\\\\b"'],
    ["é", '"é"'],
    ["''", '""'],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("identifier %s", (key, quoted) => {
    expect(mistakesIn(withServer(`${key}: { name: N, scopes: { x: X } }`))).toEqual([
      `5:3: identifier of resource server ${quoted} must be 1 to 256 ASCII characters other than space, " and \\, but is ${quoted}.`,
    ]);
  });

  it.each(["a/b", "a:b", "é", "''"])("name %s", (name) => {
    expect(mistakesIn(withServer(`mail: { name: ${name}, scopes: { x: X } }`))).toEqual([
      `5:17: name of resource server "mail" must be 1 to 256 ${NAME_CHARACTERS}, but is "${name.replaceAll("'", "")}".`,
    ]);
  });

  it("a name that is too long", () => {
    expect(mistakesIn(withServer(`mail: { name: ${long(257)}, scopes: { x: X } }`))).toEqual([
      `5:17: name of resource server "mail" must be 1 to 256 ${NAME_CHARACTERS}, but is "${long(60)}"… (257 characters).`,
    ]);
  });

  it("an identifier that cannot be the name, when there is no other", () => {
    expect(mistakesIn(withServer("https://api.example.com: { scopes: { x: X } }"))).toEqual([
      `5:3: resource server "https://api.example.com" needs name: 1 to 256 ${NAME_CHARACTERS}. Left out it is the identifier, which has other characters.`,
    ]);
  });

  it.each([
    ["a/b", '"a/b"'],
    ["'a b'", '"a b"'],
    ["'a\"b'", '"a\\"b"'],
    ["'a\\b'", '"a\\\\b"'],
    ["é", '"é"'],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("scope name %s", (key, quoted) => {
    expect(mistakesIn(withServer(`mail: { scopes: { ${key}: X } }`))).toEqual([
      `5:21: name of scope ${quoted} of resource server "mail" must be 1 to 256 ASCII characters other than space, ", \\ and /, but is ${quoted}.`,
    ]);
  });

  it.each([
    ["an empty description", "''", '""'],
    ["a description that is too long", long(257), `"${long(60)}"… (257 characters)`],
    ["a description that is a number", "2024", "2024. Put it in quotes"],
    ["a description that is a map", "{ a: b }", "a map"],
  ])("%s", (_, value, came) => {
    expect(mistakesIn(withServer(`mail: { scopes: { x: ${value} } }`))).toEqual([
      `5:24: description of scope "x" of resource server "mail" must be 1 to 256 characters, but is ${came}.`,
    ]);
  });

  it("a scope without description", () => {
    expect(mistakesIn(withServer("mail: { scopes: { x: } }"))).toEqual([
      '5:21: description of scope "x" of resource server "mail" must be 1 to 256 characters, but is empty.',
    ]);
  });

  it("more than 100 scopes of one, at the first too many", () => {
    const scopes = names(102).map((name) => `      ${name}: D`);
    expect(mistakesIn(withServer(`mail:\n    scopes:\n${scopes.join("\n")}`))).toEqual([
      '107:7: resource server "mail" has 102 scopes, but AWS\'s default quota is 100 a resource server. Split it in two.',
    ]);
  });

  it("more than 25, at the first too many", () => {
    const servers = names(25).map((name) => `${name}: { scopes: { x: X } }`);
    expect(mistakesIn(withServer(servers.join("\n  ")))).toEqual([
      "29:3: the file has 26 resource servers, but AWS's default quota is 25 a user pool. Move some to an access.yaml of their own.",
    ]);
  });
});

describe("parseAccessModel refuses, of clients", () => {
  it.each([
    ["a/b", '"a/b"'],
    ["é", '"é"'],
    [long(129), `"${long(60)}"… (129 characters)`],
  ])("name %s", (name, quoted) => {
    expect(mistakesIn(fileWith({ clients: `  ${name}: { scopes: [orders/read] }` }))).toEqual([
      `6:3: name of client ${quoted} must be 1 to 128 ${NAME_CHARACTERS}, but is ${quoted}.`,
    ]);
  });

  it.each([
    ["4", "4"],
    ["1441", "1441"],
    ["7.5", "7.5"],
    ["-60", "-60"],
    ['"60"', '"60"'],
    ["1h", '"1h"'],
    ["true", "true"],
    ["[60]", "a list"],
    [".nan", ".nan"],
  ])("tokenMinutes %s", (tokenMinutes, came) => {
    expect(mistakesIn(fileWith({ clients: `  c: { scopes: [orders/read], tokenMinutes: ${tokenMinutes} }` }))).toEqual([
      `6:45: tokenMinutes of client "c" must be a whole number of minutes, 5 to 1440, but is ${came}.`,
    ]);
  });

  it("more than 50 scopes of one, at the first too many", () => {
    const parts = {
      resourceServers: `  orders: { scopes: { read: R, ${names(52).map((name) => `${name}: D`)} } }`,
      clients: `  c:\n    scopes:\n${names(52)
        .map((name) => `      - orders/${name}`)
        .join("\n")}`,
    };
    expect(mistakesIn(fileWith(parts))).toEqual([
      '58:9: client "c" has 52 scopes, but AWS\'s default quota is 50 a client. Split it in two.',
    ]);
  });

  it("more than 1,000, at the first too many", () => {
    const clients = names(1001).map((name) => `  ${name}: { scopes: [orders/write] }`);
    expect(mistakesIn(fileWith({ clients: clients.join("\n") }))).toEqual([
      "1006:3: the file has 1,001 clients, but AWS's default quota is 1,000 a user pool. Move some to an access.yaml of their own.",
    ]);
  });
});

describe("parseAccessModel refuses, of the scopes of clients and routes", () => {
  const resourceServers =
    "  orders: { scopes: { read: R, write: W } }\n  https://api/mail: { name: M, scopes: { send: S } }";
  const ALL = "orders/read, orders/write, https://api/mail/send";
  const FORM = "but a scope has the form <identifier>/<scope>.";
  const USER = "which is not supported with client_credentials. Name a custom scope.";

  it.each([
    ["orders/raed", 'which resource server "orders" does not have. Did you mean "orders/read"?'],
    ["orders/READ", 'which resource server "orders" does not have. Did you mean "orders/read"?'],
    ["orders/delete", 'which resource server "orders" does not have. Its scopes: read, write.'],
    [
      "https://api/mail/sent",
      'which resource server "https://api/mail" does not have. Did you mean "https://api/mail/send"?',
    ],
    ["https://api/mail/read", 'which resource server "https://api/mail" does not have. Its scopes: send.'],
    ["order/read", 'but there is no resource server "order". Did you mean "orders/read"?'],
    ["https://api/send", `but there is no resource server "https://api". Did you mean "https://api/mail/send"?`],
    ["stock/count", `but there is no resource server "stock". Scopes: ${ALL}.`],
    ["orders/read/all", 'but there is no resource server "orders/read". Did you mean "orders/read"?'],
    ["reports", `${FORM} Scopes: ${ALL}.`],
    ["ordersread", `${FORM} Did you mean "orders/read"?`],
    ["orders/", `${FORM} Scopes: ${ALL}.`],
    ["/read", `${FORM} Scopes: ${ALL}.`],
    ["openid", USER],
    ["email", USER],
    ["phone", USER],
    ["profile", USER],
    ["aws.cognito.signin.user.admin", USER],
  ])("%s", (scope, refusal) => {
    const clients = `  billing: { scopes: [${scope}] }`;
    expect(mistakesIn(fileWith({ resourceServers, clients }))).toEqual([
      `7:23: client "billing" asks for scope "${scope}", ${refusal}`,
    ]);
    const routes = `  GET /: { lambda: access, scopes: [orders/read, ${scope}] }`;
    expect(mistakesIn(fileWith({ resourceServers, routes }))).toEqual([
      `9:50: route "GET /" demands scope "${scope}", ${refusal}`,
    ]);
  });

  it("one of many unknown ones with ten of those that there are", () => {
    const scopes = names(12, "scope").map((name) => `${name}: D`);
    const routes = "  GET /: { lambda: access, scopes: [o/x] }";
    const parts = { resourceServers: `  o: { scopes: { ${scopes} } }`, clients: "  c: { scopes: [o/scope0] }", routes };
    const listed = names(10, "scope").join(", ");
    expect(mistakesIn(fileWith(parts))).toEqual([
      `8:37: route "GET /" demands scope "o/x", which resource server "o" does not have. Its scopes: ${listed} and 2 more.`,
    ]);
  });

  it("none for a resource server that cannot be read itself", () => {
    expect(mistakesIn(fileWith({ resourceServers: "  orders: []" }))).toEqual([
      '4:11: resource server "orders" must be a map of settings (name, scopes), but is empty.',
    ]);
  });
});

describe("parseAccessModel refuses, of routes", () => {
  const METHOD = "but must have one of GET, POST, PUT, PATCH, DELETE, HEAD.";

  it.each([
    ["post /a", `method "post", ${METHOD} Did you mean "POST"?`],
    ["GTE /a", `method "GTE", ${METHOD} Did you mean "GET"?`],
    ["GXE /a", `method "GXE", ${METHOD}`],
    ["ANY /a", `method "ANY", ${METHOD}`],
    ["OPTIONS /a", 'method OPTIONS, which "cors: true" on the other routes of its path makes. Remove it.'],
    ["GET a/b", 'path "a/b", but a path begins with "/". Write "/a/b".'],
    ["GET /a/", 'path "/a/" with an empty part. Write "/a".'],
    ["GET //a", 'path "//a" with an empty part. Write "/a".'],
    ["GET //", 'path "//" with an empty part. Write "/".'],
    ["GET /a!", `path part "a!", but a part is ${PART}.`],
    ["GET /a/{b", `path part "{b", but a part is ${PART}.`],
    ["GET /a/x{b}", `path part "x{b}", but a part is ${PART}.`],
    ["GET /a/{}", `path part "{}", but a part is ${PART}.`],
    ["GET /a/:id?", `path part ":id?", but a part is ${PART}.`],
    ["GET /{a+}/b", 'path part "{a+}" before the end, but only the last part may take the rest of the path.'],
  ])("%s", (key, refusal) => {
    expect(mistakesIn(fileWith({ routes: `  '${key}': { lambda: access, scopes: [orders/read] }` }))).toEqual([
      `8:3: route "${key}" has ${refusal}`,
    ]);
  });

  it("both method and path of one", () => {
    expect(mistakesIn(fileWith({ routes: "  get a: { lambda: access, scopes: [orders/read] }" }))).toEqual([
      `8:3: route "get a" has method "get", ${METHOD} Did you mean "GET"?`,
      '8:3: route "get a" has path "a", but a path begins with "/". Write "/a".',
    ]);
  });

  it.each(["POST", "/access", "POST  /access", "POST /access now", ""])("key '%s'", (key) => {
    expect(mistakesIn(fileWith({ routes: `  '${key}': { lambda: access, scopes: [orders/read] }` }))).toEqual([
      `8:3: key of route "${key}" must be a method, a space and a path, such as "POST /orders", but is "${key}".`,
    ]);
  });

  it.each([
    ["GET /a/{x}", "GET /a/{y}", "{x}", "{y}"],
    ["GET /a/{x}", "POST /a/{y}/b", "{x}", "{y}"],
    ["GET /{x}", "GET /{x+}", "{x}", "{x+}"],
  ])("%s beside %s", (first, second, kept, changed) => {
    const routes = [first, second].map((key) => `  ${key}: { lambda: access, scopes: [orders/read] }`).join("\n");
    expect(mistakesIn(fileWith({ routes }))).toEqual([
      `9:3: route "${second}" has ${changed} where route "${first}" has ${kept}, but API Gateway takes one parameter at a place. Write ${kept}.`,
    ]);
  });

  it.each([
    ["acess", ["access", "orders"], 'Did you mean "access"?'],
    ["Access", ["access"], 'Did you mean "access"?'],
    ["invoices", ["access", "orders"], "Functions: access, orders."],
    ["invoices", [], "Write it."],
  ])("lambda %s where there are %j", (lambda, functions, hint) => {
    expect(
      mistakesIn(fileWith({ routes: `  GET /: { lambda: ${lambda}, scopes: [orders/read] }` }), functions),
    ).toEqual([`8:20: route "GET /" names lambda "${lambda}", but there is no lambda/${lambda}.ts. ${hint}`]);
  });

  it.each(["../main", "a.b", "a b", long(41)])("lambda name %s", (lambda) => {
    const text = fileWith({ routes: `  GET /: { lambda: ${lambda}, scopes: [orders/read] }` });
    expect(mistakesIn(text, [lambda])).toEqual([
      `8:20: lambda of route "GET /" must be a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-", but is "${lambda}".`,
    ]);
  });
});

describe("accessShape", () => {
  it("describes the settings as JSON Schema", () => {
    expect(accessShape.schema).toMatchObject({
      type: "object",
      required: ["environments", "resourceServers", "clients", "routes"],
      additionalProperties: false,
    });
    expect(accessShape.schema["properties"]).toHaveProperty("clients", {
      description: "Callers: clients by name. Must be a map with at least one client.",
      type: "object",
      propertyNames: {
        description: `1 to 128 ${NAME_CHARACTERS}`,
        type: "string",
        pattern: "^[\\w\\s+=,.@-]{1,128}$",
      },
      minProperties: 1,
      maxProperties: 1000,
      additionalProperties: {
        description:
          "A machine that calls: one app client, with a secret, for client_credentials only. Must be a map of settings (scopes, tokenMinutes).",
        type: "object",
        required: ["scopes"],
        additionalProperties: false,
        properties: {
          scopes: {
            description: "Scopes that the client may ask for. Must be a list with at least one scope.",
            type: "array",
            items: {
              description:
                "Full name of a scope: identifier of a resource server, slash, name of one of its scopes. Must be <identifier>/<scope>.",
              type: "string",
              pattern: "^[\\x21\\x23-\\x5B\\x5D-\\x7E]{1,256}\\/[\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]{1,256}$",
            },
            minItems: 1,
          },
          tokenMinutes: {
            description:
              "How long an access token of the client lives. Must be a whole number of minutes, 5 to 1440; 60 when left out.",
            type: "integer",
            minimum: 5,
            maximum: 1440,
            default: 60,
          },
        },
      },
    });
  });
});
