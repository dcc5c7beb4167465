/** Whether a call carries the API key that its method requires: one of a usage plan of the stage. */
import type { Account } from "../account/account";
import { headerValues } from "../protocols/http";
import { findAdmittedKey } from "../services/apigateway/usage-plan";
import type { DeployedMethod } from "./deployed-api";
import type { StageCall } from "./stage-call";

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html */
export function hasRequiredKey(
  account: Account,
  { region, api, stage, request }: StageCall,
  { method }: DeployedMethod,
): boolean {
  if (method.apiKeyRequired !== true) return true;
  const [value, ...others] = headerValues(request, "x-api-key");
  if (value === undefined || others.length > 0) return false;
  return findAdmittedKey({ account, region }, api.id, stage.stageName, value) !== undefined;
}
