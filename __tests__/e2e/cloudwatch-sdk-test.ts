/** CloudWatch's API by the AWS SDK, on an alarm and a dashboard that Terraform created. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  ListDashboardsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { AppliedStack } from "../support/applied-stack";
import { refusalOf, sdkOptions } from "../support/aws-sdk";

jest.setTimeout(30_000);

const BODY = '{"widgets":[{"type":"text","width":6,"height":3,"properties":{"markdown":"Orders"}}]}';
const METRIC = { MetricName: "5XXError", Namespace: "AWS/ApiGateway" };
const Dimensions = [{ Name: "ApiName", Value: "orders" }];

let stack: AppliedStack;
let cloudWatch: CloudWatchClient;
beforeAll(async () => {
  stack = await AppliedStack.open({
    resource: {
      aws_cloudwatch_metric_alarm: {
        errors: {
          alarm_name: "orders-5xx",
          namespace: METRIC.Namespace,
          metric_name: METRIC.MetricName,
          dimensions: { ApiName: "orders" },
          statistic: "Average",
          period: 300,
          evaluation_periods: 1,
          threshold: 0.01,
          comparison_operator: "GreaterThanOrEqualToThreshold",
          tags: { team: "orders" },
        },
      },
      aws_cloudwatch_dashboard: { orders: { dashboard_name: "orders", dashboard_body: BODY } },
    },
  });
  cloudWatch = new CloudWatchClient(sdkOptions(stack.emulator));
});
afterAll(async () => {
  cloudWatch.destroy();
  await stack.close();
});

describe("an alarm of the stack", () => {
  it("is read with its state and tags, and by its metric", async () => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "orders" }));
    const [alarm] = MetricAlarms;
    expect(alarm).toMatchObject({
      AlarmName: "orders-5xx",
      ...METRIC,
      Dimensions,
      Threshold: 0.01,
      StateValue: "INSUFFICIENT_DATA",
      StateUpdatedTimestamp: expect.any(Date),
    });
    const tags = new ListTagsForResourceCommand({ ResourceARN: alarm?.AlarmArn });
    expect((await cloudWatch.send(tags)).Tags).toEqual([{ Key: "team", Value: "orders" }]);
    const ofMetric = (input: object) => cloudWatch.send(new DescribeAlarmsForMetricCommand({ ...METRIC, ...input }));
    expect((await ofMetric({ Dimensions })).MetricAlarms).toEqual(MetricAlarms);
    expect((await ofMetric({})).MetricAlarms).toEqual([]);
  });

  it("has no metrics, which are refused by name", async () => {
    const [StartTime, EndTime] = [new Date(0), new Date()];
    const refusal = await refusalOf(
      cloudWatch.send(new GetMetricDataCommand({ StartTime, EndTime, MetricDataQueries: [] })),
    );
    expect(refusal.message).toMatch(/^GetMetricData is not emulated\. Emulated: .*DescribeAlarmsForMetric/);
  });
});

describe("a dashboard of the stack", () => {
  it("is listed and read", async () => {
    const { DashboardEntries } = await cloudWatch.send(new ListDashboardsCommand({}));
    expect(DashboardEntries).toMatchObject([{ DashboardName: "orders", LastModified: expect.any(Date) }]);
    const { DashboardBody = "" } = await cloudWatch.send(new GetDashboardCommand({ DashboardName: "orders" }));
    expect(JSON.parse(DashboardBody)).toEqual(JSON.parse(BODY));
    const refusal = await refusalOf(cloudWatch.send(new GetDashboardCommand({ DashboardName: "other" })));
    expect(refusal.message).toBe("Dashboard other does not exist");
  });
});
