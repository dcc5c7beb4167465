/** The mistake by which clients lose their scopes: an update by hand that leaves something out. */
import { callCognito } from "../platform/aws-call";

/** Attributes that {@link resetClient} changes: flows and scopes, and all else that the stack sets on a client. */
export const RESET_ATTRIBUTES: readonly string[] = [
  "access_token_validity",
  "allowed_oauth_flows",
  "allowed_oauth_flows_user_pool_client",
  "allowed_oauth_scopes",
  "explicit_auth_flows",
  "id_token_validity",
  "prevent_user_existence_errors",
  "token_validity_units",
];

/**
 * `aws cognito-idp update-user-pool-client` with nothing but the ids: AWS resets all that is left out.
 * @returns the answer's status
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
export async function resetClient(region: string, poolId: string, clientId: string): Promise<number> {
  const input = { UserPoolId: poolId, ClientId: clientId };
  return (await callCognito(region, "UpdateUserPoolClient", input)).status;
}
