/** Settings of environments, and those that the file has once. */
import { expectMistakes, fileWith, long, mistakesIn, parse } from "../support/access-text";

const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1";
const US_CERTIFICATE = CERTIFICATE.replace("eu-west-1", "us-east-1");
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:pager";
const REGION = "region: eu-west-1, domainPrefix: d";

/** A file whose only environment, in line 2, has one setting more. */
function withSetting(setting: string): string {
  return fileWith({ environments: `  dev: { ${REGION}, ${setting} }` });
}

/** A file whose defaults have line 10, and whose only environment has line 2. */
function fileWithDefaults(defaults: string, ofEnvironment = ""): string {
  return fileWith({ environments: `  dev: { ${REGION}${ofEnvironment} }`, defaults: `  ${defaults}` });
}

describe("parseAccessModel reads, of environments", () => {
  it("everything that one can say", () => {
    const environments = `  prod:
    region: eu-west-1
    tokenDomain: { name: auth.example.com, certificateArn: "arn:aws:acm:us-east-1:012345678901:certificate/1-a" }
    apiDomain: { name: api.example.com, certificateArn: "arn:aws:acm:eu-west-1:012345678901:certificate/2-b" }
    protected: false
    allowDestroy: [client/old app, "resource-server/https://api.example.com/", aws_cognito_user_pool.two, client/old app]
    ephemeral: true
    accountId: "012345678901"
    permissionsBoundary: arn:aws:iam::012345678901:policy/access/boundary
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
        allowDestroy: ["client/old app", "resource-server/https://api.example.com/", "aws_cognito_user_pool.two"],
        isEphemeral: true,
        accountId: "012345678901",
        permissionsBoundary: "arn:aws:iam::012345678901:policy/access/boundary",
        backend: {
          kind: "s3",
          bucket: "acme-state",
          region: "eu-central-1",
          key: "prod.tfstate",
          kmsKeyArn: "arn:aws:kms:eu-central-1:100000000000:key/3",
        },
        tags: { stage: "prod" },
        tokenMinutes: 60,
        functions: {
          runtime: "nodejs24.x",
          memoryMegabytes: 256,
          timeoutSeconds: 10,
          architecture: "arm64",
          logLevel: "info",
        },
        ownFunctions: {},
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
      {
        kind: "s3",
        bucket: "b.c",
        region: "eu-west-1",
        key: "machine-access/eu-west-1/d/dev.tfstate",
        kmsKeyArn: undefined,
      },
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

describe("parseAccessModel refuses in allowDestroy", () => {
  it.each(["clients/old", "client/", "old", "secret", "domain/x", "aws_cognito_user_pool", "aws_x.y.z"])(
    "%s",
    (name) => {
      expect(mistakesIn(withSetting(`allowDestroy: [pool, "${name}"]`))).toEqual([
        expect.stringMatching(
          /^2:\d+: protected resource of environment "dev" must be "pool", "domain", "client\/<name>"/,
        ),
      ]);
    },
  );
});

describe("parseAccessModel reads, of defaults", () => {
  const ALL =
    "tokenMinutes: 30, retentionDays: 365, runtime: nodejs22.x, memoryMegabytes: 128, timeoutSeconds: 29, architecture: x86_64, logLevel: trace, throttling: { requestsPerSecond: 10000, burst: 5000 }";
  const OTHERS =
    "tokenMinutes: 5, retentionDays: 1, runtime: nodejs24.x, memoryMegabytes: 10240, timeoutSeconds: 1, architecture: arm64, logLevel: fatal, throttling: { requestsPerSecond: 1, burst: 1 }";

  it("all that environments can leave out", () => {
    expect(parse(fileWithDefaults(`{ ${ALL} }`)).environments[0]).toMatchObject({
      tokenMinutes: 30,
      retentionDays: 365,
      functions: {
        runtime: "nodejs22.x",
        memoryMegabytes: 128,
        timeoutSeconds: 29,
        architecture: "x86_64",
        logLevel: "trace",
      },
      throttling: { requestsPerSecond: 10_000, burst: 5000 },
    });
  });

  it("what the environment itself says before it", () => {
    expect(parse(fileWithDefaults(`{ ${ALL} }`, `, ${OTHERS}`)).environments[0]).toMatchObject({
      tokenMinutes: 5,
      retentionDays: 1,
      functions: {
        runtime: "nodejs24.x",
        memoryMegabytes: 10_240,
        timeoutSeconds: 1,
        architecture: "arm64",
        logLevel: "fatal",
      },
      throttling: { requestsPerSecond: 1, burst: 1 },
    });
  });

  it("one, while the others stay as they are", () => {
    expect(parse(fileWithDefaults("{ logLevel: warn }", ", memoryMegabytes: 512")).environments[0]).toMatchObject({
      tokenMinutes: 60,
      retentionDays: 30,
      functions: { memoryMegabytes: 512, timeoutSeconds: 10, architecture: "arm64", logLevel: "warn" },
      throttling: undefined,
    });
  });
});

describe("parseAccessModel refuses environments", () => {
  it.each<readonly [string, string, ...string[]]>([
    ["environments", "dev: { region: tokyo, domainPrefix: d }", '2:18 region … but is "tokyo".'],
    ["environments", "dev: { region: AP-NORTHEAST-1, domainPrefix: d }", "2:18 region …"],
    ["environments", "dev: { region: ap-northeast, domainPrefix: d }", "2:18 region …"],
    ["environments", "dev: { region: ap-northeast-1a, domainPrefix: d }", "2:18 region …"],
    ["environments", "dev: { region: ap1, domainPrefix: d }", '2:18 region … but is "ap1".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: Demo }", '2:43 domainPrefix … but is "Demo".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: -demo }", '2:43 domainPrefix … but is "-demo".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: demo- }", '2:43 domainPrefix … but is "demo-".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: de_mo }", '2:43 domainPrefix … but is "de_mo".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: de.mo }", '2:43 domainPrefix … but is "de.mo".'],
    ["environments", `dev: { region: eu-west-1, domainPrefix: ${long(64)} }`, '2:43 domainPrefix … but is "aaaa'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: aws }", '2:43 domainPrefix … but is "aws".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: my-aws }", '2:43 domainPrefix … but is "my-aws".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: amazon-x }", '2:43 domainPrefix … but is "amazon-x".'],
    ["environments", "dev: { region: eu-west-1, domainPrefix: a-cognito-b }", "2:43 domainPrefix …"],
    ["environments", "dev: { region: eu-west-1, domainPrefix: newcognito }", "2:43 domainPrefix …"],
    ["environments", "dev: { region: eu-west-1, domainPrefix: laws }", '2:43 domainPrefix … but is "laws".'],
    ["environments", "1dev: { region: eu-west-1, domainPrefix: d }", '2:3 name … but is "1dev".'],
    ["environments", "_dev: { region: eu-west-1, domainPrefix: d }", '2:3 name … but is "_dev".'],
    ["environments", "de.v: { region: eu-west-1, domainPrefix: d }", '2:3 name … but is "de.v".'],
    ["environments", "de v: { region: eu-west-1, domainPrefix: d }", '2:3 name … but is "de v".'],
    ["environments", `${long(65)}: { region: eu-west-1, domainPrefix: d }`, '2:3 name … but is "aaaa'],
    [
      "environments",
      `dev: { region: eu-west-1, tokenDomain: { name: ${long(32)}.${long(28)}.de, certificateArn: ${US_CERTIFICATE} } }`,
      "2:50 name …",
    ],
    [
      "environments",
      `dev: { region: eu-west-1, tokenDomain: { name: auth.example.com, certificateArn: ${US_CERTIFICATE} }, domainPrefix: d }`,
      '2:136 environment "dev" has both domainPrefix and tokenDomain, but the token endpoint has one host. Remove one of them.',
    ],
    ["environments", "dev: { region: eu-west-1 }", "2:8 needs domainPrefix or tokenDomain"],
    ["environments", "dev: { region: eu-west-1, domainPrefx: d }", '2:29 has no setting "domainPrefx". Did you mean'],
  ])("%s %s", (part, entry, ...mistakes) => {
    expectMistakes(fileWith({ [part]: `  ${entry}` }), mistakes);
  });

  it.each<readonly [string, ...string[]]>([
    ["accountId: 123456789012", "2:57 accountId … but is 123456789012. Put it in quotes."],
    ["accountId: 012345678901", "2:57 accountId … but is 012345678901. Put it in quotes."],
    ['accountId: "12345678901"', '2:57 accountId … but is "12345678901".'],
    ["protected: yes", '2:57 protected … but is "yes".'],
    ["ephemeral: 1", "2:57 ephemeral … but is 1."],
    ["accessLog: off", '2:57 accessLog … but is "off".'],
    ["dashboard: {}", "2:57 dashboard … but is empty."],
    ["apiDomain: api.example.com", '2:57 apiDomain … but is "api.example.com".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: localhost }`, '2:131 name … but is "localhost".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: API.example.com }`, '2:131 name … but is "API.example.com".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: api..com }`, '2:131 name … but is "api..com".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: -a.example.com }`, '2:131 name … but is "-a.example.com".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: 192.168.0.1 }`, '2:131 name … but is "192.168.0.1".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: '*.example.com' }`, '2:131 name … but is "*.example.com".'],
    [`apiDomain: { certificateArn: ${CERTIFICATE}, name: ${long(64)}.com }`, '2:131 name … but is "aaaa'],
    ['apiDomain: { name: a.b, certificateArn: "mine" }', '2:86 certificateArn of apiDomain … but is "mine".'],
    [
      'apiDomain: { name: a.b, certificateArn: "arn:aws:iam::123456789012:server-certificate/mine" }',
      "2:86 certificateArn of apiDomain …",
    ],
    ['apiDomain: { name: a.b, certificateArn: "arn:aws:acm:eu-west-1:12345678901:certificate/1" }', "2:86"],
    [
      'apiDomain: { name: a.b, certificateArn: "arn:amazon:acm:eu-west-1:123456789012:certificate/1" }',
      "2:86 certificateArn of apiDomain …",
    ],
    ['alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:pager.fifo" }', "2:66 topicArn of alarms …"],
    [`alarms: { topicArn: ${TOPIC}, clientErrorPercent: 0 }`, "2:128 clientErrorPercent of alarms … but is 0."],
    [`alarms: { topicArn: ${TOPIC}, clientErrorPercent: 20% }`, '2:128 clientErrorPercent of alarms … but is "20%".'],
    [`alarms: { topicArn: ${TOPIC}, serverErrorPercent: 100.5 }`, "2:128 serverErrorPercent of alarms …"],
    [`alarms: { topicArn: ${TOPIC}, latencyMilliseconds: 29001 }`, "2:129 latencyMilliseconds of alarms …"],
    [`alarms: { topicArn: ${TOPIC}, tokenFailures: 0 }`, "2:123 tokenFailures of alarms … but is 0."],
    ["firewall: { requestsPerFiveMinutes: 9 }", "2:82 requestsPerFiveMinutes of firewall … but is 9."],
    ["firewall: { requestsPerFiveMinutes: 2000000001 }", "2:82 requestsPerFiveMinutes of firewall …"],
    ["tokenCache: { minutes: 0 }", "2:69 minutes of tokenCache … but is 0."],
    ["tokenCache: { minutes: 61 }", "2:69 minutes of tokenCache … but is 61."],
    ["backend: { s3: { bucket: Acme } }", '2:71 bucket of s3 of backend … but is "Acme".'],
    ["backend: { s3: { bucket: acme, region: ireland } }", '2:85 region of s3 of backend … but is "ireland".'],
    ["backend: { s3: { bucket: acme, key: /state } }", '2:82 key … but is "/state".'],
    ["backend: { s3: { bucket: acme, key: state/ } }", '2:82 key … but is "state/".'],
    ["backend: { s3: { bucket: acme, kmsKeyArn: alias/state } }", "2:88 kmsKeyArn of s3 of backend …"],
    ["backend: { hcp: { workspace: dev, organization: a.b } }", '2:94 organization of hcp of backend … but is "a.b".'],
    ["backend: { hcp: { organization: acme, workspace: a b } }", '2:95 workspace of hcp of backend … but is "a b".'],
    ["backend: { hcp: { organization: acme, workspace: w, hostname: https://tfe.example.com } }", "2:108 hostname of"],
    ["backend: s3", '2:55 backend … but is "s3".'],
    ["apiDomain: {}", "2:57 needs name", "2:57 needs certificateArn"],
    ["alarms: { clientErrorPercent: 5 }", "2:54 needs topicArn"],
    ["firewall: {}", "2:56 needs requestsPerFiveMinutes"],
    ["tokenCache: {}", "2:58 needs minutes"],
    ["backend: { s3: {} }", "2:61 needs bucket"],
    ["backend: { hcp: {} }", "2:62 needs organization", "2:62 needs workspace"],
    [`tokenDomain: { name: auth.example.com, certificateArn: ${US_CERTIFICATE} }`, '2:46 environment "dev" has both'],
    ["tokenDomain: auth.example.com", '2:59 tokenDomain … but is "auth.example.com".'],
    ["backend: { s3: { bucket: acme }, hcp: { organization: a, workspace: w } }", '2:79 backend of environment "dev"'],
    ["backend: {}", "2:55 needs s3 or hcp"],
  ])("with %s", (setting, ...mistakes) => {
    expectMistakes(withSetting(setting), mistakes);
  });
});

describe("parseAccessModel refuses, of defaults and environments", () => {
  const DAYS =
    "one of these numbers of days: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";

  it.each([
    ["tokenMinutes", "4", "a whole number of minutes, 5 to 1440, but is 4."],
    ["retentionDays", "31", `${DAYS}, but is 31. Did you mean 30?`],
    ["retentionDays", "4000", `${DAYS}, but is 4000. Did you mean 3653?`],
    ["retentionDays", "forever", `${DAYS}, but is "forever".`],
    ["memoryMegabytes", "127", "a whole number of megabytes, 128 to 10,240, but is 127."],
    ["memoryMegabytes", "10241", "a whole number of megabytes, 128 to 10,240, but is 10241."],
    ["timeoutSeconds", "0", "a whole number of seconds, 1 to 29, but is 0."],
    ["timeoutSeconds", "30", "a whole number of seconds, 1 to 29, but is 30."],
    ["architecture", "arm", 'arm64 or x86_64, but is "arm".'],
    ["architecture", "x86-64", 'arm64 or x86_64, but is "x86-64". Did you mean "x86_64"?'],
    ["logLevel", "Info", 'trace, debug, info, warn, error or fatal, but is "Info". Did you mean "info"?'],
    ["logLevel", "loud", 'trace, debug, info, warn, error or fatal, but is "loud".'],
    ["throttling", "100", "a map of settings (requestsPerSecond, burst), but is 100."],
  ])("%s: %s", (name, value, refusal) => {
    expect(mistakesIn(fileWithDefaults(`{ ${name}: ${value} }`, `, ${name}: ${value}`))).toEqual([
      `2:${48 + name.length}: ${name} of environment "dev" must be ${refusal}`,
      `10:${7 + name.length}: ${name} of defaults must be ${refusal}`,
    ]);
  });

  it.each([
    ["{ requestsPerSecond: 0, burst: 0 }", "0", "0"],
    ["{ requestsPerSecond: 10001, burst: 5001 }", "10001", "5001"],
  ])("throttling %s", (throttling, rate, burst) => {
    expect(mistakesIn(fileWithDefaults(`{ throttling: ${throttling} }`))).toEqual([
      `10:38: requestsPerSecond of throttling of defaults must be a whole number of requests a second, 1 to 10,000, but is ${rate}.`,
      `10:${46 + rate.length + 1}: burst of throttling of defaults must be a whole number of requests, 1 to 5000, but is ${burst}.`,
    ]);
  });

  it("throttling without burst", () => {
    expect(mistakesIn(fileWithDefaults("{ throttling: { requestsPerSecond: 5 } }"))).toEqual([
      "10:17: throttling of defaults needs burst: a whole number of requests, 1 to 5000.",
    ]);
  });

  it("defaults that are a list, or a setting that environments have alone", () => {
    const expected =
      "a map of settings (tokenMinutes, retentionDays, rotateAfterDays, runtime, memoryMegabytes, timeoutSeconds, architecture, logLevel, throttling, quotas)";
    expect(mistakesIn(fileWithDefaults("[a]"))).toEqual([`10:3: defaults must be ${expected}, but is a list.`]);
    expect(mistakesIn(fileWithDefaults("{ region: eu-west-1 }"))).toEqual([
      '10:5: defaults has no setting "region". Its settings: tokenMinutes, retentionDays, rotateAfterDays, runtime, memoryMegabytes, timeoutSeconds, architecture, logLevel, throttling, quotas.',
    ]);
  });
});
