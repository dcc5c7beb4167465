/** What AWS and Terraform demand of environments beyond their single settings, and between them. */
import { fileWith, long, mistakesIn, names, parse, SENSIBLE } from "../support/access-text";

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
      '4:3: environments "dev" and "prod" both have the domainPrefix d in eu-west-0, but it must be unique in a region. Give one of them another domainPrefix.',
    ]);
  });

  it("the same domain prefix in two accounts as well, as it is a host", () => {
    const dev = 'region: eu-west-1, domainPrefix: d, accountId: "111111111111"';
    expect(mistakesIn(fileOf(dev, dev.replaceAll("1111", "2222")))).toEqual([
      '3:3: environments "dev" and "prod" both have the domainPrefix d in eu-west-1, but it must be unique in a region. Give one of them another domainPrefix.',
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
      '2:157: apiDomain of environment "dev" is "auth.example.com", and tokenDomain of environment "dev" is the same. Give one of them another name.',
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
      `3:${column}: ${setting} of environment "prod" is "auth.example.com", and ${setting} of environment "dev" is the same. Give one of them another name.`,
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
      `3:3: environments "dev" and "prod" both keep their state in ${state}, so each would destroy the other's resources. Give one of them another backend.`,
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

const certificate = (region: string, account = "111111111111") => `arn:aws:acm:${region}:${account}:certificate/1`;
const topic = (region: string, account = "111111111111") => `arn:aws:sns:${region}:${account}:pager`;

/** A file whose only environment has its settings on lines of their own, from line 3 on: region, then the given. */
function fileOfDev(...settings: readonly string[]): string {
  const lines = ["region: eu-west-1", ...settings].map((setting) => `\n    ${setting}`);
  return fileWith({ environments: `  dev:${lines.join("")}` });
}

const tokenWith = (arn: string) => `tokenDomain: { name: auth.example.com, certificateArn: "${arn}" }`;
const apiWith = (arn: string) => `apiDomain: { name: api.example.com, certificateArn: "${arn}" }`;
const account = 'accountId: "111111111111"';

it("takes the account of an environment from its permissions boundary", () => {
  const boundary = "permissionsBoundary: arn:aws:iam::555555555555:policy/boundary";
  expect(parse(fileOfDev("domainPrefix: d", boundary)).environments[0]?.accountId).toBe("555555555555");
});

describe("parseAccessModel refuses, of what environments refer to", () => {
  it("nothing that is where it must be", () => {
    const text = fileOfDev(
      tokenWith(certificate("us-east-1")),
      apiWith(certificate("eu-west-1")),
      `alarms: { topicArn: "${topic("eu-west-1")}" }`,
      account,
    );
    expect(() => parse(text)).not.toThrow();
  });

  it("a certificate of the token endpoint outside of us-east-1, even in the environment's region", () => {
    expect(mistakesIn(fileOfDev(tokenWith(certificate("eu-west-1"))))).toEqual([
      '4:60: certificateArn of tokenDomain of environment "dev" is in eu-west-1, but Cognito accepts certificates from us-east-1 only. Name one in us-east-1.',
    ]);
  });

  it("a certificate of the API, or a topic, outside of the environment's region", () => {
    const text = fileOfDev(
      "domainPrefix: d",
      apiWith(certificate("us-east-1")),
      `alarms: { topicArn: "${topic("eu-west-2")}" }`,
    );
    expect(mistakesIn(text)).toEqual([
      '5:57: certificateArn of apiDomain of environment "dev" is in us-east-1, but environment "dev" is in eu-west-1. Name one in eu-west-1.',
      '6:25: topicArn of alarms of environment "dev" is in eu-west-2, but environment "dev" is in eu-west-1. Name one in eu-west-1.',
    ]);
  });

  it("certificates, topics and boundaries of another account", () => {
    const text = fileOfDev(
      tokenWith(certificate("us-east-1", "222222222222")),
      apiWith(certificate("eu-west-1", "333333333333")),
      `alarms: { topicArn: "${topic("eu-west-1", "444444444444")}" }`,
      "permissionsBoundary: arn:aws:iam::555555555555:policy/boundary",
      account,
    );
    const but = "but accountId of the environment is 111111111111. Name one of that account.";
    expect(mistakesIn(text)).toEqual([
      `4:60: certificateArn of tokenDomain of environment "dev" belongs to account 222222222222, ${but}`,
      `5:57: certificateArn of apiDomain of environment "dev" belongs to account 333333333333, ${but}`,
      `6:25: topicArn of alarms of environment "dev" belongs to account 444444444444, ${but}`,
      `7:26: permissionsBoundary of environment "dev" belongs to account 555555555555, ${but}`,
    ]);
  });

  it("a key outside of the region of the state's bucket", () => {
    const key = "kmsKeyArn: arn:aws:kms:eu-west-2:111111111111:key/1";
    const text = (region: string) => fileOfDev("domainPrefix: d", `backend: { s3: { bucket: acme, ${region}${key} } }`);
    expect(mistakesIn(text(""))).toEqual([
      '5:47: kmsKeyArn of s3 of backend of environment "dev" is in eu-west-2, but the bucket is in eu-west-1. Name one in eu-west-1.',
    ]);
    expect(() => parse(text("region: eu-west-2, "))).not.toThrow();
  });

  it("nothing of a region or an account that is wrong by itself", () => {
    const text = fileOfDev("domainPrefix: d", apiWith(certificate("us-east-1")), "accountId: mine");
    expect(mistakesIn(text.replace("region: eu-west-1", "region: ireland"))).toEqual([
      '3:13: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "ireland".',
      '6:16: accountId of environment "dev" must be 12 digits, but is "mine".',
    ]);
  });
});

const REGION = "region: eu-west-1, domainPrefix: d";

/** A file with tags of its own, in line 10, and of its only environment, in line 2. */
function fileWithTags(tags: string, ofEnvironment?: string): string {
  const own = ofEnvironment === undefined ? "" : `, tags: ${ofEnvironment}`;
  return fileWith({ ...SENSIBLE, environments: `  dev: { ${REGION}${own} }`, tags: `  ${tags}` });
}

const tagMap = (count: number, name?: string) =>
  `{ ${names(count, name)
    .map((key) => `${key}: v`)
    .join(", ")} }`;

describe("parseAccessModel reads, of tags", () => {
  it("those of the file and, before them, those of the environment", () => {
    const text = fileWithTags("{ team: platform, stage: none }", '{ stage: prod, "cost center": "" }');
    expect(parse(text).environments[0]?.tags).toEqual({ team: "platform", stage: "prod", "cost center": "" });
  });

  it("letters of all languages, and the longest that AWS takes", () => {
    const text = fileWithTags(`{ Équipe/ação_1.a:b=c+d-e@f: ${long(256)}, ${long(128)}: 日本 }`);
    expect(parse(text).environments[0]?.tags).toEqual({
      "Équipe/ação_1.a:b=c+d-e@f": long(256),
      [long(128)]: "日本",
    });
  });

  it("50 of the file and the environment together, those of the same name counting once", () => {
    expect(() => parse(fileWithTags(tagMap(49), "{ n0: w, other: v }"))).not.toThrow();
  });
});

describe("parseAccessModel refuses, of tags", () => {
  const KEY = '1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with "aws:"';
  const VALUE = "up to 256 letters, digits, spaces or any of _.:/=+-@";

  it.each(["aws:team", "AWS:team", "team!", "a,b", ""])("key '%s'", (key) => {
    expect(mistakesIn(fileWithTags(`{ "${key}": v }`))).toEqual([
      `10:5: key of tag "${key}" must be ${KEY}, but is "${key}".`,
    ]);
  });

  it("a key that is too long", () => {
    const quoted = `"${long(60)}"… (129 characters)`;
    expect(mistakesIn(fileWithTags(`{ ${long(129)}: v }`))).toEqual([
      `10:5: key of tag ${quoted} must be ${KEY}, but is ${quoted}.`,
    ]);
  });

  it.each([
    ['"a*b"', '"a*b"'],
    ["42", "42. Put it in quotes"],
    ["true", "true. Put it in quotes"],
    ["[a]", "a list"],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("value %s", (value, came) => {
    expect(mistakesIn(fileWithTags("{ team: a }", `{ cost: ${value} }`))).toEqual([
      `2:60: value of tag "cost" of environment "dev" must be ${VALUE}, but is ${came}.`,
    ]);
  });

  it("an empty map", () => {
    expect(mistakesIn(fileWithTags("{}"))).toEqual(["10:3: tags must be a map with at least one tag, but is empty."]);
  });

  it("more than 50 of the file, once for all environments", () => {
    expect(mistakesIn(fileWithTags(tagMap(51), "{ other: v }"))).toEqual([
      "10:395: the file has 51 tags, but AWS allows 50 a resource. Remove some.",
    ]);
  });

  it("more than 50 of the file and the environment together, at the first too many", () => {
    expect(mistakesIn(fileWithTags(tagMap(49), tagMap(3, "other")))).toEqual([
      '2:65: environment "dev" has, with those of the file, 52 tags, but AWS allows 50 a resource. Remove some.',
    ]);
  });

  it("one that differs from another in letter case only", () => {
    expect(mistakesIn(fileWithTags("{ Team: a, team: b }", "{ TEAM: c }"))).toEqual([
      '2:54: tag "TEAM" of environment "dev" differs from "Team" in letter case only, but IAM treats them as the same tag. Write "Team".',
      '10:14: tag "team" of the file differs from "Team" in letter case only, but IAM treats them as the same tag. Write "Team".',
    ]);
    expect(mistakesIn(fileWithTags("{ Team: a }", "{ team: c }"))).toEqual([
      '2:54: tag "team" of environment "dev" differs from "Team" in letter case only, but IAM treats them as the same tag. Write "Team".',
    ]);
  });
});

describe("parseAccessModel refuses, of environments, names that GitHub cannot tell apart:", () => {
  const named = (name: string, more = "") =>
    `  ${name}: { region: eu-west-1, domainPrefix: p-${name.toLowerCase()}${more} }`;
  const only = 'in letter case, "-" and "_" only, as GitHub ignores. Use another name.';

  it.each([
    ["a-b", "A-B"],
    ["dev", "Dev"],
    ["a-b-c", "A-b-C"],
  ])("%s and %s", (one, other) => {
    const environments = [named(one), `  ${other}: { region: eu-west-1, domainPrefix: other }`].join("\n");
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      `3:3: environment "${other}" differs from "${one}" ${only}`,
    ]);
  });

  it("a-b and a_b", () => {
    const environments = [named("a-b"), "  a_b: { region: eu-west-1, domainPrefix: other }"].join("\n");
    expect(mistakesIn(fileWith({ environments }))).toEqual([`3:3: environment "a_b" differs from "a-b" ${only}`]);
  });

  it.each([
    ["preview", "has the name of the GitHub environment of previews"],
    ["Preview", "has the name of the GitHub environment of previews"],
    ["pr-7", "has the name of the preview of a pull request"],
    ["PR-7", "has the name of the preview of a pull request"],
  ])("%s", (name, why) => {
    expect(mistakesIn(fileWith({ environments: named(name) }))).toEqual([
      `2:3: environment "${name}" ${why}. Use another name.`,
    ]);
  });

  it.each(["pr_7", "pr-07"])("%s, although it ends as a preview does", (name) => {
    const environments = `  ${name}: { region: eu-west-1, domainPrefix: p-${name.replace("_", "-")}, ephemeral: true }`;
    expect(mistakesIn(fileWith({ environments }))).toEqual([
      `2:3: environment "${name}" has the name of the preview of a pull request. Use another name.`,
    ]);
  });

  it("but not the copy that is deployed for a pull request", () => {
    const [environment] = parse(fileWith({ environments: named("pr-7", ", ephemeral: true") })).environments;
    expect(environment?.name).toBe("pr-7");
  });
});

describe("after", () => {
  const chain = (...after: readonly (string | undefined)[]) =>
    fileWith({
      ...SENSIBLE,
      environments: after
        .map(
          (one, i) =>
            `  e${i}: { region: eu-west-1, domainPrefix: e${i}${one === undefined ? "" : `, after: ${one}`} }`,
        )
        .join("\n"),
    });

  it("is in the model", () => {
    expect(parse(chain(undefined, "e0", "e1")).environments.map(({ after }) => after)).toEqual([undefined, "e0", "e1"]);
  });

  it("causes a warning while the other one's state is on one machine", () => {
    const local = 'environment "e1" is after "e0", whose state is on one machine';
    const stored = chain(undefined, "e0").replace(
      "domainPrefix: e0",
      "domainPrefix: e0, backend: { s3: { bucket: acme-states } }",
    );

    expect(
      parse(chain(undefined, "e0"))
        .warnings.map(({ message }) => message)
        .join(),
    ).toContain(local);
    expect(
      parse(stored)
        .warnings.map(({ message }) => message)
        .join(),
    ).not.toContain(local);
  });

  it.each([
    [
      "cannot be unknown",
      [undefined, "e9"],
      ['3:53: after of environment "e1" is "e9", which does not exist. Did you mean "e0"?'],
    ],
    [
      "cannot be its own",
      ["e0"],
      ['2:53: environment "e0" can never be deployed: "e0" after "e0". Remove one "after".'],
    ],
    [
      "cannot be a circle",
      ["e1", "e0"],
      [
        '2:53: environment "e0" can never be deployed: "e0" after "e1" after "e0". Remove one "after".',
        '3:53: environment "e1" can never be deployed: "e1" after "e0" after "e1". Remove one "after".',
      ],
    ],
    [
      "cannot be longer than the workflow",
      [undefined, "e0", "e1", "e2"],
      ['5:53: "e3" after "e2" after "e1" after "e0" are 4 environments, but at most 3 can follow one another.'],
    ],
    [
      "cannot be the name of every object's member",
      ["toString"],
      ['2:53: after of environment "e0" is "toString", which does not exist.'],
    ],
  ])("%s", (_, after, mistakes) => expect(mistakesIn(chain(...after))).toEqual(mistakes));
});
