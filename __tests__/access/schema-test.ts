/** What AWS demands of each setting of resource servers and clients. */
import { fileWith, long, mistakesIn, names, PARTS, parse } from "../support/access-text";

const NAME_CHARACTERS = "letters, digits, spaces or any of _+=,.@-";

describe("parseAccessModel refuses, of resource servers", () => {
  const withServer = (server: string) => fileWith({ resourceServers: `${PARTS.resourceServers}\n  ${server}` });

  it.each([
    ["'a b'", '"a b"'],
    ["'a\"b'", '"a\\"b"'],
    ["'a\\b'", '"a\\\\b"'],
    ["é", '"é"'],
    ["''", '""'],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("identifier %s", (key, quoted) => {
    expect(mistakesIn(withServer(`${key}: { name: N, scopes: { x: X } }`))).toEqual([
      `5:3: identifier of resource server ${quoted} must be 1 to 256 ASCII characters other than space, " and \\, but is ${quoted}.`,
    ]);
  });

  it.each(["a/b", "a:b", "é", "''"])("name %s", (name) => {
    expect(mistakesIn(withServer(`mail: { name: ${name}, scopes: { x: X } }`))).toEqual([
      `5:17: name of resource server "mail" must be 1 to 256 ${NAME_CHARACTERS}, but is "${name.replaceAll("'", "")}".`,
    ]);
  });

  it("a name that is too long", () => {
    expect(mistakesIn(withServer(`mail: { name: ${long(257)}, scopes: { x: X } }`))).toEqual([
      `5:17: name of resource server "mail" must be 1 to 256 ${NAME_CHARACTERS}, but is "${long(60)}"… (257 characters).`,
    ]);
  });

  it("an identifier that cannot be the name, when there is no other", () => {
    expect(mistakesIn(withServer("https://api.example.com: { scopes: { x: X } }"))).toEqual([
      `5:3: resource server "https://api.example.com" needs name: 1 to 256 ${NAME_CHARACTERS}. Left out it is the identifier, which has other characters.`,
    ]);
  });

  it.each([
    ["a/b", '"a/b"'],
    ["'a b'", '"a b"'],
    ["'a\"b'", '"a\\"b"'],
    ["'a\\b'", '"a\\\\b"'],
    ["é", '"é"'],
    [long(257), `"${long(60)}"… (257 characters)`],
  ])("scope name %s", (key, quoted) => {
    expect(mistakesIn(withServer(`mail: { scopes: { ${key}: X } }`))).toEqual([
      `5:21: name of scope ${quoted} of resource server "mail" must be 1 to 256 ASCII characters other than space, ", \\ and /, but is ${quoted}.`,
    ]);
  });

  it.each([
    ["an empty description", "''", '""'],
    ["a description that is too long", long(257), `"${long(60)}"… (257 characters)`],
    ["a description that is a number", "2024", "2024. Put it in quotes"],
    ["a description that is a map", "{ a: b }", "a map"],
  ])("%s", (_, value, came) => {
    expect(mistakesIn(withServer(`mail: { scopes: { x: ${value} } }`))).toEqual([
      `5:24: description of scope "x" of resource server "mail" must be 1 to 256 characters, but is ${came}.`,
    ]);
  });

  it("a scope without description", () => {
    expect(mistakesIn(withServer("mail: { scopes: { x: } }"))).toEqual([
      '5:21: description of scope "x" of resource server "mail" must be 1 to 256 characters, but is empty.',
    ]);
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
      "29:3: the file has 26 resource servers, but AWS's default quota is 25 a user pool. Move some to an access.yaml of their own.",
    ]);
  });
});

describe("parseAccessModel refuses, of clients", () => {
  it.each([
    ["a/b", '"a/b"'],
    ["é", '"é"'],
    [long(129), `"${long(60)}"… (129 characters)`],
  ])("name %s", (name, quoted) => {
    expect(mistakesIn(fileWith({ clients: `  ${name}: { scopes: [orders/read] }` }))).toEqual([
      `6:3: name of client ${quoted} must be 1 to 128 ${NAME_CHARACTERS}, but is ${quoted}.`,
    ]);
  });

  it.each([
    ["4", "4"],
    ["1441", "1441"],
    ["7.5", "7.5"],
    ["-60", "-60"],
    ['"60"', '"60"'],
    ["1h", '"1h"'],
    ["true", "true"],
    ["[60]", "a list"],
    [".nan", ".nan"],
  ])("tokenMinutes %s", (tokenMinutes, came) => {
    expect(mistakesIn(fileWith({ clients: `  c: { scopes: [orders/read], tokenMinutes: ${tokenMinutes} }` }))).toEqual([
      `6:45: tokenMinutes of client "c" must be a whole number of minutes, 5 to 1440, but is ${came}.`,
    ]);
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
      "1006:3: the file has 1,001 clients, but AWS's default quota is 1,000 a user pool. Move some to an access.yaml of their own.",
    ]);
  });
});

describe("parseAccessModel reads, of clients", () => {
  it("everything that one can say", () => {
    const clients = `  billing:
    scopes: [orders/read]
    tokenMinutes: 30
    environments: [dev]
    secret:
      readers: ["arn:aws:iam::123456789012:user/ci/b", "arn:aws-us-gov:iam::123456789012:role/a"]
      kmsKeyArn: arn:aws:kms:ap-northeast-1:123456789012:key/mrk-0a1b`;
    expect(parse(fileWith({ clients })).clients).toEqual([
      {
        name: "billing",
        scopes: ["orders/read"],
        tokenMinutes: 30,
        environments: ["dev"],
        secret: {
          readers: ["arn:aws-us-gov:iam::123456789012:role/a", "arn:aws:iam::123456789012:user/ci/b"],
          kmsKeyArn: "arn:aws:kms:ap-northeast-1:123456789012:key/mrk-0a1b",
        },
      },
    ]);
  });
});

describe("parseAccessModel refuses, of the secrets of clients", () => {
  const withSecret = (secret: string) => fileWith({ clients: `  c: { scopes: [orders/read], secret: ${secret} }` });

  it.each([
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:iam::123456789012:root",
    "arn:aws:iam::12345678901:role/billing",
    "arn:aws:iam:eu-west-1:123456789012:role/billing",
    "arn:aws:sts::123456789012:assumed-role/billing/session",
    "arn:aws:iam::123456789012:role/",
    "*",
  ])("reader %s", (reader) => {
    expect(mistakesIn(withSecret(`{ readers: ["${reader}"] }`))).toEqual([
      `6:51: reader of secret of client "c" must be the ARN of an IAM role or user without wildcards, such as "arn:aws:iam::123456789012:role/billing", but is "${reader}".`,
    ]);
  });

  it.each([
    ["{}", "39", "needs readers: a list with at least one reader. Name the role that the service runs as."],
    [
      "{ readers: [] }",
      "50",
      "must be a list with at least one reader, but is empty. Name the role that the service runs as.",
    ],
  ])("%s", (secret, column, refusal) => {
    const subject = secret === "{}" ? 'secret of client "c"' : 'readers of secret of client "c"';
    expect(mistakesIn(withSecret(secret))).toEqual([`6:${column}: ${subject} ${refusal}`]);
  });

  it.each([
    "arn:aws:kms:eu-west-1:123456789012:alias/secrets",
    "arn:aws:kms::123456789012:key/1234",
    "1234-abcd",
  ])("kmsKeyArn %s", (key) => {
    const secret = `{ readers: ["arn:aws:iam::123456789012:role/b"], kmsKeyArn: "${key}" }`;
    expect(mistakesIn(withSecret(secret))).toEqual([
      `6:99: kmsKeyArn of secret of client "c" must be the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/1234-abcd", but is "${key}".`,
    ]);
  });
});
