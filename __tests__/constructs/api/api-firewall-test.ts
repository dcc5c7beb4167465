import { ApiStack } from "../../support/api-stack";

describe("ApiFirewall", () => {
  const stack = new ApiStack({ name: "shop", firewall: { requestsPerFiveMinutes: 2000 } });
  const acl = stack.at("firewall/acl");

  it("lets calls through unless a rule stops them", () => {
    expect(acl).toMatchObject({ name: "shop", scope: "REGIONAL", default_action: { allow: {} } });
    expect(acl).not.toHaveProperty("rule");
  });

  it("stops an address that sends more than its share within five minutes", () => {
    expect(JSON.parse(String(acl["rule_json"]))).toEqual([
      {
        Action: { Block: {} },
        Name: "shop-rate",
        Priority: 0,
        Statement: {
          RateBasedStatement: { AggregateKeyType: "IP", EvaluationWindowSec: 300, Limit: 2000 },
        },
        VisibilityConfig: {
          CloudWatchMetricsEnabled: true,
          MetricName: "shop-rate",
          SampledRequestsEnabled: false,
        },
      },
    ]);
  });

  it("gives the rule with its names sorted, as the provider keeps it", () => {
    const sorted = JSON.stringify(JSON.parse(String(acl["rule_json"])), (_key, value) => {
      if (typeof value !== "object" || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
    });

    expect(acl["rule_json"]).toBe(sorted);
  });

  it("counts and never samples, as samples hold headers and with them tokens", () => {
    expect(acl["visibility_config"]).toEqual({
      cloudwatch_metrics_enabled: true,
      metric_name: "shop",
      sampled_requests_enabled: false,
    });
    expect(JSON.stringify(acl)).not.toMatch(/sampled_?requests_?enabled\\?":\s*true/i);
  });

  it("stands in front of the stage", () => {
    expect(stack.at("firewall/association")).toEqual({
      resource_arn: expect.stringMatching(/^\$\{aws_api_gateway_stage\.\S+\.arn\}$/),
      web_acl_arn: expect.stringMatching(/^\$\{aws_wafv2_web_acl\.\S+\.arn\}$/),
    });
  });

  it("is not there unless it is asked for", () => {
    expect(new ApiStack().all("aws_wafv2_web_acl")).toEqual([]);
    expect(new ApiStack().all("aws_wafv2_web_acl_association")).toEqual([]);
  });
});
