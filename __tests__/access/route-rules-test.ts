/** Constraints of API Gateway and browsers on routes. */
import { errorOf, expectMistakes, fileWith, long, mistakesIn, parse } from "../support/access-text";

const OPEN = "lambda: access, scopes: [orders/read]";

/** A file whose only route, in line 8, has this path and URL. */
function withUrl(url: string, path = "/"): string {
  return fileWith({ routes: `  GET ${path}: { url: "${url}", scopes: [orders/read] }` });
}

describe("parseAccessModel takes for url", () => {
  it.each([
    ["https://example.com", "/"],
    ["https://example.com/", "/"],
    ["https://a-b.example.com:443/v1/orders/", "/"],
    ["https://example.com:1024/a%20b/~c,d;e=f@g", "/"],
    ["https://example.com/{id}", "/orders/{id}"],
    ["https://example.com/{rest}", "/{rest+}"],
    ["https://example.com/{b}/x/{a}/{b}", "/{a}/{b}"],
  ])("%s", (url, path) => {
    expect(parse(withUrl(url, path)).routes[0]?.backend).toEqual({ kind: "http", url });
  });
});

describe("parseAccessModel refuses, of url", () => {
  it.each<readonly [string, string, ...string[]]>([
    ["/", "orders", '8:17 url … but is "orders".'],
    ["/", "", '8:17 url … but is "".'],
    ["/", "//example.com/a", '8:17 url … but is "//example.com/a".'],
    ["/", "https:///a", '8:17 url … but is "https:///a".'],
    ["/", "https://[::1]/a", '8:17 url … but is "https://[::1]/a".'],
    ["/", "http://example.com", "8:17 is http, but the caller's token is sent to it. Write https."],
    ["/", "HTTP://example.com", "8:17 is http, but the caller's token is sent to it. Write https."],
    ["/", "ftp://example.com", "8:17 is ftp, but must be https."],
    [
      "/",
      "https://Example.com/A",
      '8:17 has host "Example.com", but a host must be in lower case. Write "example.com".',
    ],
    ["/", "https://localhost", '8:17 has host "localhost", but must have a public name such as "orders.example.com".'],
    ["/", "https://192.168.0.1", '8:17 has host "192.168.0.1", but must have a public name such as'],
    ["/", "https://{id}.example.com", '8:17 has host "{id}.example.com", but must have a public name such as'],
    ["/", "https://a_b.example.com", '8:17 has host "a_b.example.com", but must have a public name such as'],
    ["/", "https://example.com:80", "8:17 has port 80, but API Gateway calls only ports 443 and 1024 to 65535."],
    ["/", "https://example.com:65536", "8:17 has port 65536, but API Gateway calls only ports 443 and 1024"],
    [
      "/",
      "https://example.com/?a=b",
      "8:17 has a query string, but the caller's query string is passed on. Remove it.",
    ],
    [
      "/",
      "https://example.com?a=b#c",
      "8:17 has a query string, but the caller's query string is passed on. Remove it.",
    ],
    ["/", "https://example.com/a#b", "8:17 has a fragment, which is never sent. Remove it."],
    ["/", "https://example.com/a b", '8:17 has path part "a b", but characters other than letters, digits and'],
    ["/", "https://example.com/100%", '8:17 has path part "100%", but characters other than letters, digits and'],
    ["/", "https://canary:canary@example.com/a", "8:17 has credentials, which the plan would show. Remove them."],
    ["/", "http://canary@example.com", "8:17 has credentials, which the plan would show. Remove them."],
    ["/", "canary:canary@example.com", "8:17 has credentials, which the plan would show. Remove them."],
    [
      "/",
      "https://example.com/a?key=canary",
      "8:17 has a query string, but the caller's query string is passed on. Remove it.",
    ],
    ["/", "https://example.com/a#canary", "8:17 has a fragment, which is never sent. Remove it."],
    ["/", "example.com?key=canary", '8:17 url … but is "example.com".'],
    ["/orders/{id}", "https://example.com/{idd}", "8:28 has {idd}, which is not in the route's path. Did you mean"],
    ["/orders/{id}/{line}", "https://example.com/{customer}", "8:35 has {customer}, which is not in the route's"],
    ["/orders", "https://example.com/{id}", "8:23 has {id}, which is not in the route's path."],
    ["/{proxy+}", "https://example.com/{proxy+}", "8:25 has {proxy+}, but a parameter in a url has no plus sign."],
    ["/orders/{id}", "https://example.com/order-{id}", '8:28 has path part "order-{id}", but a parameter is a whole'],
    ["/orders/{id}", "https://example.com/orders", "8:28 lacks {id}, so its value in the route's path would be"],
    ["/legacy/{proxy+}", "https://example.com/", "8:32 lacks {proxy}, so its value in the route's path would be"],
    ["/{a}/{b}/{c+}", "https://example.com/{b}", "8:29 lacks {a}, so its", "8:29 lacks {c}, so its"],
    ["/orders/{id", "https://example.com/{id}", '8:3 has path part "{id", but a part is letters, digits or any of'],
    ["/{id}", "https://example.com/$\x7bid}", "8:21 url …"],
  ])("at %s: '%s'", (path, url, ...mistakes) => {
    expectMistakes(withUrl(url, path), mistakes);
  });

  it.each([
    "https://canary:canary@example.com/a",
    "http://canary@example.com",
    "canary:canary@example.com",
    "https://example.com/a?key=canary",
    "https://example.com/a#canary",
    "example.com?key=canary",
  ])("%s, without repeating what may be a secret", (url) => {
    expect(errorOf(() => parse(withUrl(url))).message).not.toContain("canary");
  });
});

describe("parseAccessModel refuses, of routes", () => {
  it.each<readonly [string, ...string[]]>([
    ["post /a", '8:3 has method "post", but must have one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, ANY. Did'],
    ["GTE /a", '8:3 has method "GTE", but must have one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, ANY. Did'],
    ["GXE /a", '8:3 has method "GXE", but must have one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, ANY.'],
    ["GET a/b", '8:3 has path "a/b", but a path begins with "/". Write "/a/b".'],
    ["GET /a/", '8:3 has path "/a/" with an empty part. Write "/a".'],
    ["GET //a", '8:3 has path "//a" with an empty part. Write "/a".'],
    ["GET //", '8:3 has path "//" with an empty part. Write "/".'],
    ["GET /a!", '8:3 has path part "a!", but a part is letters, digits or any of ._:- or a parameter such as "{id}"'],
    ["GET /a/{b", '8:3 has path part "{b", but a part is letters, digits or any of ._:- or a parameter such as'],
    ["GET /a/x{b}", '8:3 has path part "x{b}", but a part is letters, digits or any of ._:- or a parameter such as'],
    ["GET /a/{}", '8:3 has path part "{}", but a part is letters, digits or any of ._:- or a parameter such as'],
    ["GET /a/:id?", '8:3 has path part ":id?", but a part is letters, digits or any of ._:- or a parameter such as'],
    ["GET /{a+}/b", '8:3 has path part "{a+}" before the end, but only the last part may take the rest of the path.'],
    ["get a", '8:3 has method "get", but must have one of GET, POST, PUT, PATCH, DELETE,', '8:3 has path "a",'],
    ["POST", '8:3 key … but is "POST".'],
    ["/access", '8:3 key … but is "/access".'],
    ["POST  /access", '8:3 key … but is "POST  /access".'],
    ["POST /access now", '8:3 key … but is "POST /access now".'],
    ["", '8:3 key … but is "".'],
  ])("'%s'", (key, ...mistakes) => {
    expectMistakes(fileWith({ routes: `  '${key}': { ${OPEN} }` }), mistakes);
  });

  it.each<readonly [string, ...string[]]>([
    [
      `GET /a/{x}: { ${OPEN} }\n  GET /a/{y}: { ${OPEN} }`,
      '9:3 has {y} where route "GET /a/{x}" has {x}, but API Gateway allows one parameter name at each position of a path. Write {x}.',
    ],
    [
      `GET /a/{x}: { ${OPEN} }\n  POST /a/{y}/b: { ${OPEN} }`,
      '9:3 has {y} where route "GET /a/{x}" has {x}, but API Gateway allows one parameter name at each position of a path. Write {x}.',
    ],
    [
      `GET /{x}: { ${OPEN} }\n  GET /{x+}: { ${OPEN} }`,
      '9:3 has {x+} where route "GET /{x}" has {x}, but API Gateway allows one parameter name at each position of a path. Write {x}.',
    ],
    [
      `OPTIONS /a: { ${OPEN} }\n  POST /a: { ${OPEN}, cors: true }`,
      '8:3 has method OPTIONS, which cors of route "POST /a" adds. Remove it.',
    ],
    [
      `OPTIONS /a: { ${OPEN} }\n  ANY /a: { ${OPEN}, cors: { origins: ["https://app.example.com"] } }`,
      '8:3 has method OPTIONS, which cors of route "ANY /a" adds. Remove it.',
    ],
    [`OPTIONS /a: { ${OPEN}, cors: true }`, "8:62 has cors, but OPTIONS is the preflight request"],
  ])("%s", (routes, ...mistakes) => {
    expectMistakes(fileWith({ routes: `  ${routes}` }), mistakes);
  });

  it("no OPTIONS where no route of its path has cors", () => {
    const routes = [
      `  OPTIONS /a: { ${OPEN} }`,
      `  GET /a: { ${OPEN}, cors: false }`,
      `  GET /b: { ${OPEN}, cors: true }`,
    ];
    expect(() => parse(fileWith({ routes: routes.join("\n") }))).not.toThrow();
  });

  it.each([
    ["acess", ["access", "orders"], 'Did you mean "access"?'],
    ["Access", ["access"], 'Did you mean "access"?'],
    ["invoices", ["access", "orders"], "Functions: access, orders."],
    ["invoices", [], "Create it."],
  ])("lambda %s where there are %j", (lambda, functions, hint) => {
    expect(
      mistakesIn(fileWith({ routes: `  GET /: { lambda: ${lambda}, scopes: [orders/read] }` }), functions),
    ).toEqual([`8:20: route "GET /" names lambda "${lambda}", but lambda/${lambda}.ts does not exist. ${hint}`]);
  });

  it.each(["../main", "a.b", "a b", long(41)])("lambda name %s", (lambda) => {
    const text = fileWith({ routes: `  GET /: { lambda: ${lambda}, scopes: [orders/read] }` });
    expect(mistakesIn(text, [lambda])).toEqual([
      `8:20: lambda of route "GET /" must be a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-", but is "${lambda}".`,
    ]);
  });
});
