/** What an account draws at random, from bytes that the caller draws. Pure. */
import { createHash } from "node:crypto";

const LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** An id of that length, in which each letter of the alphabet is as likely as the other. */
export function drawId(draw: (length: number) => Uint8Array, length: number, alphabet = LETTERS_AND_DIGITS): string {
  const limit = 256 - (256 % alphabet.length);
  let id = "";
  while (id.length < length) {
    for (const byte of draw(length)) if (byte < limit) id += alphabet[byte % alphabet.length];
  }
  return id.slice(0, length);
}

/** A UUID of version 4, the same for the same bytes. */
export function uuidOf(bytes: Uint8Array): string {
  const hex = createHash("sha256").update(bytes).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
