/** Amazon CloudWatch: alarms and dashboards. */
import { loadModel } from "../../protocols/model";
import { defineService, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as dashboards from "./dashboard";
import * as alarms from "./metric-alarm";

export const cloudWatch: ServiceDefinition = defineService({
  name: "monitoring",
  model: () => loadModel("cloudwatch"),
  constraintError: "ValidationError",
  operations: {
    DeleteAlarms: alarms.deleteAlarms,
    DeleteDashboards: dashboards.deleteDashboards,
    DescribeAlarms: alarms.describeAlarms,
    DisableAlarmActions: alarms.disableAlarmActions,
    EnableAlarmActions: alarms.enableAlarmActions,
    GetDashboard: dashboards.getDashboard,
    ListDashboards: dashboards.listDashboards,
    ListTagsForResource: alarms.alarmTags.list,
    PutDashboard: dashboards.putDashboard,
    PutMetricAlarm: alarms.putMetricAlarm,
    SetAlarmState: alarms.setAlarmState,
    TagResource: alarms.alarmTags.tag,
    UntagResource: alarms.alarmTags.untag,
  },
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
});

export const cloudWatchResources: readonly Resource[] = [alarms.metricAlarmResource, dashboards.dashboardResource];
