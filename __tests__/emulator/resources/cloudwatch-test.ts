/** What is checked of alarms and dashboards at plan time, in the real provider's words. */
import { type Attributes, UNKNOWN } from "../../../emulator/attributes";
import { AwsError } from "../../../emulator/errors";
import { relationMistakes } from "../../../emulator/provider/attribute-relations";
import { Examples } from "../../support/examples";
import { kindOf } from "../../support/workspace";

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

  it("of one name takes the place of the one before", async () => {
    await examples.make(ALARM);
    const next = await examples.another(ALARM, { threshold: 7 });

    expect(examples.workspace.account.list(ALARM)).toEqual([next]);
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
    [
      { extended_statistic: "p99" },
      "One of `statistic` or `extended_statistic` must be set for a cloudwatch metric alarm",
    ],
    [
      expression({ metric: [{ metric_name: "5XXError", period: 60, stat: "Sum" }] }),
      "No metric_query may have both `expression` and a `metric` specified",
    ],
  ])("is refused: %j", async (changes, why) => {
    await expect(validate(ALARM, changes)).rejects.toEqual(new AwsError("InvalidParameterValue", why));
  });

  it.each<[Attributes, string]>([
    [{ period: 0 }, "expected period to be at least 10, got 0"],
    [
      { alarm_actions: Array.from({ length: 6 }, (_, at) => `${SNS}-${at}`) },
      "alarm_actions: at most 5 actions, got 6",
    ],
  ])("is refused when it is applied: %j", async (changes, why) => {
    await expect(validate(ALARM, changes)).resolves.toBeUndefined();
    await expect(examples.another(ALARM, changes)).rejects.toEqual(new AwsError("InvalidParameterValue", why));
  });

  it.each<[Attributes, string]>([
    [{ threshold_metric_id: "e1" }, '"threshold": conflicts with threshold_metric_id'],
    [{ ...expression(), period: 60 }, '"period": conflicts with metric_query'],
  ])("excludes: %j", async (changes, why) => {
    const mistakes = relationMistakes(await examples.configOf(ALARM, changes), kindOf(ALARM).relations ?? {});

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
