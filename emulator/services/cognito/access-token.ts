/**
 * Access tokens of the client-credentials grant: claims and header in the order in which Cognito writes them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
import { createPrivateKey, type JsonWebKey, type KeyObject } from "node:crypto";
import { SignJWT } from "jose";
import type { Pool } from "./pool-hosts";
import type { SigningKey } from "./signing-keys";

/** What a token is made of. */
export interface AccessTokenContent {
  readonly pool: Pool;
  readonly clientId: string;
  /** Full names of the scopes granted. */
  readonly scopes: readonly string[];
  /** Life of the token, in seconds. */
  readonly lifetime: number;
  /** Time of issue, in seconds since 1970. */
  readonly issuedAt: number;
  /** UUID of the token. */
  readonly id: string;
}

/** Signs an access token. */
export function signAccessToken({
  pool,
  clientId,
  scopes,
  lifetime,
  issuedAt,
  id,
}: AccessTokenContent): Promise<string> {
  const claims = {
    sub: clientId,
    token_use: "access",
    scope: scopes.join(" "),
    auth_time: issuedAt,
    iss: pool.issuer,
    exp: issuedAt + lifetime,
    iat: issuedAt,
    version: 2,
    jti: id,
    client_id: clientId,
  };
  const { kid } = pool.accessKey;
  return new SignJWT(claims).setProtectedHeader({ kid, alg: "RS256" }).sign(privateKey(pool.accessKey));
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
