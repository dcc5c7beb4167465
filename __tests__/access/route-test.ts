/** What each setting of a route says, and which go together. */
import { fileWith, mistakesIn, parse } from "../support/access-text";

/** A file whose only route, in line 8, is GET /orders/{id} with these settings. */
function withRoute(settings: string): string {
  return fileWith({ routes: `  GET /orders/{id}: { ${settings} }` });
}

const routeOf = (settings: string) => parse(withRoute(settings)).routes[0];
const OPEN = "lambda: access, scopes: [orders/read]";
const NAME = 'route "GET /orders/{id}"';

describe("parseAccessModel reads, of routes", () => {
  it("a function with scopes", () => {
    expect(routeOf(`${OPEN}, throttling: { requestsPerSecond: 5, burst: 10 }`)).toEqual({
      method: "GET",
      path: "/orders/{id}",
      backend: { kind: "lambda", lambda: "access" },
      scopes: ["orders/read"],
      publicReason: undefined,
      cors: undefined,
      throttling: { requestsPerSecond: 5, burst: 10 },
    });
  });

  it("a URL", () => {
    expect(routeOf('url: "https://orders.example.com/{id}", scopes: [orders/read]')?.backend).toEqual({
      kind: "http",
      url: "https://orders.example.com/{id}",
    });
  });

  it("a public route with its reason", () => {
    expect(routeOf('lambda: access, public: true, reason: "Load balancers probe it."')).toMatchObject({
      scopes: [],
      publicReason: "Load balancers probe it.",
    });
  });

  it("public: false like a route that does not say so", () => {
    expect(routeOf(`${OPEN}, public: false`)).toEqual(routeOf(OPEN));
  });

  it.each([
    ["false", undefined],
    ["true", { origins: ["*"], headers: [] }],
    ['{ origins: ["*"] }', { origins: ["*"], headers: [] }],
    [
      '{ origins: ["https://b.example.com", "https://a.example.com:8443"], headers: [X-Trace, X-B] }',
      { origins: ["https://a.example.com:8443", "https://b.example.com"], headers: ["X-B", "X-Trace"] },
    ],
    [
      '{ origins: ["http://localhost:3000", "http://127.0.0.1", "https://intranet"] }',
      { origins: ["http://127.0.0.1", "http://localhost:3000", "https://intranet"], headers: [] },
    ],
  ])("cors: %s", (cors, expected) => {
    expect(routeOf(`${OPEN}, cors: ${cors}`)?.cors).toEqual(expected);
  });
});

describe("parseAccessModel refuses, of what goes together in a route", () => {
  const NO_SCOPES = "A route without scopes would accept ID tokens and refuse all access tokens.";

  it.each([
    [
      `${OPEN}, url: "https://a.b/{id}"`,
      "62: ROUTE has both lambda and url, but one of them answers. Remove one of them.",
    ],
    [
      "scopes: [orders/read]",
      '21: ROUTE needs lambda or url: lambda must be a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"; url must be an https URL such as "https://orders.example.com/v1/orders/{id}".',
    ],
    ["lambda: access", `21: ROUTE needs scopes: a list with at least one scope. ${NO_SCOPES}`],
    ["lambda: access, public: false", `21: ROUTE needs scopes: a list with at least one scope. ${NO_SCOPES}`],
    [
      `${OPEN}, public: true, reason: Why not`,
      "62: ROUTE has both scopes and public, but a public route needs no token. Remove one of them.",
    ],
    [
      "lambda: access, public: true",
      "21: ROUTE needs reason: 1 to 300 characters that explain why no token is needed.",
    ],
    [
      `${OPEN}, reason: Why not`,
      '62: ROUTE has a reason, but is not public. Add "public: true" if it may be called without a token, or remove the reason.',
    ],
    [
      `${OPEN}, public: false, reason: Why not`,
      '77: ROUTE has a reason, but is not public. Add "public: true" if it may be called without a token, or remove the reason.',
    ],
    [
      "lambda: access, reason: Why not",
      '39: ROUTE has a reason, but is not public. Add "public: true" if it may be called without a token, or remove the reason.',
    ],
  ])("%s", (settings, mistake) => {
    expect(mistakesIn(withRoute(settings))).toEqual([`8:${mistake.replace("ROUTE", NAME)}`]);
  });

  it.each([
    ["lambda: access, public: yes", `8:47: public of ${NAME} must be true or false, but is "yes".`],
    ["lambda: access, pubic: true, reason: R", `8:39: ${NAME} has no setting "pubic". Did you mean "public"?`],
    ["lambda: access, public: true, raeson: R", `8:53: ${NAME} has no setting "raeson". Did you mean "reason"?`],
    [
      'lambda: access, public: true, reason: " "',
      `8:61: reason of ${NAME} must be 1 to 300 characters that explain why no token is needed, but is " ".`,
    ],
    [
      "lambda: access, public: true, scopes: []",
      `8:61: scopes of ${NAME} must be a list with at least one scope, but is empty. ${NO_SCOPES}`,
    ],
    ["lamda: access, scopes: [orders/read]", `8:23: ${NAME} has no setting "lamda". Did you mean "lambda"?`],
  ])("%s, and nothing that follows from it", (settings, mistake) => {
    const wanting = settings.endsWith("scopes: []")
      ? settings.replace("public: true", "public: true, reason: R")
      : settings;
    const shift = wanting.length - settings.length;
    expect(mistakesIn(withRoute(wanting))).toEqual([mistake.replace("8:61: scopes", `8:${61 + shift}: scopes`)]);
  });

  it("a reason that is too long", () => {
    const text = withRoute(`lambda: access, public: true, reason: ${"r".repeat(301)}`);
    expect(mistakesIn(text)[0]).toMatch(/^8:61: reason of .*, but is "r{60}"… \(301 characters\)\.$/);
    expect(() => parse(text.replace("rrr", "rr"))).not.toThrow();
  });
});

describe("parseAccessModel refuses, of cors", () => {
  const ORIGIN =
    '"*" or scheme and host in lower case such as "https://app.example.com", without a path or the usual port, http for localhost only';
  const withCors = (cors: string) => withRoute(`${OPEN}, cors: ${cors}`);

  it.each([
    "http://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/path",
    "https://App.example.com",
    "https://app.example.com:443",
    "http://localhost:80",
    "http://localhost.example.com",
    "https://*.example.com",
    "https://user@app.example.com",
    "https://app.example.com:123456",
    "app.example.com",
    "null",
    "",
  ])("origin '%s'", (origin) => {
    expect(mistakesIn(withCors(`{ origins: ["${origin}"] }`))).toEqual([
      `8:80: origin of cors of ${NAME} must be ${ORIGIN}, but is "${origin}".`,
    ]);
  });

  it.each(["X Trace", "X:Trace", "", "X-Trace'", "Café"])("header '%s'", (header) => {
    expect(mistakesIn(withCors(`{ origins: ["*"], headers: ["${header}"] }`))).toEqual([
      `8:96: header of cors of ${NAME} must be the name of a request header: letters, digits, _ or -, but is "${header}".`,
    ]);
  });

  it("header *, and says why", () => {
    expect(mistakesIn(withCors('{ origins: ["*"], headers: ["*"] }'))).toEqual([
      `8:96: header of cors of ${NAME} must be the name of a request header: letters, digits, _ or -, but is "*". "*" would not cover Authorization. Name each.`,
    ]);
  });

  it.each([
    ["{}", `68: cors of ${NAME} needs origins: a list with at least one origin. Write "*" for all.`],
    [
      "{ origins: [] }",
      `79: origins of cors of ${NAME} must be a list with at least one origin, but is empty. Write "*" for all.`,
    ],
    [
      "[https://app.example.com]",
      `68: cors of ${NAME} must be true, false or a map of settings (origins, headers), but is a list.`,
    ],
    ["{ origin: ['*'] }", `70: cors of ${NAME} has no setting "origin". Did you mean "origins"?`],
    [
      '{ origins: ["*"], headers: [] }',
      `95: headers of cors of ${NAME} must be a list with at least one header, but is empty. Leave it out for none.`,
    ],
    [
      '{ origins: ["https://app.example.com", "*"] }',
      `107: origins of cors of ${NAME} has "*" and others, but "*" allows all. Write "*" alone, or leave it out.`,
    ],
  ])("%s", (cors, mistake) => {
    expect(mistakesIn(withCors(cors))).toEqual([`8:${mistake}`]);
  });
});
