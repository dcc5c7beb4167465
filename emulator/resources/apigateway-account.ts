/**
 * An account's settings for API Gateway, one set in each region. They belong to the account and not to an app, so no
 * resource of Terraform's stands for them here: they are read and changed over API Gateway's own API.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Account.html
 */
import type { Account } from "../account";
import { text } from "../attributes";
import type { Place } from "../provider/kind";
import { findRole, isTrustedBy } from "../services/iam";
import { badRequest } from "./apigateway-rules";

/** Where the settings are kept; no resource type, so that they are nothing that is left behind. */
const TYPE = "apigateway/account";

const INVALID_ROLE =
  "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.";

/** Where an account's settings are. */
type Where = Pick<Place, "account" | "region">;

/**
 * ARN of the role with which API Gateway writes logs; `undefined` when it has been taken away. An account starts with
 * one, as every account does that was prepared for logging.
 */
export function loggingRole({ account, region }: Where): string | undefined {
  const kept = account.get(TYPE, region);
  if (kept === undefined) return roleOf(account.id);
  const arn = text(kept.attributes, "cloudwatch_role_arn");
  return arn === "" ? undefined : arn;
}

/**
 * Gives API Gateway a role for its logs, or takes it away.
 * @param arn empty to take it away
 * @throws {AwsError} `BadRequestException` when API Gateway may not assume the role
 */
export function setLoggingRole({ account, region }: Where, arn: string): void {
  const isPrepared = account.ids.some((id) => arn === roleOf(id));
  if (arn !== "" && !isPrepared && !mayAssume(account, arn)) throw badRequest(INVALID_ROLE);
  account.put(TYPE, region, { attributes: { cloudwatch_role_arn: arn } });
}

/** @throws {AwsError} `BadRequestException` when API Gateway has no role to write logs with */
export function requireLoggingRole(where: Where): void {
  if (loggingRole(where) !== undefined) return;
  throw badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging");
}

function roleOf(accountId: string): string {
  return `arn:aws:iam::${accountId}:role/apigateway-cloudwatch-logs`;
}

function mayAssume(account: Account, arn: string): boolean {
  const found = findRole({ account, region: "" }, arn);
  return found !== undefined && isTrustedBy(found, "apigateway.amazonaws.com");
}
