/** Reads an access token and checks it against what the pool publishes. */
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { send } from "./http";
import { UserError } from "./user-error";

/** Claims of an access token of the client-credentials grant, in Cognito's order. */
export const ACCESS_TOKEN_CLAIMS: readonly string[] =
  "sub token_use scope auth_time iss exp iat version jti client_id".split(" ");

/** A token that was checked. */
export interface CheckedToken {
  readonly header: object;
  readonly claims: JWTPayload;
  /** Where the keys came from. */
  readonly jwksUrl: string;
}

/**
 * Checks signature, issuer and expiry.
 * @throws {UserError} saying which check failed; never with the token
 */
export async function checkToken(token: string, issuer: string): Promise<CheckedToken> {
  const jwksUrl = `${issuer}/.well-known/jwks.json`;
  const { status, body } = await send(jwksUrl, { method: "GET", headers: {} });
  if (status !== 200) throw new UserError(`${jwksUrl} answered ${status}, expected 200`);
  const keys = createLocalJWKSet(JSON.parse(body) as JSONWebKeySet);
  try {
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ["RS256"] });
    return { header: decodeProtectedHeader(token), claims: payload, jwksUrl };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new UserError(`the token does not pass the check against ${jwksUrl}: ${error.message}`);
  }
}
