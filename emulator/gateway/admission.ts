/**
 * Why API Gateway refuses a request before its integration is called: too large, no such method, no valid token, API key
 * or parameter.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
import { createHash } from "node:crypto";
import type { Account } from "../account/account";
import { type HttpRequest, type HttpResponse, header, headerValues } from "../protocols/http";
import type { ApiSnapshot } from "../services/apigateway/records";
import { type AdmittedKey, findAdmittedKey } from "../services/apigateway/usage-plan";
import { judge, unauthorized, type Verdict } from "./authorizer";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import { type MappingSource, mappedValue } from "./parameter-mapping";
import type { StageCall } from "./stage-call";

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEADER_BYTES = 10_240;

/**
 * The response to a request that is too large for API Gateway to look at the API, whose gateway responses have no effect:
 * text, and no id, as seen for bodies. That the status for headers that are too long is the same is unconfirmed.
 *
 * @see https://github.com/koki-develop/lgtm-generator/issues/10
 */
export function tooLarge({ body, headers }: HttpRequest): HttpResponse | undefined {
  const headerBytes = headers.reduce((sum, [, value]) => sum + value.length, 0);
  const answer = (text: string) =>
    ({ status: 413, headers: [["Content-Type", "text; charset=utf-8"]], body: text }) as const;
  if (headerBytes > MAX_HEADER_BYTES) return answer(`HTTP header is larger than ${MAX_HEADER_BYTES} bytes.`);
  if (body.length > MAX_BODY_BYTES) return answer(`HTTP content length exceeded ${MAX_BODY_BYTES} bytes.`);
  return undefined;
}

/**
 * The refusal of a path or method that an API does not have: API Gateway takes it for one of AWS's own APIs and looks for
 * a signature of version 4 in the Authorization header, of which it repeats nothing but its hash.
 *
 * @see https://github.com/aws/chalice/issues/828
 * @see https://github.com/svdgraaf/serverless-basic-authentication/issues/3
 */
export function noSuchMethod(request: HttpRequest): Refusal {
  const [authorization = ""] = headerValues(request, "Authorization");
  if (authorization === "") return { type: "MISSING_AUTHENTICATION_TOKEN" };
  const invalid = (message: string): Refusal => ({ type: "INVALID_SIGNATURE", message });
  const hash = createHash("sha256").update(authorization, "latin1").digest("base64");
  const [, parameters = ""] = /^\S+\s+(.*)$/s.exec(authorization) ?? [];
  const pairs = parameters === "" ? [] : parameters.split(",").map((pair) => pair.trim());
  if (pairs.some((pair) => !pair.includes("="))) {
    const wrong = "Invalid key=value pair (missing equal-sign) in Authorization header";
    return invalid(`${wrong} (hashed with SHA-256 and encoded with Base64): '${hash}'.`);
  }
  const given = pairs.map((pair) => pair.split("=")[0]);
  const isDated = header(request, "X-Amz-Date") !== undefined || header(request, "Date") !== undefined;
  const missing = [
    ...["Credential", "Signature", "SignedHeaders"]
      .filter((name) => !given.includes(name))
      .map((name) => `Authorization header requires '${name}' parameter.`),
    ...(isDated ? [] : ["Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."]),
  ];
  // No access key is valid here.
  if (missing.length === 0) return invalid("The security token included in the request is invalid.");
  return invalid(`${missing.join(" ")} (Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`);
}

/** The decision about the caller's token, where the method requires one. */
export async function authorize(
  account: Account,
  { method, authorizer }: DeployedMethod,
  request: HttpRequest,
): Promise<Verdict | { readonly kind: "allowed"; readonly claims: undefined }> {
  if (method.authorizationType === "NONE") return { kind: "allowed", claims: undefined };
  if (authorizer === undefined) return unauthorized("the authorizer that the method requires is not deployed");
  const name = (authorizer.identitySource ?? "").replace("method.request.header.", "");
  const sent = headerValues(request, name);
  // Two tokens are none: which one counts must not depend on who reads the request.
  if (sent.length > 1) return unauthorized(`the request has ${sent.length} headers ${name}; expected one`);
  const [token] = sent;
  return await judge(account, authorizer, method.authorizationScopes ?? [], token);
}

/** The API key, one of a usage plan of the stage; `"none"` when the method requires none, `undefined` for any other key. */
export function requiredKey(
  account: Account,
  { region, api, stage, request }: StageCall,
  { method }: DeployedMethod,
): AdmittedKey | "none" | undefined {
  if (method.apiKeyRequired !== true) return "none";
  const value = header(request, "x-api-key");
  return value === undefined ? undefined : findAdmittedKey({ account, region }, api.id, stage.stageName, value);
}

/** The refusal of a request without a required parameter, or with a blank one; headers are named first, then the path's. */
export function missingParameters(
  snapshot: ApiSnapshot,
  { method }: DeployedMethod,
  source: MappingSource,
): Refusal | undefined {
  const validator = snapshot.requestValidators.find(({ id }) => id === method.requestValidatorId);
  if (validator?.validateRequestParameters !== true) return undefined;
  const names = Object.entries(method.requestParameters ?? {})
    .filter(([name, isRequired]) => isRequired && (mappedValue(name, source) ?? "").trim() === "")
    .map(([name]) => name)
    .sort()
    .map((name) => name.split(".").slice(3).join("."));
  if (names.length === 0) return undefined;
  return { type: "BAD_REQUEST_PARAMETERS", message: `Missing required request parameters: [${names.join(", ")}]` };
}
