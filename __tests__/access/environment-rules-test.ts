/** What AWS and Terraform demand of environments beyond their single settings, and between them. */
import { fileWith, mistakesIn, parse } from "../support/access-text";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/1";

/** A file with environments of these settings: dev in line 2, prod in line 3. */
function fileOf(dev: string, prod: string, more: Readonly<Record<string, string>> = {}): string {
  return fileWith({ environments: `  dev: { ${dev} }\n  prod: { ${prod} }`, ...more });
}

const tokenDomain = (name: string) => `tokenDomain: { name: ${name}, certificateArn: "${CERTIFICATE}" }`;
const apiDomain = (name: string) => `apiDomain: { name: ${name}, certificateArn: "${CERTIFICATE}" }`;

describe("parseAccessModel refuses, of names of environments", () => {
  it("two with the same region and domain prefix", () => {
    const environments = ["dev", "test", "prod"].map(
      (name, index) => `  ${name}: { region: eu-west-${index % 2}, domainPrefix: d }`,
    );
    expect(mistakesIn(fileWith({ environments: environments.join("\n") }))).toEqual([
      '4:3: environments "dev" and "prod" both have the domainPrefix d in eu-west-0, but it is unique in a region. Give one of them another.',
    ]);
  });

  it("the same domain prefix in two accounts as well, as it is a host", () => {
    const dev = 'region: eu-west-1, domainPrefix: d, accountId: "111111111111"';
    expect(mistakesIn(fileOf(dev, dev.replaceAll("1111", "2222")))).toEqual([
      '3:3: environments "dev" and "prod" both have the domainPrefix d in eu-west-1, but it is unique in a region. Give one of them another.',
    ]);
  });

  const names = '3:3: environments "dev" and "prod" both have names that begin with a-b-c in us-east-1.';
  it.each([
    [tokenDomain("a.b.c"), "domainPrefix: a-b-c"],
    [tokenDomain("a.b.c"), tokenDomain("a-b.c")],
  ])("%s beside %s, whose resources would have the same names", (dev, prod) => {
    const region = "region: us-east-1, ";
    expect(mistakesIn(fileOf(region + dev, region + prod))).toEqual([
      `${names} Give one of them another domainPrefix or tokenDomain.`,
    ]);
    expect(() => parse(fileOf(region + dev, `region: us-east-2, ${prod}`))).not.toThrow();
    const [one, other] = ["111111111111", "222222222222"].map((id) => `region: us-east-1, accountId: "${id}", `);
    const apart = fileOf(one + dev, other + prod).replace(
      CERTIFICATE,
      CERTIFICATE.replace("123456789012", "111111111111"),
    );
    expect(() => parse(apart.replace(CERTIFICATE, CERTIFICATE.replace("123456789012", "222222222222")))).not.toThrow();
  });

  const routes = ["  GET /a: { lambda: b-c, scopes: [orders/read] }", "  GET /b: { lambda: c, scopes: [orders/read] }"];
  const parts = { routes: routes.join("\n") };

  it("two by which functions would have the same name", () => {
    const text = fileOf("region: eu-west-1, domainPrefix: a", "region: eu-west-1, domainPrefix: a-b", parts);
    expect(mistakesIn(text, ["b-c", "c"])).toEqual([
      '3:3: environments "dev" and "prod" both have a function a-b-c in eu-west-1, one for lambda "b-c", the other for lambda "c". Give one of them another domainPrefix or tokenDomain.',
    ]);
  });

  it("none by which functions would have the same name in different regions or accounts", () => {
    const elsewhere = fileOf("region: eu-west-1, domainPrefix: a", "region: eu-west-2, domainPrefix: a-b", parts);
    expect(() => parse(elsewhere, ["b-c", "c"])).not.toThrow();
    const dev = 'region: eu-west-1, domainPrefix: a, accountId: "111111111111"';
    const prod = 'region: eu-west-1, domainPrefix: a-b, accountId: "222222222222"';
    expect(() => parse(fileOf(dev, prod, parts), ["b-c", "c"])).not.toThrow();
  });

  it("none for want of a region or a prefix that is right", () => {
    expect(mistakesIn(fileOf("region: x, domainPrefix: d", "region: x, domainPrefix: d"))).toHaveLength(2);
    expect(mistakesIn(fileOf("region: eu-west-1, domainPrefix: D", "region: eu-west-1, domainPrefix: D"))).toHaveLength(
      2,
    );
  });
});

describe("parseAccessModel refuses, of hosts", () => {
  const us = "region: us-east-1";

  it("that of the token endpoint for the API too", () => {
    const dev = `${us}, ${tokenDomain("auth.example.com")}, ${apiDomain("auth.example.com")}`;
    expect(mistakesIn(fileOf(dev, `${us}, domainPrefix: p`))).toEqual([
      '2:157: apiDomain of environment "dev" is "auth.example.com", but so is tokenDomain of environment "dev". Give one of them another name.',
    ]);
  });

  it.each([
    ["tokenDomain", tokenDomain("auth.example.com"), tokenDomain("auth.example.com"), 51],
    [
      "apiDomain",
      `domainPrefix: d, ${apiDomain("auth.example.com")}`,
      `domainPrefix: p, ${apiDomain("auth.example.com")}`,
      66,
    ],
  ])("one %s in two environments, and does not say more of it", (setting, dev, prod, column) => {
    expect(mistakesIn(fileOf(`${us}, ${dev}`, `${us}, ${prod}`))).toEqual([
      `3:${column}: ${setting} of environment "prod" is "auth.example.com", but so is ${setting} of environment "dev". Give one of them another name.`,
    ]);
  });
});

describe("parseAccessModel refuses, of states", () => {
  const [dev, prod] = ["d", "p"].map((prefix) => `region: eu-west-1, domainPrefix: ${prefix}, backend: `);
  const s3 = "{ s3: { bucket: acme, key: state } }";
  const hcp = "{ hcp: { organization: acme, workspace: m2m } }";

  it.each([
    [s3, "s3://acme/state"],
    [hcp, "app.terraform.io/acme/m2m"],
  ])("%s of two environments", (backend, state) => {
    expect(mistakesIn(fileOf(`${dev}${backend}`, `${prod}${backend}`))).toEqual([
      `3:3: environments "dev" and "prod" both keep their state in ${state}, but each would destroy the other's resources. Give one of them another.`,
    ]);
  });

  it("none that differ, or that nobody named", () => {
    expect(() => parse(fileOf(`${dev}{ s3: { bucket: acme } }`, `${prod}{ s3: { bucket: acme } }`))).not.toThrow();
    expect(() => parse(fileOf(`${dev}${hcp}`, `${prod}${hcp.replace("m2m", "other")}`))).not.toThrow();
    expect(() => parse(fileOf(`${dev}${s3}`, `${prod}${hcp}`))).not.toThrow();
  });
});

describe("parseAccessModel refuses, of token caches", () => {
  /** A file with an environment of those settings, and clients from line 7 on. */
  const fileWithCache = (minutes: number, settings: string, ...clients: readonly string[]) =>
    fileOf(
      `region: eu-west-1, domainPrefix: d, tokenCache: { minutes: ${minutes} }${settings}`,
      "region: eu-west-1, domainPrefix: p",
      {
        clients: clients.map((client, index) => `  c${index}: { scopes: [orders/read]${client} }`).join("\n"),
      },
    );
  const why = (client: string, life: number) =>
    `tokens of client "${client}" are valid for ${life} minutes, and would be returned after they expired. Write at most ${life - 1}, or increase tokenMinutes.`;

  it.each([
    [30, "", [", tokenMinutes: 60", ", tokenMinutes: 30"], "c1", 30],
    [40, "", [", tokenMinutes: 40, environments: [dev]"], "c0", 40],
    [60, "", [""], "c0", 60],
    [20, ", tokenMinutes: 15", [", tokenMinutes: 60", ""], "c1", 15],
  ])("%i minutes where tokens live no longer: %s%j", (minutes, settings, clients, client, life) => {
    expect(mistakesIn(fileWithCache(minutes, settings, ...clients))).toEqual([
      `2:69: minutes of tokenCache of environment "dev" is ${minutes}, but ${why(client, life)}`,
    ]);
  });

  it.each([
    [29, "", [", tokenMinutes: 60", ", tokenMinutes: 30"]],
    [59, "", [""]],
    [60, ", tokenMinutes: 90", [""]],
    [30, "", ["", ", tokenMinutes: 5, environments: [prod]"]],
  ])("nothing of %i minutes where tokens live longer: %s%j", (minutes, settings, clients) => {
    expect(() => parse(fileWithCache(minutes, settings, ...clients))).not.toThrow();
  });

  it("nothing where a token's life is wrong by itself", () => {
    expect(mistakesIn(fileWithCache(60, "", ", tokenMinutes: 4"))).toEqual([
      '7:46: tokenMinutes of client "c0" must be a whole number of minutes, 5 to 1440, but is 4.',
    ]);
    expect(mistakesIn(fileWithCache(60, ", tokenMinutes: many", ""))).toEqual([
      '2:89: tokenMinutes of environment "dev" must be a whole number of minutes, 5 to 1440, but is "many".',
    ]);
  });
});
