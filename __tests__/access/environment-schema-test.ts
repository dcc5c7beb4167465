/** What AWS and Terraform demand of each setting of an environment. */
import { fileWith, long, mistakesIn, PREFIX, parse } from "../support/access-text";

describe("parseAccessModel refuses, of environments", () => {
  it.each([
    ["tokyo", ""],
    ["ap1", ""],
    ["AP-NORTHEAST-1", ' Did you mean "ap-northeast-1"?'],
    ["ap-northeast", ' Did you mean "ap-northeast-1"?'],
    ["eu-west-99x", ' Did you mean "eu-west-1"?'],
  ])("region %s", (region, hint) => {
    expect(mistakesIn(fileWith({ environments: `  dev: { region: ${region}, domainPrefix: d }` }))).toEqual([
      `2:18: region of environment "dev" must be an AWS region such as "ap-northeast-1", but is "${region}".${hint}`,
    ]);
  });

  it.each([
    "Demo",
    "-demo",
    "demo-",
    "de_mo",
    "de.mo",
    long(64),
    "aws",
    "my-aws",
    "amazon-x",
    "a-cognito-b",
    "newcognito",
    "laws",
  ])("domain prefix %s", (domainPrefix) => {
    expect(
      mistakesIn(fileWith({ environments: `  dev: { region: eu-west-1, domainPrefix: ${domainPrefix} }` })),
    ).toEqual([`2:43: domainPrefix of environment "dev" must be ${PREFIX}, but is "${domainPrefix}".`]);
  });

  it.each(["1dev", "_dev", "de.v", "de v", long(65)])("name %s", (name) => {
    expect(mistakesIn(fileWith({ environments: `  ${name}: { region: eu-west-1, domainPrefix: d }` }))).toEqual([
      `2:3: name of environment "${name}" must be 1 to 64 letters, digits, "_" or "-", beginning with a letter, but is "${name}".`,
    ]);
  });
});

describe("parseAccessModel reads, of environments", () => {
  it("everything that one can say", () => {
    const environments = `  prod:
    region: eu-west-1
    tokenDomain: { name: auth.example.com, certificateArn: "arn:aws:acm:us-east-1:012345678901:certificate/1-a" }
    apiDomain: { name: api.example.com, certificateArn: "arn:aws:acm:eu-west-1:012345678901:certificate/2-b" }
    protected: false
    ephemeral: true
    accountId: "012345678901"
    backend:
      s3: { bucket: acme-state, region: eu-central-1, key: prod.tfstate, kmsKeyArn: "arn:aws:kms:eu-central-1:1${"0".repeat(11)}:key/3" }
    tags: { stage: prod }
    accessLog: false
    methodMetrics: true
    tracing: true
    firewall: { requestsPerFiveMinutes: 10 }
    alarms:
      topicArn: arn:aws:sns:eu-west-1:012345678901:pager
      clientErrorPercent: 100
      serverErrorPercent: 0.1
      latencyMilliseconds: 29000
      tokenFailures: 1
    dashboard: true
    tokenCache: { minutes: 59 }`;
    expect(parse(fileWith({ environments })).environments).toEqual([
      {
        name: "prod",
        region: "eu-west-1",
        prefix: "auth-example-com",
        tokenDomain: {
          kind: "custom",
          name: "auth.example.com",
          certificateArn: "arn:aws:acm:us-east-1:012345678901:certificate/1-a",
        },
        apiDomain: {
          kind: "custom",
          name: "api.example.com",
          certificateArn: "arn:aws:acm:eu-west-1:012345678901:certificate/2-b",
        },
        isProtected: false,
        isEphemeral: true,
        accountId: "012345678901",
        backend: {
          kind: "s3",
          bucket: "acme-state",
          region: "eu-central-1",
          key: "prod.tfstate",
          kmsKeyArn: "arn:aws:kms:eu-central-1:100000000000:key/3",
        },
        tags: { stage: "prod" },
        tokenMinutes: 60,
        functions: { memoryMegabytes: 256, timeoutSeconds: 10, architecture: "arm64", logLevel: "info" },
        throttling: undefined,
        retentionDays: 30,
        accessLog: false,
        methodMetrics: true,
        tracing: true,
        firewall: { requestsPerFiveMinutes: 10 },
        alarms: {
          topicArn: "arn:aws:sns:eu-west-1:012345678901:pager",
          clientErrorPercent: 100,
          serverErrorPercent: 0.1,
          latencyMilliseconds: 29_000,
          tokenFailures: 1,
        },
        dashboard: true,
        tokenCache: { minutes: 59 },
      },
    ]);
  });

  it("alarms that say no more than their topic", () => {
    const alarms = "alarms: { topicArn: arn:aws:sns:eu-west-1:012345678901:pager }";
    expect(parse(withSetting(alarms)).environments[0]?.alarms).toEqual({
      topicArn: "arn:aws:sns:eu-west-1:012345678901:pager",
      clientErrorPercent: 20,
      serverErrorPercent: 1,
      latencyMilliseconds: 3000,
      tokenFailures: 20,
    });
  });

  it.each([
    ["protected: true", true, false],
    ["protected: false", false, false],
    ["ephemeral: false", true, false],
    ["ephemeral: true", false, true],
    ["ephemeral: true, protected: true", true, true],
  ])("%s", (setting, isProtected, isEphemeral) => {
    expect(parse(withSetting(setting)).environments[0]).toMatchObject({ isProtected, isEphemeral });
  });

  it.each([
    [
      "{ s3: { bucket: b.c } }",
      { kind: "s3", bucket: "b.c", region: "eu-west-1", key: "machine-access/dev.tfstate", kmsKeyArn: undefined },
    ],
    [
      "{ hcp: { organization: acme, workspace: m2m_dev } }",
      { kind: "hcp", organization: "acme", workspace: "m2m_dev", hostname: "app.terraform.io" },
    ],
    [
      "{ hcp: { organization: acme, workspace: dev, hostname: tfe.example.com } }",
      { kind: "hcp", organization: "acme", workspace: "dev", hostname: "tfe.example.com" },
    ],
  ])("backend %s", (backend, expected) => {
    expect(parse(withSetting(`backend: ${backend}`)).environments[0]?.backend).toEqual(expected);
  });
});

describe("parseAccessModel refuses, of the settings of environments", () => {
  const HOST = (max: number) => `a host name in lower case such as "auth.example.com", with up to ${max} characters`;
  const CERTIFICATE = 'the ARN of a certificate, such as "arn:aws:acm:eu-west-1:123456789012:certificate/1234-abcd"';
  const TOPIC = 'the ARN of an SNS topic, such as "arn:aws:sns:eu-west-1:123456789012:alarms"';
  const KEY = 'the ARN of a KMS key, such as "arn:aws:kms:eu-west-1:123456789012:key/1234-abcd"';
  const PERCENTAGE = "a percentage above 0, up to 100";
  const arn = "certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/1";
  const topic = "topicArn: arn:aws:sns:eu-west-1:123456789012:pager";
  const ofDomain = (name: string) => `apiDomain: { ${arn}, name: ${name} }`;
  const ofCertificate = (value: string) => `apiDomain: { name: a.b, certificateArn: "${value}" }`;
  const ofAlarm = (setting: string) => `alarms: { ${topic}, ${setting} }`;
  const ofBucket = (setting: string) => `backend: { s3: { bucket: acme, ${setting} } }`;

  it.each([
    ["accountId: 123456789012", "accountId", "12 digits, but is 123456789012. Put it in quotes."],
    ["accountId: 012345678901", "accountId", "12 digits, but is 012345678901. Put it in quotes."],
    ['accountId: "12345678901"', "accountId", '12 digits, but is "12345678901".'],
    ["protected: yes", "protected", 'true or false, but is "yes".'],
    ["ephemeral: 1", "ephemeral", "true or false, but is 1."],
    ["accessLog: off", "accessLog", 'true or false, but is "off".'],
    ["dashboard: {}", "dashboard", "true or false, but is empty."],
    ["apiDomain: api.example.com", "apiDomain", 'a map of settings (name, certificateArn), but is "api.example.com".'],
    [ofDomain("localhost"), "name of apiDomain", `${HOST(253)}, but is "localhost".`],
    [ofDomain("API.example.com"), "name of apiDomain", `${HOST(253)}, but is "API.example.com".`],
    [ofDomain("api..com"), "name of apiDomain", `${HOST(253)}, but is "api..com".`],
    [ofDomain("-a.example.com"), "name of apiDomain", `${HOST(253)}, but is "-a.example.com".`],
    [ofDomain("192.168.0.1"), "name of apiDomain", `${HOST(253)}, but is "192.168.0.1".`],
    [ofDomain("'*.example.com'"), "name of apiDomain", `${HOST(253)}, but is "*.example.com".`],
    [ofDomain(`${long(64)}.com`), "name of apiDomain", `${HOST(253)}, but is "${long(64)}.com".`],
    [ofCertificate("mine"), "certificateArn of apiDomain", `${CERTIFICATE}, but is "mine".`],
    [
      ofCertificate("arn:aws:iam::123456789012:server-certificate/mine"),
      "certificateArn of apiDomain",
      `${CERTIFICATE}, but is "arn:aws:iam::123456789012:server-certificate/mine".`,
    ],
    [
      ofCertificate("arn:aws:acm:eu-west-1:12345678901:certificate/1"),
      "certificateArn of apiDomain",
      `${CERTIFICATE}, but is "arn:aws:acm:eu-west-1:12345678901:certificate/1".`,
    ],
    [
      ofCertificate("arn:amazon:acm:eu-west-1:123456789012:certificate/1"),
      "certificateArn of apiDomain",
      `${CERTIFICATE}, but is "arn:amazon:acm:eu-west-1:123456789012:certificate/1".`,
    ],
    [
      'alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:pager.fifo" }',
      "topicArn of alarms",
      `${TOPIC}, but is "arn:aws:sns:eu-west-1:123456789012:pager.fifo".`,
    ],
    [ofAlarm("clientErrorPercent: 0"), "clientErrorPercent of alarms", `${PERCENTAGE}, but is 0.`],
    [ofAlarm("clientErrorPercent: 20%"), "clientErrorPercent of alarms", `${PERCENTAGE}, but is "20%".`],
    [ofAlarm("serverErrorPercent: 100.5"), "serverErrorPercent of alarms", `${PERCENTAGE}, but is 100.5.`],
    [
      ofAlarm("latencyMilliseconds: 29001"),
      "latencyMilliseconds of alarms",
      "a whole number of milliseconds, 1 to 29,000, but is 29001.",
    ],
    [
      ofAlarm("tokenFailures: 0"),
      "tokenFailures of alarms",
      "a whole number of token requests, 1 to 1,000,000, but is 0.",
    ],
    [
      "firewall: { requestsPerFiveMinutes: 9 }",
      "requestsPerFiveMinutes of firewall",
      "a whole number of requests, 10 to 2,000,000,000, but is 9.",
    ],
    [
      "firewall: { requestsPerFiveMinutes: 2000000001 }",
      "requestsPerFiveMinutes of firewall",
      "a whole number of requests, 10 to 2,000,000,000, but is 2000000001.",
    ],
    ["tokenCache: { minutes: 0 }", "minutes of tokenCache", "a whole number of minutes, 1 to 60, but is 0."],
    ["tokenCache: { minutes: 61 }", "minutes of tokenCache", "a whole number of minutes, 1 to 60, but is 61."],
    [
      "backend: { s3: { bucket: Acme } }",
      "bucket of s3 of backend",
      'the name of a bucket: 3 to 63 lower-case letters, digits, dots or hyphens, but is "Acme".',
    ],
    [
      ofBucket("region: ireland"),
      "region of s3 of backend",
      'an AWS region such as "ap-northeast-1", but is "ireland".',
    ],
    [
      ofBucket("key: /state"),
      "key of s3 of backend",
      'a path without slashes at its ends or beside each other, up to 1,024 characters, but is "/state".',
    ],
    [
      ofBucket("key: state/"),
      "key of s3 of backend",
      'a path without slashes at its ends or beside each other, up to 1,024 characters, but is "state/".',
    ],
    [ofBucket("kmsKeyArn: alias/state"), "kmsKeyArn of s3 of backend", `${KEY}, but is "alias/state".`],
    [
      "backend: { hcp: { workspace: dev, organization: a.b } }",
      "organization of hcp of backend",
      '1 to 40 letters, digits, _ or -, but is "a.b".',
    ],
    [
      "backend: { hcp: { organization: acme, workspace: a b } }",
      "workspace of hcp of backend",
      '1 to 90 letters, digits, _ or -, but is "a b".',
    ],
    [
      "backend: { hcp: { organization: acme, workspace: w, hostname: https://tfe.example.com } }",
      "hostname of hcp of backend",
      `${HOST(253)}, but is "https://tfe.example.com".`,
    ],
    ["backend: s3", "backend", 'a map of settings (s3, hcp), but is "s3".'],
  ])("%s", (setting, subject, refusal) => {
    // The wrong value is the last one.
    const column = 46 + setting.lastIndexOf(": ") + 2;
    expect(mistakesIn(withSetting(setting))).toEqual([
      `2:${column}: ${subject} of environment "dev" must be ${refusal}`,
    ]);
  });

  it("a token endpoint's host with more characters than Cognito takes", () => {
    const name = `${long(32)}.${long(28)}.de`;
    const tokenDomain = (prefix: string) =>
      `tokenDomain: { name: ${prefix}${name}, certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1" }`;
    const text = (prefix: string) => fileWith({ environments: `  dev: { region: eu-west-1, ${tokenDomain(prefix)} }` });
    expect(() => parse(text(""))).toThrow(`must be ${HOST(63)}`);
    expect(mistakesIn(text(""))).toEqual([
      `2:50: name of tokenDomain of environment "dev" must be ${HOST(63)}, but is "${name}".`,
    ]);
    expect(() => parse(text("").replace(name, name.slice(1)))).not.toThrow();
  });

  it.each([
    ["apiDomain: {}", ["name", "certificateArn"]],
    ["alarms: { clientErrorPercent: 5 }", ["topicArn"]],
    ["firewall: {}", ["requestsPerFiveMinutes"]],
    ["tokenCache: {}", ["minutes"]],
    ["backend: { s3: {} }", ["bucket"]],
    ["backend: { hcp: {} }", ["organization", "workspace"]],
  ])("%s", (setting, missing) => {
    const [name = ""] = /^\w+/.exec(setting) ?? [];
    const of = /(s3|hcp)/.exec(setting)?.[1];
    const subject = `${of === undefined ? "" : `${of} of `}${name} of environment "dev"`;
    const mistakes = mistakesIn(withSetting(setting)).map((mistake) => withoutPlace(mistake).replace(/:.*/, ""));
    expect(mistakes).toEqual(missing.map((one) => `${subject} needs ${one}`));
  });
});

describe("parseAccessModel refuses, of settings of which there is one", () => {
  const certificate = '"arn:aws:acm:us-east-1:123456789012:certificate/1"';
  const tokenDomain = `tokenDomain: { name: auth.example.com, certificateArn: ${certificate} }`;

  it("both domainPrefix and tokenDomain, at the second", () => {
    expect(mistakesIn(withSetting(tokenDomain))).toEqual([
      '2:46: environment "dev" has both domainPrefix and tokenDomain, but the token endpoint has one host. Remove one of them.',
    ]);
    expect(
      mistakesIn(fileWith({ environments: `  dev: { region: eu-west-1, ${tokenDomain}, domainPrefix: d }` })),
    ).toEqual([
      '2:138: environment "dev" has both domainPrefix and tokenDomain, but the token endpoint has one host. Remove one of them.',
    ]);
  });

  it("neither, unless one is misspelt", () => {
    const needs = `needs domainPrefix or tokenDomain: domainPrefix must be ${PREFIX}; tokenDomain must be a map of settings (name, certificateArn).`;
    expect(mistakesIn(fileWith({ environments: "  dev: { region: eu-west-1 }" }))).toEqual([
      `2:8: environment "dev" ${needs}`,
    ]);
    expect(mistakesIn(fileWith({ environments: "  dev: { region: eu-west-1, domainPrefx: d }" }))).toEqual([
      '2:29: environment "dev" has no setting "domainPrefx". Did you mean "domainPrefix"?',
    ]);
  });

  it("both, without saying so when one is wrong by itself", () => {
    expect(mistakesIn(withSetting("tokenDomain: auth.example.com"))).toEqual([
      '2:59: tokenDomain of environment "dev" must be a map of settings (name, certificateArn), but is "auth.example.com".',
    ]);
  });

  it("two backends, or none in the map", () => {
    const both = "{ s3: { bucket: acme }, hcp: { organization: a, workspace: w } }";
    expect(mistakesIn(withSetting(`backend: ${both}`))).toEqual([
      '2:79: backend of environment "dev" has both s3 and hcp, but the state is in one place. Remove one of them.',
    ]);
    expect(mistakesIn(withSetting("backend: {}"))).toEqual([
      '2:55: backend of environment "dev" needs s3 or hcp: s3 must be a map of settings (bucket, region, key, kmsKeyArn); hcp must be a map of settings (organization, workspace, hostname).',
    ]);
  });
});

/** A file whose only environment, in line 2, has one setting more. */
function withSetting(setting: string): string {
  return fileWith({ environments: `  dev: { region: eu-west-1, domainPrefix: d, ${setting} }` });
}

function withoutPlace(mistake: string): string {
  return mistake.replace(/^\d+:\d+: /, "");
}
