import { allowedOrigins, type CorsRoute, corsOrigins, DEFAULT_HEADERS, originPolicies } from "../../access/cors";

const APP = "https://app.example.com";
const ADMIN = "https://admin.example.com";

/** A route that allows the origins; none means that it has no CORS. */
function route(key: string, origins: readonly string[] = [], headers: readonly string[] = []): CorsRoute {
  const [method = "", path = ""] = key.split(" ");
  return { method, path, cors: origins.length === 0 ? undefined : { origins, headers } };
}

describe("originPolicies", () => {
  /** Methods by origin, in order. */
  const methodsOf = (routes: readonly CorsRoute[]) =>
    originPolicies(routes).map(({ origin, methods }) => [origin, methods.join(" ")]);

  it("has a policy with every method that allows the origin, sorted", () => {
    expect(methodsOf([route("PUT /a", [APP]), route("GET /a", [APP])])).toEqual([[APP, "GET PUT"]]);
  });

  it("gives each origin its own methods and not those of another", () => {
    expect(methodsOf([route("GET /a", [APP, ADMIN]), route("DELETE /a", [ADMIN])])).toEqual([
      [ADMIN, "DELETE GET"],
      [APP, "GET"],
    ]);
  });

  it("gives a named origin what everybody may as well, and puts everybody first", () => {
    expect(methodsOf([route("DELETE /a", [ADMIN]), route("GET /a", ["*"])])).toEqual([
      ["*", "GET"],
      [ADMIN, "DELETE GET"],
    ]);
  });

  it("takes ANY for every method but OPTIONS", () => {
    expect(methodsOf([route("ANY /a", ["*"])])).toEqual([["*", "DELETE GET HEAD PATCH POST PUT"]]);
  });

  it("leaves a method out of ANY that has a route of its own without CORS", () => {
    expect(methodsOf([route("ANY /a", ["*"]), route("DELETE /a")])).toEqual([["*", "GET HEAD PATCH POST PUT"]]);
  });

  it("leaves a method without CORS out", () => {
    expect(methodsOf([route("GET /a", ["*"]), route("DELETE /a")])).toEqual([["*", "GET"]]);
  });

  it("is empty without CORS", () => {
    expect(originPolicies([route("GET /a")])).toEqual([]);
  });

  it("allows the usual headers, Authorization among them, and those of the routes, sorted, without repeats", () => {
    const routes = [route("GET /a", ["*"], ["X-Trace", "X-Id"]), route("PUT /a", ["*"], ["x-trace", "content-type"])];

    const [policy] = originPolicies(routes);

    expect(DEFAULT_HEADERS).toContain("Authorization");
    expect(policy?.headers).toEqual([...DEFAULT_HEADERS, "X-Id", "x-trace"]);
  });

  it("gives each origin the headers of its own routes and not those of another", () => {
    const routes = [route("GET /a", [APP], ["X-App"]), route("PUT /a", [ADMIN], ["X-Admin"])];

    expect(
      originPolicies(routes).map(({ origin, headers }) => [origin, headers.slice(DEFAULT_HEADERS.length)]),
    ).toEqual([
      [ADMIN, ["X-Admin"]],
      [APP, ["X-App"]],
    ]);
  });
});

describe("allowedOrigins", () => {
  it("has each origin once, everybody first, then sorted", () => {
    const routes = [route("GET /a", [APP]), route("GET /b", [ADMIN, APP]), route("GET /c", ["*"]), route("GET /d")];

    expect(allowedOrigins(routes)).toEqual(["*", ADMIN, APP]);
  });
});

describe("corsOrigins", () => {
  it("has the origins of each route with CORS, whatever their order", () => {
    const routes = [route("PUT /b", ["*"]), route("GET /a/{id}", [APP, ADMIN])];
    const expected = `{"GET /a/{id}":["${ADMIN}","${APP}"],"PUT /b":["*"]}`;

    expect([corsOrigins(routes), corsOrigins(routes.toReversed())]).toEqual([expected, expected]);
  });

  it("leaves out routes without CORS", () => {
    expect(corsOrigins([route("GET /a", ["*"]), route("PUT /a"), route("GET /b")])).toBe('{"GET /a":["*"]}');
  });

  it("is undefined when no route has CORS", () => {
    expect(corsOrigins([route("GET /a")])).toBeUndefined();
  });

  it("names a method without CORS beside an ANY with CORS, or it would be taken for one of the ANY", () => {
    expect(corsOrigins([route("ANY /a", ["*"]), route("DELETE /a"), route("DELETE /b")])).toBe(
      '{"ANY /a":["*"],"DELETE /a":[]}',
    );
  });
});
