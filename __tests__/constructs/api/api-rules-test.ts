import { checkRoutes, type RuledRoute } from "../../../constructs/api/api-rules";
import { ApiStack } from "../../support/api-stack";

/** `GET /orders` for the scope `a/b`, but for what is given. */
function routeOf(given: Partial<RuledRoute> = {}): RuledRoute {
  return { method: "GET", path: "/orders", scopes: ["a/b"], publicReason: undefined, cors: undefined, ...given };
}

const cors = (origins: readonly string[], headers: readonly string[] = []) => routeOf({ cors: { origins, headers } });
const expected = 'expected "*" or one such as https://app.example.com';

describe("checkRoutes", () => {
  it.each([
    ["a route with scopes", [routeOf()]],
    ["a public route", [routeOf({ scopes: [], publicReason: "Load balancers ask." })]],
    ["CORS for everybody", [cors(["*"], ["X-Request-Id", "x_y"])]],
    ["CORS for some", [cors(["https://app.example.com", "http://localhost:3000", "app://-", "https://[::1]:8443"])]],
    ["OPTIONS beside a route without CORS", [routeOf(), routeOf({ method: "OPTIONS" })]],
    ["OPTIONS of another path", [cors(["*"]), routeOf({ method: "OPTIONS", path: "/other" })]],
  ])("has nothing against %s", (_what, routes) => {
    expect(() => checkRoutes(routes, "dev/api")).not.toThrow();
  });

  it.each([
    ["has no scopes, so it would refuse every access token. Name one.", [routeOf({ scopes: [] })]],
    [
      "is public, but names scopes (a/b). Remove the scopes, or require a token.",
      [routeOf({ publicReason: "Load balancers ask." })],
    ],
    ["is public without a reason. Write down why it needs no token.", [routeOf({ scopes: [], publicReason: " " })]],
    ['has no origin: expected "*" or a list such as https://app.example.com.', [cors([])]],
    [
      'allows "*" and other origins (*, https://a.example): write one or the other.',
      [cors(["*", "https://a.example"])],
    ],
    [`allows origin "null": ${expected}.`, [cors(["null"])]],
    [`allows origin "https://*.example.com": ${expected}.`, [cors(["https://*.example.com"])]],
    [`allows origin "https://app.example.com/": ${expected}.`, [cors(["https://app.example.com/"])]],
    [`allows origin "https://a' || 'a' == 'a": ${expected}.`, [cors(["https://a' || 'a' == 'a"])]],
    [`allows origin "https://$context.path": ${expected}.`, [cors(["https://$context.path"])]],
    [`allows origin "https://a.example\n#end": ${expected}.`, [cors(["https://a.example\n#end"])]],
    [
      'allows header "*": expected names such as X-Request-Id; "*" would not cover Authorization.',
      [cors(["*"], ["X-A", "*"])],
    ],
    [
      'allows header "X-A\' ": expected names such as X-Request-Id; "*" would not cover Authorization.',
      [cors(["*"], ["X-A' "])],
    ],
  ])("refuses a route that %s", (mistake, routes) => {
    expect(() => checkRoutes(routes, "dev/api")).toThrow(new Error(`dev/api: route "GET /orders" ${mistake}`));
  });

  it("refuses OPTIONS where API Gateway already answers it for CORS", () => {
    const routes = [cors(["*"]), routeOf({ method: "OPTIONS" })];

    expect(() => checkRoutes(routes, "dev/api")).toThrow(
      new Error(
        'dev/api: route "OPTIONS /orders" is a duplicate: API Gateway already answers OPTIONS there for the CORS of "GET /orders". Remove the route or the CORS.',
      ),
    );
  });

  it("is asked by every API", () => {
    expect(() => new ApiStack({ routes: [{ scopes: [] }] })).toThrow(
      'dev/api: route "POST /access" has no scopes, so it would refuse every access token. Name one.',
    );
  });
});
