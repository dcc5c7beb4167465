/** What an account draws at random. */
import { createHash, randomFillSync } from "node:crypto";

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

/** Bytes drawn ahead: one call of the system for many ids. Each byte is handed out once, and then forgotten. */
const ahead = Buffer.alloc(4096);
let used = ahead.length;

/** Random bytes of the system. */
export function drawBytes(length: number): Uint8Array {
  if (length > ahead.length) return randomFillSync(new Uint8Array(length));
  if (used + length > ahead.length) {
    randomFillSync(ahead);
    used = 0;
  }
  const drawn = Uint8Array.from(ahead.subarray(used, used + length));
  ahead.fill(0, used, used + length);
  used += length;
  return drawn;
}
