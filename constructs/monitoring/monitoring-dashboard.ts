/** What somebody looks at who was woken up: one CloudWatch dashboard for an environment. */
import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard";
import { Construct } from "constructs";
import {
  functionMetric,
  type Metric,
  type MonitoredStage,
  PERIOD_SECONDS,
  stageMetric,
  tokenRequestQuery,
} from "./monitoring-metrics";

/** A function, and what it is called on the dashboard. */
export interface MonitoredFunction {
  readonly label: string;
  readonly functionName: string;
}

/** Settings of a {@link MonitoringDashboard}. */
export interface MonitoringDashboardProps {
  /** Name of the dashboard, unique within the account: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly region: string;
  readonly stage: MonitoredStage;
  /** What stands in front of the token endpoint; `undefined` when callers reach Cognito itself. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly functions: readonly MonitoredFunction[];
  /** Alarms whose states are shown; none when there are none. */
  readonly alarmArns: readonly string[];
}

/** A line in a graph. */
type Line = readonly unknown[];

interface Widget {
  readonly type: "metric" | "alarm";
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A dashboard is 24 units wide; every graph takes half of it. */
const HALF = 12;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export class MonitoringDashboard extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({ widgets: widgetsOf(props).map(atPlace) }),
    });
  }
}

function widgetsOf({ stage, tokenStage, functions, region, alarmArns }: MonitoringDashboardProps): readonly Widget[] {
  const graph = (title: string, lines: readonly Line[]): Widget => ({
    type: "metric",
    height: 6,
    properties: { title, region, view: "timeSeries", stacked: false, period: PERIOD_SECONDS, metrics: lines },
  });
  const eachFunction = (name: Parameters<typeof functionMetric>[1], stat: string) =>
    functions.map(({ label, functionName }) => line(functionMetric(functionName, name), stat, label));
  return [
    ...(alarmArns.length === 0 ? [] : [alarmStates(alarmArns)]),
    graph("Calls", [line(stageMetric(stage, "Count"), "Sum", "Calls")]),
    graph("Answered with 4xx and 5xx", [
      line(stageMetric(stage, "4XXError"), "Sum", "4xx"),
      line(stageMetric(stage, "5XXError"), "Sum", "5xx"),
    ]),
    graph("Latency (ms)", [
      line(stageMetric(stage, "Latency"), "p50", "p50"),
      line(stageMetric(stage, "Latency"), "p99", "p99"),
      line(stageMetric(stage, "IntegrationLatency"), "p99", "p99 of what is behind"),
    ]),
    graph("Token requests of account and region", [
      [{ id: "requests", expression: tokenRequestQuery("CallCount"), label: "All", period: PERIOD_SECONDS }],
      [{ id: "throttled", expression: tokenRequestQuery("ThrottleCount"), label: "Throttled", period: PERIOD_SECONDS }],
    ]),
    ...(tokenStage === undefined ? [] : [graph("Token requests at the cache", cacheLines(tokenStage))]),
    // CloudWatch refuses a graph without lines.
    ...(functions.length === 0
      ? []
      : [
          graph("Errors of functions", eachFunction("Errors", "Sum")),
          graph("Duration of functions, p99 (ms)", eachFunction("Duration", "p99")),
          graph("Throttled functions", eachFunction("Throttles", "Sum")),
        ]),
  ];
}

function alarmStates(alarms: readonly string[]): Widget {
  return { type: "alarm", height: 3, properties: { title: "Alarms", alarms } };
}

function cacheLines(tokenStage: MonitoredStage): readonly Line[] {
  return [
    line(stageMetric(tokenStage, "Count"), "Sum", "All"),
    line(stageMetric(tokenStage, "4XXError"), "Sum", "Refused"),
    line(stageMetric(tokenStage, "5XXError"), "Sum", "Failed"),
  ];
}

function line({ namespace, metricName, dimensions }: Metric, stat: string, label: string): Line {
  return [namespace, metricName, ...Object.entries(dimensions).flat(), { stat, label }];
}

/** Two in a row, but for the alarms, which stand above in a row of their own. */
function atPlace(widget: Widget, index: number, widgets: readonly Widget[]): object {
  const isAlarm = widget.type === "alarm";
  const alarms = widgets.filter(({ type }) => type === "alarm");
  const above = alarms.reduce((sum, { height }) => sum + height, 0);
  const place = index - alarms.length;
  return {
    ...widget,
    x: isAlarm ? 0 : (place % 2) * HALF,
    y: isAlarm ? 0 : above + Math.floor(place / 2) * widget.height,
    width: isAlarm ? 2 * HALF : HALF,
  };
}
