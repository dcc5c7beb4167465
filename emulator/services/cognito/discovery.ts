/**
 * What a pool publishes about itself: its public keys and where its endpoints are.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/federation-endpoints.html
 */
import type { Account } from "../../account/account";
import type { HttpResponse } from "../../protocols/http";
import { hostOfPool, type Pool, publishedKeys } from "./pool-hosts";
import type { SigningKey } from "./signing-keys";

/** A public key as the JWKS lists it. */
export interface PublicKey {
  readonly alg: "RS256";
  readonly e: string;
  readonly kid: string;
  readonly kty: "RSA";
  readonly n: string;
  readonly use: "sig";
}

/** The public half of a signing key. */
export function publicKey({ kid, jwk }: SigningKey): PublicKey {
  return { alg: "RS256", e: String(jwk["e"]), kid, kty: "RSA", n: String(jwk["n"]), use: "sig" };
}

/** Answers `/.well-known/<document>` of the pool; `undefined` for any other document. */
export async function answerDiscovery(
  account: Account,
  pool: Pool,
  document: string,
): Promise<HttpResponse | undefined> {
  if (document === "jwks.json") return json({ keys: (await publishedKeys(account, pool)).map(publicKey) });
  if (document === "openid-configuration") return json(configuration(account, pool));
  return undefined;
}

function configuration(account: Account, pool: Pool): object {
  const { issuer } = pool;
  const host = hostOfPool(account, pool);
  const endpoint = (name: string, path: string) => (host === undefined ? {} : { [name]: `https://${host}${path}` });
  return {
    ...endpoint("authorization_endpoint", "/oauth2/authorize"),
    ...endpoint("end_session_endpoint", "/logout"),
    id_token_signing_alg_values_supported: ["RS256"],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ["code", "token"],
    ...endpoint("revocation_endpoint", "/oauth2/revoke"),
    scopes_supported: ["openid", "email", "phone", "profile"],
    subject_types_supported: ["public"],
    ...endpoint("token_endpoint", "/oauth2/token"),
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    ...endpoint("userinfo_endpoint", "/oauth2/userInfo"),
  };
}

function json(body: object): HttpResponse {
  return {
    status: 200,
    headers: [
      ["Content-Type", "application/json"],
      ["Cache-Control", "public, max-age=86400"],
    ],
    body: JSON.stringify(body),
  };
}
