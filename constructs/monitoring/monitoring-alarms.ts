/** CloudWatch alarms on failing calls, latency and refused token requests, which notify an SNS topic. */
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Alarms } from "../../access/access-model";
import { type MonitoredStage, PERIOD_SECONDS, stageMetric, tokenRequestQuery } from "./monitoring-metrics";

export interface MonitoringAlarmsProps {
  /** What the alarms' names begin with, unique within region and account. */
  readonly prefix: string;
  readonly stage: MonitoredStage;
  /** The token cache's stage; `undefined` when callers reach Cognito itself. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly alarms: Alarms;
}

type Alarm = Omit<CloudwatchMetricAlarmConfig, "alarmName">;

/** Two of the last three periods, so that one failed call in a quiet night raises no alarm. */
const MOSTLY = { evaluationPeriods: 3, datapointsToAlarm: 2 };
/** The last period, for what is counted and not averaged. */
const AT_ONCE = { evaluationPeriods: 1, datapointsToAlarm: 1 };

const REACHED = "GreaterThanOrEqualToThreshold";

/**
 * Alarms by the ends of their names. A period without calls is not breaching.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export class MonitoringAlarms extends Construct {
  /** ARNs, for a dashboard. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, { prefix, stage, tokenStage, alarms }: MonitoringAlarmsProps) {
    super(scope, id);
    const all = { ...stageAlarms(stage, alarms), ...(tokenStage && tokenAlarms(tokenStage, alarms)) };
    this.arns = Object.entries(all).map(([name, alarm]) => {
      const actions = { alarmActions: [alarms.topicArn], okActions: [alarms.topicArn] };
      const period = alarm.metricQuery === undefined ? { period: PERIOD_SECONDS } : {};
      const fixed = { alarmName: `${prefix}-${name}`, treatMissingData: "notBreaching", ...actions, ...period };
      return new CloudwatchMetricAlarm(this, name, { ...fixed, ...alarm }).arn;
    });
  }
}

function stageAlarms(stage: MonitoredStage, alarms: Alarms): Readonly<Record<string, Alarm>> {
  const { clientErrorPercent, serverErrorPercent, latencyMilliseconds, tokenFailures } = alarms;
  return {
    "4xx": {
      alarmDescription: `At least ${clientErrorPercent} % of calls are answered with 4xx: a caller lacks a scope, or calls a route that does not exist.`,
      ...share(stage, "4XXError", clientErrorPercent),
    },
    "5xx": {
      alarmDescription: `At least ${serverErrorPercent} % of calls are answered with 5xx: a function or backend fails or takes too long.`,
      ...share(stage, "5XXError", serverErrorPercent),
    },
    latency: {
      alarmDescription: `Of 100 calls, more than one takes longer than ${latencyMilliseconds} ms.`,
      ...MOSTLY,
      ...stageMetric(stage, "Latency"),
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "evaluate",
      comparisonOperator: "GreaterThanThreshold",
      threshold: latencyMilliseconds,
    },
    // Of all pools of the account, since AWS counts them together.
    "token-throttling": {
      alarmDescription: `At least ${tokenFailures} token requests of this account and region were throttled within five minutes: callers should keep their tokens.`,
      ...AT_ONCE,
      metricQuery: [
        {
          id: "throttled",
          expression: tokenRequestQuery("ThrottleCount"),
          label: "Throttled token requests",
          period: PERIOD_SECONDS,
          returnData: true,
        },
      ],
      comparisonOperator: REACHED,
      threshold: tokenFailures,
    },
  };
}

/** The cache answers 503 for every response of the pool that is neither a token nor a refusal, 429 among them. */
function tokenAlarms(
  stage: MonitoredStage,
  { serverErrorPercent, tokenFailures }: Alarms,
): Readonly<Record<string, Alarm>> {
  return {
    "token-refusals": {
      alarmDescription: `At least ${tokenFailures} token requests were refused within five minutes: a wrong secret, or a scope that its client may not have.`,
      ...AT_ONCE,
      ...stageMetric(stage, "4XXError"),
      statistic: "Sum",
      comparisonOperator: REACHED,
      threshold: tokenFailures,
    },
    "token-5xx": {
      alarmDescription: `At least ${serverErrorPercent} % of token requests are answered with 5xx: the pool fails, or throttles requests.`,
      ...share(stage, "5XXError", serverErrorPercent),
    },
  };
}

/** On a share of calls. The threshold is from 0 to 1, and rounded: 0.57 / 100 is not 0.0057 in floating point. */
function share(stage: MonitoredStage, metric: "4XXError" | "5XXError", percent: number) {
  const threshold = Number((percent / 100).toPrecision(12));
  return { ...MOSTLY, ...stageMetric(stage, metric), statistic: "Average", comparisonOperator: REACHED, threshold };
}
