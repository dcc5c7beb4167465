/** One CloudWatch dashboard for an environment. */
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

export interface MonitoredFunction {
  /** Its name on the dashboard. */
  readonly label: string;
  readonly functionName: string;
}

export interface MonitoringDashboardProps {
  /** Unique within the account: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly region: string;
  readonly stage: MonitoredStage;
  /** The token cache's stage; `undefined` when callers reach Cognito itself. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly functions: readonly MonitoredFunction[];
  /** Alarms whose states are shown. */
  readonly alarmArns: readonly string[];
}

/** A line in a graph, as the dashboard's body has it. */
type Line = readonly unknown[];
type Graph = readonly [title: string, lines: readonly Line[]];

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
export class MonitoringDashboard extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringDashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: props.name,
      dashboardBody: JSON.stringify({ widgets: widgetsOf(props) }),
    });
  }
}

/** The alarms in a row of their own, and below them two graphs in a row. A dashboard is 24 units wide. */
function widgetsOf(props: MonitoringDashboardProps): readonly object[] {
  const { region, alarmArns: alarms } = props;
  const top = alarms.length === 0 ? 0 : 3;
  const states = { type: "alarm", height: top, properties: { title: "Alarms", alarms }, x: 0, y: 0, width: 24 };
  const graphs = graphsOf(props).map(([title, metrics], index) => ({
    type: "metric",
    height: 6,
    properties: { title, region, view: "timeSeries", stacked: false, period: PERIOD_SECONDS, metrics },
    x: (index % 2) * 12,
    y: top + Math.floor(index / 2) * 6,
    width: 12,
  }));
  return top === 0 ? graphs : [states, ...graphs];
}

function graphsOf({ stage, tokenStage, functions }: MonitoringDashboardProps): readonly Graph[] {
  const each = (name: Parameters<typeof functionMetric>[1], stat: string) =>
    functions.map(({ label, functionName }) => line(functionMetric(functionName, name), stat, label));
  const requests = (id: string, name: Parameters<typeof tokenRequestQuery>[0], label: string) => [
    { id, expression: tokenRequestQuery(name), label, period: PERIOD_SECONDS },
  ];
  const graphs: readonly Graph[] = [
    ["Calls", [line(stageMetric(stage, "Count"), "Sum", "Calls")]],
    [
      "Answered with 4xx and 5xx",
      [line(stageMetric(stage, "4XXError"), "Sum", "4xx"), line(stageMetric(stage, "5XXError"), "Sum", "5xx")],
    ],
    [
      "Latency (ms)",
      [
        line(stageMetric(stage, "Latency"), "p50", "p50"),
        line(stageMetric(stage, "Latency"), "p99", "p99"),
        line(stageMetric(stage, "IntegrationLatency"), "p99", "p99 of the integration"),
      ],
    ],
    [
      "Token requests of account and region",
      [requests("requests", "CallCount", "All"), requests("throttled", "ThrottleCount", "Throttled")],
    ],
    ["Token requests at the cache", tokenStage === undefined ? [] : cacheLines(tokenStage)],
    ["Errors of functions", each("Errors", "Sum")],
    ["Duration of functions, p99 (ms)", each("Duration", "p99")],
    ["Throttled functions", each("Throttles", "Sum")],
  ];
  // CloudWatch refuses a graph without lines.
  return graphs.filter(([, lines]) => lines.length > 0);
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
