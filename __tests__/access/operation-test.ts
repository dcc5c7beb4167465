/** Settings that a file says once, and environments otherwise. */
import { fileWith, mistakesIn, parse } from "../support/access-text";

const REGION = "region: eu-west-1, domainPrefix: d";

/** A file whose defaults have line 10, and whose only environment has line 2. */
function fileWithDefaults(defaults: string, ofEnvironment = ""): string {
  return fileWith({ environments: `  dev: { ${REGION}${ofEnvironment} }`, defaults: `  ${defaults}` });
}

describe("parseAccessModel reads, of defaults", () => {
  const ALL =
    "tokenMinutes: 30, retentionDays: 365, memoryMegabytes: 128, timeoutSeconds: 29, architecture: x86_64, logLevel: trace, throttling: { requestsPerSecond: 10000, burst: 5000 }";
  const OTHERS =
    "tokenMinutes: 5, retentionDays: 1, memoryMegabytes: 10240, timeoutSeconds: 1, architecture: arm64, logLevel: fatal, throttling: { requestsPerSecond: 1, burst: 1 }";

  it("all that environments can leave out", () => {
    expect(parse(fileWithDefaults(`{ ${ALL} }`)).environments[0]).toMatchObject({
      tokenMinutes: 30,
      retentionDays: 365,
      functions: { memoryMegabytes: 128, timeoutSeconds: 29, architecture: "x86_64", logLevel: "trace" },
      throttling: { requestsPerSecond: 10_000, burst: 5000 },
    });
  });

  it("what the environment itself says before it", () => {
    expect(parse(fileWithDefaults(`{ ${ALL} }`, `, ${OTHERS}`)).environments[0]).toMatchObject({
      tokenMinutes: 5,
      retentionDays: 1,
      functions: { memoryMegabytes: 10_240, timeoutSeconds: 1, architecture: "arm64", logLevel: "fatal" },
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
      "a map of settings (tokenMinutes, retentionDays, memoryMegabytes, timeoutSeconds, architecture, logLevel, throttling)";
    expect(mistakesIn(fileWithDefaults("[a]"))).toEqual([`10:3: defaults must be ${expected}, but is a list.`]);
    expect(mistakesIn(fileWithDefaults("{ region: eu-west-1 }"))).toEqual([
      '10:5: defaults has no setting "region". Its settings: tokenMinutes, retentionDays, memoryMegabytes, timeoutSeconds, architecture, logLevel, throttling.',
    ]);
  });
});
