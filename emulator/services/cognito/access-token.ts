/**
 * Access tokens of machines, which the token endpoint and `GetClientToken` issue alike: claims and header in the order in
 * which Cognito writes them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import type * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { SignJWT } from "jose";
import type { Account } from "../../account/account";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { accessTokenSeconds, CLIENT_TOKEN_FLOW } from "./client-rules";
import { hasSecret } from "./client-secret";
import { findPool, type Pool } from "./pool-hosts";
import { type ClientRecord, clients, existingScopes, invalid, notFound } from "./records";
import type { SigningKey } from "./signing-keys";

/** Lifetime of an access token, in seconds, when the client does not set it. */
export const DEFAULT_LIFETIME = 3600;

/** A token and how long it is valid. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds from the time of issue to the end. */
  readonly lifetime: number;
}

/**
 * Issues an access token to a client that has proved who it is, with the scopes that it asks for or, if it asks for none,
 * all that it may have. A scope that is still on the client but no longer on its resource server is left out silently.
 *
 * @param requested full names of scopes
 * @returns `undefined` when a scope that is requested for is not on the client
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export async function issueAccessToken(
  account: Account,
  pool: Pool,
  client: ClientRecord,
  requested: readonly string[],
): Promise<IssuedToken | undefined> {
  const { AllowedOAuthScopes: allowed = [] } = client;
  if (!requested.every((scope) => allowed.includes(scope))) return undefined;
  const existing = existingScopes({ account, region: pool.region }, client.UserPoolId);
  const grantable = allowed.filter((scope) => existing.has(scope));
  const scopes =
    requested.length === 0 ? grantable : [...new Set(requested)].filter((scope) => grantable.includes(scope));
  const lifetime = accessTokenSeconds(client) ?? DEFAULT_LIFETIME;
  const now = Math.floor(account.now() / 1000);
  const claims = {
    sub: client.ClientId,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: now,
    iss: pool.issuer,
    exp: now + lifetime,
    iat: now,
    version: 2,
    jti: account.uuid(),
    client_id: client.ClientId,
  };
  const { kid } = pool.accessKey;
  const token = await new SignJWT(claims).setProtectedHeader({ kid, alg: "RS256" }).sign(privateKey(pool.accessKey));
  return { token, lifetime };
}

const parsed = new WeakMap<SigningKey, KeyObject>();

/** The key ready for use; reading it from its JWK costs more than a signature. */
function privateKey(key: SigningKey): KeyObject {
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const read = createPrivateKey({ key: key.jwk as JsonWebKey, format: "jwk" });
  parsed.set(key, read);
  return read;
}

/**
 * The same by the API alone: without a domain, OAuth flows or IAM. The wording of the refusals of
 * `GetClientToken` is unconfirmed, but for that of a wrong secret.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html
 */
export async function getClientToken(context: OperationContext, input: Wire<sdk.GetClientTokenRequest>) {
  const { ClientId = "", Secret = "", Scopes = [] } = input;
  const client = clients.get(context, ClientId);
  const isRight = hasSecret(client, Secret);
  const pool = client && findPool(context.account, context.region, client.UserPoolId);
  if (client === undefined || pool === undefined) {
    throw notFound(`User pool client ${ClientId}`);
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
