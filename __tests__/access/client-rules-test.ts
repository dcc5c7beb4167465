/** What AWS demands of clients in the environments that they are in. */
import { fileWith, mistakesIn, names, parse } from "../support/access-text";

const READER = "arn:aws:iam::111111111111:role/billing";
const KEY = "arn:aws:kms:eu-west-1:111111111111:key/1234";

const ENVIRONMENTS = [
  '  dev: { region: eu-west-1, domainPrefix: d, accountId: "111111111111" }',
  '  prod: { region: eu-west-1, domainPrefix: p, accountId: "222222222222" }',
].join("\n");

/** A file with two environments, in which the only client has line 7. */
function fileWithClient(client: string, environments = ENVIRONMENTS): string {
  return fileWith({ environments, clients: `  billing: { scopes: [orders/read], ${client} }` });
}

describe("parseAccessModel refuses, of the environments of clients", () => {
  it.each([
    ["prd", 'Did you mean "prod"?'],
    ["staging", "Environments: dev, prod."],
  ])("one that there is not: %s", (name, hint) => {
    expect(mistakesIn(fileWithClient(`environments: [dev, ${name}]`))).toEqual([
      `7:57: client "billing" is limited to environment "${name}", which does not exist. ${hint}`,
    ]);
  });

  it("an empty list", () => {
    expect(mistakesIn(fileWithClient("environments: []"))).toEqual([
      '7:51: environments of client "billing" must be a list with at least one environment, but is empty. Omit it for all.',
    ]);
  });

  it("a number, without saying that there is none of that name", () => {
    expect(mistakesIn(fileWithClient("environments: [1]"))).toEqual([
      '7:52: environment of client "billing" must be the name of an environment, but is 1. Put it in quotes.',
    ]);
  });

  it("none where the environments cannot be read themselves", () => {
    expect(mistakesIn(fileWithClient("environments: [dev]", "  []"))).toEqual([
      "2:3: environments must be a map with at least one environment, but is empty.",
    ]);
  });
});

describe("parseAccessModel refuses, of the readers of secrets", () => {
  it("one of another account than an environment's, unless there is a key that it can use", () => {
    expect(mistakesIn(fileWithClient(`secret: { readers: ["${READER}"] }`))).toEqual([
      '7:57: reader of secret of client "billing" belongs to account 111111111111, but environment "prod" belongs to account 222222222222, whose default key other accounts cannot use. Add kmsKeyArn with a key that they can use.',
    ]);
    expect(() => parse(fileWithClient(`secret: { readers: ["${READER}"], kmsKeyArn: "${KEY}" }`))).not.toThrow();
  });

  it("none whose account is that of the client's environments", () => {
    expect(() => parse(fileWithClient(`environments: [dev], secret: { readers: ["${READER}"] }`))).not.toThrow();
  });

  it("none where the environment's account is not known", () => {
    const environments = "  dev: { region: eu-west-1, domainPrefix: d }";
    expect(() => parse(fileWithClient(`secret: { readers: ["${READER}"] }`, environments))).not.toThrow();
  });

  it("none for want of a key that is there, but wrong", () => {
    expect(mistakesIn(fileWithClient(`secret: { readers: ["${READER}"], kmsKeyArn: mine }`))).toEqual([
      '7:111: kmsKeyArn of secret of client "billing" must be the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/1234-abcd", but is "mine".',
    ]);
  });
});

describe("parseAccessModel refuses, of the keys of secrets", () => {
  const environments = "  dev: { region: eu-west-1, domainPrefix: d }\n  prod: { region: us-east-1, domainPrefix: p }";
  const secret = `secret: { readers: ["${READER}"], kmsKeyArn: "${KEY}" }`;

  it("one of another region than an environment's", () => {
    expect(mistakesIn(fileWithClient(secret, environments))).toEqual([
      '7:111: kmsKeyArn of secret of client "billing" is in eu-west-1, but environment "prod" is in us-east-1, and a secret requires a key in its own region. Limit the client to environments there, or name another key.',
    ]);
  });

  it("none of the region of the client's environments", () => {
    expect(() => parse(fileWithClient(`environments: [dev], ${secret}`, environments))).not.toThrow();
  });
});

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
