/** What AWS demands of the scopes that clients and routes name. */
import { fileWith, mistakesIn, names } from "../support/access-text";

describe("parseAccessModel refuses, of the scopes of clients and routes", () => {
  const resourceServers =
    "  orders: { scopes: { read: R, write: W } }\n  https://api/mail: { name: M, scopes: { send: S } }";
  const ALL = "orders/read, orders/write, https://api/mail/send";
  const FORM = "but a scope has the form <identifier>/<scope>.";
  const USER = "which is not supported with client_credentials. Name a custom scope.";

  it.each([
    ["orders/raed", 'which resource server "orders" does not have. Did you mean "orders/read"?'],
    ["orders/READ", 'which resource server "orders" does not have. Did you mean "orders/read"?'],
    ["orders/delete", 'which resource server "orders" does not have. Its scopes: read, write.'],
    [
      "https://api/mail/sent",
      'which resource server "https://api/mail" does not have. Did you mean "https://api/mail/send"?',
    ],
    ["https://api/mail/read", 'which resource server "https://api/mail" does not have. Its scopes: send.'],
    ["order/read", 'but resource server "order" does not exist. Did you mean "orders/read"?'],
    ["https://api/send", `but resource server "https://api" does not exist. Did you mean "https://api/mail/send"?`],
    ["stock/count", `but resource server "stock" does not exist. Scopes: ${ALL}.`],
    ["orders/read/all", 'but resource server "orders/read" does not exist. Did you mean "orders/read"?'],
    ["reports", `${FORM} Scopes: ${ALL}.`],
    ["ordersread", `${FORM} Did you mean "orders/read"?`],
    ["orders/", `${FORM} Scopes: ${ALL}.`],
    ["/read", `${FORM} Scopes: ${ALL}.`],
    ["openid", USER],
    ["email", USER],
    ["phone", USER],
    ["profile", USER],
    ["aws.cognito.signin.user.admin", USER],
  ])("%s", (scope, refusal) => {
    const clients = `  billing: { scopes: [${scope}] }`;
    expect(mistakesIn(fileWith({ resourceServers, clients }))).toEqual([
      `7:23: client "billing" requests scope "${scope}", ${refusal}`,
    ]);
    const routes = `  GET /: { lambda: access, scopes: [orders/read, ${scope}] }`;
    expect(mistakesIn(fileWith({ resourceServers, routes }))).toEqual([
      `9:50: route "GET /" requires scope "${scope}", ${refusal}`,
    ]);
  });

  it("one of many unknown ones with ten of those that there are", () => {
    const scopes = names(12, "scope").map((name) => `${name}: D`);
    const routes = "  GET /: { lambda: access, scopes: [o/x] }";
    const parts = { resourceServers: `  o: { scopes: { ${scopes} } }`, clients: "  c: { scopes: [o/scope0] }", routes };
    const listed = names(10, "scope").join(", ");
    expect(mistakesIn(fileWith(parts))).toEqual([
      `8:37: route "GET /" requires scope "o/x", which resource server "o" does not have. Its scopes: ${listed} and 2 more.`,
    ]);
  });

  it("none for a resource server that cannot be read itself", () => {
    expect(mistakesIn(fileWith({ resourceServers: "  orders: []" }))).toEqual([
      '4:11: resource server "orders" must be a map of settings (name, scopes), but is empty.',
    ]);
  });
});
