/**
 * Deployment packages: zips, kept once however many versions have the same, and the host that they can be loaded from.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCode.html
 */
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import type { Account } from "../../account/account";
import { Table, type TablePlace } from "../../account/table";
import { AwsError, UnsupportedError } from "../../errors";
import type { HttpRequest, HttpResponse } from "../../protocols/http";
import { invalid, type VersionRecord, versions } from "./records";

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIPPED_BYTES = 52_428_800;
const MAX_UNZIPPED_BYTES = 262_144_000;
const LOCATION_SECONDS = 600;

/** A deployment package. */
export interface CodeRecord {
  /** SHA-256 of the zip, in base64. */
  readonly sha256: string;
  /** The zip, in base64. */
  readonly zip: string;
}

const codes = new Table<CodeRecord>("lambda/Code", ({ sha256 }) => sha256);

/** Zips that were decoded, so that not every invocation does. */
const zips = new WeakMap<CodeRecord, Uint8Array>();

/**
 * Stores the zip of an input.
 * @throws {AwsError} `InvalidParameterValueException` without a zip, or for what is not a zip
 */
export function keepCode(
  place: TablePlace,
  zip: Uint8Array | undefined,
): { readonly CodeSha256: string; readonly CodeSize: number } {
  if (zip === undefined) throw invalid("Please provide a source for function code.");
  if (zip.length > MAX_ZIPPED_BYTES) {
    const message = `Zipped size must be smaller than ${MAX_ZIPPED_BYTES} bytes`;
    throw new AwsError("RequestEntityTooLargeException", message, 413);
  }
  checkZip(zip);
  const sha256 = sha256Of(zip);
  if (codes.get(place, sha256) === undefined) {
    codes.put(place, { sha256, zip: Buffer.from(zip).toString("base64") });
  }
  return { CodeSha256: sha256, CodeSize: zip.length };
}

/** Deletes the package once no version has it. */
export function releaseCode(place: TablePlace, sha256: string): void {
  const code = codes.get(place, sha256);
  const isUsed = versions.list(place).some(({ settings }) => settings.CodeSha256 === sha256);
  if (code !== undefined && !isUsed) codes.delete(place, code);
}

/** The version's zip. @throws {Error} when it is not kept */
export function zipOf(place: TablePlace, { settings: { CodeSha256 } }: VersionRecord): Uint8Array {
  const code = codes.get(place, CodeSha256);
  if (code === undefined) throw new Error(`the code ${CodeSha256} is not kept`);
  const zip = zips.get(code) ?? Buffer.from(code.zip, "base64");
  zips.set(code, zip);
  return zip;
}

/** SHA-256 in base64. */
export function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}

/** Reads the entries without unpacking them. */
function checkZip(zip: Uint8Array): void {
  let size = 0;
  let entries = 0;
  try {
    unzipSync(zip, {
      filter({ originalSize }) {
        entries += 1;
        size += originalSize;
        return false;
      },
    });
  } catch {
    throw invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
  }
  if (entries === 0) throw invalid("Uploaded file must be a non-empty zip");
  if (size > MAX_UNZIPPED_BYTES) throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
}

/** Where the code can be loaded from: a pre-signed URL of the host that {@link answerCode} answers. */
export function locationOf({ account, region }: TablePlace, version: VersionRecord): string {
  const { FunctionName, FunctionArn, settings } = version;
  const key = Buffer.from(settings.CodeSha256, "base64").toString("hex");
  const date = account.timestamp().replace(/[-:]/g, "");
  const query = new URLSearchParams({
    versionId: key.slice(0, 32),
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Date": date,
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Expires": String(LOCATION_SECONDS),
    "X-Amz-Signature": createHash("sha256").update(`${key}${date}`).digest("hex"),
  });
  const path = `snapshots/${FunctionArn.split(":")[4]}/${FunctionName}-${key}`;
  return `https://awslambda-${region}-tasks.s3.${region}.amazonaws.com/${path}?${query}`;
}

/** Answers the host of the URLs that {@link locationOf} makes. */
export function answerCode(account: Account, region: string, { method, path, query }: HttpRequest): HttpResponse {
  const [, key = ""] = /-([0-9a-f]{64})$/.exec(path) ?? [];
  const code = codes.get({ account, region }, Buffer.from(key, "hex").toString("base64"));
  const signature = new URLSearchParams(query);
  const date = signature.get("X-Amz-Date") ?? "";
  const isSigned = signature.get("X-Amz-Signature") === createHash("sha256").update(`${key}${date}`).digest("hex");
  if (method !== "GET" || code === undefined || !isSigned) return { status: 403, headers: [], body: "" };
  const body = Buffer.from(code.zip, "base64");
  return { status: 200, headers: [["Content-Type", "application/zip"]], body };
}

/** @throws {UnsupportedError} for a container image */
export function requireZipPackage(packageType: string | undefined): void {
  if (packageType === "Image")
    throw new UnsupportedError("Container images are not emulated. Emulated: PackageType Zip.");
}
