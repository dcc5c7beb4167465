/** A function's code: the zip that Terraform names by its path. */
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { type Attributes, optionalText } from "../attributes";
import { AwsError } from "../errors";
import type { Place } from "../provider/kind";

/** What AWS says of the code. @throws {AwsError} `InvalidParameterValueException` without a zip, or for what is none */
export function describeCode(given: Attributes, place: Place): Attributes {
  const described = describeZip(readZip(given, place), place);
  return { ...described, source_code_hash: given["source_code_hash"] ?? described.code_sha256 };
}

/** What AWS says of a zip. @throws {AwsError} `InvalidParameterValueException` for what is none */
export function describeZip(zip: Uint8Array, place: Pick<Place, "account">) {
  requireEntries(zip);
  return { code_sha256: sha256Of(zip), source_code_size: zip.length, last_modified: lastModified(place) };
}

/** The present time, as Lambda writes it. */
export function lastModified({ account }: Pick<Place, "account">): string {
  return account.timestamp().replace("Z", ".000+0000");
}

/** The zip that `filename` names; where several files fit, the one whose hash the configuration gives. */
export function readZip(given: Attributes, place: Place): Uint8Array {
  const path = optionalText(given, "filename");
  if (path === undefined) throw new AwsError("InvalidParameterValueException", "filename must be set");
  const found = place.readFiles(path);
  const zip = found.find((content) => sha256Of(content) === given["source_code_hash"]) ?? found[0];
  if (zip === undefined) {
    throw new AwsError("InvalidParameterValueException", `reading ZIP file (${path}): no such file or directory`);
  }
  return zip;
}

/** Only looks at what the zip has, and unpacks nothing. */
function requireEntries(zip: Uint8Array): void {
  let hasEntries = false;
  try {
    unzipSync(zip, {
      filter() {
        hasEntries = true;
        return false;
      },
    });
  } catch {
    const message = "Could not unzip uploaded file. Please check your file, then try to upload again.";
    throw new AwsError("InvalidParameterValueException", message);
  }
  if (!hasEntries) throw new AwsError("InvalidParameterValueException", "Uploaded file must be a non-empty zip");
}

function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}
