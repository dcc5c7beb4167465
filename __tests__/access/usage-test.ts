/** What is used of quotas, and that a simulation of clients agrees with the formula of their token requests. */
import type { AccessModel, Environment } from "../../access/access-model";
import { accountQuotas, QUOTAS } from "../../access/quotas";
import {
  type ClientLoad,
  callsIn,
  fullest,
  type Load,
  loadsOf,
  MEASURES,
  tokenTraffic,
  usagesOf,
} from "../../access/usage";
import { fileWith, mistakesIn, names, parse, warningsOf } from "../support/access-text";
import { seededRandom } from "../support/seeded-random";

const first = ({ environments }: AccessModel) => environments[0] as Environment;

/** The used part and the limit of each measure, of the fullest. */
function usedIn(text: string, durationSeconds?: number) {
  const model = parse(text);
  const usages = fullest(usagesOf(model, first(model), loadsOf(model, first(model)), durationSeconds));
  return Object.fromEntries(usages.map(({ measure, of, used, limit }) => [measure, [of, used, limit]]));
}

const clients = (...lines: readonly string[]) => lines.map((line) => `  ${line}`).join("\n");

describe("a simulation of calls, with a fixed seed", () => {
  const VALID_SECONDS = 3600;
  const MAX_CALLS = 1_000_000;

  /** The instances of a client call at random times, and each requests a token when it has none. */
  function simulate({ instances, callsPerSecond, tokenSeconds }: Required<Load>, seconds: number, cacheSeconds = 0) {
    const random = seededRandom(17);
    const left = VALID_SECONDS - cacheSeconds - 29;
    const kept = cacheSeconds === 0 ? tokenSeconds : Math.min(tokenSeconds, left);
    const ends = Array.from({ length: instances }, () => random() * kept);
    const counts = { calls: 0, fromClients: 0, toCognito: 0 };
    let [time, cachedUntil] = [0, 0];
    while (counts.calls < MAX_CALLS) {
      time -= Math.log(1 - random()) / callsPerSecond;
      if (time >= seconds) break;
      counts.calls += 1;
      const instance = Math.floor(random() * instances);
      if (time < (ends[instance] ?? 0)) continue;
      ends[instance] = time + kept;
      counts.fromClients += 1;
      if (time < cachedUntil) continue;
      cachedUntil = time + cacheSeconds;
      counts.toCognito += 1;
    }
    return { fromClients: counts.fromClients / seconds, toCognito: counts.toCognito / seconds };
  }

  const computed = (load: Required<Load>, cacheSeconds = 0) => {
    const loads: readonly ClientLoad[] = [
      { ...load, client: "c", scopes: [], validSeconds: VALID_SECONDS, isAssumed: false },
    ];
    return tokenTraffic(loads, cacheSeconds === 0 ? undefined : { minutes: cacheSeconds / 60 });
  };

  it.each([
    ["instances that call often and keep tokens", { instances: 20, callsPerSecond: 50, tokenSeconds: 300 }, 15_000],
    ["instances that call seldom and keep tokens", { instances: 100, callsPerSecond: 0.5, tokenSeconds: 100 }, 200_000],
    ["instances that keep no token", { instances: 7, callsPerSecond: 3, tokenSeconds: 0 }, 50_000],
    ["one instance", { instances: 1, callsPerSecond: 0.02, tokenSeconds: 30 }, 2_000_000],
  ])("has the token requests of %s that are computed, within 2 %%", (_, load, seconds) => {
    const { fromClients } = simulate(load, seconds);
    const relative = fromClients / computed(load).fromClients;

    expect(fromClients * seconds).toBeGreaterThan(900);
    expect(Math.abs(relative - 1)).toBeLessThan(0.02);
  });

  it.each([
    ["many requests", { instances: 50, callsPerSecond: 5, tokenSeconds: 0 }, 60, 100_000],
    ["few requests of one instance", { instances: 1, callsPerSecond: 0.2, tokenSeconds: 3000 }, 300, 3_000_000],
    ["few requests of many instances", { instances: 200, callsPerSecond: 0.0005, tokenSeconds: 0 }, 60, 2_000_000],
  ])("has as many requests behind a token cache with %s, within 5 %%", (_, load, cacheSeconds, seconds) => {
    const { toCognito } = simulate(load, seconds, cacheSeconds);

    expect(toCognito * seconds).toBeGreaterThan(900);
    expect(Math.abs(toCognito / computed(load, cacheSeconds).toCognito - 1)).toBeLessThan(0.05);
  });

  it("never has more requests behind a token cache than computed, and at least half", () => {
    for (const callsPerSecond of [0.002, 0.005, 0.01, 0.02, 0.05]) {
      const load = { instances: 100, callsPerSecond, tokenSeconds: 0 };
      const share = simulate(load, 1_000_000, 60).toCognito / computed(load, 60).toCognito;

      expect(share).toBeLessThan(1.02);
      expect(share).toBeGreaterThan(0.49);
    }
  });
});

describe("usagesOf", () => {
  it("spreads the calls of a client over the routes that it may call", () => {
    const text = fileWith({
      environments: "  dev: { region: eu-west-1, domainPrefix: d, throttling: { requestsPerSecond: 40, burst: 9 } }",
      clients: clients(
        "a: { scopes: [orders/read], load: { callsPerSecond: 90, instances: 3, tokenSeconds: 0 } }",
        "b: { scopes: [orders/write], load: { callsPerSecond: 10, tokenSeconds: 990 } }",
      ),
      routes: clients(
        "GET /a: { lambda: access, scopes: [orders/read] }",
        "GET /b: { lambda: orders, scopes: [orders/read, orders/write] }",
        "PUT /b: { url: https://b.example.com, scopes: [orders/read], throttling: { requestsPerSecond: 400, burst: 9 } }",
        "GET /open: { lambda: orders, public: true, reason: Status }",
      ),
    });

    expect(usedIn(text, 0.5)).toMatchObject({
      "token-requests": [null, 90 + 1 / 990.1, 150],
      calls: [null, 100, 10_000],
      "route-calls": ["GET /b", 40, 40],
      executions: [null, 35, 1000],
      clients: [null, 2, 1000],
      resources: [null, 4, 300],
    });
    // Ten calls a second are what an execution environment answers at most.
    expect(usedIn(text, 0.001)["executions"]).toEqual([null, 7, 1000]);
  });

  it("counts reserved executions of a function apart, and the calls of an instance for the firewall", () => {
    const text = fileWith({
      environments:
        "  dev: { region: eu-south-1, domainPrefix: d, firewall: { requestsPerFiveMinutes: 3000 }, quotas: { concurrentExecutions: 50, tokenRequestsPerSecond: 7 }, functions: { access: { reservedConcurrency: 20 } } }",
      clients: clients("a: { scopes: [orders/read], load: { instances: 2, callsPerSecond: 30 } }"),
      routes: clients(
        "GET /a: { lambda: access, scopes: [orders/read] }",
        "GET /b: { lambda: orders, scopes: [orders/read] }",
      ),
    });

    expect(usedIn(text, 1)).toMatchObject({
      "reserved-executions": ["access", 15, 20],
      executions: [null, 15, 30],
      "address-calls": ["a", 4500, 3000],
      calls: [null, 30, 2500],
      "token-requests": [null, expect.any(Number), 7],
    });
  });

  it("breaks at once where a called function has none reserved", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: d, functions: { access: { reservedConcurrency: 0 } } }";
    const model = parse(fileWith({ environments }));
    const usages = usagesOf(model, first(model), loadsOf(model, first(model)));

    expect(usages).toContainEqual(expect.objectContaining({ measure: "reserved-executions", share: Infinity }));
  });

  it("counts what is in the environment alone, and what is behind the token cache as calls", () => {
    const text = fileWith({
      environments:
        "  dev: { region: eu-west-1, domainPrefix: d, tokenCache: { minutes: 10 } }\n  prod: { region: eu-west-1, domainPrefix: p }",
      clients: clients(
        "a: { scopes: [orders/read], load: { callsPerSecond: 50, tokenSeconds: 0 } }",
        "b: { scopes: [orders/read], environments: [prod], load: { callsPerSecond: 500 } }",
      ),
    });

    expect(usedIn(text)).toMatchObject({
      clients: [null, 1, 1000],
      calls: [null, 100, 10_000],
      "token-requests": [null, 1 / 600, 150],
    });
  });

  it("counts no load of clients that are disabled or have expired, which stay in the pool", () => {
    const text = fileWith({
      environments: "  dev: { region: eu-west-1, domainPrefix: d }\n  prod: { region: eu-west-1, domainPrefix: p }",
      clients: clients(
        "a: { scopes: [orders/read], load: { callsPerSecond: 10 } }",
        "off: { scopes: [orders/read], enabled: { dev: false }, load: { callsPerSecond: 200 } }",
        "over: { scopes: [orders/read], expires: 2020-01-31, load: { callsPerSecond: 3000 } }",
      ),
    });
    const model = parse(text);
    const calls = model.environments.map((one) => callsIn(loadsOf(model, one)));

    expect(calls).toEqual([10, 210]);
    expect(usedIn(text)["clients"]).toEqual([null, 3, 1000]);
  });

  it("has for each measure what to do", () => {
    for (const { remedy, label } of Object.values(MEASURES)) {
      expect(remedy).toMatch(/^[A-Z].*\.$/);
      expect(label).toMatch(/^[a-z]/);
    }
  });
});

describe("load in access.yaml", () => {
  it.each([
    ["instances: 0", "instances of load of client", "a whole number of instances, 1 to 1,000,000"],
    ["instances: 1.5", "instances of load of client", "a whole number of instances, 1 to 1,000,000"],
    ["callsPerSecond: -3", "callsPerSecond of load of client", "a number of calls a second above 0, up to 1,000,000"],
    ["callsPerSecond: .inf", "callsPerSecond of load of client", "a number of calls a second above 0, up to 1,000,000"],
    ["tokenSeconds: 90000", "tokenSeconds of load of client", "a whole number of seconds, 0 to 86,400"],
  ])("is refused with its position where it is absurd: %s", (setting, subject, expected) => {
    const file = fileWith({ clients: clients(`a: { scopes: [orders/read], load: { ${setting} } }`) });
    const value = setting.split(": ")[1];

    expect(mistakesIn(file)).toEqual([
      `6:${38 + setting.indexOf(":") + 2 + 1}: ${subject} "a" must be ${expected}, but is ${value}.`,
    ]);
  });

  it("keeps no token for longer than it is valid, in any environment of the client", () => {
    const file = (load: string, more = "") =>
      fileWith({
        environments: `  dev: { region: eu-west-1, domainPrefix: d }\n  prod: { region: eu-west-1, domainPrefix: p, tokenMinutes: 10 }`,
        clients: clients(`a: { scopes: [orders/read], load: { tokenSeconds: ${load} }${more} }`),
      });

    expect(mistakesIn(file("601"))).toEqual([
      '7:53: tokenSeconds of load of client "a" is 601, but its tokens are valid for 600 seconds in environment "prod". Lower it.',
    ]);
    for (const [load, more] of [
      ["600", ""],
      ["3600", ", environments: [dev]"],
      ["7200", ", tokenMinutes: 120"],
    ] as const) {
      expect(() => parse(file(load, more))).not.toThrow();
    }
  });

  it("is warned of at 80 % of a quota, in environments that are not ephemeral, and never refused", () => {
    const near = (callsPerSecond: number, more = "") =>
      fileWith({
        environments: `  dev: { region: eu-west-1, domainPrefix: d${more} }`,
        resourceServers: "  orders: { scopes: { read: R } }",
        clients: clients(`a: { scopes: [orders/read], load: { callsPerSecond: ${callsPerSecond}, tokenSeconds: 0 } }`),
      });

    expect(warningsOf(near(119))).toEqual([]);
    expect(warningsOf(near(120))).toEqual([
      `2:3: token requests a second of environment "dev": 120 of 150, 80 %. ${MEASURES["token-requests"].remedy}`,
    ]);
    expect(parse(`${near(120)}strict: true\n`).warnings).toHaveLength(1);
    expect(warningsOf(near(120, ", ephemeral: true"))).toEqual([]);
    expect(warningsOf(near(120, ", quotas: { tokenRequestsPerSecond: 300 }"))).toEqual([]);
    expect(warningsOf(near(120).replace(/, load.*\} \}/, " }"))).toEqual([]);
  });

  it("is not needed for a warning of what the file has too many of, once for all environments", () => {
    const scopes = (count: number) => names(count, "s").map((name) => `${name}: S`);
    const file = (count: number) =>
      fileWith({
        environments:
          "  dev: { region: eu-west-1, domainPrefix: d, ephemeral: true }\n  prod: { region: eu-west-1, domainPrefix: p }",
        resourceServers: `  orders: { scopes: { read: R, ${scopes(count).join(", ")} } }`,
      });
    const near = (count: number) => warningsOf(file(count)).filter((one) => one.includes("%"));

    expect(near(78)).toEqual([]);
    expect(near(79)).toEqual([
      '4:1: scopes of a resource server ("orders") of environment "dev": 80 of 100, 80 %. Split it in two.',
    ]);
  });
});

describe("QUOTAS", () => {
  it("have a page of AWS and a date each", () => {
    for (const { value, from, date } of Object.values(QUOTAS)) {
      expect(value).toBeGreaterThan(0);
      expect(from).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
      expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    }
    expect(accountQuotas("eu-west-1").callsPerSecond).toBe(10_000);
    expect(accountQuotas("eu-south-1").callsPerSecond).toBe(2500);
  });
});
