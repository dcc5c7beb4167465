/**
 * How many there can be: AWS's quotas as they are without asking for more.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
import { AwsError } from "../errors";
import type { Limit } from "../provider/kind";

/** A quota of a user pool. Wording unconfirmed; the name of the error is that of the API's description. */
const ofPool = (most: number, what: string): Limit => ({
  per: "user_pool_id",
  most,
  refusal: () => new AwsError("LimitExceededException", `Exceeded the limit of ${most} ${what} of a user pool.`),
});

/** A quota of an API. */
const ofApi = (most: number, what: string): Limit => ({
  per: "rest_api_id",
  most,
  refusal: () =>
    new AwsError(
      "LimitExceededException",
      `Maximum number of ${what} for this API has been reached.  Please contact AWS if you need additional ${what}.`,
      429,
    ),
});

/** A list that the API's description bounds. What AWS adds to the text, the list itself, is left out. */
const ofList = (name: string, most: number, member: string): Limit => ({
  elements: name,
  most,
  refusal: () =>
    new AwsError(
      "InvalidParameterException",
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    ),
});

export const LIMITS = {
  aws_api_gateway_authorizer: [ofApi(10, "Authorizers")],
  aws_api_gateway_resource: [ofApi(300, "Resources")],
  aws_cognito_resource_server: [ofPool(25, "resource servers"), ofList("scope", 100, "scopes")],
  aws_cognito_user_pool_client: [ofPool(1000, "app clients"), ofList("allowed_oauth_scopes", 50, "allowedOAuthScopes")],
} as const satisfies Readonly<Record<string, readonly Limit[]>>;
