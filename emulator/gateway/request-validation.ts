/**
 * Whether a request carries what its method demands.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import { optionalText, textMap } from "../attributes";
import type { Snapshot } from "../resources/apigateway-deployment";
import { requestValidator } from "../resources/apigateway-validator";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import { type MappingSource, mappedValue } from "./parameter-mapping";

/** The refusal of a request without a required parameter, or with a blank one; headers are named first, then the path's. */
export function missingParameters(
  snapshot: Snapshot,
  { method }: DeployedMethod,
  source: MappingSource,
): Refusal | undefined {
  const id = optionalText(method, "request_validator_id");
  const validator = snapshot[requestValidator.type]?.find((candidate) => candidate["id"] === id);
  if (validator?.["validate_request_parameters"] !== true) return undefined;
  const missing = Object.entries(textMap(method, "request_parameters"))
    .filter(([name, isRequired]) => isRequired === "true" && (mappedValue(name, source) ?? "").trim() === "")
    .map(([name]) => name)
    .sort();
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => name.split(".").slice(3).join("."));
  return { type: "BAD_REQUEST_PARAMETERS", message: `Missing required request parameters: [${names.join(", ")}]` };
}
