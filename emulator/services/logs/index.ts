/** Amazon CloudWatch Logs: log groups, their streams and their lines. */
import type { Account } from "../../account/account";
import { loadModel } from "../../protocols/model";
import { operationsIn, type ServiceDefinition } from "../../protocols/service";
import type { Resource } from "../../terraform/resource";
import * as events from "./log-event";
import * as groups from "./log-group";
import { logGroupResource } from "./log-group-resource";
import * as streams from "./log-stream";

export { logGroups, writeOwnLine } from "./log-group";

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
    ListLogGroups: ["accountIdentifiers", "dataSources", "fieldIndexNames", "includeLinkedAccounts"],
    PutLogEvents: ["entity"],
  },
};

export const logsResources: readonly Resource[] = [logGroupResource];

/** Name of the log group with the ARN, which may end in `:*`; `undefined` when there is none. */
export function findLogGroupName(account: Account, arn: string): string | undefined {
  const wanted = arn.replace(/:\*$/, "");
  return groups.logGroups.listEverywhere(account).find(({ record }) => record.logGroupArn === wanted)?.record
    .logGroupName;
}
