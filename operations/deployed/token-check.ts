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

/** What the claims of an access token of the client-credentials grant mean, in Cognito's order. */
export const CLAIM_MEANINGS: Readonly<Record<string, string>> = {
  sub: "Subject: the client itself, since no user takes part.",
  token_use: "What the token is for: access. An ID token would say id.",
  scope: "Scopes that were granted, separated by spaces. A method that requires one of them takes the token.",
  auth_time: "When the client proved who it is.",
  iss: "Issuer: the user pool, whose JWKS has the key of the signature.",
  exp: "Expiry: from then on, every authorizer refuses the token.",
  iat: "When it was issued.",
  version: "Version of Cognito's access tokens.",
  jti: "Id of this token.",
  client_id: "App client that it was issued to. Functions compare it with their list of callers.",
};

/** What the members of a token's header mean. */
export const HEADER_MEANINGS: Readonly<Record<string, string>> = {
  kid: "Id of the key that signed the token: one of the user pool's JWKS.",
  alg: "Algorithm of the signature: RS256 is RSA with SHA-256.",
};

/** Claims of an access token of the client-credentials grant, in Cognito's order. */
export const ACCESS_TOKEN_CLAIMS: readonly string[] = Object.keys(CLAIM_MEANINGS);

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
