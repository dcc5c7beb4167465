/** What is allowed in an access model, but probably not meant. */
import { fileWith, mistakesIn, names, parse, SENSIBLE, warningsOf } from "../support/access-text";

const strict = (text: string) => `${text}strict: true\n`;

/** What is warned of and, with `strict: true`, refused in the same words. */
function doubtsIn(text: string, functions?: readonly string[]): readonly string[] {
  const warnings = warningsOf(text, functions);
  expect(mistakesIn(strict(text), functions)).toEqual(warnings);
  return warnings;
}

describe("parseAccessModel warns", () => {
  it("of nothing where everything is of use, even with strict: true", () => {
    expect(parse(strict(fileWith(SENSIBLE))).warnings).toEqual([]);
  });

  it("of a scope that no route demands", () => {
    expect(doubtsIn(fileWith())).toEqual([
      '4:42: no route requires scope "orders/write". Require it in a route, or remove it.',
    ]);
  });

  it("of an open route that also takes requests of a path that demands a token", () => {
    const routes = [
      "  GET /users/{id}: { lambda: access, scopes: [orders/read], cors: true }",
      "  ANY /jobs: { lambda: access, scopes: [orders/read] }",
      "  ANY /{rest+}: { lambda: access, public: true, reason: Static files }",
    ].join("\n");
    expect(doubtsIn(fileWith({ ...SENSIBLE, routes }))).toEqual([
      '10:3: route "ANY /{rest+}" is public and also answers DELETE, HEAD, PATCH, POST, PUT of "/users/{id}" without a token. Give that path routes for these methods or ANY, or make the public route more specific.',
    ]);
  });

  it("of a route that no client can call, by one scope or by several", () => {
    const resourceServers = "  orders: { scopes: { read: R, write: W, audit: A } }";
    const routes = [
      "  GET /: { lambda: access, scopes: [orders/read, orders/audit] }",
      "  PUT /: { lambda: access, scopes: [orders/write] }",
      "  POST /: { lambda: access, scopes: [orders/write, orders/audit] }",
    ].join("\n");
    expect(doubtsIn(fileWith({ resourceServers, routes }))).toEqual([
      '9:3: no client can call route "PUT /": none has orders/write. Give one a scope, or remove the route.',
      '10:3: no client can call route "POST /": none has any of orders/write, orders/audit. Give one a scope, or remove the route.',
    ]);
  });

  it("of a route that no client can call in some environments", () => {
    const environments = ["dev", "test", "prod"].map(
      (name) => `  ${name}: { region: eu-west-1, domainPrefix: ${name} }`,
    );
    const fileOf = (...clients: readonly string[]) =>
      fileWith({
        ...SENSIBLE,
        environments: environments.join("\n"),
        clients: clients
          .map((limits, index) => `  c${index}: { scopes: [orders/read], environments: [${limits}] }`)
          .join("\n"),
      });
    const cannot = 'no client can call route "POST /access" in';
    const why = "none has orders/read there. Give one a scope, or remove the route.";
    expect(doubtsIn(fileOf("prod, dev"))).toEqual([`10:3: ${cannot} environment "test": ${why}`]);
    expect(doubtsIn(fileOf("prod"))).toEqual([`10:3: ${cannot} environments "dev" and "test": ${why}`]);
    expect(warningsOf(fileOf("prod", "dev, test"))).toEqual([]);
  });

  it("of a client that can call nothing", () => {
    const clients = "  billing: { scopes: [orders/read] }\n  audit: { scopes: [orders/write] }";
    expect(doubtsIn(fileWith({ clients }))).toEqual([
      '4:42: no route requires scope "orders/write". Require it in a route, or remove it.',
      '7:3: client "audit" cannot call any route: no route requires orders/write. Give it another scope, or remove it.',
    ]);
  });

  it("of nothing about a public route", () => {
    const routes =
      "  GET /: { lambda: access, scopes: [orders/read] }\n  GET /health: { lambda: access, public: true, reason: R }";
    expect(warningsOf(fileWith({ ...SENSIBLE, routes }))).toEqual([]);
  });

  it("of regions that are not known, which are never refused", () => {
    const text = fileWith({ ...SENSIBLE, environments: "  dev: { region: eu-wset-1, domainPrefix: d }" });
    const warning = '2:18: region of environment "dev" is "eu-wset-1", which is not a known AWS region.';
    expect(warningsOf(text)).toEqual([`${warning} Did you mean "eu-west-1"?`]);
    expect(warningsOf(strict(text))).toHaveLength(1);
    expect(warningsOf(text.replace("eu-wset-1", "xx-zzzzzz-9"))[0]).toMatch(/is not a known AWS region\.$/);
  });

  it("of what may be destroyed although it is protected, also where warnings are errors", () => {
    const environment = "region: eu-west-1, domainPrefix: d, allowDestroy: [client/old, pool]";
    const text = fileWith({ ...SENSIBLE, environments: `  dev: { ${environment} }` });
    const allowed = (name: string) => `environment "dev" allows "${name}" to be destroyed or replaced`;
    const warnings = [
      `2:61: ${allowed("client/old")}, but access.yaml has no client "old". If that was removed, remove the entry from allowDestroy once it is deployed.`,
      `2:73: ${allowed("pool")}. Remove it from allowDestroy once it is deployed.`,
    ];
    expect(warningsOf(text)).toEqual(warnings);
    expect(warningsOf(strict(text))).toEqual(warnings);
    expect(warningsOf(text.replace(" }\nres", ", ephemeral: true }\nres"))[1]).toBe(
      '2:73: "pool" in allowDestroy has no effect, as environment "dev" is not protected. Remove it.',
    );
  });

  it.each([
    ["client/billing", ""],
    ["client/biling", 'no client "biling". Did you mean "client/billing"?'],
    ["secret/billing", 'no secret of a client "billing".'],
    ["resource-server/orders", ""],
    ["resource-server/order", 'no resource server "order". Did you mean "resource-server/orders"?'],
    ["client/constructor", 'no client "constructor".'],
    ["domain", ""],
    ["aws_cognito_user_pool.two", ""],
  ])("of %s in allowDestroy, and of what access.yaml lacks", (entry, lacks) => {
    const environments = `  dev: { region: eu-west-1, domainPrefix: d, allowDestroy: ["${entry}"] }`;
    const [warning = ""] = warningsOf(fileWith({ ...SENSIBLE, environments }));
    expect(/, but access\.yaml has (.*) If that was removed/.exec(warning)?.[1] ?? "").toBe(lacks);
    expect(warning).toMatch(/emove (it|the entry) from allowDestroy once it is deployed\.$/);
  });

  it("with places and messages as data", () => {
    expect(parse(fileWith()).warnings).toEqual([
      {
        line: 4,
        column: 42,
        message: 'no route requires scope "orders/write". Require it in a route, or remove it.',
      },
    ]);
  });
});

describe("parseAccessModel warns of functions with more callers than Lambda's environment has room for", () => {
  const HAS = (count: number, where = "") =>
    `lambda "access" has ${count} clients that may call it${where}, but Lambda's 4 KB of environment variables do not hold their ids: it checks scopes instead. Split it in two to check ids.`;
  const clientLines = (count: number, name: string, limit = "") =>
    names(count, name)
      .map((client) => `  ${client}: { scopes: [orders/read]${limit} }`)
      .join("\n");

  it("from 141 on, where it has one short route", () => {
    expect(warningsOf(fileWith({ ...SENSIBLE, clients: clientLines(140, "c") }))).toEqual([]);
    expect(doubtsIn(fileWith({ ...SENSIBLE, clients: clientLines(141, "c") }))).toEqual([`148:27: ${HAS(141)}`]);
  });

  it("in one environment, by the clients that are in it", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: d }\n  prod: { region: eu-west-1, domainPrefix: p }";
    const fileOf = (ofProd: number) =>
      fileWith({
        ...SENSIBLE,
        environments,
        clients: [clientLines(60, "c"), clientLines(ofProd, "p", ", environments: [prod]")].join("\n"),
      });
    expect(warningsOf(fileOf(80))).toEqual([]);
    expect(doubtsIn(fileOf(81))).toEqual([`149:27: ${HAS(141, ' in environment "prod"')}`]);
  });
});

describe("parseAccessModel, of a strict file with mistakes,", () => {
  it("reports mistakes and doubts together, in the order of the file", () => {
    const text = fileWith({ environments: "  dev: { region: tokyo, domainPrefix: d }" });
    expect(mistakesIn(strict(text))).toEqual([
      '2:18: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "tokyo".',
      '4:42: no route requires scope "orders/write". Require it in a route, or remove it.',
    ]);
  });

  it.each([
    ["a route's misspelt scope", { routes: "  GET /: { lambda: access, scopes: [orders/raed, orders/write] }" }],
    ["a route's misspelt setting", { routes: "  GET /: { lambda: access, scope: [orders/read] }" }],
    ["a route's scope that is no text", { routes: "  GET /: { lambda: access, scopes: [1, orders/write] }" }],
    ["a client's misspelt scope", { clients: "  billing: { scopes: [orders/raed, orders/write] }" }],
    ["a client's misspelt environment", { clients: "  billing: { scopes: [orders/read], environments: [dve] }" }],
    ["a client's environments that are none", { clients: "  billing: { scopes: [orders/read], environments: [] }" }],
    ["a scope that is there twice", { resourceServers: "  orders: { scopes: { read: R, read: R } }" }],
    ["a scope's wrong name", { resourceServers: "  orders: { scopes: { read: R, 'a b': R } }" }],
  ])("does not take what follows from %s for a doubt", (_, parts) => {
    const routes =
      "  GET /: { lambda: access, scopes: [orders/read] }\n  PUT /: { lambda: access, scopes: [orders/write] }";
    const isOfRoutes = "routes" in parts;
    const right = {
      clients: "  billing: { scopes: [orders/read, orders/write] }",
      ...("resourceServers" in parts || isOfRoutes ? {} : { routes }),
    };
    expect(
      mistakesIn(strict(fileWith({ ...right, ...parts }))).filter((one) => /no route|no client|nothing/.test(one)),
    ).toEqual([]);
  });

  it.each(["routes", "clients"])("does not doubt where %s are missing", (part) => {
    const text = strict(fileWith({ [part]: "" }).replace(`${part}:\n`, ""));
    expect(mistakesIn(text).filter((mistake) => mistake.startsWith("1:1:"))).toHaveLength(1);
    expect(mistakesIn(text).filter((mistake) => /no client|nothing/.test(mistake))).toEqual([]);
  });
});
