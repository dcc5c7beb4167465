/**
 * Access tokens by the API alone: without a domain, without OAuth flows and without IAM. The client proves who it is.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { issueAccessToken } from "./access-token";
import { CLIENT_TOKEN_FLOW } from "./client-rules";
import { hasSecret } from "./client-secret";
import { findPool } from "./pool-hosts";
import { invalid } from "./user-pool";
import { clients } from "./user-pool-client";

/** The texts are not recorded, but for that of a wrong secret. */
export async function getClientToken(context: OperationContext, input: Wire<sdk.GetClientTokenRequest>) {
  const { ClientId = "", Secret = "", Scopes = [] } = input;
  const client = clients.get(context, ClientId);
  const isRight = hasSecret(client, Secret);
  const pool = client && findPool(context.account, context.region, client.UserPoolId);
  if (client === undefined || pool === undefined) {
    throw new AwsError("ResourceNotFoundException", `User pool client ${ClientId} does not exist.`);
  }
  if (!isRight) throw new AwsError("NotAuthorizedException", "Invalid client or secret");
  if (client.ExplicitAuthFlows?.some((flow) => flow === CLIENT_TOKEN_FLOW) !== true) {
    throw invalid("CLIENT_TOKEN_AUTH flow not enabled for this client");
  }
  const issued = await issueAccessToken(context.account, pool, client, Scopes);
  if (issued === undefined) throw invalid("Invalid scope requested");
  const { token, lifetime } = issued;
  return { ClientAuthenticationResult: { AccessToken: token, ExpiresIn: lifetime, TokenType: "Bearer" } };
}
