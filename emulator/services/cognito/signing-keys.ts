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

type Jwk = SigningKey["jwk"];

/** Keys of the next pool, when they were begun before it. */
let prepared: Promise<readonly Jwk[]> | undefined;

/** Begins the keys of the next pool, of any account: they take longer than everything else that is created with it. */
export function prepareSigningKeys(): void {
  prepared ??= generateTwo();
  // It is up to the pool to fail.
  prepared.catch(() => undefined);
}

/** Two keys: the first signs ID tokens, the second access tokens. */
export async function generateSigningKeys(account: Account): Promise<readonly SigningKey[]> {
  const keys = prepared ?? generateTwo();
  prepared = undefined;
  // 32 bytes are 44 characters of base64, the length that Cognito's key ids have.
  const newId = () => createHash("sha256").update(account.randomBytes(32)).digest("base64");
  return (await keys).map((jwk) => ({ kid: newId(), jwk }));
}

function generateTwo(): Promise<readonly Jwk[]> {
  return Promise.all([generateOne(), generateOne()]);
}

async function generateOne(): Promise<Jwk> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }) };
}
