/**
 * Alarms and dashboards. They change no answer: they are kept as they are given, and checked as the real provider does
 * at plan time. Like AWS, the second of a name takes the place of the first.
 */
import { type Attributes, blocks, isObject, optionalText, text, texts, Unknown } from "../attributes";
import { AwsError } from "../errors";
import { defineKind } from "../provider/kind";

const ACTIONS = ["alarm_actions", "insufficient_data_actions", "ok_actions"];

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_metric_alarm */
export const metricAlarm = defineKind("aws_cloudwatch_metric_alarm", {
  decimals: ["threshold"],
  relations: {
    conflictsWith: {
      dimensions: ["metric_query"],
      extended_statistic: ["statistic", "metric_query"],
      metric_name: ["metric_query"],
      metric_query: ["metric_name"],
      namespace: ["metric_query"],
      period: ["metric_query"],
      statistic: ["extended_statistic", "metric_query"],
      threshold: ["threshold_metric_id"],
      threshold_metric_id: ["threshold"],
    },
  },
  forceNew: ["alarm_name"],
  defaults: { actions_enabled: true, treat_missing_data: "missing", "metric_query.return_data": false },
  validate(config) {
    checkMetric(config);
  },
  create(given, { accountId, region }) {
    checkSizes(given);
    const name = text(given, "alarm_name");
    return { id: name, arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`, ...filledIn(given) };
  },
  update(given) {
    checkSizes(given);
    return filledIn(given);
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_dashboard */
export const dashboard = defineKind("aws_cloudwatch_dashboard", {
  forceNew: ["dashboard_name"],
  json: ["dashboard_body"],
  validate(config) {
    const body = optionalText(config, "dashboard_body");
    if (body !== undefined) checkBody(body);
  },
  create(given, { accountId }) {
    const name = text(given, "dashboard_name");
    return { id: name, dashboard_arn: `arn:aws:cloudwatch::${accountId}:dashboard/${name}` };
  },
});

function filledIn(given: Attributes): Attributes {
  return { evaluate_low_sample_count_percentiles: given["evaluate_low_sample_count_percentiles"] ?? "" };
}

/** What the real provider leaves to AWS. */
function checkSizes(given: Attributes): void {
  if (given["period"] === 0) throw invalid("expected period to be at least 10, got 0");
  for (const name of ACTIONS) checkActions(given, name);
}

function checkActions(config: Attributes, name: string): void {
  const actions = texts(config, name);
  if (actions.length > 5) throw invalid(`${name}: at most 5 actions, got ${actions.length}`);
}

function checkMetric(config: Attributes): void {
  const isSet = (name: string) => config[name] instanceof Unknown || (config[name] ?? "") !== "";
  const queries = blocks(config, "metric_query");
  if (isSet("metric_name") && isSet("statistic") === isSet("extended_statistic")) {
    throw invalid("One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm");
  }
  if (queries.some((query) => optionalText(query, "expression") !== undefined && blocks(query, "metric").length > 0)) {
    throw invalid("No metric_query may have both `expression` and a `metric` specified");
  }
}

/** Whether it is JSON at all is checked before. */
function checkBody(body: string): void {
  if (isObject(JSON.parse(body))) return;
  throw new AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object");
}
