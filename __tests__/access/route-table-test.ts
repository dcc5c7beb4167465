/** Which route answers, and which paths have requests in common. */
import { caughtRequests, compareSpecificity, fits, meetingOf, RouteTable, shapeOf } from "../../access/route-table";

describe("RouteTable", () => {
  const table = new RouteTable([
    "GET /users/{id}",
    "PATCH /users/me",
    "ANY /{rest+}",
    "GET /",
    "OPTIONS /only",
    "ANY /test/any",
    "OPTIONS /test/{more+}",
  ]);

  it.each([
    ["GET", "/users/me", "GET /users/{id}"],
    ["PATCH", "/users/me", "PATCH /users/me"],
    ["POST", "/users/me", "ANY /{rest+}"],
    ["POST", "/users/7", "ANY /{rest+}"],
    ["DELETE", "/jobs/x", "ANY /{rest+}"],
    ["GET", "/only", "ANY /{rest+}"],
    ["OPTIONS", "/only", "OPTIONS /only"],
    ["OPTIONS", "/test/any", "ANY /test/any"],
    ["GET", "//users/7/", "GET /users/{id}"],
    ["GET", "", "GET /"],
    ["POST", "/", undefined],
    ["TRACE", "/users/7", undefined],
    ["get", "/users/7", undefined],
    ["GET", "users/7", undefined],
    ["GET", "/users/{any}", "GET /users/{id}"],
    ["ANY", "/users/{id}", "ANY /{rest+}"],
  ])("answers %s %s by %s", (method, path, expected) => {
    expect(table.answering(method, path)).toBe(expected);
  });

  it("chooses the same whatever the order of the routes", () => {
    const routes = ["GET /a/{x}", "GET /a", "GET /a/b", "GET /{y}/b", "GET /a/{x}/{rest+}"];
    for (const all of [routes, routes.toReversed()]) {
      const found = ["/a/b", "/a/c", "/c/b", "/a", "/a/b/c"].map((path) => new RouteTable(all).answering("GET", path));
      expect(found).toEqual(["GET /a/b", "GET /a/{x}", "GET /{y}/b", "GET /a", "GET /a/{x}/{rest+}"]);
    }
  });

  it("knows what it has, whatever parameters are called", () => {
    expect([table.has("GET", "/users/{other}"), table.has("POST", "/users/{id}")]).toEqual([true, false]);
  });
});

describe("fits", () => {
  it.each([
    ["/{rest+}", "/a/b", true],
    ["/{rest+}", "/", false],
    ["/{id}", "/{rest+}", false],
    ["/a/{id}", "/a/{other}", true],
    ["/a/{id}", "/a/", false],
    ["/a", "/{id}", false],
  ])("of %s and %s: %s", (pattern, path, expected) => {
    expect(fits(pattern, path)).toBe(expected);
  });
});

describe("meetingOf", () => {
  it.each([
    ["/users/{id}", "/{rest+}", "/users/{id}"],
    ["/a/{x}", "/{y}/b", "/a/b"],
    ["/a/{rest+}", "/{y}/b/c", "/a/b/c"],
    ["/a/{x}", "/b/{x}", undefined],
    ["/a", "/a/{rest+}", undefined],
    ["/", "/{rest+}", undefined],
    ["/{x}", "/{y}", "/{x}"],
  ])("of %s and %s is %s", (one, other, expected) => {
    expect(meetingOf(one, other)).toBe(expected);
  });
});

describe("compareSpecificity", () => {
  it("orders literals before parameters before greedy ones, part by part", () => {
    const ordered = ["/", "/a", "/a/b", "/a/{x}", "/a/{x}/c", "/a/{rest+}", "/{y}", "/{y}/b", "/{rest+}"];
    expect(ordered.toReversed().toSorted(compareSpecificity)).toEqual(ordered);
  });
});

describe("shapeOf", () => {
  it("leaves names of parameters out", () => {
    expect(shapeOf("/a/{id}/{rest+}")).toBe("/a/{}/{+}");
  });
});

/** What routes catch; those that begin with `open ` take requests without a token. */
function caughtBy(routes: readonly string[], preflights: readonly string[] = []): readonly string[] {
  const accesses = routes.map((text) => ({ route: text.replace(/^open /, ""), isOpen: text.startsWith("open ") }));
  return caughtRequests(accesses, preflights).map(({ by, path, methods }) => `${by}: ${methods.join(" ")} of ${path}`);
}

describe("caughtRequests", () => {
  it("names the methods that a path leaves to an open one", () => {
    expect(caughtBy(["GET /users/{id}", "PATCH /users/me", "open ANY /{rest+}"])).toEqual([
      "ANY /{rest+}: DELETE HEAD OPTIONS PATCH POST PUT of /users/{id}",
      "ANY /{rest+}: DELETE HEAD OPTIONS POST PUT of /users/me",
    ]);
  });

  it("names the open method only, where it is no ANY", () => {
    expect(caughtBy(["GET /users/me", "open POST /users/{id}", "PUT /users/{id}"])).toEqual([
      "POST /users/{id}: POST of /users/me",
    ]);
  });

  it("names the requests that paths have in common", () => {
    expect(caughtBy(["GET /a/{x}", "open POST /{y}/b"])).toEqual(["POST /{y}/b: POST of /a/b"]);
  });

  it.each<readonly [string, readonly string[]]>([
    ["a path with ANY", ["ANY /users/{id}", "open ANY /{rest+}"]],
    ["an open path", ["open GET /users/{id}", "open ANY /{rest+}"]],
    ["a path that another guarded route takes the rest of", ["GET /users/me", "ANY /users/{id}", "open ANY /{rest+}"]],
    ["a path that is less specific", ["GET /users/{id}", "open ANY /users/me"]],
    ["a path that has no request in common", ["GET /users/me", "open ANY /jobs/{rest+}"]],
    ["an open method of the same path", ["GET /users/me", "open POST /users/me"]],
    ["the root", ["GET /", "open ANY /{rest+}"]],
  ])("passes over %s", (_what, routes) => {
    expect(caughtBy(routes)).toEqual([]);
  });

  it("passes over OPTIONS where API Gateway answers it", () => {
    const routes = ["GET /users/me", "open OPTIONS /{rest+}"];
    expect(caughtBy(routes)).toEqual(["OPTIONS /{rest+}: OPTIONS of /users/me"]);
    expect(caughtBy(routes, ["OPTIONS /users/me"])).toEqual([]);
  });
});
