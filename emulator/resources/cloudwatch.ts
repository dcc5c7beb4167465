/**
 * Alarms and dashboards. They change no answer: they are kept as they are given, and checked as the real provider does
 * at plan time. Like AWS, the second of a name takes the place of the first.
 */
import { type Attributes, blocks, isObject, optionalText, text, texts, Unknown, type Value } from "../attributes";
import { AwsError } from "../errors";
import { defineKind } from "../provider/kind";

const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  comparison_operator: [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
  ],
  statistic: ["SampleCount", "Average", "Sum", "Minimum", "Maximum"],
  treat_missing_data: ["breaching", "notBreaching", "ignore", "missing"],
};
const ACTIONS = ["alarm_actions", "insufficient_data_actions", "ok_actions"];
/** What a `metric_query` says by itself. */
const OF_ONE_METRIC = ["dimensions", "extended_statistic", "metric_name", "namespace", "period", "statistic"];
const DASHBOARD_NAME = /^[0-9A-Za-z_-]{1,255}$/;

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_metric_alarm */
export const metricAlarm = defineKind("aws_cloudwatch_metric_alarm", {
  forceNew: ["alarm_name"],
  defaults: { actions_enabled: true, treat_missing_data: "missing", "metric_query.return_data": false },
  validate(config) {
    checkValues(config);
    checkPeriod(config["period"]);
    for (const name of ACTIONS) checkActions(config, name);
    checkMetric(config);
  },
  create(given, { accountId, region }) {
    const name = text(given, "alarm_name");
    return { id: name, arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`, ...filledIn(given) };
  },
  update: filledIn,
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_dashboard */
export const dashboard = defineKind("aws_cloudwatch_dashboard", {
  forceNew: ["dashboard_name"],
  json: ["dashboard_body"],
  validate(config) {
    const name = optionalText(config, "dashboard_name");
    if (name !== undefined && !DASHBOARD_NAME.test(name)) {
      throw invalid(`"dashboard_name" doesn't comply with restrictions ("${DASHBOARD_NAME.source}"): "${name}"`);
    }
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

function checkValues(config: Attributes): void {
  for (const [name, allowed] of Object.entries(ONE_OF)) {
    const value = optionalText(config, name);
    if (value === undefined || allowed.includes(value)) continue;
    throw invalid(`expected ${name} to be one of ${allowed.join(", ")}, got ${value}`);
  }
  for (const name of ["evaluation_periods", "datapoints_to_alarm"]) {
    const value = config[name];
    if (typeof value === "number" && value < 1) throw invalid(`expected ${name} to be at least (1), got ${value}`);
  }
}

/** @param period in seconds */
function checkPeriod(period: Value | undefined): void {
  if (typeof period !== "number" || [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)) return;
  throw invalid(`expected period to be 10, 20, 30 or divisible by 60, got: ${period}`);
}

function checkActions(config: Attributes, name: string): void {
  const actions = texts(config, name);
  const wrong = actions.find((arn) => !/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(arn));
  if (wrong !== undefined) throw invalid(`"${name}" (${wrong}) is an invalid ARN`);
  if (actions.length > 5) throw invalid(`${name}: at most 5 actions, got ${actions.length}`);
}

function checkMetric(config: Attributes): void {
  const isSet = (name: string) => config[name] instanceof Unknown || (config[name] ?? "") !== "";
  const queries = blocks(config, "metric_query");
  const conflicting = OF_ONE_METRIC.find((name) => queries.length > 0 && isSet(name));
  if (conflicting !== undefined) throw invalid(`"${conflicting}": conflicts with metric_query`);
  if (isSet("threshold") && isSet("threshold_metric_id")) {
    throw invalid('"threshold": conflicts with threshold_metric_id');
  }
  if (isSet("metric_name") && isSet("statistic") === isSet("extended_statistic")) {
    throw invalid("One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm");
  }
  if (queries.some((query) => optionalText(query, "expression") !== undefined && blocks(query, "metric").length > 0)) {
    throw invalid("No metric_query may have both `expression` and a `metric` specified");
  }
}

function checkBody(body: string): void {
  try {
    if (isObject(JSON.parse(body))) return;
  } catch (error) {
    throw invalid(`"dashboard_body" contains an invalid JSON: ${error instanceof Error ? error.message : error}`);
  }
  throw new AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object");
}
