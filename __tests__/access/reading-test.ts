/** Mistakes of single settings and of their form: input, position and parts of the message. */
import { expectMistakes, fileWith, long, mistakesIn, names, PARTS } from "../support/access-text";

const ROLE = "arn:aws:iam::123456789012:role/b";
const OPEN = "lambda: access, scopes: [orders/read]";

const withServer = (server: string) => fileWith({ resourceServers: `${PARTS.resourceServers}\n  ${server}` });

/** A file whose only route, in line 8, is GET /orders/{id} with these settings. */
function withRoute(settings: string): string {
  return fileWith({ routes: `  GET /orders/{id}: { ${settings} }` });
}

describe("parseAccessModel refuses, of the form", () => {
  it.each([
    ["environments", "environment", ""],
    ["resourceServers", "resource server", ""],
    ["clients", "client", ""],
    ["routes", "route", ""],
  ])("a file without %s", (name, noun) => {
    const text = Object.entries(PARTS).flatMap(([part, entries]) => (part === name ? [] : [`${part}:\n${entries}`]));
    expect(mistakesIn(text.join("\n"))).toEqual([`1:1: the file needs ${name}: a map with at least one ${noun}.`]);
  });

  it.each<readonly [string, string, ...string[]]>([
    ["environments", "", "1:1 environments … but is empty."],
    ["resourceServers", "", "3:1 resourceServers … but is empty."],
    ["clients", "", "5:1 clients … but is empty."],
    ["routes", "", "7:1 routes … but is empty."],
    ["clients", "billing: [orders/read]", "6:12 client … but is a list."],
    ["clients", "billing:", "6:3 client … but is empty."],
    ["environments", "dev: { domainPrefix: d }", "2:8 needs region"],
    ["environments", "dev:\n    region: eu-west-1", "3:5 needs domainPrefix or tokenDomain"],
    ["resourceServers", "orders: {}", "4:11 needs scopes"],
    ["resourceServers", "orders: { scopes: [read] }", "4:21 scopes … but is a list."],
    ["resourceServers", "orders: { scopes: {} }", "4:21 scopes … but is empty."],
    ["routes", "GET /: { scopes: [orders/read] }", "8:10 needs lambda or url"],
    ["routes", "GET /: { lambda: access }", "8:10 needs scopes"],
    ["routes", "GET /: { lambda: access, scopes: [] }", "8:36 scopes …"],
    ["clients", "billing: { tokenMinutes: 5 }", "6:12 needs scopes"],
    ["clients", "billing: { scopes: [] }", "6:22 scopes …"],
    ["clients", "billing: { scopes: orders/read }", "6:22 scopes …"],
    ["clients", "billing: { scopes: [orders/read, 1.0] }", "6:36 scope … but is 1.0. Put it in quotes."],
    ["routes", "GET /: { lambda: access, scopes: [{ a: b }] }", "8:37 scope … but is a map."],
    ["routes", "GET /: { lambda: access, scopes: [orders/read], cors: yes }", '8:57 cors … but is "yes".'],
    ["clients", "billing: { scopes: [orders/read], tokenMinutes: }", "6:37 tokenMinutes … but is empty."],
    ["clients", "billing: { scopes: [orders/read], password: x }", '6:37 has no setting "password". Its settings:'],
    ["environments", "dev: { regions: eu-west-1, domainPrefix: d }", '2:10 has no setting "regions". Did you mean'],
    ["resourceServers", "orders: { naem: Orders, scopes: { read: R } }", '4:13 has no setting "naem". Did you mean'],
    ["routes", "GET /: { lambda: access, scopes: [orders/read], corss: true }", '8:51 has no setting "corss". Did'],
    ["clients", "billing: { scopes: [orders/read], TOKENMINUTES: 5 }", '6:37 has no setting "TOKENMINUTES". Did you'],
    ["routes", "POST /access: { lambda: access, scope: [orders/read] }", '8:35 has no setting "scope". Did you mean'],
  ])("%s: %s", (part, entry, ...mistakes) => {
    expectMistakes(fileWith({ [part]: entry === "" ? "" : `  ${entry}` }), mistakes);
  });

  it.each(["[a]", "null", "{}"])("clients that are %s", (value) => {
    const came = { "[a]": "a list", null: "null", "{}": "empty" }[value];
    const text = fileWith({ clients: "" }).replace("clients:", `clients: ${value}`);
    expectMistakes(text, [`5:10 clients must be a map with at least one client, but is ${came}.`]);
  });

  it("a setting with a letter missing, and does not report the one meant as missing too", () => {
    expectMistakes(fileWith().replace("clients:", "client:"), ['5:1 the file has no setting "client". Did you mean']);
  });
});

describe("parseAccessModel refuses, of names", () => {
  it("one that JavaScript reserves", () => {
    expect(mistakesIn(fileWith({ clients: `${PARTS.clients}\n  __proto__: { scopes: [orders/read] }` }))).toEqual([
      '7:3: "__proto__" is reserved by JavaScript. Use another name.',
    ]);
  });
});

describe("parseAccessModel refuses resource servers:", () => {
  it.each<readonly [string, ...string[]]>([
    ["'a b': { name: N, scopes: { x: X } }", '5:3 identifier … but is "a b".'],
    ["'a\"b': { name: N, scopes: { x: X } }", '5:3 identifier … but is "a\\"b".'],
    ["'a\\b': { name: N, scopes: { x: X } }", '5:3 identifier … but is "a\\\\b".'],
    ["é: { name: N, scopes: { x: X } }", '5:3 identifier … but is "é".'],
    ["'': { name: N, scopes: { x: X } }", '5:3 identifier … but is "".'],
    [`${long(257)}: { name: N, scopes: { x: X } }`, '5:3 identifier … but is "aaaa'],
    ["mail: { name: a/b, scopes: { x: X } }", '5:17 name … but is "a/b".'],
    ["mail: { name: a:b, scopes: { x: X } }", '5:17 name … but is "a:b".'],
    ["mail: { name: é, scopes: { x: X } }", '5:17 name … but is "é".'],
    ["mail: { name: '', scopes: { x: X } }", '5:17 name … but is "".'],
    [`mail: { name: ${long(257)}, scopes: { x: X } }`, '5:17 name … but is "aaaa'],
    ["https://api.example.com: { scopes: { x: X } }", "5:3 needs name"],
    ["mail: { scopes: { a/b: X } }", '5:21 name … but is "a/b".'],
    ["mail: { scopes: { 'a b': X } }", '5:21 name … but is "a b".'],
    ["mail: { scopes: { 'a\"b': X } }", '5:21 name … but is "a\\"b".'],
    ["mail: { scopes: { 'a\\b': X } }", '5:21 name … but is "a\\\\b".'],
    ["mail: { scopes: { é: X } }", '5:21 name … but is "é".'],
    [`mail: { scopes: { ${long(257)}: X } }`, '5:21 name … but is "aaaa'],
    ["mail: { scopes: { x: '' } }", '5:24 description … but is "".'],
    [`mail: { scopes: { x: ${long(257)} } }`, '5:24 description … but is "aaaa'],
    ["mail: { scopes: { x: 2024 } }", "5:24 description … but is 2024. Put it in quotes."],
    ["mail: { scopes: { x: { a: b } } }", '5:24 scope "x" … needs description …', '5:26 … has no setting "a". …'],
    ["mail: { scopes: { x: } }", "5:21 description … but is empty."],
  ])("%s", (server, ...mistakes) => {
    expectMistakes(withServer(server), mistakes);
  });

  it("more than 100 scopes of one, at the first too many", () => {
    const scopes = names(102).map((name) => `      ${name}: D`);
    expect(mistakesIn(withServer(`mail:\n    scopes:\n${scopes.join("\n")}`))).toEqual([
      '107:7: resource server "mail" has 102 scopes, but AWS\'s default quota is 100 a resource server. Split it in two.',
    ]);
  });

  it("more than 25, at the first too many", () => {
    const servers = names(25).map((name) => `${name}: { scopes: { x: X } }`);
    expect(mistakesIn(withServer(servers.join("\n  ")))).toEqual([
      "29:3: the file has 26 resource servers, but AWS's default quota is 25 a user pool. Move some of them to a separate access.yaml.",
    ]);
  });
});

describe("parseAccessModel refuses clients:", () => {
  it.each<readonly [string, ...string[]]>([
    ["a/b: { scopes: [orders/read] }", '6:3 name … but is "a/b".'],
    ["é: { scopes: [orders/read] }", '6:3 name … but is "é".'],
    [`${long(129)}: { scopes: [orders/read] }`, '6:3 name … but is "aaaa'],
    ["c: { scopes: [orders/read], tokenMinutes: 4 }", "6:45 tokenMinutes … but is 4."],
    ["c: { scopes: [orders/read], tokenMinutes: 1441 }", "6:45 tokenMinutes … but is 1441."],
    ["c: { scopes: [orders/read], tokenMinutes: 7.5 }", "6:45 tokenMinutes … but is 7.5."],
    ["c: { scopes: [orders/read], tokenMinutes: -60 }", "6:45 tokenMinutes … but is -60."],
    ['c: { scopes: [orders/read], tokenMinutes: "60" }', '6:45 tokenMinutes … but is "60".'],
    ["c: { scopes: [orders/read], tokenMinutes: 1h }", '6:45 tokenMinutes … but is "1h".'],
    ["c: { scopes: [orders/read], tokenMinutes: true }", "6:45 tokenMinutes … but is true."],
    ["c: { scopes: [orders/read], tokenMinutes: [60] }", "6:45 tokenMinutes … but is a list."],
    ["c: { scopes: [orders/read], tokenMinutes: .nan }", "6:45 tokenMinutes … but is .nan."],
    ['c: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:role/*"] } }', "6:51 reader of"],
    ['c: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:root"] } }', "6:51 reader of secret"],
    ['c: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::12345678901:role/billing"] } }', "6:51 reader of"],
    [
      'c: { scopes: [orders/read], secret: { readers: ["arn:aws:iam:eu-west-1:123456789012:role/billing"] } }',
      "6:51 reader of secret …",
    ],
    [
      'c: { scopes: [orders/read], secret: { readers: ["arn:aws:sts::123456789012:assumed-role/billing/session"] } }',
      "6:51 reader of secret …",
    ],
    ['c: { scopes: [orders/read], secret: { readers: ["arn:aws:iam::123456789012:role/"] } }', "6:51 reader of"],
    ['c: { scopes: [orders/read], secret: { readers: ["*"] } }', '6:51 reader of secret … but is "*".'],
    ["c: { scopes: [orders/read], secret: {} }", "6:39 needs readers"],
    ["c: { scopes: [orders/read], secret: { readers: [] } }", "6:50 readers of secret …"],
    [
      `c: { scopes: [orders/read], secret: { readers: ["${ROLE}"], kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:alias/secrets" } }`,
      "6:99 kmsKeyArn of secret …",
    ],
    [
      `c: { scopes: [orders/read], secret: { readers: ["${ROLE}"], kmsKeyArn: "arn:aws:kms::123456789012:key/1234" } }`,
      "6:99 kmsKeyArn of secret …",
    ],
    [`c: { scopes: [orders/read], secret: { readers: ["${ROLE}"], kmsKeyArn: "1234-abcd" } }`, "6:99 kmsKeyArn of"],
  ])("%s", (client, ...mistakes) => {
    expectMistakes(fileWith({ clients: `  ${client}` }), mistakes);
  });

  it("more than 50 scopes of one, at the first too many", () => {
    const parts = {
      resourceServers: `  orders: { scopes: { read: R, ${names(52).map((name) => `${name}: D`)} } }`,
      clients: `  c:\n    scopes:\n${names(52)
        .map((name) => `      - orders/${name}`)
        .join("\n")}`,
    };
    expect(mistakesIn(fileWith(parts))).toEqual([
      '58:9: client "c" has 52 scopes, but AWS\'s default quota is 50 a client. Split it in two.',
    ]);
  });

  it("more than 1,000, at the first too many", () => {
    const clients = names(1001).map((name) => `  ${name}: { scopes: [orders/write] }`);
    expect(mistakesIn(fileWith({ clients: clients.join("\n") }))).toEqual([
      "1006:3: the file has 1,001 clients, but AWS's default quota is 1,000 a user pool. Move some of them to a separate access.yaml.",
    ]);
  });
});

describe("parseAccessModel refuses routes with", () => {
  it.each<readonly [string, ...string[]]>([
    ['OPEN, url: "https://a.b/{id}"', "8:62 has both lambda and url, but a route has one backend. Remove one of them."],
    ["scopes: [orders/read]", "8:21 needs lambda or url"],
    ["lambda: access", "8:21 needs scopes"],
    ["lambda: access, public: false", "8:21 needs scopes"],
    ["OPEN, public: true, reason: Why not", "8:62 has both scopes and public, but a public route needs no token."],
    ["lambda: access, public: true", "8:21 needs reason"],
    ["OPEN, reason: Why not", '8:62 has a reason, but is not public. Add "public: true" if it may be called without'],
    ["OPEN, public: false, reason: Why not", '8:77 has a reason, but is not public. Add "public: true" if it may be'],
    ["lambda: access, reason: Why not", '8:39 has a reason, but is not public. Add "public: true" if it may be'],
    ["lambda: access, public: yes", '8:47 public … but is "yes".'],
    ["lambda: access, pubic: true, reason: R", '8:39 has no setting "pubic". Did you mean "public"?'],
    ["lambda: access, public: true, raeson: R", '8:53 has no setting "raeson". Did you mean "reason"?'],
    ['lambda: access, public: true, reason: " "', '8:61 reason … but is " ".'],
    ["lambda: access, public: true, reason: R, scopes: []", "8:72 scopes …"],
    ["lamda: access, scopes: [orders/read]", '8:23 has no setting "lamda". Did you mean "lambda"?'],
    [
      "lambda: access, public: true, reason: rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr",
      "8:61 reason …",
    ],
    ['OPEN, cors: { origins: ["http://app.example.com"] }', '8:80 origin of cors … but is "http://app.example.com".'],
    ['OPEN, cors: { origins: ["https://app.example.com/"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["https://app.example.com/path"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["https://App.example.com"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["https://app.example.com:443"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["http://localhost:80"] }', '8:80 origin of cors … but is "http://localhost:80".'],
    ['OPEN, cors: { origins: ["http://localhost.example.com"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["https://*.example.com"] }', '8:80 origin of cors … but is "https://*.example.com".'],
    ['OPEN, cors: { origins: ["https://user@app.example.com"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["https://app.example.com:123456"] }', "8:80 origin of cors …"],
    ['OPEN, cors: { origins: ["app.example.com"] }', '8:80 origin of cors … but is "app.example.com".'],
    ['OPEN, cors: { origins: ["null"] }', '8:80 origin of cors … but is "null".'],
    ['OPEN, cors: { origins: [""] }', '8:80 origin of cors … but is "".'],
    ['OPEN, cors: { origins: ["*"], headers: ["X Trace"] }', '8:96 header of cors … but is "X Trace".'],
    ['OPEN, cors: { origins: ["*"], headers: ["X:Trace"] }', '8:96 header of cors … but is "X:Trace".'],
    ['OPEN, cors: { origins: ["*"], headers: [""] }', '8:96 header of cors … but is "".'],
    ['OPEN, cors: { origins: ["*"], headers: ["X-Trace\'"] }', '8:96 header of cors … but is "X-Trace\'".'],
    ['OPEN, cors: { origins: ["*"], headers: ["Café"] }', '8:96 header of cors … but is "Café".'],
    ['OPEN, cors: { origins: ["*"], headers: ["*"] }', "8:96 header of cors …"],
    ["OPEN, cors: {}", "8:68 needs origins"],
    ["OPEN, cors: { origins: [] }", '8:79 origins of cors … but is empty. Write "*" for all.'],
    ["OPEN, cors: [https://app.example.com]", "8:68 cors … but is a list."],
    ["OPEN, cors: { origin: ['*'] }", '8:70 has no setting "origin". Did you mean "origins"?'],
    ['OPEN, cors: { origins: ["*"], headers: [] }', "8:95 headers of cors … but is empty. Omit it for none."],
    ['OPEN, cors: { origins: ["https://app.example.com", "*"] }', '8:107 origins of cors of route "GET /orders/{id}"'],
  ])("%s", (settings, ...mistakes) => {
    expectMistakes(withRoute(settings.replace("OPEN", OPEN)), mistakes);
  });
});
