/** The API key that a call carries where its method requires one: a key of a usage plan of the stage. */
import type { Account } from "../account/account";
import { headerValues } from "../protocols/http";
import { type AdmittedKey, findAdmittedKey } from "../services/apigateway/usage-plan";
import type { DeployedMethod } from "./deployed-api";
import type { StageCall } from "./stage-call";

/**
 * The key; `"none"` when the method requires none, `undefined` when the call does not carry the one that it needs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 */
export function requiredKey(
  account: Account,
  { region, api, stage, request }: StageCall,
  { method }: DeployedMethod,
): AdmittedKey | "none" | undefined {
  if (method.apiKeyRequired !== true) return "none";
  const [value, ...others] = headerValues(request, "x-api-key");
  if (value === undefined || others.length > 0) return undefined;
  return findAdmittedKey({ account, region }, api.id, stage.stageName, value);
}
