/**
 * Dashboards, which belong to no region. The second of a name takes the place of the first.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/cloudwatch_dashboard
 */
import type * as sdk from "@aws-sdk/client-cloudwatch";
import { Table, type TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import { pageOf } from "../../protocols/pages";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { isObject, optionalText, type Value } from "../../terraform/attributes";
import { JSON_TEXT } from "../../terraform/policy-texts";
import { defineResource } from "../../terraform/resource";
import { invalid, notFound } from "./metric-alarm";

const NAME = /^[A-Za-z0-9_-]+$/;
const MAX_PAGE = 1000;

/** A dashboard as the account keeps it. */
interface DashboardRecord {
  readonly DashboardName: string;
  readonly DashboardArn: string;
  readonly DashboardBody: string;
  /** In seconds since 1970. */
  readonly LastModified: number;
}

const dashboards = new Table<DashboardRecord>("cloudwatch/Dashboard", ({ DashboardName }) => DashboardName, true);

function requireDashboard(place: TablePlace, name: string | undefined): DashboardRecord {
  return dashboards.getOr(place, name, () => notFound(`Dashboard ${name} does not exist`));
}

export function putDashboard(context: OperationContext, input: Wire<sdk.PutDashboardInput>) {
  const { DashboardName = "", DashboardBody = "" } = input;
  if (!NAME.test(DashboardName)) {
    throw invalid(
      "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n",
    );
  }
  if (!isObject(parse(DashboardBody))) throw notJson();
  const { account, accountId } = context;
  dashboards.put(context, {
    DashboardName,
    DashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${DashboardName}`,
    DashboardBody,
    LastModified: account.now() / 1000,
  });
  return { DashboardValidationMessages: [] };
}

const notJson = () => new AwsError("InvalidParameterInput", "The field DashboardBody must be a valid JSON object");

function parse(body: string): Value {
  try {
    return JSON.parse(body);
  } catch {
    throw notJson();
  }
}

export function getDashboard(context: OperationContext, input: Wire<sdk.GetDashboardInput>) {
  const { LastModified: _, ...dashboard } = requireDashboard(context, input.DashboardName);
  return dashboard;
}

export function listDashboards(context: OperationContext, input: Wire<sdk.ListDashboardsInput>) {
  const { DashboardNamePrefix: prefix = "", NextToken } = input;
  const found = dashboards.list(context).filter(({ DashboardName }) => DashboardName.startsWith(prefix));
  const { items, next } = pageOf(found, MAX_PAGE, NextToken, "InvalidParameterValue");
  const DashboardEntries = items.map(({ DashboardBody, ...dashboard }) => ({
    ...dashboard,
    Size: Buffer.byteLength(DashboardBody),
  }));
  return present({ DashboardEntries, NextToken: next });
}

export function deleteDashboards(context: OperationContext, { DashboardNames = [] }: Wire<sdk.DeleteDashboardsInput>) {
  const deleted = DashboardNames.map((name) => requireDashboard(context, name));
  for (const dashboard of deleted) dashboards.delete(context, dashboard);
  return {};
}

export const dashboardResource = defineResource("aws_cloudwatch_dashboard", {
  service: "monitoring",
  names: { dashboard_name: ["DashboardName", "DashboardNames"] },
  id: "<dashboard_name>",
  importId: "<dashboard_name>",
  forceNew: ["dashboard_name"],
  json: { dashboard_body: JSON_TEXT },
  validate(config) {
    const body = optionalText(config, "dashboard_body");
    if (body !== undefined && !isObject(JSON.parse(body))) throw notJson();
  },
  create: "PutDashboard",
  read: "GetDashboard",
  update: "PutDashboard",
  delete: "DeleteDashboards",
});
