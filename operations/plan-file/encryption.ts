/**
 * Encryption of a saved plan by a passphrase: scrypt derives the key; AES-256 in Galois/Counter Mode encrypts and
 * authenticates. A random salt and nonce precede the ciphertext.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7914
 * @see https://csrc.nist.gov/pubs/sp/800/38/d/final
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { UserError } from "../../platform/user-error";

/** Name and version of the format. */
const MAGIC = Buffer.from("machine-access-plan-1\n", "ascii");
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ALGORITHM = "aes-256-gcm";

/** 128 MB of memory for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

/** Against guesses: many people may be able to read the file. */
const MIN_CHARACTERS = 12;

/** The environment variable with the passphrase. */
export const PASSPHRASE = "PLAN_PASSPHRASE";

/**
 * The passphrase of the environment; `undefined` when there is none. White space around it is removed: it is easily
 * pasted into a form unseen.
 * @throws {UserError} when it is too short
 */
export function passphraseIn(environment: NodeJS.ProcessEnv): string | undefined {
  const given = environment[PASSPHRASE];
  if (given === undefined || given === "") return undefined;
  const passphrase = given.trim();
  if (passphrase.length >= MIN_CHARACTERS) return passphrase;
  const around = given === passphrase ? "" : ", without the spaces and line breaks around it";
  const what = passphrase === "" ? "holds only spaces" : `has fewer than ${MIN_CHARACTERS} characters${around}`;
  throw new UserError(`${PASSPHRASE} ${what}. Use at least ${MIN_CHARACTERS} characters, or unset it.`);
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

/** @throws {UserError} when the passphrase is wrong, or a byte was changed */
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
    throw new UserError(`the plan cannot be decrypted: ${PASSPHRASE} is wrong, or the file was changed. Review again.`);
  }
}

function keyOf(header: Buffer, passphrase: string): { readonly key: Buffer; readonly nonce: Buffer } {
  const salt = header.subarray(MAGIC.length, MAGIC.length + SALT_BYTES);
  return { key: scryptSync(passphrase, salt, KEY_BYTES, COST), nonce: header.subarray(MAGIC.length + SALT_BYTES) };
}
