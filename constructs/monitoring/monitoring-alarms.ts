/** When somebody is woken up: alarms that tell an SNS topic of it, and of its end. */
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { Alarms } from "../../access/access-model";
import { type MonitoredStage, PERIOD_SECONDS, stageMetric, tokenRequestQuery } from "./monitoring-metrics";

/** Settings of {@link MonitoringAlarms}. */
export interface MonitoringAlarmsProps {
  /** What the alarms' names begin with, unique within region and account. */
  readonly prefix: string;
  readonly stage: MonitoredStage;
  /** What stands in front of the token endpoint; `undefined` when callers reach Cognito itself. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly alarms: Alarms;
}

type Alarm = Omit<CloudwatchMetricAlarmConfig, "alarmName" | "evaluationPeriods">;

/** Two of the last three periods, so that one bad call in a quiet night wakes nobody up. */
const MOSTLY = { evaluationPeriods: 3, datapointsToAlarm: 2 };
/** The last period, for what is counted and not averaged. */
const AT_ONCE = { evaluationPeriods: 1, datapointsToAlarm: 1 };

const REACHED = "GreaterThanOrEqualToThreshold";
const EXCEEDED = "GreaterThanThreshold";

/**
 * Alarms on shares of 4xx and 5xx, latency, and token requests that are refused. A time without calls is a good time.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export class MonitoringAlarms extends Construct {
  /** ARNs, for a dashboard. */
  readonly arns: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MonitoringAlarmsProps,
  ) {
    super(scope, id);
    const made = [this.addClientErrors(), this.addServerErrors(), this.addLatency(), this.addTokenThrottling()];
    const { tokenStage } = props;
    if (tokenStage !== undefined) made.push(this.addTokenRefusals(tokenStage), this.addTokenErrors(tokenStage));
    this.arns = made.map(({ arn }) => arn);
  }

  private addClientErrors(): CloudwatchMetricAlarm {
    const { stage, alarms } = this.props;
    return this.add("4xx", MOSTLY, {
      alarmDescription: `At least ${alarms.clientErrorPercent} % of calls are answered with 4xx: a caller has no right to what it calls, or calls what is not there.`,
      ...stageMetric(stage, "4XXError"),
      statistic: "Average",
      comparisonOperator: REACHED,
      threshold: shareOf(alarms.clientErrorPercent),
    });
  }

  private addServerErrors(): CloudwatchMetricAlarm {
    const { stage, alarms } = this.props;
    return this.add("5xx", MOSTLY, {
      alarmDescription: `At least ${alarms.serverErrorPercent} % of calls are answered with 5xx: a function or backend fails or takes too long.`,
      ...stageMetric(stage, "5XXError"),
      statistic: "Average",
      comparisonOperator: REACHED,
      threshold: shareOf(alarms.serverErrorPercent),
    });
  }

  private addLatency(): CloudwatchMetricAlarm {
    const { stage, alarms } = this.props;
    return this.add("latency", MOSTLY, {
      alarmDescription: `Of 100 calls, more than one takes longer than ${alarms.latencyMilliseconds} ms.`,
      ...stageMetric(stage, "Latency"),
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "evaluate",
      comparisonOperator: EXCEEDED,
      threshold: alarms.latencyMilliseconds,
    });
  }

  /** Of all pools of the account, since AWS counts them together. */
  private addTokenThrottling(): CloudwatchMetricAlarm {
    const { tokenFailures } = this.props.alarms;
    const expression = tokenRequestQuery("ThrottleCount");
    return this.add("token-throttling", AT_ONCE, {
      alarmDescription: `At least ${tokenFailures} token requests of this account and region were throttled within five minutes: callers should keep their tokens.`,
      metricQuery: [
        { id: "throttled", expression, label: "Throttled token requests", period: PERIOD_SECONDS, returnData: true },
      ],
      comparisonOperator: REACHED,
      threshold: tokenFailures,
    });
  }

  private addTokenRefusals(tokenStage: MonitoredStage): CloudwatchMetricAlarm {
    const { tokenFailures } = this.props.alarms;
    return this.add("token-refusals", AT_ONCE, {
      alarmDescription: `At least ${tokenFailures} token requests were refused within five minutes: a wrong secret, or a scope that its client may not have.`,
      ...stageMetric(tokenStage, "4XXError"),
      statistic: "Sum",
      comparisonOperator: REACHED,
      threshold: tokenFailures,
    });
  }

  /** The cache answers 503 for whatever the pool says that is neither a token nor a refusal, too many requests among it. */
  private addTokenErrors(tokenStage: MonitoredStage): CloudwatchMetricAlarm {
    const { serverErrorPercent } = this.props.alarms;
    return this.add("token-5xx", MOSTLY, {
      alarmDescription: `At least ${serverErrorPercent} % of token requests are answered with 5xx: the pool fails, or is asked too often.`,
      ...stageMetric(tokenStage, "5XXError"),
      statistic: "Average",
      comparisonOperator: REACHED,
      threshold: shareOf(serverErrorPercent),
    });
  }

  private add(name: string, evaluation: typeof MOSTLY, alarm: Alarm): CloudwatchMetricAlarm {
    const { prefix, alarms } = this.props;
    return new CloudwatchMetricAlarm(this, name, {
      alarmName: `${prefix}-${name}`,
      ...evaluation,
      ...(alarm.metricQuery === undefined ? { period: PERIOD_SECONDS } : {}),
      treatMissingData: "notBreaching",
      alarmActions: [alarms.topicArn],
      okActions: [alarms.topicArn],
      ...alarm,
    });
  }
}

/** From 0 to 1, rounded, since 0.57 / 100 is not 0.0057 for a computer. */
function shareOf(percent: number): number {
  return Number((percent / 100).toPrecision(12));
}
