/** A pool's own RSA keys: one for ID tokens, one for access tokens. Made for each pool, never shipped. */
import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Account } from "../../account/account";

/** A signing key as it is kept in the account. */
export interface SigningKey {
  readonly kid: string;
  /** Private key as a JWK with `kty`, `n`, `e`, `d` and the rest. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

const generate = promisify(generateKeyPair);

/** Two keys: the first signs ID tokens, the second access tokens. */
export function generateSigningKeys(account: Account): Promise<readonly SigningKey[]> {
  return Promise.all([generateSigningKey(account), generateSigningKey(account)]);
}

async function generateSigningKey(account: Account): Promise<SigningKey> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  // 32 bytes are 44 characters of base64, the length that Cognito's key ids have.
  const kid = createHash("sha256").update(account.randomBytes(32)).digest("base64");
  return { kid, jwk: { ...privateKey.export({ format: "jwk" }) } };
}
