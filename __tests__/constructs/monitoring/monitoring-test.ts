import type { Alarms, Environment } from "../../../access/access-model";
import { Monitoring, type MonitoringProps } from "../../../constructs/monitoring/monitoring";
import { environment } from "../../support/environment";
import { synthesizeStack } from "../../support/synthesized-construct";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call";
const ALARMS: Alarms = {
  topicArn: TOPIC,
  clientErrorPercent: 25,
  serverErrorPercent: 0.57,
  latencyMilliseconds: 1500,
  tokenFailures: 20,
};
const TOKEN_STAGE = { apiName: "shop-dev-token", stageName: "dev" };

function monitoring(given: Partial<Environment>, props: Partial<MonitoringProps> = {}) {
  return synthesizeStack((stack) => {
    new Monitoring(stack, "monitoring", {
      environment: environment(given),
      stage: { apiName: "shop-dev", stageName: "dev" },
      tokenStage: undefined,
      functions: [
        { label: "access", functionName: "shop-dev-access" },
        { label: "orders", functionName: "shop-dev-orders" },
      ],
      ...props,
    });
  });
}

function alarmsOf(given: Partial<Alarms> = {}, props: Partial<MonitoringProps> = {}) {
  const found = monitoring({ alarms: { ...ALARMS, ...given } }, props).resources("aws_cloudwatch_metric_alarm");
  return Object.fromEntries(found.map(({ alarm_name, ...rest }) => [String(alarm_name), rest]));
}

describe("Monitoring", () => {
  it("makes nothing that nobody asked for", () => {
    expect(monitoring({}).json).not.toHaveProperty("resource");
  });

  it("has a dashboard with the alarms' states, named for all regions", () => {
    const { dashboard_name, dashboard_body } = monitoring({ alarms: ALARMS, dashboard: true }).resource(
      "aws_cloudwatch_dashboard",
    );
    const [states] = JSON.parse(String(dashboard_body)).widgets;

    expect(dashboard_name).toBe("shop-dev-eu-west-1");
    expect(states.properties.alarms).toHaveLength(4);
    expect(states.properties.alarms[0]).toMatch(/^\$\{aws_cloudwatch_metric_alarm\.\S+\.arn\}$/);
  });

  it("has a dashboard without alarms", () => {
    expect(monitoring({ dashboard: true }).json["resource"]).toEqual({ aws_cloudwatch_dashboard: expect.anything() });
  });

  it("has an alarm for each threshold, named after the environment", () => {
    expect(Object.keys(alarmsOf()).sort()).toEqual([
      "shop-dev-4xx",
      "shop-dev-5xx",
      "shop-dev-latency",
      "shop-dev-token-throttling",
    ]);
  });

  it("tells the topic when it begins and when it is over, and takes silence for peace", () => {
    const alarms = Object.values(alarmsOf({}, { tokenStage: TOKEN_STAGE }));

    expect(alarms).toHaveLength(6);
    for (const alarm of alarms) {
      expect(alarm).toMatchObject({
        alarm_actions: [TOPIC],
        ok_actions: [TOPIC],
        treat_missing_data: "notBreaching",
        alarm_description: expect.stringMatching(/\.$/),
      });
    }
  });

  it("watches a token cache for what is neither a token nor a refusal", () => {
    const { apiName: ApiName, stageName: Stage } = TOKEN_STAGE;
    expect(alarmsOf({}, { tokenStage: TOKEN_STAGE })["shop-dev-token-5xx"]).toMatchObject({
      metric_name: "5XXError",
      dimensions: { ApiName, Stage },
      statistic: "Average",
      threshold: 0.0057,
    });
    expect(alarmsOf()).not.toHaveProperty("shop-dev-token-5xx");
  });

  it.each([
    ["4xx", "4XXError", 0.25],
    ["5xx", "5XXError", 0.0057],
  ])("watches the share of %s in two of three periods of five minutes", (name, metric_name, threshold) => {
    expect(alarmsOf()[`shop-dev-${name}`]).toMatchObject({
      namespace: "AWS/ApiGateway",
      metric_name,
      dimensions: { ApiName: "shop-dev", Stage: "dev" },
      statistic: "Average",
      period: 300,
      evaluation_periods: 3,
      datapoints_to_alarm: 2,
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold,
    });
  });

  it("fires at a share of all calls, when that is what is given", () => {
    expect(alarmsOf({ clientErrorPercent: 100 })["shop-dev-4xx"]).toMatchObject({
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
    });
  });

  it("watches what 99 of 100 calls take", () => {
    const latency = alarmsOf()["shop-dev-latency"];

    expect(latency).toMatchObject({
      metric_name: "Latency",
      extended_statistic: "p99",
      comparison_operator: "GreaterThanThreshold",
      threshold: 1500,
    });
    expect(latency).not.toHaveProperty("statistic");
  });

  it("watches throttled token requests, the only refusals that Cognito counts", () => {
    const throttling = alarmsOf()["shop-dev-token-throttling"];

    expect(throttling).toMatchObject({
      metric_query: [
        {
          id: "throttled",
          expression: `SELECT SUM("ThrottleCount") FROM "AWS/Usage" WHERE "Resource" = 'ClientAuthentication'`,
          period: 300,
          return_data: true,
        },
      ],
      evaluation_periods: 1,
      threshold: 20,
    });
    // The provider refuses them beside a query.
    for (const attribute of ["metric_name", "namespace", "period", "statistic", "dimensions"]) {
      expect(throttling).not.toHaveProperty(attribute);
    }
  });

  it("counts every refused token request where a cache stands in front", () => {
    expect(alarmsOf({}, { tokenStage: TOKEN_STAGE })["shop-dev-token-refusals"]).toMatchObject({
      metric_name: "4XXError",
      dimensions: { ApiName: "shop-dev-token", Stage: "dev" },
      statistic: "Sum",
      period: 300,
      evaluation_periods: 1,
      comparison_operator: "GreaterThanOrEqualToThreshold",
      threshold: 20,
    });
  });
});
