import {
  MonitoringDashboard,
  type MonitoringDashboardProps,
} from "../../../constructs/monitoring/monitoring-dashboard";
import { synthesizeStack } from "../../support/synthesized-construct";

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

const STAGE = ["ApiName", "shop-dev", "Stage", "dev"];

function dashboard(given: Partial<MonitoringDashboardProps> = {}): readonly Widget[] {
  const stack = synthesizeStack((scope) => {
    new MonitoringDashboard(scope, "dashboard", {
      name: "shop-dev-eu-west-1",
      region: "eu-west-1",
      stage: { apiName: "shop-dev", stageName: "dev" },
      tokenStage: undefined,
      functions: [
        { label: "access", functionName: "shop-dev-access" },
        { label: "orders", functionName: "shop-dev-orders" },
      ],
      alarmArns: [],
      ...given,
    });
  });
  const { dashboard_name, dashboard_body } = stack.resource("aws_cloudwatch_dashboard");
  expect(dashboard_name).toBe("shop-dev-eu-west-1");
  return JSON.parse(String(dashboard_body)).widgets;
}

function linesOf(widgets: readonly Widget[], title: string): unknown {
  return widgets.find(({ properties }) => properties["title"] === title)?.properties["metrics"];
}

const everything = dashboard({
  tokenStage: { apiName: "shop-dev-token", stageName: "dev" },
  alarmArns: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev-4xx"],
});

describe("MonitoringDashboard", () => {
  it("shows calls, what went wrong, and how long it took", () => {
    expect(linesOf(everything, "Calls")).toEqual([
      ["AWS/ApiGateway", "Count", ...STAGE, { stat: "Sum", label: "Calls" }],
    ]);
    expect(linesOf(everything, "Answered with 4xx and 5xx")).toEqual([
      ["AWS/ApiGateway", "4XXError", ...STAGE, { stat: "Sum", label: "4xx" }],
      ["AWS/ApiGateway", "5XXError", ...STAGE, { stat: "Sum", label: "5xx" }],
    ]);
    expect(linesOf(everything, "Latency (ms)")).toEqual([
      ["AWS/ApiGateway", "Latency", ...STAGE, { stat: "p50", label: "p50" }],
      ["AWS/ApiGateway", "Latency", ...STAGE, { stat: "p99", label: "p99" }],
      ["AWS/ApiGateway", "IntegrationLatency", ...STAGE, { stat: "p99", label: "p99 of the integration" }],
    ]);
  });

  it.each([
    ["Errors of functions", "Errors", "Sum"],
    ["Duration of functions, p99 (ms)", "Duration", "p99"],
    ["Throttled functions", "Throttles", "Sum"],
  ])("shows %s, a line for each", (title, metric, stat) => {
    expect(linesOf(everything, title)).toEqual([
      ["AWS/Lambda", metric, "FunctionName", "shop-dev-access", { stat, label: "access" }],
      ["AWS/Lambda", metric, "FunctionName", "shop-dev-orders", { stat, label: "orders" }],
    ]);
  });

  it("shows token requests, and how many were throttled", () => {
    const query = (metric: string) =>
      `SELECT SUM("${metric}") FROM "AWS/Usage" WHERE "Resource" = 'ClientAuthentication'`;

    expect(linesOf(everything, "Token requests of account and region")).toEqual([
      [{ id: "requests", expression: query("CallCount"), label: "All", period: 300 }],
      [{ id: "throttled", expression: query("ThrottleCount"), label: "Throttled", period: 300 }],
    ]);
  });

  it("shows the token cache when there is one", () => {
    expect(linesOf(everything, "Token requests at the cache")).toContainEqual([
      "AWS/ApiGateway",
      "4XXError",
      "ApiName",
      "shop-dev-token",
      "Stage",
      "dev",
      { stat: "Sum", label: "Refused" },
    ]);
    expect(linesOf(dashboard(), "Token requests at the cache")).toBeUndefined();
  });

  it("shows the alarms above all, when there are some", () => {
    expect(everything[0]).toEqual({
      type: "alarm",
      x: 0,
      y: 0,
      width: 24,
      height: 3,
      properties: { title: "Alarms", alarms: ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-dev-4xx"] },
    });
    expect(dashboard().map(({ type }) => type)).not.toContain("alarm");
  });

  it("has no graph without a line, which CloudWatch would refuse", () => {
    for (const { type, properties } of dashboard({ functions: [] })) {
      expect(type === "alarm" || (properties["metrics"] as readonly unknown[]).length > 0).toBe(true);
    }
  });

  it("names the region of every graph", () => {
    const graphs = everything.filter(({ type }) => type === "metric");

    expect(graphs.map(({ properties }) => properties["region"])).toEqual(graphs.map(() => "eu-west-1"));
    expect(graphs).toHaveLength(8);
  });

  it("puts no two widgets onto the same place, and none beyond the edge", () => {
    const cells = everything.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(everything.every(({ x, width }) => x + width <= 24)).toBe(true);
  });
});
