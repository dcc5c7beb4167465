/**
 * A saved plan with all that another machine needs to apply it: a zip of Terraform's plan, the stack's `cdk.tf.json` with
 * the files that it refers to, the lock file of its providers, and a manifest. Checksums find damage; only the passphrase
 * keeps others from making a plan of their own look like this one.
 */
import { createHash } from "node:crypto";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { UserError } from "../../platform/user-error";
import { decrypt, encrypt, isEncrypted, PASSPHRASE } from "./encryption";
import { type Described, type Manifest, manifestShape } from "./manifest";

/** Path of Terraform's plan within the bundle; no file of the stack is called so. */
export const PLAN = "plan";

/** Content by path, with `/` between folders. */
export type Parts = Readonly<Record<string, Uint8Array>>;

/** What was read. */
export interface Bundle {
  readonly manifest: Manifest;
  readonly parts: Parts;
}

const MANIFEST = "manifest.json";

/** Limits against files that fill memory or disk. */
const MAX_BYTES = 512 << 20;
const MAX_MANIFEST_BYTES = 10 << 20;
const MAX_PARTS = 10_000;

/** Files of a stack that a bundle may hold: applying it writes no others. */
const ALLOWED = /^(?:plan|cdk\.tf\.json|\.terraform\.lock\.hcl|assets\/[^/]+(?:\/[^/]+)*)$/;

/** The beginning of every zip. */
const ZIP = strToU8("PK");

/** @param passphrase left out, the bundle is not encrypted */
export function packBundle(described: Described, parts: Parts, passphrase: string | undefined): Uint8Array {
  for (const path of Object.keys(parts)) requireAllowed(path);
  const sums = Object.fromEntries(Object.entries(parts).map(([path, bytes]) => [path, sha256(bytes)]));
  const manifest: Manifest = { ...described, parts: sums };
  const zip = zipSync({ [MANIFEST]: strToU8(JSON.stringify(manifest, null, 2)), ...parts });
  return passphrase === undefined ? zip : encrypt(zip, passphrase);
}

/** @throws {UserError} when it is not a saved plan, is damaged, or the passphrase is wrong */
export function unpackBundle(bytes: Uint8Array, passphrase: string | undefined): Bundle {
  const files = unzipped(opened(bytes, passphrase));
  const { [MANIFEST]: described, ...parts } = files;
  const manifest = manifestIn(described);
  const paths = Object.keys(parts).toSorted();
  if (paths.join("\n") !== Object.keys(manifest.parts).toSorted().join("\n"))
    throw damaged("its parts are not those of its manifest");
  for (const [path, content] of Object.entries(parts)) {
    if (sha256(content) !== manifest.parts[path]) throw damaged(`${path} was changed`);
  }
  if (parts[PLAN] === undefined || parts["cdk.tf.json"] === undefined) throw damaged("it holds no plan");
  return { manifest, parts };
}

/** With a passphrase, only an encrypted plan is accepted: anyone can make one without. */
function opened(bytes: Uint8Array, passphrase: string | undefined): Uint8Array {
  if (isEncrypted(bytes)) {
    if (passphrase !== undefined) return decrypt(bytes, passphrase);
    throw new UserError(`the plan is encrypted. Set ${PASSPHRASE} to its value when the plan was made.`);
  }
  if (!Buffer.from(bytes.subarray(0, ZIP.length)).equals(ZIP)) throw damaged("it was not saved by review");
  if (passphrase === undefined) return bytes;
  throw new UserError(
    `the plan is not encrypted, though ${PASSPHRASE} is set, so its origin is unknown. Review again.`,
  );
}

function unzipped(zip: Uint8Array): Parts {
  const seen = new Set<string>();
  let total = 0;
  const filter = ({ name, originalSize }: { readonly name: string; readonly originalSize: number }) => {
    if (name !== MANIFEST) requireAllowed(name);
    if (seen.has(name)) throw damaged("it has two parts of the same name");
    seen.add(name);
    total += originalSize;
    const isTooLong = name === MANIFEST && originalSize > MAX_MANIFEST_BYTES;
    if (isTooLong || seen.size > MAX_PARTS || total > MAX_BYTES) throw damaged("it is too large");
    return true;
  };
  try {
    return unzipSync(zip, { filter });
  } catch (error) {
    throw error instanceof UserError ? error : damaged("it cannot be read");
  }
}

function manifestIn(bytes: Uint8Array | undefined): Manifest {
  try {
    return manifestShape.parse(JSON.parse(strFromU8(bytes ?? new Uint8Array())));
  } catch {
    throw damaged("its manifest is missing or of another version of review");
  }
}

/** A path must stay within the stack's folder. */
function requireAllowed(path: string): void {
  const isUpwards = path.split("/").some((part) => part === "." || part === "..");
  const hasOthers = /[\\:\p{Cc}]/u.test(path);
  if (isUpwards || hasOthers || !ALLOWED.test(path)) throw damaged("it has a part that is not a file of a stack");
}

function damaged(why: string): UserError {
  return new UserError(`the plan cannot be used: ${why}. Review again.`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
