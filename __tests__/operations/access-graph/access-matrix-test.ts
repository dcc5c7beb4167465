import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AccessMatrix,
  accessMatrix,
  type MatrixRoute,
  nameOf,
} from "../../../operations/access-graph/access-matrix";
import { matrixJson, matrixMarkdown, matrixText } from "../../../operations/access-graph/access-matrix-text";
import { cleanEnvironment, copyOfProject, run, script } from "../../support/processes";
import { runTogether } from "../../support/run-together";
import { STACK_FORMS } from "../../support/stack-forms";
import { type Settings, synthesize } from "../../support/synthesize";

const TEAMS = `
environments:
  dev: { region: eu-west-1, domainPrefix: many-dev }
  prod: { region: eu-west-1, domainPrefix: many-prod }
resourceServers:
  orders: { scopes: { write: Write, read: Read } }
  https://api.example.com/bills: { name: Bills, scopes: { read: Read } }
clients:
  shop: { scopes: [orders/write, orders/read] }
  audit: { scopes: [https://api.example.com/bills/read] }
  report: { scopes: [orders/read, https://api.example.com/bills/read] }
routes:
  PUT /orders/{id}: { lambda: access, scopes: [orders/write], cors: true }
  GET /orders/{id}: { lambda: access, scopes: [orders/read, orders/write], cors: true }
  GET /bills: { lambda: access, scopes: [https://api.example.com/bills/read] }
  GET /: { lambda: access, scopes: [orders/read] }
`;

const teams = synthesize(TEAMS).json;

type Resources = Readonly<Record<string, Readonly<Record<string, Settings>>>>;

/** The stack with changes to those resources of a type that `isMeant`. */
function changed(type: string, isMeant: (settings: Settings) => boolean, changes: Settings, stack = teams): Settings {
  const all = stack["resource"] as Resources;
  const some = Object.entries(all[type] ?? {});
  expect(some.filter(([, settings]) => isMeant(settings))).not.toHaveLength(0);
  const made = some.map(([name, settings]) => [name, isMeant(settings) ? { ...settings, ...changes } : settings]);
  return { ...stack, resource: { ...all, [type]: Object.fromEntries(made) } };
}

const changedMethod = (method: string, changes: Settings) =>
  changed("aws_api_gateway_method", ({ http_method }) => http_method === method, changes);
const changedClient = (client: string, changes: Settings) =>
  changed("aws_cognito_user_pool_client", ({ name }) => name === client, changes);
const changedFunction = (variables: Settings) =>
  changed("aws_lambda_function", () => true, { environment: { variables } });

const matrixOf = (stack: Settings) => accessMatrix("dev", stack);

function routeOf(stack: Settings, key: string): MatrixRoute {
  const found = matrixOf(stack).routes.find(({ route }) => route === key);
  if (found === undefined) throw new Error(`no ${key}`);
  return found;
}

const callersOf = (stack: Settings) =>
  Object.fromEntries(matrixOf(stack).routes.map(({ route, callers }) => [route, callers]));

const ELSEWHERE = "arn:aws:cognito-idp:eu-west-1:210987654321:userpool/eu-west-1_elsewhere";

/** ARNs of the authorizer's pools. */
function ownPools(): readonly unknown[] {
  const [authorizer] = Object.values((teams["resource"] as Resources)["aws_api_gateway_authorizer"] ?? {});
  return authorizer?.["provider_arns"] as readonly unknown[];
}

/** The stack in which the preflight of `/orders/{id}` also has the integration of its PUT. */
function withSecondIntegration(): Settings {
  const all = teams["resource"] as Resources;
  const integrations = all["aws_api_gateway_integration"] ?? {};
  const nameOf = (part: string) => Object.keys(integrations).find((name) => name.includes(part)) ?? "";
  const [preflight, other] = [integrations[nameOf("OPTIONS")], integrations[nameOf("PUT")]];
  const { rest_api_id, resource_id, http_method } = preflight ?? {};
  const second = { ...other, rest_api_id, resource_id, http_method };
  return { ...teams, resource: { ...all, aws_api_gateway_integration: { a: second, ...integrations } } };
}

/** Reference to the client's id. */
function idOf(client: string): string {
  const clients = (teams["resource"] as Resources)["aws_cognito_user_pool_client"] ?? {};
  const name = Object.keys(clients).find((key) => clients[key]?.["name"] === client);
  return `\${aws_cognito_user_pool_client.${name}.id}`;
}

describe("accessMatrix", () => {
  it("lets the client of the shipped access.yaml call its route", () => {
    expect(accessMatrix("dev", synthesize().json)).toEqual({
      environment: "dev",
      clients: ["test-server"],
      routes: [
        {
          route: "POST /access",
          access: "clients",
          scopes: ["test_resource/test"],
          function: "cc-demo-dev-access",
          url: null,
          callerCheck: "client-id",
          callers: ["test-server"],
          refusedByFunction: [],
          notes: [],
        },
      ],
    });
  });

  it("lets each team call what its scopes open, and nothing else", () => {
    expect(callersOf(teams)).toEqual({
      "GET /": ["report", "shop"],
      "GET /bills": ["audit", "report"],
      "GET /orders/{id}": ["report", "shop"],
      "PUT /orders/{id}": ["shop"],
    });
  });

  it("sorts clients by name, and routes by path and method", () => {
    const { clients, routes } = matrixOf(teams);

    expect(clients).toEqual(["audit", "report", "shop"]);
    expect(routes.map(({ route }) => route)).toEqual(["GET /", "GET /bills", "GET /orders/{id}", "PUT /orders/{id}"]);
  });

  it("is the same whatever the order of the resources", () => {
    const all = Object.entries(teams["resource"] as Resources);
    const reversed = all.map(([type, some]) => [type, Object.fromEntries(Object.entries(some).reverse())]);

    expect(matrixOf({ ...teams, resource: Object.fromEntries(reversed.reverse()) })).toEqual(matrixOf(teams));
  });

  it.each(Object.entries(STACK_FORMS))("is the same where Terraform takes %s", (_form, write) => {
    expect(accessMatrix("dev", write(teams))).toEqual(matrixOf(teams));
  });

  it.each<[string, Settings]>([
    ["null", changedMethod("PUT", { authorization_scopes: null, authorizer_id: null })],
    ["an expression in place of a list", changedMethod("PUT", { authorization_scopes: `\${local.scopes}` })],
    ["an expression in place of a map", changed("aws_lambda_function", () => true, { environment: `\${local.e}` })],
    ["a list in place of a block", changed("aws_lambda_function", () => true, { environment: [{ variables: {} }] })],
    ["a text in place of a boolean", changedClient("shop", { allowed_oauth_flows_user_pool_client: "true" })],
  ])("is computed for %s", (_what, stack) => {
    expect(matrixOf(stack).routes).toHaveLength(4);
  });

  it("judges each environment by its own stack", () => {
    const prod = synthesize(TEAMS, "prod").json;
    const withoutShop = changed("aws_cognito_user_pool_client", ({ name }) => name === "shop", { name: "store" }, prod);

    expect(accessMatrix("prod", withoutShop).clients).toEqual(["audit", "report", "store"]);
    expect(accessMatrix("prod", prod).routes[0]?.function).toBe("many-prod-access");
    expect(matrixOf(teams).routes[0]?.function).toBe("many-dev-access");
  });

  it("lists the requests of a public route at paths that demand a token", () => {
    const { json } = synthesize(`
environments:
  dev: { region: eu-west-1, domainPrefix: open-dev, tokenCache: { minutes: 5 } }
resourceServers:
  orders: { scopes: { read: Read } }
clients:
  shop: { scopes: [orders/read] }
routes:
  GET /orders/{id}: { lambda: access, scopes: [orders/read], cors: true }
  ANY /bills: { lambda: access, scopes: [orders/read] }
  ANY /{rest+}: { lambda: access, public: true, reason: Static files }
`);
    const caught = ["DELETE", "HEAD", "PATCH", "POST", "PUT"];
    const requests = caught.map((method) => `${method} /orders/{id}`);

    expect(matrixOf(json).routes.flatMap(({ route, catches }) => (catches ? [[route, catches]] : []))).toEqual([
      ["ANY /{rest+}", requests],
    ]);
    expect(routeOf(json, "ANY /{rest+}").notes).toEqual([
      "callable without a token: Static files",
      `it also answers ${caught.join(", ")} of /orders/{id}, without a token: no more specific route has these methods`,
    ]);
    const shown = matrixText(matrixOf(json), { width: 120, alarm: (text) => `!${text}`, heading: (text) => text });
    expect(shown).toContain("\n!PUBLIC: POST /orders/{id} needs no token: ANY /{rest+} answers it\n");
  });

  it.each<[string, Settings]>([
    ["has no scope", { allowed_oauth_scopes: [] }],
    ["has other scopes", { allowed_oauth_scopes: ["orders/other"] }],
    ["has another flow", { allowed_oauth_flows: ["code"] }],
    ["has no flow", { allowed_oauth_flows: undefined }],
    ["may not use flows", { allowed_oauth_flows_user_pool_client: false }],
    ["does not say whether it may use flows", { allowed_oauth_flows_user_pool_client: undefined }],
    ["is of another pool", { user_pool_id: `\${aws_cognito_user_pool.other.id}` }],
  ])("lets no client call that %s", (_what, changes) => {
    expect(Object.values(callersOf(changedClient("shop", changes))).flat()).not.toContain("shop");
  });

  const PUT = "PUT /orders/{id}";
  const OPEN = changedMethod("PUT", { authorization: "NONE" });
  const NONE = { access: "clients", callers: [] } as const;
  const changedIntegration = (from: string, changes: Settings) =>
    changed("aws_api_gateway_integration", ({ type }) => type === from, changes);
  const byRoute = (ALLOWED_BY_ROUTE: string, others: Settings = {}) => changedFunction({ ALLOWED_BY_ROUTE, ...others });
  const toFunction = (ids: string) => byRoute("dev;1=GET /", { ALLOWED_CLIENT_IDS: ids });
  const BOTH = { ALLOWED_CLIENT_IDS: `${idOf("report")},${idOf("shop")}` };
  const HTTP = { type: "HTTP_PROXY", uri: "https://orders.example.com/{id}" };
  const NOT_CHECKED = [expect.stringMatching(/^not checked by/)];

  it.each<[string, Settings, string, Partial<MatrixRoute>]>([
    [
      "a method without an authorizer",
      changedMethod("PUT", { authorizer_id: undefined }),
      PUT,
      { ...NONE, notes: [expect.stringMatching(/^it has no authorizer/)] },
    ],
    [
      "a method with an authorizer that does not exist",
      changedMethod("PUT", { authorizer_id: `\${aws_api_gateway_authorizer.other.id}` }),
      PUT,
      { ...NONE, notes: [expect.stringMatching(/^it has no authorizer/)] },
    ],
    [
      "a method without scopes",
      changedMethod("PUT", { authorization_scopes: undefined }),
      PUT,
      { ...NONE, notes: [expect.stringMatching(/^it demands no scope/)] },
    ],
    ["an authorizer of another kind", changed("aws_api_gateway_authorizer", () => true, { type: "TOKEN" }), PUT, NONE],
    ["a method without authorization", OPEN, PUT, { access: "public", notes: ["callable without a token"] }],
    [
      "a public method with a reason",
      { ...OPEN, output: { public_routes: { value: { [PUT]: "Machines without a clock call it. " } } } },
      PUT,
      { access: "public", notes: ["callable without a token: Machines without a clock call it"] },
    ],
    [
      "OPTIONS that leads to a function",
      changedIntegration("MOCK", { type: "AWS_PROXY" }),
      "OPTIONS /orders/{id}",
      { access: "public" },
    ],
    [
      "OPTIONS with a second integration",
      withSecondIntegration(),
      "OPTIONS /orders/{id}",
      { access: "public", function: "many-dev-access" },
    ],
    [
      "an authorizer that accepts tokens of another pool, too",
      changed("aws_api_gateway_authorizer", () => true, { provider_arns: [...ownPools(), ELSEWHERE] }),
      PUT,
      {
        access: "unknown",
        callers: [],
        notes: [`its authorizer accepts tokens of ${ELSEWHERE}, which is not a user pool of this stack`],
      },
    ],
    [
      "an authorizer whose pools an expression decides",
      changed("aws_api_gateway_authorizer", () => true, { provider_arns: `\${local.pools}` }),
      PUT,
      { access: "unknown", notes: [expect.stringContaining(`accepts tokens of \${local.pools}`)] },
    ],
    [
      "a scope of users",
      changedMethod("PUT", { authorization_scopes: ["orders/write", "aws.cognito.signin.user.admin"] }),
      PUT,
      {
        access: "unknown",
        notes: ["the scope aws.cognito.signin.user.admin is of no resource server of this stack"],
      },
    ],
    [
      "a scope that an expression decides",
      changedMethod("PUT", { authorization_scopes: [`\${local.server}/write`] }),
      PUT,
      { access: "unknown" },
    ],
    [
      "another kind of authorization",
      changedMethod("PUT", { authorization: "AWS_IAM" }),
      PUT,
      { access: "unknown", callers: [], notes: ["authorization AWS_IAM is not analyzed"] },
    ],
    [
      "a function that lists one client",
      toFunction(idOf("report")),
      "GET /",
      { callers: ["report"], refusedByFunction: ["shop"], callerCheck: "client-id" },
    ],
    ["a function that lists no client", toFunction(""), "GET /", { callers: [], callerCheck: "client-id" }],
    [
      "a function that lists a client for another route",
      byRoute("dev;1=GET /bills;2=GET /", BOTH),
      "GET /",
      { callers: ["shop"], refusedByFunction: ["report"], callerCheck: "client-id" },
    ],
    [
      "a function that lists a client for its ANY",
      byRoute("dev;2=ANY /orders/{}", BOTH),
      "GET /orders/{id}",
      { callers: ["shop"], refusedByFunction: ["report"], callerCheck: "client-id" },
    ],
    [
      "a function that does not list the route",
      byRoute("dev;3=GET /bills", BOTH),
      "GET /",
      { callers: [], refusedByFunction: ["report", "shop"], callerCheck: "client-id" },
    ],
    [
      "a function that takes the route for a public one",
      byRoute("dev;*=GET /", BOTH),
      "GET /",
      { callers: ["report", "shop"], callerCheck: "none", notes: NOT_CHECKED },
    ],
    [
      "a function of which only the ids of its clients are known, not what its code checks",
      changedFunction({ ALLOWED_CLIENT_IDS: idOf("report") }),
      "GET /",
      { callers: ["report", "shop"], callerCheck: "none", notes: NOT_CHECKED },
    ],
    ["another attribute of a client", toFunction(idOf("shop").replace(".id}", ".client_secret}")), "GET /", NONE],
    ["a client elsewhere", toFunction(idOf("shop").replace("{aws", "{data.aws")), "GET /", NONE],
    ["text that only looks like a reference", toFunction(`$${idOf("shop")}`), "GET /", NONE],
    [
      "a function that checks nothing",
      changedFunction({}),
      "GET /",
      { callers: ["report", "shop"], callerCheck: "none", notes: NOT_CHECKED },
    ],
    [
      "a function that checks scopes",
      byRoute("dev;3=GET /", { ALLOWED_SCOPES: "orders/write other/read" }),
      "GET /",
      {
        callers: ["shop"],
        refusedByFunction: ["report"],
        callerCheck: "scope",
        notes: ["the function checks the scope, not the client: its callers do not fit into its environment"],
      },
    ],
    [
      "a function that has both lists",
      byRoute("dev;1=GET /", { ALLOWED_CLIENT_IDS: idOf("report"), ALLOWED_SCOPES: "orders/write" }),
      "GET /",
      { callers: ["report"] },
    ],
    [
      "an HTTP backend",
      changedIntegration("AWS_PROXY", HTTP),
      "GET /",
      { url: HTTP.uri, callers: ["report", "shop"], notes: NOT_CHECKED },
    ],
    [
      "a method without a function",
      changedIntegration("AWS_PROXY", { uri: undefined }),
      "GET /",
      { function: null, callerCheck: "none", notes: NOT_CHECKED },
    ],
  ])("judges %s", (_what, stack, route, expected) => {
    expect(routeOf(stack, route)).toMatchObject(expected);
  });

  it("lists the routes of HTTP APIs, whose callers it does not know", () => {
    const aws_apigatewayv2_route = {
      b: { route_key: "GET /v2/orders", authorization_type: "JWT" },
      a: { route_key: "$default" },
    };
    const { routes } = matrixOf({
      ...teams,
      resource: { ...(teams["resource"] as Resources), aws_apigatewayv2_route },
    });

    expect(routes.slice(4).map(({ route, access }) => [route, access])).toEqual([
      ["ANY /{default+}", "public"],
      ["GET /v2/orders", "unknown"],
    ]);
  });

  it("leaves out preflights", () => {
    expect(matrixOf(teams).routes.filter(({ route }) => route.startsWith("OPTIONS"))).toEqual([]);
  });

  it("adds the resource to clients of the same name", () => {
    const { clients } = matrixOf(changedClient("shop", { name: "audit" }));

    expect(clients).toEqual([
      expect.stringMatching(/^audit \(\S+audit\S+\)$/),
      expect.stringMatching(/^audit \(\S+shop\S+\)$/),
      "report",
    ]);
  });

  it("is empty for an empty stack", () => {
    expect(accessMatrix("dev", {})).toEqual({ environment: "dev", clients: [], routes: [] });
  });

  it.each<[string, Settings]>([
    ["a path", changedMethod("PUT", { resource_id: `\${aws_api_gateway_resource.gone.id}` })],
    [
      "a function",
      changed("aws_api_gateway_integration", ({ type }) => type === "AWS_PROXY", {
        uri: `\${aws_lambda_function.gone.invoke_arn}`,
      }),
    ],
  ])("refuses %s that is not there", (_what, stack) => {
    expect(() => matrixOf(stack)).toThrow(/gone/);
  });
});

/** A matrix of one route, which the first so many clients can call. */
function oneRouteWith(clientCount: number, callerCount: number): AccessMatrix {
  const clients = Array.from({ length: clientCount }, (_, index) => `c${String(index).padStart(2, "0")}`);
  const route = { ...routeOf(teams, "GET /"), callers: clients.slice(0, callerCount) };
  return { environment: "dev", clients, routes: [route] };
}

const style = { width: 120, alarm: (text: string) => `!${text}!`, heading: (text: string) => text };

describe("a client that is disabled", () => {
  it("can call nothing, is named in JSON, text and Markdown, and its issued tokens are accepted", () => {
    const matrix = matrixOf(changedClient("audit", { allowed_oauth_flows_user_pool_client: false }));
    const words = "is disabled or has expired: it gets no tokens, and can call no route";
    const before = matrixOf(teams).routes.filter(({ callers }) => callers.includes("audit"));

    expect(before).not.toEqual([]);
    expect(matrix.disabled).toEqual(["audit"]);
    expect(matrix.clients).toContain("audit");
    expect(matrix.routes.filter(({ callers }) => callers.includes("audit"))).toEqual([]);
    expect(matrix.routes.filter((one) => one.acceptsIssuedTokensOf?.includes("audit")).map(nameOf)).toEqual(
      before.map(nameOf),
    );
    expect(matrixText(matrix, { width: 200, alarm: String, heading: String })).toContain(`\n  audit ${words}`);
    expect(matrixMarkdown([matrix])).toContain(`\n- \`audit\` ${words}\n`);
  });

  it("leaves both out where all clients get tokens", () => {
    expect(matrixOf(teams)).not.toHaveProperty("disabled");
    expect(JSON.stringify(matrixOf(teams))).not.toContain("acceptsIssuedTokensOf");
  });
});

describe("a token without the domain", () => {
  const BY_API = { explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] };
  const WORDS = "can get tokens without the domain, through Cognito's API: ALLOW_CLIENT_TOKEN_AUTH";

  it("lets a client call that has no OAuth flow, and is named in JSON, text and Markdown", () => {
    const stack = changedClient("audit", { ...BY_API, allowed_oauth_flows_user_pool_client: false });
    const matrix = matrixOf(stack);

    expect(callersOf(stack)).toEqual(callersOf(teams));
    expect(matrix.withoutDomain).toEqual(["audit"]);
    expect(matrixText(matrix, { width: 200, alarm: (text) => `!${text}`, heading: String })).toContain(
      `\n!audit ${WORDS}\n`,
    );
    expect(matrixMarkdown([matrix])).toContain(`\n- \`audit\` ${WORDS}\n`);
  });

  it("leaves out clients without the flow", () => {
    expect(matrixOf(teams)).not.toHaveProperty("withoutDomain");
  });
});

describe("the UPDATED issuer", () => {
  it.each([
    ["an object", { type: "UPDATED" }],
    ["a list", [{ type: "UPDATED" }]],
  ])("of a pool, written as %s, lets no client call, with a note", (_what, issuer_configuration) => {
    const stack = changed("aws_cognito_user_pool", () => true, { issuer_configuration });

    expect(routeOf(stack, "GET /bills")).toMatchObject({
      callers: [],
      notes: [
        "it accepts no token: its user pool has the UPDATED issuer, which no COGNITO_USER_POOLS authorizer of API Gateway accepts",
      ],
    });
  });

  it("makes no difference when it is the original one", () => {
    const stack = changed("aws_cognito_user_pool", () => true, { issuer_configuration: { type: "ORIGINAL" } });

    expect(callersOf(stack)).toEqual(callersOf(teams));
  });
});

describe("matrixText", () => {
  it("has a row for each route and a column for each client", () => {
    expect(matrixText(matrixOf(teams), style).split("\n")).toEqual([
      "dev: 3 clients, 4 routes",
      "",
      "  route             any of the scopes                   function checks  audit  report  shop",
      "  GET /             orders/read                         client id        –      ✓       ✓",
      "  GET /bills        https://api.example.com/bills/read  client id        ✓      ✓       –",
      "  GET /orders/{id}  orders/read, orders/write           client id        –      ✓       ✓",
      "  PUT /orders/{id}  orders/write                        client id        –      –       ✓",
    ]);
  });

  it("begins with what is public", () => {
    const lines = matrixText(matrixOf(changedMethod("PUT", { authorization: "NONE" })), style).split("\n");

    expect(lines[1]).toBe("!PUBLIC: PUT /orders/{id} is callable without a token!");
    expect(lines).toContain(
      "  PUT /orders/{id}  orders/write                        –                PUBLIC  PUBLIC  PUBLIC",
    );
  });

  it("shows clients that the function denies", () => {
    const variables = { ALLOWED_BY_ROUTE: "dev;1=GET /", ALLOWED_CLIENT_IDS: idOf("report") };
    const text = matrixText(matrixOf(changedFunction(variables)), style);

    expect(text).toMatch(/GET \/ {13}orders\/read +client id +– +✓ +denied$/m);
    expect(text).toContain("  GET /: has the scope, but the function denies it: shop");
  });

  it("lists the callers of each route where the grid is too wide", () => {
    expect(
      matrixText(matrixOf(teams), { ...style, width: 60 })
        .split("\n")
        .slice(2, 7),
    ).toEqual([
      "  route          any of the     function       who can call",
      "                 scopes         checks         it",
      "  GET /          orders/read    client id      2 of 3",
      "                                               clients:",
      "                                               report, shop",
    ]);
  });

  it("lists the callers of each route from 21 clients on, however wide the terminal is", () => {
    const wide = { ...style, width: 1000 };

    expect(matrixText(oneRouteWith(20, 20), wide)).toMatch(/^ {2}route +any of the scopes +function checks +c00 /m);
    expect(matrixText(oneRouteWith(21, 21), wide)).toMatch(/ {2}all 21 clients$/m);
    expect(matrixText(oneRouteWith(21, 0), wide)).toMatch(/ {2}no client$/m);
  });
});

describe("matrixMarkdown", () => {
  it("has a section and a table for each environment", () => {
    const prod = accessMatrix("prod", synthesize(TEAMS, "prod").json);
    const text = matrixMarkdown([matrixOf(teams), prod]);

    expect(text).toMatch(/^# Who can call what\n/);
    expect(text.match(/^## .*$/gm)).toEqual(["## dev", "## prod"]);
    expect(text).toContain(
      "| route | any of the scopes | function checks | `audit` | `report` | `shop` |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    expect(text).toContain("| `PUT /orders/{id}` | `orders/write` | client id | – | – | ✓ |\n");
  });

  it("lists the callers of each route from 21 clients on", () => {
    expect(matrixMarkdown([oneRouteWith(21, 2)])).toContain(
      "| route | any of the scopes | function checks | who can call it |\n| --- | --- | --- | --- |\n| `GET /` | `orders/read` | client id | 2 of 21 clients: `c00`, `c01` |\n",
    );
  });

  it("emphasizes what is public", () => {
    const text = matrixMarkdown([matrixOf(changedMethod("PUT", { authorization: "NONE" }))]);

    expect(text).toContain("| `PUT /orders/{id}` | `orders/write` | – | **PUBLIC** | **PUBLIC** | **PUBLIC** |\n");
    expect(text).toContain("- `PUT /orders/{id}`: callable without a token\n");
  });

  it("keeps the table whole whatever is in a name", () => {
    const stack = changedClient("shop", { name: "a|b`c\nd" });

    expect(matrixMarkdown([matrixOf(stack)])).toContain("| `` a\\|b`c d `` |");
  });
});

describe("matrixJson", () => {
  it("holds everything", () => {
    expect(JSON.parse(matrixJson([matrixOf(teams)]))).toEqual([matrixOf(teams)]);
  });
});

jest.setTimeout(300_000);

describe("the command", () => {
  const matrix = (folder: string, ...args: readonly string[]) => run(script("cli/matrix.ts", ...args), folder);

  it("takes the committed access-matrix.md for up to date: else run npx access matrix --write", async () => {
    expect(await matrix(join(__dirname, "..", "..", ".."), "--check")).toMatchObject({ code: 0, stderr: "" });
  });

  it("writes the file that --check misses, prints one environment of it, and refuses what it does not know", async () => {
    const folder = copyOfProject();
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write("access.yaml", TEAMS);
    const [missing, written, upToDate, json, ...refused] = await runTogether(
      { folder, environment: cleanEnvironment },
      [
        ["matrix", "--check"],
        ["matrix", "--write"],
        ["matrix", "--check"],
        ["matrix", "--env", "prod", "--json"],
        ["matrix", "--env", "stage"],
        ["matrix", "--json", "--markdown"],
        ["matrix", "--check", "--env", "dev"],
      ],
    );
    const file = readFileSync(join(folder, "access-matrix.md"), "utf8");
    rmSync(folder, { recursive: true });

    expect(missing).toMatchObject({
      code: 2,
      stderr: "stale: access-matrix.md. Run: npx access matrix --write\n",
    });
    expect([written?.code, upToDate?.code]).toEqual([0, 0]);
    expect(file).toMatch(/^## dev$.*^## prod$/ms);
    const prod = accessMatrix("prod", synthesize(TEAMS, "prod").json);
    expect([json?.code, JSON.parse(json?.stdout ?? "")]).toEqual([0, [prod]]);
    expect(refused).toEqual(
      [
        'access.yaml has no environment "stage". It has dev, prod.',
        "option '--markdown' cannot be used with option '--json'",
        "option '--check' cannot be used with option '-e, --env <name>'",
      ].map((message) => ({ code: 64, stdout: "", stderr: `error: ${message}\n` })),
    );
  });

  it("prints the errors of main.ts", async () => {
    const broken = copyOfProject();
    writeFileSync(join(broken, "access.yaml"), TEAMS.replace("[orders/read] }", "[orders/raed] }"));

    const { code, stderr } = await matrix(broken);
    rmSync(broken, { recursive: true });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*\naccess\.yaml:\d+:\d+: route "GET \/" .*"orders\/raed".*\n$/);
  });
});

describe("a matrix with owners", () => {
  const owned = TEAMS.replace("shop: {", "shop: { owner: sales, purpose: Sells |things|,").replace(
    "audit: {",
    "audit: { owner: sales,",
  );
  const { json } = synthesize(`${owned.replace("report: {", "report: { owner: it,")}owners:
  sales: { contact: sales@example.com }
  it: { contact: it@example.com }
`);
  const matrix = accessMatrix("dev", json);

  it("has owner and purpose of each client", () => {
    expect(matrix.owners).toEqual([
      { client: "audit", owner: "sales", purpose: null },
      { client: "report", owner: "it", purpose: null },
      { client: "shop", owner: "sales", purpose: "Sells |things|" },
    ]);
    expect(matrixText(matrix, { width: 60, alarm: String, heading: String })).toContain(
      "  client  owner  purpose\n  audit   sales  –\n  report  it     –\n  shop    sales  Sells |things|",
    );
    expect(matrixMarkdown([matrix])).toContain("| `shop` | sales | `Sells \\|things\\|` |");
  });

  it("is the same as before without them", () => {
    const { owners, ...others } = matrix;
    expect(others).toEqual(accessMatrix("dev", teams));
  });
});
