/**
 * A pool's own RSA keys: one for ID tokens, one for access tokens. Made for each pool, never shipped. A key takes 0.2 s of
 * CPU, and nothing is signed with that for ID tokens: it is made when the pool's keys are asked for.
 */
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

/** Key of the next pool, when it was begun before it. */
let prepared: Promise<Jwk> | undefined;

/** Begins the key of the next pool, of any account: it takes longer than everything else that is created with it. */
export function prepareSigningKeys(): void {
  prepared ??= generateOne();
  // It is up to the pool to fail.
  prepared.catch(() => undefined);
}

/** The keys of a new pool: the one that signs access tokens. */
export async function generateSigningKeys(account: Account): Promise<readonly SigningKey[]> {
  const jwk = prepared ?? generateOne();
  prepared = undefined;
  return [{ kid: newId(account), jwk: await jwk }];
}

/** Keys for ID tokens, by the key for access tokens of the same pool. */
const made = new WeakMap<SigningKey, Promise<SigningKey>>();

/** The key for ID tokens of the pool whose access tokens the other key signs: the same one each time. */
export function idKeyBeside(account: Account, accessKey: SigningKey): Promise<SigningKey> {
  const known = made.get(accessKey);
  if (known !== undefined) return known;
  const key = generateOne().then((jwk) => ({ kid: newId(account), jwk }));
  made.set(accessKey, key);
  return key;
}

/** 32 bytes are 44 characters of base64, the length that Cognito's key ids have. */
function newId(account: Account): string {
  return createHash("sha256").update(account.randomBytes(32)).digest("base64");
}

async function generateOne(): Promise<Jwk> {
  const { privateKey } = await generate("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }) };
}
