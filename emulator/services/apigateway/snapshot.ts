/** What a deployment freezes of a REST API. */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import { UnsupportedError } from "../../errors";
import type { Wire } from "../../protocols/values";
import { type AuthorizerRecord, authorizers } from "./authorizer";
import { type GatewayResponseRecord, gatewayResponses } from "./gateway-response";
import { type ModelRecord, models } from "./model";
import { type RequestValidatorRecord, requestValidators } from "./request-validator";
import { type ResourceRecord, resources } from "./resource";
import { type RestApiRecord, restApis } from "./rest-api";

/** Everything of an API that a deployment freezes, in AWS's own shape. */
export interface ApiSnapshot {
  readonly restApi: RestApiRecord;
  /** The root first; each with its methods, their integrations and responses. */
  readonly resources: readonly ResourceRecord[];
  readonly authorizers: readonly AuthorizerRecord[];
  /** Those that were set; AWS's defaults are not among them. */
  readonly gatewayResponses: readonly GatewayResponseRecord[];
  readonly requestValidators: readonly RequestValidatorRecord[];
  readonly models: readonly ModelRecord[];
}

/**
 * The API as it is configured now: a copy of plain JSON.
 * @throws {UnsupportedError} for settings that would change what callers get, and that a stage does not emulate
 */
export function snapshotOf(context: TablePlace, restApiId: string): ApiSnapshot {
  const restApi = restApis.get(context, restApiId);
  if (restApi === undefined) throw new Error(`there is no REST API "${restApiId}"`);
  const snapshot = {
    restApi,
    resources: resources.ofApi(context, restApiId),
    authorizers: authorizers.ofApi(context, restApiId),
    gatewayResponses: gatewayResponses.ofApi(context, restApiId),
    requestValidators: requestValidators.ofApi(context, restApiId),
    models: models.ofApi(context, restApiId),
  };
  refuseOthers(snapshot);
  return structuredClone(snapshot);
}

function refuseOthers({ restApi, resources: tree, requestValidators: validators }: ApiSnapshot): void {
  const refuse = (what: string) => {
    throw new UnsupportedError(`a deployment with ${what} is not emulated`);
  };
  if (restApi.binaryMediaTypes !== undefined) refuse("binaryMediaTypes");
  if (restApi.minimumCompressionSize !== undefined) refuse("minimumCompressionSize");
  if (restApi.endpointConfiguration.types?.includes("PRIVATE")) refuse("a private endpoint");
  const methods = tree.flatMap(({ resourceMethods }) => Object.values(resourceMethods));
  if (restApi.apiKeySource === "AUTHORIZER" && methods.some(({ apiKeyRequired }) => apiKeyRequired)) {
    refuse("API keys from an authorizer");
  }
  const bodies = validators.filter(({ validateRequestBody }) => validateRequestBody).map(({ id }) => id);
  const isChecked = ({ requestModels, requestValidatorId = "" }: Wire<sdk.Method>) =>
    requestModels !== undefined && bodies.includes(requestValidatorId);
  if (methods.some(isChecked)) refuse("a model that request bodies are checked against");
}
