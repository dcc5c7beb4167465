/**
 * Credentials of a function's process: those of a session of its role. They are derived from the function and its
 * process, so that STS can tell whose they are without a record.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
import { createHash } from "node:crypto";

const KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Characters of a key that name the function; as many more name the process. */
const PART = 8;
const SECRET_LENGTH = 40;
const TOKEN_LENGTH = 684;

const digest = (text: string) => createHash("sha512").update(text).digest();
const keyPart = (text: string) =>
  [...digest(text).subarray(0, PART)].map((byte) => KEY_ALPHABET[byte % KEY_ALPHABET.length]).join("");
const keyOf = (arn: string) => `ASIA${keyPart(arn)}`;

/**
 * Environment variables with the credentials of a process.
 * @param process what distinguishes processes of the function
 */
export function functionCredentials(arn: string, process: string) {
  const blocks = Array.from({ length: 9 }, (_, index) => digest(`${arn} ${process} ${index}`));
  const text = Buffer.concat(blocks).toString("base64");
  return {
    AWS_ACCESS_KEY_ID: `${keyOf(arn)}${keyPart(process)}`,
    AWS_SECRET_ACCESS_KEY: text.slice(0, SECRET_LENGTH),
    AWS_SESSION_TOKEN: text.slice(SECRET_LENGTH, SECRET_LENGTH + TOKEN_LENGTH),
  };
}

/** Whether the access key is that of a process of the function. */
export function isKeyOf(arn: string, accessKeyId: string): boolean {
  return accessKeyId.startsWith(keyOf(arn));
}
