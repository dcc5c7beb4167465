/** What a URL behind a route must be. */
import { errorOf, fileWith, mistakesIn, parse } from "../support/access-text";

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
  const WORDS = 'must be an https URL such as "https://orders.example.com/v1/orders/{id}", but is';
  const NAME = 'such as "orders.example.com".';

  it.each([
    ["orders", `${WORDS} "orders".`],
    ["", `${WORDS} "".`],
    ["//example.com/a", `${WORDS} "//example.com/a".`],
    ["https:///a", `${WORDS} "https:///a".`],
    ["https://[::1]/a", `${WORDS} "https://[::1]/a".`],
    ["http://example.com", "is http, but the caller's token is sent to it. Write https."],
    ["HTTP://example.com", "is http, but the caller's token is sent to it. Write https."],
    ["ftp://example.com", "is ftp, but must be https."],
    ["https://Example.com/A", 'has host "Example.com", but a host is in lower case. Write "example.com".'],
    ["https://localhost", `has host "localhost", but must have a public name ${NAME}`],
    ["https://192.168.0.1", `has host "192.168.0.1", but must have a public name ${NAME}`],
    ["https://{id}.example.com", `has host "{id}.example.com", but must have a public name ${NAME}`],
    ["https://a_b.example.com", `has host "a_b.example.com", but must have a public name ${NAME}`],
    ["https://example.com:80", "has port 80, but API Gateway calls 443 and 1024 to 65535 only. Leave it out for 443."],
    [
      "https://example.com:65536",
      "has port 65536, but API Gateway calls 443 and 1024 to 65535 only. Leave it out for 443.",
    ],
    ["https://example.com/?a=b", "has a query, but the caller's own is passed on. Leave it out."],
    ["https://example.com?a=b#c", "has a query, but the caller's own is passed on. Leave it out."],
    ["https://example.com/a#b", "has a fragment, which is never sent. Leave it out."],
    [
      "https://example.com/a b",
      'has path part "a b", but other characters than letters, digits and -._~!$&\'()*+,;=:@ are written %XX.',
    ],
    [
      "https://example.com/100%",
      'has path part "100%", but other characters than letters, digits and -._~!$&\'()*+,;=:@ are written %XX.',
    ],
  ])("'%s'", (url, refusal) => {
    const subject = 'url of route "GET /"';
    expect(mistakesIn(withUrl(url))).toEqual([`8:17: ${subject} ${refusal}`]);
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

  it.each([
    "https://canary:canary@example.com/a",
    "http://canary@example.com",
    "canary:canary@example.com",
  ])("credentials: %s", (url) => {
    expect(mistakesIn(withUrl(url))).toEqual([
      '8:17: url of route "GET /" has credentials, which the plan would show. Leave them out.',
    ]);
  });

  it.each([
    ["/orders/{id}", "https://example.com/{idd}", "has {idd}, which is not in the route's path. Did you mean {id}?"],
    [
      "/orders/{id}/{line}",
      "https://example.com/{customer}",
      "has {customer}, which is not in the route's path. Its parameters: {id}, {line}.",
    ],
    ["/orders", "https://example.com/{id}", "has {id}, which is not in the route's path."],
    [
      "/{proxy+}",
      "https://example.com/{proxy+}",
      "has {proxy+}, but in a url the rest of a path has no plus. Write {proxy}.",
    ],
    [
      "/orders/{id}",
      "https://example.com/order-{id}",
      'has path part "order-{id}", but a parameter is a whole part, such as "{id}".',
    ],
    [
      "/orders/{id}",
      "https://example.com/orders",
      "lacks {id}, so that its value in the route's path would be lost. Add it.",
    ],
    [
      "/legacy/{proxy+}",
      "https://example.com/",
      "lacks {proxy}, so that its value in the route's path would be lost. Add it.",
    ],
  ])("at %s: %s", (path, url, refusal) => {
    expect(mistakesIn(withUrl(url, path))).toEqual([`8:${16 + path.length}: url of route "GET ${path}" ${refusal}`]);
  });

  it("every parameter that is lost", () => {
    const lost = "so that its value in the route's path would be lost. Add it.";
    expect(mistakesIn(withUrl("https://example.com/{b}", "/{a}/{b}/{c+}"))).toEqual([
      `8:29: url of route "GET /{a}/{b}/{c+}" lacks {a}, ${lost}`,
      `8:29: url of route "GET /{a}/{b}/{c+}" lacks {c}, ${lost}`,
    ]);
  });

  it("nothing of parameters where the route's path is wrong itself", () => {
    expect(mistakesIn(withUrl("https://example.com/{id}", "/orders/{id"))).toHaveLength(1);
  });

  it("what Terraform would evaluate", () => {
    expect(mistakesIn(withUrl("https://example.com/$\x7bid}", "/{id}"))[0]).toMatch(
      /^8:21: url of route .* Terraform would evaluate what follows \$\{ or %\{\. Leave it out\.$/,
    );
  });
});
