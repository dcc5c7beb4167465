/** What API Gateway and browsers demand of routes. */
import { fileWith, long, mistakesIn, parse } from "../support/access-text";

const PART = 'letters, digits or any of ._:- or a parameter such as "{id}" or, at the end, "{rest+}"';

describe("parseAccessModel refuses, of routes", () => {
  const METHOD = "but must have one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, ANY.";

  it.each([
    ["post /a", `method "post", ${METHOD} Did you mean "POST"?`],
    ["GTE /a", `method "GTE", ${METHOD} Did you mean "GET"?`],
    ["GXE /a", `method "GXE", ${METHOD}`],
    ["GET a/b", 'path "a/b", but a path begins with "/". Write "/a/b".'],
    ["GET /a/", 'path "/a/" with an empty part. Write "/a".'],
    ["GET //a", 'path "//a" with an empty part. Write "/a".'],
    ["GET //", 'path "//" with an empty part. Write "/".'],
    ["GET /a!", `path part "a!", but a part is ${PART}.`],
    ["GET /a/{b", `path part "{b", but a part is ${PART}.`],
    ["GET /a/x{b}", `path part "x{b}", but a part is ${PART}.`],
    ["GET /a/{}", `path part "{}", but a part is ${PART}.`],
    ["GET /a/:id?", `path part ":id?", but a part is ${PART}.`],
    ["GET /{a+}/b", 'path part "{a+}" before the end, but only the last part may take the rest of the path.'],
  ])("%s", (key, refusal) => {
    expect(mistakesIn(fileWith({ routes: `  '${key}': { lambda: access, scopes: [orders/read] }` }))).toEqual([
      `8:3: route "${key}" has ${refusal}`,
    ]);
  });

  it("both method and path of one", () => {
    expect(mistakesIn(fileWith({ routes: "  get a: { lambda: access, scopes: [orders/read] }" }))).toEqual([
      `8:3: route "get a" has method "get", ${METHOD} Did you mean "GET"?`,
      '8:3: route "get a" has path "a", but a path begins with "/". Write "/a".',
    ]);
  });

  it.each(["POST", "/access", "POST  /access", "POST /access now", ""])("key '%s'", (key) => {
    expect(mistakesIn(fileWith({ routes: `  '${key}': { lambda: access, scopes: [orders/read] }` }))).toEqual([
      `8:3: key of route "${key}" must be a method, a space and a path, such as "POST /orders", but is "${key}".`,
    ]);
  });

  it.each([
    ["GET /a/{x}", "GET /a/{y}", "{x}", "{y}"],
    ["GET /a/{x}", "POST /a/{y}/b", "{x}", "{y}"],
    ["GET /{x}", "GET /{x+}", "{x}", "{x+}"],
  ])("%s beside %s", (first, second, kept, changed) => {
    const routes = [first, second].map((key) => `  ${key}: { lambda: access, scopes: [orders/read] }`).join("\n");
    expect(mistakesIn(fileWith({ routes }))).toEqual([
      `9:3: route "${second}" has ${changed} where route "${first}" has ${kept}, but API Gateway takes one parameter in one place. Write ${kept}.`,
    ]);
  });

  const ROUTE = "lambda: access, scopes: [orders/read]";

  it.each([
    ["POST /a", "cors: true"],
    ["ANY /a", 'cors: { origins: ["https://app.example.com"] }'],
  ])("OPTIONS beside %s with %s, which answers it", (key, cors) => {
    const routes = [`  OPTIONS /a: { ${ROUTE} }`, `  ${key}: { ${ROUTE}, ${cors} }`].join("\n");
    expect(mistakesIn(fileWith({ routes }))).toEqual([
      `8:3: route "OPTIONS /a" has method OPTIONS, which cors of route "${key}" adds. Remove it.`,
    ]);
  });

  it("OPTIONS with cors of its own", () => {
    expect(mistakesIn(fileWith({ routes: `  OPTIONS /a: { ${ROUTE}, cors: true }` }))).toEqual([
      '8:62: route "OPTIONS /a" has cors, but browsers send OPTIONS to ask about other methods. Add it to those.',
    ]);
  });

  it("no OPTIONS where no route of its path has cors", () => {
    const routes = [
      `  OPTIONS /a: { ${ROUTE} }`,
      `  GET /a: { ${ROUTE}, cors: false }`,
      `  GET /b: { ${ROUTE}, cors: true }`,
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
