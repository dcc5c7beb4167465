/** A function's code: the zip that Terraform names by its path. */
import { createHash } from "node:crypto";
import { type Attributes, optionalText } from "../attributes";
import { AwsError } from "../errors";
import type { Place } from "../provider/kind";

/** What AWS says of the code. @throws {AwsError} `InvalidParameterValueException` without a zip */
export function describeCode(given: Attributes, place: Place): Attributes {
  const zip = readZip(given, place);
  const sha256 = sha256Of(zip);
  return {
    code_sha256: sha256,
    source_code_hash: given["source_code_hash"] ?? sha256,
    source_code_size: zip.length,
    last_modified: lastModified(place),
  };
}

/** The present time, as Lambda writes it. */
export function lastModified({ account }: Place): string {
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

function sha256Of(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64");
}
