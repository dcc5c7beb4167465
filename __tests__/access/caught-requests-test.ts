/** Requests that reach an open route although their path demands a token. */
import { caughtRequests } from "../../access/caught-requests";

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
