/** How an environment is monitored: alarms and a dashboard, each when the access model has it. */
import { Construct } from "constructs";
import type { Environment } from "../../access/access-model";
import { MonitoringAlarms } from "./monitoring-alarms";
import { type MonitoredFunction, MonitoringDashboard } from "./monitoring-dashboard";
import type { MonitoredStage } from "./monitoring-metrics";

/** What is monitored, and how. */
export interface MonitoringProps {
  readonly environment: Environment;
  /** The API's stage. */
  readonly stage: MonitoredStage;
  /** The token cache's stage; `undefined` when callers reach Cognito itself. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly functions: readonly MonitoredFunction[];
}

/** Alarms to the environment's SNS topic and a CloudWatch dashboard. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { prefix, region, alarms, dashboard } = props.environment;
    const alarmArns =
      alarms === undefined ? [] : new MonitoringAlarms(this, "alarms", { ...props, prefix, alarms }).arns;
    // Dashboards have one namespace for all regions.
    const name = `${prefix}-${region}`;
    if (dashboard) new MonitoringDashboard(this, "dashboard", { ...props, name, region, alarmArns });
  }
}
