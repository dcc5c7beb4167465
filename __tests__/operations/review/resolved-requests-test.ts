import type { AccessMatrix, MatrixRoute } from "../../../operations/access-graph/access-matrix";
import { accessAlerts } from "../../../operations/review/access-alerts";
import { accessChanges } from "../../../operations/review/access-changes";
import { accessRows } from "../../../operations/review/access-markdown";

const route = (name: string, caller: string, changes: Partial<MatrixRoute> = {}): MatrixRoute => ({
  route: name,
  access: caller === "anybody" ? "public" : "clients",
  scopes: [],
  function: "orders",
  url: null,
  isCheckedByFunction: false,
  callers: caller === "anybody" ? [] : [caller],
  refusedByFunction: [],
  notes: [],
  ...changes,
});

/** Routes by name, each with who may call it. */
const matrix = (callers: Readonly<Record<string, string>>): AccessMatrix => ({
  environment: "dev",
  clients: ["audit", "shop"],
  routes: Object.entries(callers).map(([name, caller]) => route(name, caller)),
});

type Callers = Readonly<Record<string, string>>;

describe("accessChanges of requests that another route may answer", () => {
  it.each<[string, Callers, Callers, readonly string[]]>([
    ["ignores the names of parameters", { "GET /o/{id}": "shop" }, { "GET /o/{orderId}": "shop" }, []],
    ["keeps a method that ANY takes over", { "POST /x": "shop" }, { "ANY /x": "shop" }, ["ANY /x: shop no yes"]],
    [
      "tells that ANY takes over a method for somebody else",
      { "POST /x": "shop" },
      { "ANY /x": "audit" },
      ["ANY /x: audit no yes", "POST /x: audit no yes", "POST /x: shop yes no"],
    ],
    [
      "finds a public ANY behind a method that goes away",
      { "GET /x": "shop", "ANY /x": "anybody" },
      { "ANY /x": "anybody" },
      ["GET /x: anybody no yes"],
    ],
    [
      "finds a public greedy path behind a path that goes away",
      { "GET /x": "shop", "ANY /{proxy+}": "anybody" },
      { "ANY /{proxy+}": "anybody" },
      ["GET /x: anybody no yes"],
    ],
    [
      "finds a public parameter behind a literal that goes away",
      { "GET /o/me": "shop", "GET /o/{id}": "anybody" },
      { "GET /o/{id}": "anybody" },
      ["GET /o/me: anybody no yes"],
    ],
    [
      "finds what meets behind a path that goes away",
      { "GET /a/{id}": "shop", "GET /{team}/b": "anybody" },
      { "GET /{team}/b": "anybody" },
      ["GET /a/{id}: shop yes no still", "GET /a/b: anybody no yes"],
    ],
    [
      "knows that a new path leaves calls of other methods to the greedy one",
      { "ANY /{proxy+}": "shop" },
      { "ANY /{proxy+}": "shop", "POST /x": "audit" },
      ["POST /x: audit no yes", "POST /x: shop yes no"],
    ],
    [
      "finds a public greedy path behind a method that goes away while its path stays",
      { "GET /x": "shop", "POST /x": "shop", "ANY /{proxy+}": "anybody" },
      { "GET /x": "shop", "ANY /{proxy+}": "anybody" },
      ["POST /x: anybody no yes"],
    ],
    [
      "finds what a greedy path and a longer one have in common",
      { "GET /a/b/c": "shop", "GET /a/{rest+}": "anybody" },
      { "GET /a/{rest+}": "anybody" },
      ["GET /a/b/c: anybody no yes"],
    ],
    [
      "says nothing of a greedy path that a parameter goes before",
      { "GET /{id}": "shop", "GET /{proxy+}": "audit" },
      { "GET /{id}": "shop", "GET /{proxy+}": "audit" },
      [],
    ],
    [
      "leaves a longer path to the greedy one",
      { "GET /x": "shop", "GET /x/{rest+}": "audit" },
      { "GET /x": "shop", "GET /x/{all+}": "audit" },
      [],
    ],
    ["knows the root", { "GET /": "shop" }, { "GET /": "audit" }, ["GET /: audit no yes", "GET /: shop yes no"]],
  ])("%s", (_what, before, after, expected) => {
    const found = accessChanges(matrix(before), matrix(after)).map(
      ({ route, client, before, after, isStillLive }) =>
        `${route}: ${client ?? "anybody"} ${before} ${after}${isStillLive ? " still" : ""}`,
    );

    expect(found).toEqual(expected);
  });

  it("does not take a route for still live whose API goes away", () => {
    const [change] = accessChanges(matrix({ "GET /x": "shop" }), matrix({}), false);

    expect(change).toEqual({ client: "shop", route: "GET /x", before: "yes", after: "no" });
  });
});

describe("accessAlerts of requests that another route may answer", () => {
  const alerts = (before: AccessMatrix, after: AccessMatrix, was: object = {}, is: object = {}, isApiKept = true) =>
    accessAlerts(before, after, { ...was }, { output: { public_routes: { value: is } } }, isApiKept).map(
      ({ level, message }) => `${level}: ${message}`,
    );
  const one = (changes: Partial<MatrixRoute>): AccessMatrix => ({
    ...matrix({}),
    routes: [route("GET /x", "anybody", changes)],
  });

  it("is loud when a public route takes over", () => {
    const behind = matrix({ "GET /x": "shop", "ANY /x": "anybody" });

    expect(alerts(behind, matrix({ "ANY /x": "anybody" }))).toEqual([
      "caution: Anybody will be able to call `GET /x`, which `ANY /x` answers then, without a token. No reason is written down.",
    ]);
  });

  it("is loud about a public route that catches methods of a path that demands a token, once", () => {
    const catching = (...catches: readonly string[]): AccessMatrix => ({
      ...matrix({ "GET /x": "shop" }),
      routes: [route("GET /x", "shop"), route("ANY /{rest+}", "anybody", { catches })],
    });
    const caught = catching("DELETE /x/{id}", "POST /x/{id}");

    expect(alerts(catching("DELETE /x/{other}"), caught)).toEqual([
      "caution: `ANY /{rest+}` is public and will also answer `POST` of `/x/{id}` without a token: no more specific route has these methods.",
    ]);
    expect(alerts(matrix({}), caught)).toEqual([
      "caution: Anybody will be able to call `ANY /{rest+}` without a token. No reason is written down.",
      "caution: `ANY /{rest+}` is public and will also answer `DELETE`, `POST` of `/x/{id}` without a token: no more specific route has these methods.",
    ]);
    expect(alerts(caught, caught)).toEqual([]);
  });

  it("is loud about a public route that goes away and goes on answering", () => {
    expect(alerts(one({}), matrix({}))).toEqual([
      'caution: `GET /x` goes away, but anybody can go on calling it until the API is deployed once more after this plan: see "Where the state is" in the README.',
    ]);
    expect(alerts(one({}), matrix({}), {}, {}, false)).toEqual([]);
  });

  it("is loud about a route that goes away and goes on leading to its backend, and not about one before a function", () => {
    const backend = { access: "clients", callers: ["shop"], url: "https://a.example", function: null } as const;

    expect(alerts(one(backend), matrix({}))).toEqual([
      'warning: `GET /x` goes away, but its callers reach `https://a.example` until the API is deployed once more after this plan: see "Where the state is" in the README.',
    ]);
    expect(alerts(matrix({ "GET /x": "shop" }), matrix({}))).toEqual([]);
  });

  it("is loud when a public route leads elsewhere, or for another reason", () => {
    const was = { "GET /x": "Probes" };

    expect(alerts(one({ url: "https://a.example" }), one({ url: "https://b.example" }), was, was)).toEqual([
      "caution: `GET /x`, which anybody can call, will lead to `https://b.example`, before to `https://a.example`.",
    ]);
    expect(alerts(one({}), one({}), was, { "GET /x": "Because" })).toEqual([
      "warning: The reason why anybody can call `GET /x` changes: `Because`, before `Probes`",
    ]);
    expect(alerts(one({}), one({}), was, was)).toEqual([]);
  });
});

describe("accessRows", () => {
  const loses = Array.from({ length: 300 }, (_, index) => ({
    client: `client${index}`,
    route: "GET /bulk",
    before: "yes" as const,
    after: "no" as const,
  }));

  it("puts a single gain before bulk, and anybody before all", () => {
    const gain = { client: "stranger", route: "GET /z", before: "no", after: "yes" } as const;
    const rows = accessRows([...loses, gain, { ...gain, client: null }]);

    expect(rows).toEqual([
      { line: "| `GET /z` | **anybody** | – → ✓ | **gains** |", count: 1 },
      { line: "| `GET /z` | `stranger` | – → ✓ | gains |", count: 1 },
      {
        line: "| `GET /bulk` | 300 clients: `client0`, `client1`, `client2` and 297 more | ✓ → – | lose |",
        count: 300,
      },
    ]);
  });

  it("puts a single gain before a gain of many", () => {
    const gains = loses.map((change) => ({ ...change, before: "no" as const, after: "yes" as const }));
    const rows = accessRows([...gains, { client: "stranger", route: "GET /z", before: "no", after: "yes" }]);

    expect(rows.map(({ count }) => count)).toEqual([1, 300]);
  });

  it("tells of a route that goes away that it is still deployed", () => {
    const [row] = accessRows([{ client: "a", route: "GET /x", before: "yes", after: "no", isStillLive: true }]);

    expect(row?.line).toBe("| `GET /x` | `a` | ✓ → – | loses; still deployed until the next deployment |");
  });
});

describe("two REST APIs", () => {
  const apis = (
    routes: readonly (readonly [api: string | undefined, name: string, caller: string])[],
  ): AccessMatrix => ({
    ...matrix({}),
    routes: routes.map(([api, name, caller]) => {
      const isAmbiguous = routes.some(([other, same]) => other !== api && same === name);
      return route(name, caller, { ...(api && { api }), ...(isAmbiguous && { isAmbiguous }) });
    }),
  });
  const changes = (before: AccessMatrix, after: AccessMatrix) =>
    accessChanges(before, after).map((one) => `${one.route}: ${one.client ?? "anybody"} ${one.before} ${one.after}`);

  it("are kept apart: a public route of one answers no request of the other", () => {
    const open = ["admin", "ANY /{proxy+}", "anybody"] as const;
    const before = apis([["shop", "GET /x", "shop"], open]);

    expect(changes(before, apis([open]))).toEqual(["GET /x: shop yes no"]);
    expect(changes(before, before)).toEqual([]);
  });

  it("have a route of the same name each", () => {
    const before = apis([
      ["a", "GET /x", "shop"],
      ["b", "GET /x", "audit"],
    ]);
    const after = apis([
      ["a", "GET /x", "shop"],
      ["b", "GET /x", "anybody"],
    ]);

    expect(changes(before, after)).toEqual(["GET /x (b): anybody no yes"]);
    expect(accessAlerts(before, after, {}, {})).toEqual([
      {
        level: "caution",
        message: "Anybody will be able to call `GET /x (b)` without a token. No reason is written down.",
      },
    ]);
  });

  it("that is the only one is the same one whatever it is called", () => {
    expect(changes(apis([["old", "GET /x", "shop"]]), apis([[undefined, "GET /x", "shop"]]))).toEqual([]);
  });
});
