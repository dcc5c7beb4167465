/** Values that the real provider takes for log groups, alarms and dashboards. */
import type { ValueRules } from "../../terraform/kind-values";
import {
  all,
  any,
  arn,
  atLeast,
  atMostItems,
  divisibleBy,
  length,
  must,
  oneOfNumbers,
  oneOfShape,
  oneOfWordsInAnyCase,
  pattern,
} from "../../terraform/value-rule";

const RETENTION = [
  ...[0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
  ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

/** A name that is not too long, and then whole of certain characters. */
const name = (max: number, characters: RegExp, otherwise: string) =>
  all(
    must(
      (value) => Buffer.byteLength(String(value)) <= max,
      (value, { key }) => `"${key}" cannot be longer than ${max} characters: ${JSON.stringify(String(value))}`,
    ),
    must(
      (value) => characters.test(String(value)),
      (value, { key }) => `"${key}" ${otherwise}: ${JSON.stringify(String(value))}`,
    ),
  );

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/logs/group.go */
const logGroup: ValueRules = {
  name: name(
    512,
    /^[0-9A-Za-z_./#-]+$/,
    "isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed)",
  ),
  retention_in_days: oneOfNumbers(...RETENTION),
};

const AUTOMATION = "^arn:[\\w-]+:automate:[\\w-]+:ec2:(reboot|recover|stop|terminate)$";
const action = any(
  arn,
  must(
    (value) => new RegExp(AUTOMATION).test(String(value)),
    (value, { key }) =>
      `"${key}" does not match EC2 automation ARN (${JSON.stringify(AUTOMATION)}): ${JSON.stringify(String(value))}`,
  ),
);

const percentile = pattern(
  /^((p|(tm)|(wm)|(tc)|(ts))((\d{1,2}(\.\d{1,2})?)|(100))|(IQM)|(((TM)|(WM)|(PR)|(TC)|(TS)))\((\d+(\.\d+)?%?)?:(\d+(\.\d+)?%?)?\))$/,
  "invalid statistic, see: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html",
);
const statistic = oneOfShape("cloudwatch", "Statistic");
const namespace = all(length(1, 255), pattern(/[^:].*/, "must not contain colon characters"));
const period = any(oneOfNumbers(1, 5, 10, 20, 30), divisibleBy(60));
/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cloudwatch/metric_alarm.go */
const metricAlarm: ValueRules = {
  "alarm_actions[]": action,
  alarm_description: length(0, 1024),
  alarm_name: length(1, 255),
  datapoints_to_alarm: atLeast(1),
  evaluate_low_sample_count_percentiles: oneOfWordsInAnyCase("evaluate", "ignore"),
  evaluation_periods: atLeast(1),
  extended_statistic: percentile,
  insufficient_data_actions: atMostItems(5),
  "insufficient_data_actions[]": action,
  metric_name: length(1, 255),
  "metric_query.account_id": length(1, 255),
  "metric_query.expression": length(1, 1024),
  "metric_query.id": length(1, 255),
  "metric_query.metric.metric_name": length(1, 255),
  "metric_query.metric.namespace": namespace,
  "metric_query.metric.period": period,
  "metric_query.metric.stat": any(statistic, percentile),
  "metric_query.period": period,
  namespace,
  ok_actions: atMostItems(5),
  "ok_actions[]": action,
  period: any(oneOfNumbers(10, 20, 30), divisibleBy(60)),
  threshold_metric_id: length(1, 255),
  treat_missing_data: oneOfWordsInAnyCase("breaching", "ignore", "missing", "notBreaching"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/cloudwatch/dashboard.go */
const dashboard: ValueRules = {
  dashboard_name: name(255, /^[0-9A-Za-z_-]+$/, `doesn't comply with restrictions ("^[0-9A-Za-z_-]+$")`),
};

/** By Terraform type. */
export const cloudwatchRules: Readonly<Record<string, ValueRules>> = {
  aws_cloudwatch_dashboard: dashboard,
  aws_cloudwatch_log_group: logGroup,
  aws_cloudwatch_metric_alarm: metricAlarm,
};
