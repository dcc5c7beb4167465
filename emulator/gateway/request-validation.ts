/**
 * Whether a request carries what its method demands.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import type { ApiSnapshot } from "../services/apigateway/snapshot";
import type { DeployedMethod } from "./deployed-api";
import type { Refusal } from "./gateway-response";
import { type MappingSource, mappedValue } from "./parameter-mapping";

/** The refusal of a request without a required parameter, or with a blank one; headers are named first, then the path's. */
export function missingParameters(
  snapshot: ApiSnapshot,
  { method }: DeployedMethod,
  source: MappingSource,
): Refusal | undefined {
  const validator = snapshot.requestValidators.find(({ id }) => id === method.requestValidatorId);
  if (validator?.validateRequestParameters !== true) return undefined;
  const missing = Object.entries(method.requestParameters ?? {})
    .filter(([name, isRequired]) => isRequired && (mappedValue(name, source) ?? "").trim() === "")
    .map(([name]) => name)
    .sort();
  if (missing.length === 0) return undefined;
  const names = missing.map((name) => name.split(".").slice(3).join("."));
  return { type: "BAD_REQUEST_PARAMETERS", message: `Missing required request parameters: [${names.join(", ")}]` };
}
