/** What a deployment freezes of a REST API. */
import type { TablePlace } from "../../account-table";
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

/** The API as it is configured now: a copy of plain JSON. @throws {Error} when there is no such API */
export function snapshotOf(context: TablePlace, restApiId: string): ApiSnapshot {
  const restApi = restApis.get(context, restApiId);
  if (restApi === undefined) throw new Error(`there is no REST API "${restApiId}"`);
  return structuredClone({
    restApi,
    resources: resources.ofApi(context, restApiId),
    authorizers: authorizers.ofApi(context, restApiId),
    gatewayResponses: gatewayResponses.ofApi(context, restApiId),
    requestValidators: requestValidators.ofApi(context, restApiId),
    models: models.ofApi(context, restApiId),
  });
}
