/** Amazon CloudWatch: alarms and dashboards. */
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as dashboards from "./dashboard";
import * as alarms from "./metric-alarm";

export const cloudWatch: ServiceDefinition = {
  name: "monitoring",
  model: () => loadModel("cloudwatch"),
  constraintError: "ValidationError",
  operations: operationsIn("cloudwatch", alarms, dashboards),
  notEmulated: {
    DescribeAlarms: ["ChildrenOfAlarmName", "ParentsOfAlarmName"],
    PutDashboard: ["Tags"],
    PutMetricAlarm: [
      "ActionConfiguration",
      "EvaluationCriteria",
      "EvaluationInterval",
      "EvaluationWindow",
      "WarmUpConfiguration",
    ],
  },
};

export const cloudWatchResources: readonly Resource[] = [alarms.metricAlarmResource, dashboards.dashboardResource];
