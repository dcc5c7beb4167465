/** Reads an access token and checks it against what the pool publishes. */
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from "jose";
import { send } from "../../platform/http";
import { UserError } from "../../platform/user-error";
import { issuersOfPool, isUpdatedIssuer, UPDATED_ISSUER } from "../access-graph/pool-issuer";

/** Claims of an access token of the client-credentials grant, in Cognito's order. */
export const ACCESS_TOKEN_CLAIMS: readonly string[] =
  "sub token_use scope auth_time iss exp iat version jti client_id".split(" ");

/** A token that was checked. */
export interface CheckedToken {
  readonly header: object;
  readonly claims: JWTPayload;
  /** Where the keys came from. */
  readonly jwksUrl: string;
  /** What callers of an API have to know of the token, as a sentence without a full stop; left out of most. */
  readonly note?: string;
}

/**
 * Checks signature, issuer and expiry. Of the two issuers that a pool can have, the one that the token carries is taken.
 *
 * @param poolIssuer either of the pool's issuers
 * @throws {UserError} saying which check failed; never with the token
 */
export async function checkToken(token: string, poolIssuer: string): Promise<CheckedToken> {
  const issuer = issuerIn(token, poolIssuer);
  const jwksUrl = `${issuer}/.well-known/jwks.json`;
  const { status, body } = await send(jwksUrl, { method: "GET", headers: {} });
  if (status !== 200) throw new UserError(`${jwksUrl} answered ${status}, expected 200`);
  const keys = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256"] });
    const note = isUpdatedIssuer(issuer) ? { note: `the token has ${UPDATED_ISSUER}` } : {};
    return { header: decodeProtectedHeader(token), claims: payload, jwksUrl, ...note };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new UserError(`the token does not pass the check against ${jwksUrl}: ${error.message}`);
  }
}

/** The issuer that the token carries, if it is one of the pool's; else the one that is expected. */
function issuerIn(token: string, poolIssuer: string): string {
  try {
    const { iss = "" } = decodeJwt(token);
    return issuersOfPool(poolIssuer).includes(iss) ? iss : poolIssuer;
  } catch {
    return poolIssuer;
  }
}
