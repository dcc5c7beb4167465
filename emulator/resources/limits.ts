/**
 * How many there can be: AWS's quotas as they are without asking for more.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 */
import { AwsError } from "../errors";
import type { Limit } from "../provider/kind";

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

export const LIMITS = {
  aws_api_gateway_authorizer: [ofApi(10, "Authorizers")],
  aws_api_gateway_resource: [ofApi(300, "Resources")],
} as const satisfies Readonly<Record<string, readonly Limit[]>>;
