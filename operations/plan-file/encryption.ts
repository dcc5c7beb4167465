/**
 * Keeps a saved plan from whoever does not know its passphrase: scrypt makes the key, AES-256 in Galois/Counter Mode keeps
 * what is in it secret and whole. Salt and nonce are new each time and stand before it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7914
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { UserError } from "../../platform/user-error";

/** Says what it is, and which version of this format. */
const MAGIC = Buffer.from("machine-access-plan-1\n", "ascii");
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ALGORITHM = "aes-256-gcm";

/** 128 MB of memory for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

/** What can be guessed protects nothing: the file may lie where many can read it. */
const FEWEST_CHARACTERS = 12;

/** The environment variable with the passphrase. */
export const PASSPHRASE = "PLAN_PASSPHRASE";

/**
 * The passphrase of the environment; `undefined` when there is none. Spaces and line breaks around it do not count:
 * whoever pastes a secret into a form cannot see them, and another machine may have it without.
 * @throws {UserError} when it is too short
 */
export function passphraseIn(environment: NodeJS.ProcessEnv): string | undefined {
  const given = environment[PASSPHRASE];
  if (given === undefined || given === "") return undefined;
  const passphrase = given.trim();
  if (passphrase.length >= FEWEST_CHARACTERS) return passphrase;
  const around = given === passphrase ? "" : ", without the spaces and line breaks around it";
  const what = passphrase === "" ? "holds only spaces" : `has fewer than ${FEWEST_CHARACTERS} characters${around}`;
  throw new UserError(`${PASSPHRASE} ${what}. Use at least ${FEWEST_CHARACTERS} characters, or unset it.`);
}

/** Whether these are the bytes of something that {@link encrypt} made. */
export function isEncrypted(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).equals(MAGIC);
}

export function encrypt(plain: Uint8Array, passphrase: string): Uint8Array {
  const header = Buffer.concat([MAGIC, randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)]);
  const { key, nonce } = keyOf(header, passphrase);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(header);
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([header, cipher.getAuthTag(), body]);
}

/** @throws {UserError} when the passphrase is another one, or a byte was changed */
export function decrypt(bytes: Uint8Array, passphrase: string): Uint8Array {
  const headerEnd = MAGIC.length + SALT_BYTES + NONCE_BYTES;
  const tag = bytes.subarray(headerEnd, headerEnd + TAG_BYTES);
  try {
    const header = Buffer.from(bytes.subarray(0, headerEnd));
    const { key, nonce } = keyOf(header, passphrase);
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(header)
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(headerEnd + TAG_BYTES)), decipher.final()]);
  } catch {
    // What OpenSSL says would tell nobody more.
    throw new UserError(
      `the plan cannot be decrypted: ${PASSPHRASE} is another one, or the file was changed. Review again.`,
    );
  }
}

function keyOf(header: Buffer, passphrase: string): { readonly key: Buffer; readonly nonce: Buffer } {
  const salt = header.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
  return { key: scryptSync(passphrase, salt, KEY_BYTES, COST), nonce: header.subarray(MAGIC.length + SALT_BYTES) };
}
