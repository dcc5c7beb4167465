/**
 * Alarms on metrics. Their settings are kept as they are given, and no metric is evaluated: a state changes by
 * SetAlarmState alone, and no action is taken. Like AWS, the second alarm of a name takes the place of the first.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_metric_alarm
 */
import type * as sdk from "@aws-sdk/client-cloudwatch";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { tagOperations } from "../../protocols/tags";
import { present, type Wire } from "../../protocols/values";
import { type Attributes, blocks, optionalText } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";

const MAX_PAGE = 100;

/** An alarm as the account keeps it. */
interface AlarmRecord extends Wire<sdk.MetricAlarm> {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly tags: readonly Wire<sdk.Tag>[];
}

const alarms = new Table<AlarmRecord>("cloudwatch/MetricAlarm", ({ AlarmName }) => AlarmName);

export const invalid = (message: string) => new AwsError("InvalidParameterValue", message);
/** AWS says no more than that of an alarm. */
export const notFound = (message = "") => new AwsError("ResourceNotFound", message, 404);

function requireAlarm(place: TablePlace, name: string | undefined): AlarmRecord {
  return alarms.getOr(place, name, () => notFound());
}

/** Checks what belongs to an alarm on one metric. Names and texts of the refusals of an alarm's settings are unconfirmed. */
function checkSettings(input: Wire<sdk.PutMetricAlarmInput>): void {
  const refuse = (message: string) => new AwsError("ValidationError", message);
  const ofOneMetric = ["MetricName", "Namespace", "Period"] as const;
  if (input.Metrics !== undefined) {
    const other = [...ofOneMetric, "Statistic" as const].find((name) => input[name] !== undefined);
    if (other !== undefined) throw refuse(`${other} and Metrics are mutually exclusive.`);
    return;
  }
  const missing = ofOneMetric.find((name) => input[name] === undefined);
  if (missing !== undefined) throw refuse(`${missing} is required for an alarm on a metric.`);
  if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined)) {
    throw refuse("One of Statistic and ExtendedStatistic is required for an alarm on a metric.");
  }
}

/** Creates or replaces an alarm. One that was there keeps its state and its tags. */
export function putMetricAlarm(context: OperationContext, input: Wire<sdk.PutMetricAlarmInput>) {
  const { AlarmName = "", Tags = [], ...settings } = input;
  checkSettings(input);
  const { account, accountId, region } = context;
  const now = account.now() / 1000;
  const before = alarms.get(context, AlarmName);
  const { StateValue, StateReason, StateReasonData, StateUpdatedTimestamp, StateTransitionedTimestamp } = before ?? {};
  const alarm = {
    ...settings,
    AlarmName,
    AlarmArn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${AlarmName}`,
    AlarmConfigurationUpdatedTimestamp: now,
    ActionsEnabled: input.ActionsEnabled ?? true,
    OKActions: input.OKActions ?? [],
    AlarmActions: input.AlarmActions ?? [],
    InsufficientDataActions: input.InsufficientDataActions ?? [],
    Dimensions: input.Dimensions ?? [],
    StateValue: StateValue ?? ("INSUFFICIENT_DATA" as const),
    StateReason: StateReason ?? "Unchecked: Initial alarm creation",
    StateReasonData,
    StateUpdatedTimestamp: StateUpdatedTimestamp ?? now,
    StateTransitionedTimestamp: StateTransitionedTimestamp ?? now,
    tags: before?.tags ?? Tags,
  };
  alarms.put(context, present(alarm));
  return {};
}

export function describeAlarms(context: OperationContext, input: Wire<sdk.DescribeAlarmsInput>) {
  const { AlarmNames: names, AlarmNamePrefix: prefix = "", AlarmTypes: types, ActionPrefix: action } = input;
  const actionsOf = ({ AlarmActions = [], OKActions = [], InsufficientDataActions = [] }: AlarmRecord) =>
    [AlarmActions, OKActions, InsufficientDataActions].flat();
  const found = alarms
    .list(context)
    .filter(({ AlarmName }) => AlarmName.startsWith(prefix) && names?.includes(AlarmName) !== false)
    .filter(({ StateValue }) => input.StateValue === undefined || input.StateValue === StateValue)
    .filter((alarm) => action === undefined || actionsOf(alarm).some((arn) => arn.startsWith(action)))
    .sort((a, b) => (a.AlarmName < b.AlarmName ? -1 : 1));
  const listed = types?.includes("MetricAlarm") === false ? [] : found;
  const { items, next } = pageOf(listed, input.MaxRecords ?? MAX_PAGE, input.NextToken, "InvalidNextToken");
  return present({ CompositeAlarms: [], MetricAlarms: items.map(described), NextToken: next });
}

/** Alarms on the metric with exactly these dimensions; not those on expressions with it. */
export function describeAlarmsForMetric(context: OperationContext, input: Wire<sdk.DescribeAlarmsForMetricInput>) {
  const { Dimensions, ...wanted } = present(input);
  const dimensionsOf = (dimensions: AlarmRecord["Dimensions"] = []) =>
    JSON.stringify(dimensions.map(({ Name, Value }) => [Name, Value]).sort());
  const found = alarms
    .where(context, wanted)
    .filter((alarm) => dimensionsOf(alarm.Dimensions) === dimensionsOf(Dimensions));
  return { MetricAlarms: found.map(described) };
}

function described({ tags: _, ...alarm }: AlarmRecord) {
  return alarm;
}

export function deleteAlarms(context: OperationContext, { AlarmNames = [] }: Wire<sdk.DeleteAlarmsInput>) {
  const deleted = AlarmNames.map((name) => requireAlarm(context, name));
  for (const alarm of deleted) alarms.delete(context, alarm);
  return {};
}

export function setAlarmState(context: OperationContext, input: Wire<sdk.SetAlarmStateInput>) {
  const { AlarmName, StateValue, StateReason, StateReasonData } = input;
  const alarm = requireAlarm(context, AlarmName);
  const now = context.account.now() / 1000;
  const StateTransitionedTimestamp = StateValue === alarm.StateValue ? alarm.StateTransitionedTimestamp : now;
  const state = { StateValue, StateReason, StateReasonData, StateUpdatedTimestamp: now, StateTransitionedTimestamp };
  alarms.put(context, present({ ...alarm, ...state }));
  return {};
}

export const {
  tag: tagResource,
  untag: untagResource,
  list: listTagsForResource,
} = tagOperations((context, { ResourceARN }: { readonly ResourceARN?: string }) => {
  const alarm = alarms.list(context).find(({ AlarmArn }) => AlarmArn === ResourceARN);
  if (alarm === undefined) {
    // What is not there has no tags to list, as recorded. The wording for new tags of a missing alarm is unconfirmed.
    const put = () => {
      throw new AwsError("ResourceNotFoundException", `${ResourceARN} does not exist`, 404);
    };
    return { tags: [], put };
  }
  return { tags: alarm.tags, put: (tags: AlarmRecord["tags"]) => void alarms.put(context, { ...alarm, tags }) };
});

async function put(planned: Attributes, aws: Aws): Promise<void> {
  const input = aws.inputOf("PutMetricAlarm", planned);
  const threshold = input["ThresholdMetricId"] === undefined ? { Threshold: input["Threshold"] ?? 0 } : {};
  await aws.call("PutMetricAlarm", { ...input, ...threshold });
}

export const metricAlarmResource = defineResource("aws_cloudwatch_metric_alarm", {
  service: "monitoring",
  schemaVersion: 1,
  names: {
    alarm_name: ["AlarmName", "AlarmNames"],
    arn: "AlarmArn",
    evaluate_low_sample_count_percentiles: "EvaluateLowSampleCountPercentile",
    metric_query: "Metrics",
    "metric_query.metric": "MetricStat",
    "metric_query.metric.dimensions": "Metric.Dimensions",
    "metric_query.metric.metric_name": "Metric.MetricName",
    "metric_query.metric.namespace": "Metric.Namespace",
    tags: null,
    tags_all: "Tags",
  },
  output: "MetricAlarms",
  id: "<alarm_name>",
  importId: "<alarm_name>",
  tagging: { tag: "TagResource", untag: "UntagResource", list: "ListTagsForResource" },
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
  checkPlan: checkMetric,
  create: async (planned, aws) => {
    await put(planned, aws);
    return {};
  },
  read: "DescribeAlarms",
  update: (planned, _prior, aws) => put(planned, aws),
  delete: "DeleteAlarms",
  // As with the real provider, the period of a query is the only number that is null when AWS leaves it out.
  refine: (found) => ({
    treat_missing_data: found["treat_missing_data"] || "missing",
    metric_query: blocks(found, "metric_query").map((query) => ({ ...query, period: query["period"] || null })),
  }),
});

function checkMetric(planned: Attributes): string | undefined {
  const isSet = (name: string) => optionalText(planned, name) !== undefined;
  if (isSet("metric_name") && !isSet("statistic") && !isSet("extended_statistic")) {
    return "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm";
  }
  const isBoth = (query: Attributes) =>
    optionalText(query, "expression") !== undefined && blocks(query, "metric").length > 0;
  const isMixed = blocks(planned, "metric_query").some(isBoth);
  return isMixed ? "No metric_query may have both `expression` and a `metric` specified" : undefined;
}
