/** How an environment is watched: alarms and a dashboard, each when the access model asks for it. */
import { Construct } from "constructs";
import type { Environment } from "../../access/access-model";
import { MonitoringAlarms } from "./monitoring-alarms";
import { type MonitoredFunction, MonitoringDashboard } from "./monitoring-dashboard";
import type { MonitoredStage } from "./monitoring-metrics";

/** Settings of a {@link Monitoring}. */
export interface MonitoringProps {
  /** Name prefix, region, and what is asked for. */
  readonly environment: Environment;
  /** The API's stage. */
  readonly stage: MonitoredStage;
  /** The token cache's stage; `undefined` when there is none. */
  readonly tokenStage: MonitoredStage | undefined;
  readonly functions: readonly MonitoredFunction[];
}

/** Alarms to the environment's SNS topic and a CloudWatch dashboard. */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, { environment, stage, tokenStage, functions }: MonitoringProps) {
    super(scope, id);
    const { prefix, region, alarms, dashboard } = environment;
    const arns =
      alarms === undefined ? [] : new MonitoringAlarms(this, "alarms", { prefix, stage, tokenStage, alarms }).arns;
    if (!dashboard) return;
    // Dashboards have one namespace for all regions.
    const name = `${prefix}-${region}`;
    new MonitoringDashboard(this, "dashboard", { name, region, stage, tokenStage, functions, alarmArns: arns });
  }
}
