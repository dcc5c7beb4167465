import type { AccessMatrix } from "../../../operations/access-graph/access-matrix";
import { accessChanges } from "../../../operations/review/access-changes";
import { matrixOf, routeOf } from "../../support/access-matrix";

type Callers = Readonly<Record<string, string>>;

const changes = (before: AccessMatrix, after: AccessMatrix, isApiKept = true) =>
  accessChanges({ before, after, isApiKept, reasons: { before: {}, after: {} } }).map(
    (one) =>
      `${one.route}: ${one.client ?? "anyone"} ${one.before} ${one.after}${one.isStillLive ? " still live" : ""}`,
  );
const shop = matrixOf({ "GET /x": "shop" });
const open = matrixOf({ "GET /x": "anyone" });
const changed = (more: object) => matrixOf({}, routeOf("GET /x", "shop", more));

describe("accessChanges", () => {
  it.each<[string, AccessMatrix, AccessMatrix, readonly string[]]>([
    ["nothing where nothing changes", shop, changed({ notes: ["other"] }), []],
    ["a client that gains", shop, changed({ callers: ["audit", "shop"] }), ["GET /x: audit no yes"]],
    ["a client that loses", shop, changed({ callers: [] }), ["GET /x: shop yes no"]],
    [
      "a client that the function denies",
      shop,
      changed({ callers: [], refusedByFunction: ["shop"] }),
      ["GET /x: shop yes no"],
    ],
    ["a new route", matrixOf(), shop, ["GET /x: shop no yes"]],
    ["a removed route", shop, matrixOf(), ["GET /x: shop yes no still live"]],
    ["a route that becomes public, once", shop, open, ["GET /x: anyone no yes"]],
    ["a public route with new clients", open, { ...open, clients: ["shop", "new"] }, []],
    ["a route that is no longer public", open, shop, ["GET /x: anyone yes no", "GET /x: audit yes no"]],
    [
      "unknown callers",
      shop,
      changed({ access: "unknown", callers: [] }),
      ["GET /x: anyone no unknown", "GET /x: audit no unknown", "GET /x: shop yes unknown"],
    ],
    [
      "another name as another client",
      shop,
      { ...matrixOf({ "GET /x": "store" }), clients: ["audit", "store"] },
      ["GET /x: shop yes no", "GET /x: store no yes"],
    ],
  ])("reports %s", (_what, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });

  it("does not report a removed route as deployed where its API is destroyed", () => {
    expect(changes(shop, matrixOf(), false)).toEqual(["GET /x: shop yes no"]);
  });

  it.each<[string, Callers, Callers, readonly string[]]>([
    ["other names of parameters", { "GET /o/{id}": "shop" }, { "GET /o/{orderId}": "shop" }, []],
    ["ANY that takes a method over", { "POST /x": "shop" }, { "ANY /x": "shop" }, ["ANY /x: shop no yes"]],
    [
      "ANY that takes a method over for another client",
      { "POST /x": "shop" },
      { "ANY /x": "audit" },
      ["ANY /x: audit no yes", "POST /x: audit no yes", "POST /x: shop yes no"],
    ],
    [
      "a public ANY behind a removed method",
      { "GET /x": "shop", "ANY /x": "anyone" },
      { "ANY /x": "anyone" },
      ["GET /x: anyone no yes"],
    ],
    [
      "a public greedy path behind a removed path",
      { "GET /x": "shop", "ANY /{proxy+}": "anyone" },
      { "ANY /{proxy+}": "anyone" },
      ["GET /x: anyone no yes"],
    ],
    [
      "a public parameter behind a removed literal",
      { "GET /o/me": "shop", "GET /o/{id}": "anyone" },
      { "GET /o/{id}": "anyone" },
      ["GET /o/me: anyone no yes"],
    ],
    [
      "a path that meets a removed one",
      { "GET /a/{id}": "shop", "GET /{team}/b": "anyone" },
      { "GET /{team}/b": "anyone" },
      ["GET /a/{id}: shop yes no still live", "GET /a/b: anyone no yes"],
    ],
    [
      "a new path, which leaves other methods to the greedy one",
      { "ANY /{proxy+}": "shop" },
      { "ANY /{proxy+}": "shop", "POST /x": "audit" },
      ["POST /x: audit no yes", "POST /x: shop yes no"],
    ],
    [
      "a public greedy path behind a removed method of a path that stays",
      { "GET /x": "shop", "POST /x": "shop", "ANY /{proxy+}": "anyone" },
      { "GET /x": "shop", "ANY /{proxy+}": "anyone" },
      ["POST /x: anyone no yes"],
    ],
    [
      "a greedy path and a longer one",
      { "GET /a/b/c": "shop", "GET /a/{rest+}": "anyone" },
      { "GET /a/{rest+}": "anyone" },
      ["GET /a/b/c: anyone no yes"],
    ],
    [
      "a parameter before a greedy path",
      { "GET /{id}": "shop", "GET /{proxy+}": "audit" },
      { "GET /{id}": "shop", "GET /{proxy+}": "audit" },
      [],
    ],
    [
      "a greedy path below a literal",
      { "GET /x": "shop", "GET /x/{rest+}": "audit" },
      { "GET /x": "shop", "GET /x/{all+}": "audit" },
      [],
    ],
    ["the root", { "GET /": "shop" }, { "GET /": "audit" }, ["GET /: audit no yes", "GET /: shop yes no"]],
  ])("finds the route that answers, as API Gateway does: %s", (_what, before, after, expected) => {
    expect(changes(matrixOf(before), matrixOf(after))).toEqual(expected);
  });

  const ambiguous = (api: string, caller: string) => routeOf("GET /x", caller, { api, isAmbiguous: true });

  it("keeps the routes of REST APIs apart", () => {
    const admin = routeOf("ANY /{proxy+}", "anyone", { api: "admin" });
    const both = matrixOf({}, routeOf("GET /x", "shop", { api: "shop" }), admin);

    expect(changes(both, matrixOf({}, admin))).toEqual(["GET /x: shop yes no still live"]);
    expect(changes(both, both)).toEqual([]);
    expect(
      changes(
        matrixOf({}, ambiguous("a", "shop"), ambiguous("b", "audit")),
        matrixOf({}, ambiguous("a", "shop"), ambiguous("b", "anyone")),
      ),
    ).toEqual(["GET /x (b): anyone no yes"]);
  });

  it("takes the only REST API for the same one, whatever its name", () => {
    expect(changes(matrixOf({}, routeOf("GET /x", "shop", { api: "old" })), shop)).toEqual([]);
  });
});
