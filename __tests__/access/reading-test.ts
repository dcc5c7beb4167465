/** What is refused for its form, wherever it stands. */
import { expectMistakes, fileWith, mistakesIn, PARTS } from "../support/access-text";

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
