/** A token request as it is sent, by the way in which the client gets tokens. Pure. */

import { cognitoUrl } from "../access-graph/pool-issuer";
import type { TokenWay } from "../access-graph/token-ways";
import type { Question } from "../deployed/asking";
import type { ClientCredentials, Deployment } from "../deployed/deployment";
import { basicCredentials, tokenRequestBody } from "../deployed/token-request";

/** What says that an id with this secret is not known, by way. */
export const NOT_KNOWN: Readonly<Record<TokenWay, readonly string[]>> = {
  domain: ["invalid_client"],
  api: ["NotAuthorizedException", "ResourceNotFoundException"],
};

/** What says that the client may not have a scope, by way; empty where every refusal does. */
export const NOT_GRANTED: Readonly<Record<TokenWay, readonly string[]>> = { domain: ["invalid_scope"], api: [] };

/** @param scope full name; left out asks for all that the client may have. `undefined` where there is no such way */
export function tokenQuestion(
  way: TokenWay,
  { tokenUrl, issuer }: Pick<Deployment, "tokenUrl" | "issuer">,
  credentials: ClientCredentials,
  scope: string | undefined,
): Question | undefined {
  if (way === "domain") {
    const headers = {
      Authorization: `Basic ${basicCredentials(credentials)}`,
      "Content-Type": "application/x-www-form-urlencoded",
    };
    return { method: "POST", url: tokenUrl, headers, body: tokenRequestBody(scope) };
  }
  const url = cognitoUrl(issuer);
  if (url === undefined) return undefined;
  // Cognito asks for no signature here: the client's secret alone decides.
  const headers = {
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Target": "AWSCognitoIdentityProviderService.GetClientToken",
  };
  const scopes = scope === undefined ? {} : { Scopes: [scope] };
  const body = JSON.stringify({ ClientId: credentials.id, Secret: credentials.secret, ...scopes });
  return { method: "POST", url, headers, body };
}

/** Another secret of the same form, which the client does not have. */
export function otherSecret(secret: string): string {
  return `${secret.slice(0, -1)}${secret.endsWith("0") ? "1" : "0"}`;
}
