/** What is refused for its form, wherever it stands. */
import { fileWith, mistakesIn, PARTS, PREFIX } from "../support/access-text";

const NO_CLIENT_SCOPES = "A client_credentials client needs at least one custom scope.";
const NO_ROUTE_SCOPES = "A route without scopes would accept ID tokens and refuse all access tokens.";

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

  it.each([
    ["environments", "environment", "1:1"],
    ["resourceServers", "resource server", "3:1"],
    ["clients", "client", "5:1"],
    ["routes", "route", "7:1"],
  ])("%s without entries", (name, noun, key) => {
    const [line] = key.split(":");
    const column = name.length + 3;
    const expected = `${name} must be a map with at least one ${noun}, but is`;
    expect(mistakesIn(fileWith({ [name]: "" }))).toEqual([`${key}: ${expected} empty.`]);
    const flow = (value: string) => fileWith({ [name]: "" }).replace(`${name}:`, `${name}: ${value}`);
    expect(mistakesIn(flow("{}"))).toEqual([`${line}:${column}: ${expected} empty.`]);
    expect(mistakesIn(flow("[a]"))).toEqual([`${line}:${column}: ${expected} a list.`]);
    expect(mistakesIn(flow("null"))).toEqual([`${line}:${column}: ${expected} null.`]);
  });

  it.each([
    [
      "an entry that is a list",
      { clients: "  billing: [orders/read]" },
      '6:12: client "billing" must be a map of settings (scopes, tokenMinutes, environments, secret), but is a list.',
    ],
    [
      "an entry that is empty",
      { clients: "  billing:" },
      '6:3: client "billing" must be a map of settings (scopes, tokenMinutes, environments, secret), but is empty.',
    ],
    [
      "an environment without region",
      { environments: "  dev: { domainPrefix: d }" },
      '2:8: environment "dev" needs region: an AWS region such as "ap-northeast-1".',
    ],
    [
      "an environment without domainPrefix",
      { environments: "  dev:\n    region: eu-west-1" },
      `3:5: environment "dev" needs domainPrefix or tokenDomain: domainPrefix must be ${PREFIX}; tokenDomain must be a map of settings (name, certificateArn).`,
    ],
    [
      "a resource server without scopes",
      { resourceServers: "  orders: {}" },
      '4:11: resource server "orders" needs scopes: a map with at least one scope.',
    ],
    [
      "a resource server with a list of scopes",
      { resourceServers: "  orders: { scopes: [read] }" },
      '4:21: scopes of resource server "orders" must be a map with at least one scope, but is a list.',
    ],
    [
      "a resource server with empty scopes",
      { resourceServers: "  orders: { scopes: {} }" },
      '4:21: scopes of resource server "orders" must be a map with at least one scope, but is empty.',
    ],
    [
      "a route without lambda",
      { routes: "  GET /: { scopes: [orders/read] }" },
      '8:10: route "GET /" needs lambda or url: lambda must be a file of lambda/ without ".ts": 1 to 40 letters, digits, "_" or "-"; url must be an https URL such as "https://orders.example.com/v1/orders/{id}".',
    ],
    [
      "a route without scopes",
      { routes: "  GET /: { lambda: access }" },
      `8:10: route "GET /" needs scopes: a list with at least one scope. ${NO_ROUTE_SCOPES}`,
    ],
    [
      "a route with an empty list of scopes",
      { routes: "  GET /: { lambda: access, scopes: [] }" },
      `8:36: scopes of route "GET /" must be a list with at least one scope, but is empty. ${NO_ROUTE_SCOPES}`,
    ],
    [
      "a client without scopes",
      { clients: "  billing: { tokenMinutes: 5 }" },
      `6:12: client "billing" needs scopes: a list with at least one scope. ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a client with an empty list of scopes",
      { clients: "  billing: { scopes: [] }" },
      `6:22: scopes of client "billing" must be a list with at least one scope, but is empty. ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a client with one scope instead of a list",
      { clients: "  billing: { scopes: orders/read }" },
      `6:22: scopes of client "billing" must be a list with at least one scope, but is "orders/read". ${NO_CLIENT_SCOPES}`,
    ],
    [
      "a scope that is a number",
      { clients: "  billing: { scopes: [orders/read, 1.0] }" },
      '6:36: scope of client "billing" must be <identifier>/<scope>, but is 1.0. Put it in quotes.',
    ],
    [
      "a scope that is a map",
      { routes: "  GET /: { lambda: access, scopes: [{ a: b }] }" },
      '8:37: scope of route "GET /" must be <identifier>/<scope>, but is a map.',
    ],
    [
      "cors that is a text",
      { routes: "  GET /: { lambda: access, scopes: [orders/read], cors: yes }" },
      '8:57: cors of route "GET /" must be true, false or a map of settings (origins, headers), but is "yes".',
    ],
    [
      "a setting without value",
      { clients: "  billing: { scopes: [orders/read], tokenMinutes: }" },
      '6:37: tokenMinutes of client "billing" must be a whole number of minutes, 5 to 1440, but is empty.',
    ],
    [
      "a setting that does not exist",
      { clients: "  billing: { scopes: [orders/read], password: x }" },
      '6:37: client "billing" has no setting "password". Its settings: scopes, tokenMinutes, environments, secret.',
    ],
    [
      "a setting of an environment with a letter too many",
      { environments: "  dev: { regions: eu-west-1, domainPrefix: d }" },
      '2:10: environment "dev" has no setting "regions". Did you mean "region"?',
    ],
    [
      "a setting of a resource server with two letters swapped",
      { resourceServers: "  orders: { naem: Orders, scopes: { read: R } }" },
      '4:13: resource server "orders" has no setting "naem". Did you mean "name"?',
    ],
    [
      "a setting of a route with a letter too many",
      { routes: "  GET /: { lambda: access, scopes: [orders/read], corss: true }" },
      '8:51: route "GET /" has no setting "corss". Did you mean "cors"?',
    ],
    [
      "a setting in other letter case",
      { clients: "  billing: { scopes: [orders/read], TOKENMINUTES: 5 }" },
      '6:37: client "billing" has no setting "TOKENMINUTES". Did you mean "tokenMinutes"?',
    ],
  ])("%s", (_, parts, mistake) => {
    expect(mistakesIn(fileWith(parts))).toEqual([mistake]);
  });

  it("a setting with a letter missing, and does not call the one meant missing too", () => {
    const routes = "  POST /access: { lambda: access, scope: [orders/read] }";
    expect(mistakesIn(fileWith({ routes }))).toEqual([
      '8:35: route "POST /access" has no setting "scope". Did you mean "scopes"?',
    ]);
    expect(mistakesIn(fileWith().replace("clients:", "client:"))).toEqual([
      '5:1: the file has no setting "client". Did you mean "clients"?',
    ]);
  });
});

describe("parseAccessModel refuses, of names", () => {
  it("one that JavaScript reserves", () => {
    expect(mistakesIn(fileWith({ clients: `${PARTS.clients}\n  __proto__: { scopes: [orders/read] }` }))).toEqual([
      '7:3: "__proto__" is reserved by JavaScript. Use another name.',
    ]);
  });
});
