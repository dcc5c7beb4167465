/**
 * An account's settings for API Gateway, one set in each region. They belong to the account and not to an app, so no
 * Terraform resource has them here.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Account.html
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { Table, type TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { findRole, isTrustedBy } from "../iam";
import { patched } from "./patch";
import { badRequest } from "./refusals";

/** Settings as the account keeps them once they were set. */
interface AccountSettings {
  readonly cloudwatchRoleArn?: string | undefined;
}

const settings = new Table<AccountSettings>("apigateway/Account", () => "account");

const INVALID_ROLE =
  "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.";

/**
 * ARN of the role with which API Gateway writes logs; `undefined` when it was removed. An account starts with one, as
 * every account does that was prepared for logging.
 */
export function loggingRole(place: TablePlace): string | undefined {
  return (settings.get(place, "account") ?? { cloudwatchRoleArn: preparedRole(place.account.id) }).cloudwatchRoleArn;
}

/** @throws {AwsError} `BadRequestException` when API Gateway has no role to write logs with */
export function requireLoggingRole(place: TablePlace): void {
  if (loggingRole(place) !== undefined) return;
  throw badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
}

function preparedRole(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/apigateway-cloudwatch-logs`;
}

function mayAssume(place: TablePlace, arn: string): boolean {
  if (place.account.ids.some((id) => arn === preparedRole(id))) return true;
  const found = findRole(place, arn);
  return found !== undefined && isTrustedBy(found, "apigateway.amazonaws.com");
}

export function getAccount(context: OperationContext) {
  return present({
    apiKeyVersion: "4",
    cloudwatchRoleArn: loggingRole(context),
    features: ["UsagePlans"],
    throttleSettings: { burstLimit: 5000, rateLimit: 10000 },
  });
}

export function updateAccount(context: OperationContext, input: Wire<sdk.UpdateAccountRequest>) {
  const before: AccountSettings = { cloudwatchRoleArn: loggingRole(context) };
  const replace = (arn: string) => {
    if (arn !== "" && !mayAssume(context, arn)) throw badRequest(INVALID_ROLE);
    return { cloudwatchRoleArn: arn || undefined };
  };
  settings.put(context, patched(before, input.patchOperations, { "/cloudwatchRoleArn": { replace } }));
  return getAccount(context);
}
