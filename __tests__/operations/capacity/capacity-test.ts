import type { Environment } from "../../../access/access-model";
import { type Capacity, capacityOf } from "../../../operations/capacity/capacity";
import { MONTHLY, TRAFFIC } from "../../../platform/prices";
import { fileWith, parse } from "../../support/access-text";

const MONTH = 730 * 3600;

function capacityIn(parts: Readonly<Record<string, string>>, milliseconds = 100): Capacity {
  const model = parse(fileWith(parts));
  return capacityOf(model, model.environments[0] as Environment, milliseconds);
}

const loaded = (load: string, more = "") => ({
  clients: `  billing: { scopes: [orders/read], load: { ${load} }${more} }`,
});

describe("capacityOf", () => {
  it("compares ways to get tokens, of which the first is that of access.yaml", () => {
    const { tokens, tokenQuota, load } = capacityIn(loaded("instances: 10, callsPerSecond: 20, tokenSeconds: 0"));

    expect(load).toEqual({ clients: 1, instances: 10, callsPerSecond: 20, tokenRequestsPerSecond: 20 });
    expect(tokenQuota).toBe(150);
    expect(
      tokens.map(({ clientsKeepTokens, cacheMinutes, requestsPerSecond }) => [
        clientsKeepTokens,
        cacheMinutes,
        requestsPerSecond,
      ]),
    ).toEqual([
      ["as-configured", null, 20],
      ["never", null, 20],
      ["never", 30, 0.000555556],
      ["always", null, 0.00370302],
      ["always", 30, 0.000555556],
    ]);
    const [now, , cached] = tokens;
    expect(now?.usdPerMonth).toBe((20 * MONTH * 2.25) / 1000);
    // A token each half an hour, the cache, and a call of its API for each call.
    expect(cached?.usdPerMonth).toBeCloseTo((MONTH / 1800) * 0.00225 + 14.6 + (20 * MONTH * 3.5) / 1e6, 2);
  });

  it("takes the token cache of access.yaml", () => {
    const environments = "  dev: { region: eu-west-1, domainPrefix: d, tokenCache: { minutes: 5 } }";
    const { tokens, costs } = capacityIn({ environments, ...loaded("tokenSeconds: 0, callsPerSecond: 2") });

    expect(tokens.map(({ cacheMinutes }) => cacheMinutes)).toEqual([5, null, 5, null, 5]);
    expect(tokens[0]?.requestsPerSecond).toBe(0.00333333);
    expect(costs.lines.map(({ label }) => label).slice(0, 4)).toEqual([
      TRAFFIC.tokenRequests.label,
      MONTHLY["cache0.5"].label,
      `requests to the cache, ${TRAFFIC.calls.label}`,
      TRAFFIC.calls.label,
    ]);
  });

  it("has the costs of a month, which are those of its lines", () => {
    const { costs } = capacityIn(
      {
        environments:
          "  dev: { region: eu-west-1, domainPrefix: d, firewall: { requestsPerFiveMinutes: 2000 }, memoryMegabytes: 512, functions: { orders: { architecture: x86_64 } } }",
        ...loaded("callsPerSecond: 100", ', secret: { readers: ["arn:aws:iam::123456789012:role/r"] }'),
        routes: [
          "  GET /a: { lambda: access, scopes: [orders/read] }",
          "  GET /b: { lambda: orders, scopes: [orders/read] }",
          "  GET /c: { url: https://c.example.com, scopes: [orders/read] }",
          "  GET /d: { url: https://d.example.com, scopes: [orders/read] }",
        ].join("\n"),
      },
      200,
    );
    const millions = (100 * MONTH) / 1e6;
    const usd = Object.fromEntries(costs.lines.map((line) => [line.label, line.usd]));

    expect(usd).toMatchObject({
      [TRAFFIC.calls.label]: Math.round(millions * 350) / 100,
      [TRAFFIC.functionCalls.label]: 26.28,
      // Each function has 25 calls a second of 0.2 seconds with 0.5 GB.
      [TRAFFIC.gigabyteSecondsArm.label]: 87.58,
      [TRAFFIC.gigabyteSecondsX86.label]: 109.52,
      [TRAFFIC.firewallRequests.label]: 157.68,
      [TRAFFIC.logBytes.label]: 52.56,
      [MONTHLY.webAcl.label]: 5,
      [MONTHLY.webAclRule.label]: 1,
      [MONTHLY.secret.label]: 0.4,
    });
    expect(costs.usdPerMonth).toBeCloseTo(
      costs.lines.reduce((sum, line) => sum + line.usd, 0),
      2,
    );
    expect(costs).toMatchObject({ region: "us-east-1", date: "2026-11-23" });
  });

  it("has the limits, the fullest first, and by which factor they break", () => {
    const environments =
      "  dev: { region: eu-west-1, domainPrefix: d, throttling: { requestsPerSecond: 10, burst: 10 } }";
    const at = (callsPerSecond: number) => capacityIn({ environments, ...loaded(`callsPerSecond: ${callsPerSecond}`) });
    const { limits, isExceeded } = at(4);

    expect(limits[0]).toEqual({ limit: "route-calls", of: "POST /access", used: 4, max: 10, breaksAt: 2.5 });
    expect(isExceeded).toBe(false);
    const shares = limits.map(({ used, max }) => used / max);
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(at(10).isExceeded).toBe(false);
    expect(at(10.1)).toMatchObject({
      isExceeded: true,
      limits: [{ limit: "route-calls", breaksAt: 0.990099 }, ...Array(limits.length - 1).fill({})],
    });
  });

  it("names the clients whose load it assumes, each with one instance and one call a second", () => {
    const { load, assumed } = capacityIn({
      clients: "  a: { scopes: [orders/read] }\n  b: { scopes: [orders/read], load: {} }",
    });

    expect(assumed.clients).toEqual(["a"]);
    expect(load).toMatchObject({ clients: 2, instances: 2, callsPerSecond: 2 });
  });
});
