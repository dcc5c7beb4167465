/**
 * The issuer of a user pool. A pool has one of two: the original one, or the updated one, which API Gateway's
 * authorizers for user pools do not accept. Pure.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 */

const PARTS = /^https:\/\/(issuer-)?(cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)\/([\w-]+)$/;

/** What an updated issuer means for the calls of an API, for people. */
export const UPDATED_ISSUER = "the UPDATED issuer, which no COGNITO_USER_POOLS authorizer of API Gateway accepts";

/** Whether tokens with this issuer come from a pool with the updated one. */
export function isUpdatedIssuer(issuer: string): boolean {
  return PARTS.exec(issuer)?.[1] !== undefined;
}

/** Both issuers that the pool of an issuer can have, the original one first; the issuer itself when it is not a pool's. */
export function issuersOfPool(issuer: string): readonly string[] {
  const [, , host, pool] = PARTS.exec(issuer) ?? [];
  return host === undefined ? [issuer] : [`https://${host}/${pool}`, `https://issuer-${host}/${pool}`];
}

/** URL of Cognito's API in the region of the pool; `undefined` when the issuer is not a pool's. */
export function cognitoUrl(issuer: string): string | undefined {
  const host = PARTS.exec(issuer)?.[2];
  return host === undefined ? undefined : `https://${host}/`;
}
