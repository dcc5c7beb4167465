/** What is checked of alarms and dashboards at plan time, in the real provider's words. */

import { AwsError } from "../../../../emulator/errors";
import { callOperation } from "../../../../emulator/protocols/service";
import { cloudWatch } from "../../../../emulator/services/cloudwatch";
import { relationMistakes } from "../../../../emulator/terraform/attribute-relations";
import { type Attributes, UNKNOWN } from "../../../../emulator/terraform/attributes";
import { Examples } from "../../../support/examples";
import { emptied, kindOf, NOW } from "../../../support/workspace";

const ALARM = "aws_cloudwatch_metric_alarm";
const DASHBOARD = "aws_cloudwatch_dashboard";
const SNS = "arn:aws:sns:eu-west-1:123456789012:pager";

let examples: Examples;
beforeEach(() => {
  examples = new Examples();
});

async function validate(type: string, changes: Attributes): Promise<void> {
  kindOf(type).validate?.(await examples.configOf(type, changes));
}

describe(ALARM, () => {
  it("has AWS's ARN, and the defaults of the real provider", async () => {
    expect(await examples.make(ALARM)).toMatchObject({
      id: "orders-errors",
      arn: "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-errors",
      actions_enabled: true,
      evaluate_low_sample_count_percentiles: "",
      threshold: "0.5",
      treat_missing_data: "missing",
    });
  });

  it("of an expression over metrics is read as it was made", async () => {
    const made = await examples.another(ALARM, expression());
    expect(made["metric_query"]).toMatchObject([
      { id: "errors", metric: [{ metric_name: "5XXError", stat: "Sum" }] },
      { id: "rate", return_data: true, period: null },
    ]);
    expect(emptied(ALARM, await examples.workspace.refresh(ALARM, made))).toEqual(emptied(ALARM, made));
  });

  it("of one name takes the place of the one before", async () => {
    const made = await examples.make(ALARM);
    const next = await examples.another(ALARM, { threshold: 7 });

    expect(emptied(ALARM, await examples.workspace.refresh(ALARM, made))).toEqual(emptied(ALARM, next));
  });

  it.each<[string, Attributes]>([
    ["the example", {}],
    ["an expression over metrics", expression()],
    ["percentiles", { statistic: null, extended_statistic: "p99" }],
    ["periods of less than a minute", { period: 10 }],
    ["what is not known yet", { statistic: UNKNOWN, period: UNKNOWN, alarm_actions: UNKNOWN, threshold: UNKNOWN }],
  ])("takes %s", async (_, changes) => {
    await expect(validate(ALARM, changes)).resolves.toBeUndefined();
  });

  it.each<[Attributes, string]>([
    [{ statistic: null }, "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm"],
    [{ statistic: UNKNOWN }, "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm"],
    [
      expression({ metric: [{ metric_name: "5XXError", period: 60, stat: "Sum" }] }),
      "No metric_query may have both `expression` and a `metric` specified",
    ],
  ])("is refused when it is planned: %j", async (changes, why) => {
    expect(kindOf(ALARM).checkPlan?.(await examples.configOf(ALARM, changes))).toBe(why);
  });

  it.each<[Attributes, string]>([
    [{ period: 0 }, "Period is required for an alarm on a metric."],
    [
      { alarm_actions: Array.from({ length: 6 }, (_, at) => `${SNS}-${at}`) },
      expect.stringMatching(
        / at 'alarmActions' failed to satisfy constraint: Member must have length less than or equal to 5$/,
      ),
    ],
  ])("is refused when it is applied: %j", async (changes, why) => {
    await expect(validate(ALARM, changes)).resolves.toBeUndefined();
    await expect(examples.another(ALARM, changes)).rejects.toMatchObject({ name: "ValidationError", message: why });
  });

  it.each<[Attributes, string]>([
    [{ threshold_metric_id: "e1" }, '"threshold": conflicts with threshold_metric_id'],
    [{ ...expression(), period: 60 }, '"period": conflicts with metric_query'],
  ])("excludes: %j", async (changes, why) => {
    const mistakes = relationMistakes(
      kindOf(ALARM).schema,
      await examples.configOf(ALARM, changes),
      kindOf(ALARM).relations ?? {},
    );

    expect(mistakes.map(({ detail }) => detail)).toContain(why);
  });

  function expression(changes: Attributes = {}): Attributes {
    const query = { id: "rate", expression: "errors / calls", return_data: true, ...changes };
    const metric = [{ metric_name: "5XXError", namespace: "AWS/ApiGateway", period: 60, stat: "Sum" }];
    const none = Object.fromEntries(
      ["dimensions", "metric_name", "namespace", "period", "statistic"].map((n) => [n, null]),
    );
    return { ...none, metric_query: [query, { id: "errors", metric }] };
  }
});

describe("the operations of alarms", () => {
  const call = async (operation: string, input: object = {}) =>
    (await callOperation(cloudWatch, { ...examples.workspace.place, requestId: "1" }, operation, input as never)) as {
      readonly MetricAlarms?: readonly object[];
      readonly Tags?: readonly object[];
    };
  const settings = {
    AlarmName: "a",
    MetricName: "m",
    Namespace: "n",
    Period: 60,
    Statistic: "Sum",
    Threshold: 30,
    EvaluationPeriods: 1,
    ComparisonOperator: "GreaterThanThreshold",
  };
  const AlarmArn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a";

  it("describe an alarm with the members that AWS has", async () => {
    await call("PutMetricAlarm", settings);
    expect(await call("DescribeAlarms", { AlarmNames: ["a"] })).toEqual({
      CompositeAlarms: [],
      MetricAlarms: [
        {
          ...settings,
          ActionsEnabled: true,
          AlarmActions: [],
          AlarmArn,
          AlarmConfigurationUpdatedTimestamp: NOW / 1000,
          Dimensions: [],
          InsufficientDataActions: [],
          OKActions: [],
          StateReason: "Unchecked: Initial alarm creation",
          StateTransitionedTimestamp: NOW / 1000,
          StateUpdatedTimestamp: NOW / 1000,
          StateValue: "INSUFFICIENT_DATA",
        },
      ],
    });
    expect(await call("DescribeAlarms", { AlarmNames: ["b"] })).toEqual({ CompositeAlarms: [], MetricAlarms: [] });
  });

  it("keep state and tags when an alarm is put again", async () => {
    await call("PutMetricAlarm", { ...settings, Tags: [{ Key: "tag1", Value: "foo" }] });
    await call("SetAlarmState", { AlarmName: "a", StateValue: "ALARM", StateReason: "testing" });
    await call("TagResource", { ResourceARN: AlarmArn, Tags: [{ Key: "tag2", Value: "bar" }] });
    await call("PutMetricAlarm", { ...settings, Threshold: 31, Tags: [{ Key: "other", Value: "x" }] });
    expect(await call("DescribeAlarms")).toMatchObject({ MetricAlarms: [{ StateValue: "ALARM", Threshold: 31 }] });
    await call("UntagResource", { ResourceARN: AlarmArn, TagKeys: ["tag1"] });
    expect((await call("ListTagsForResource", { ResourceARN: AlarmArn })).Tags).toEqual([
      { Key: "tag2", Value: "bar" },
    ]);
  });

  it("find the alarms of a metric with exactly its dimensions", async () => {
    const [api, stage] = [
      { Name: "ApiName", Value: "orders" },
      { Name: "Stage", Value: "dev" },
    ];
    await call("PutMetricAlarm", settings);
    await call("PutMetricAlarm", { ...settings, AlarmName: "b", Dimensions: [api, stage] });
    await call("PutMetricAlarm", { ...settings, AlarmName: "c", Dimensions: [api], Period: 300 });
    const found = async (input: object) => {
      const { MetricAlarms = [] } = await call("DescribeAlarmsForMetric", {
        MetricName: "m",
        Namespace: "n",
        ...input,
      });
      return MetricAlarms.map((alarm) => (alarm as { readonly AlarmName: string }).AlarmName);
    };

    expect(await found({})).toEqual(["a"]);
    expect(await found({ Dimensions: [stage, api] })).toEqual(["b"]);
    expect(await found({ Dimensions: [api], Period: 300, Statistic: "Sum" })).toEqual(["c"]);
    expect(await found({ Dimensions: [api], Period: 60 })).toEqual([]);
    expect(await found({ Statistic: "Average" })).toEqual([]);
    expect(await found({ MetricName: "other" })).toEqual([]);
    await expect(found({ Namespace: undefined })).rejects.toMatchObject({ name: "ValidationError" });
  });

  it.each([
    [
      { AlarmName: "a", StateValue: "INVALID" },
      "ValidationError",
      "1 validation error detected: Value 'INVALID' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]",
    ],
    [{ AlarmName: "none", StateValue: "OK" }, "ResourceNotFound", ""],
  ])("refuse the state %j", async (input, name, message) => {
    const refusal = await call("SetAlarmState", { StateReason: "testing", ...input }).catch((error) => error);
    expect([refusal.name, refusal.message]).toEqual([name, message]);
  });

  it("refuse a dashboard whose name has other characters", async () => {
    const refusal = await call("PutDashboard", { DashboardName: "test name", DashboardBody: "{}" }).catch((e) => e);
    expect([refusal.name, refusal.message]).toEqual([
      "InvalidParameterValue",
      "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n",
    ]);
  });

  it("list dashboards by the beginning of their names", async () => {
    for (const DashboardName of ["one", "other"]) await call("PutDashboard", { DashboardName, DashboardBody: "{}" });
    const entry = { DashboardName: "other", DashboardArn: "arn:aws:cloudwatch::123456789012:dashboard/other" };
    expect(await call("ListDashboards", { DashboardNamePrefix: "ot" })).toEqual({
      DashboardEntries: [{ ...entry, LastModified: NOW / 1000, Size: 2 }],
    });
    await call("DeleteDashboards", { DashboardNames: ["one", "other"] });
    await expect(call("GetDashboard", { DashboardName: "one" })).rejects.toMatchObject({
      name: "ResourceNotFound",
      message: "Dashboard one does not exist",
    });
  });
});

describe(DASHBOARD, () => {
  it("belongs to no region by its ARN", async () => {
    expect(await examples.make(DASHBOARD)).toMatchObject({
      id: "orders",
      dashboard_arn: "arn:aws:cloudwatch::123456789012:dashboard/orders",
    });
  });

  it("does not change when its body says the same in other words", async () => {
    const made = await examples.make(DASHBOARD);
    const dashboard_body = JSON.stringify(JSON.parse(String(made["dashboard_body"])), null, 2);
    const config = await examples.configOf(DASHBOARD, { dashboard_body });

    expect(examples.workspace.plan(DASHBOARD, made, config).planned).toBe(made);
  });

  it("changes in place when its body says something else", async () => {
    const made = await examples.make(DASHBOARD);
    const config = await examples.configOf(DASHBOARD, { dashboard_body: '{"widgets":[]}' });

    expect(examples.workspace.plan(DASHBOARD, made, config)).toEqual({
      planned: { ...made, dashboard_body: '{"widgets":[]}' },
      requiresReplace: [],
    });
  });

  it.each<[Attributes, AwsError]>([
    [
      { dashboard_body: "[]" },
      new AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object"),
    ],
  ])("is refused: %j", async (changes, refusal) => {
    await expect(validate(DASHBOARD, changes)).rejects.toEqual(refusal);
  });

  it("is not refused while its body is not known yet", async () => {
    await expect(validate(DASHBOARD, { dashboard_body: UNKNOWN })).resolves.toBeUndefined();
  });
});
