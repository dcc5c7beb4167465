/** Amazon CloudWatch Logs: log groups, their streams and their lines. */
import type { Account } from "../../account/account";
import { loadModel } from "../../protocols/model";
import type { LogGroupName } from "../../protocols/runtime";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as events from "./log-event";
import * as groups from "./log-group";
import * as streams from "./log-stream";
import { logGroups } from "./records";

export { writeOwnLine } from "./log-group";
export { logGroups } from "./records";

export const logs: ServiceDefinition = {
  name: "logs",
  model: () => loadModel("logs"),
  constraintError: "InvalidParameterException",
  operations: operationsIn("logs", events, groups, streams),
  notEmulated: {
    AssociateKmsKey: ["resourceIdentifier"],
    DescribeLogGroups: ["accountIdentifiers", "includeLinkedAccounts", "logGroupIdentifiers"],
    DisassociateKmsKey: ["resourceIdentifier"],
    FilterLogEvents: ["startFromHead", "unmask"],
    GetLogEvents: ["unmask"],
    PutLogEvents: ["entity"],
  },
};

export const logsResources: readonly Resource[] = [groups.logGroupResource];

const DAY_MS = 86_400_000;

/** All log groups. */
export function listLogGroups(account: Account): readonly LogGroupName[] {
  return logGroups.listEverywhere(account).map(({ region, record }) => ({ region, logGroup: record.logGroupName }));
}

/** How long the lines of the group are kept, in milliseconds; `undefined` for ever, or when there is no such group. */
export function retentionOf(account: Account, { region, logGroup }: LogGroupName): number | undefined {
  const days = logGroups.get({ account, region }, logGroup)?.retentionInDays;
  return days === undefined ? undefined : days * DAY_MS;
}

/** Name of the log group with the ARN, which may end in `:*`; `undefined` when there is none. */
export function findLogGroupName(account: Account, arn: string): string | undefined {
  const wanted = arn.replace(/:\*$/, "");
  const found = logGroups.listEverywhere(account).find(({ record }) => record.logGroupArn === wanted);
  return found?.record.logGroupName;
}
