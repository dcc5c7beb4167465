/**
 * What is said of a path or method that an API does not have: API Gateway takes it for one of AWS's own APIs and looks
 * for a signature of version 4 in the Authorization header.
 *
 * @see https://github.com/aws/chalice/issues/828
 * @see https://github.com/svdgraaf/serverless-basic-authentication/issues/3
 */
import { createHash } from "node:crypto";
import { type HttpRequest, header, headerValues } from "../protocols/http";
import type { Refusal } from "./gateway-response";

const PARAMETERS = ["Credential", "Signature", "SignedHeaders"];

/** The refusal, which repeats nothing of the header but its hash. */
export function noSuchMethod(request: HttpRequest): Refusal {
  const [authorization] = headerValues(request, "Authorization");
  if (authorization === undefined || authorization === "") return { type: "MISSING_AUTHENTICATION_TOKEN" };
  const hash = createHash("sha256").update(authorization, "latin1").digest("base64");
  const pairs = pairsIn(authorization);
  if (pairs.some((pair) => !pair.includes("="))) {
    const wrong = "Invalid key=value pair (missing equal-sign) in Authorization header";
    return invalid(`${wrong} (hashed with SHA-256 and encoded with Base64): '${hash}'.`);
  }
  const missing = missingIn(pairs, request);
  // Nobody has a key that fits: no access key is valid here.
  if (missing.length === 0) return invalid("The security token included in the request is invalid.");
  return invalid(`${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`);
}

/** What follows the scheme, cut at commas; nothing when there is only one word. */
function pairsIn(authorization: string): readonly string[] {
  const [, parameters = ""] = /^\S+\s+(.*)$/s.exec(authorization) ?? [];
  return parameters === "" ? [] : parameters.split(",").map((pair) => pair.trim());
}

function missingIn(pairs: readonly string[], request: HttpRequest): readonly string[] {
  const given = pairs.map((pair) => pair.split("=")[0]);
  const missing = PARAMETERS.filter((name) => !given.includes(name));
  const isDated = header(request, "X-Amz-Date") !== undefined || header(request, "Date") !== undefined;
  const undated = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
  return [
    ...missing.map((name) => `Authorization header requires '${name}' parameter.`),
    ...(isDated ? [] : [undated]),
  ];
}

function invalid(message: string): Refusal {
  return { type: "INVALID_SIGNATURE", message };
}
