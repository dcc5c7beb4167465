/**
 * API Gateway's own API, as far as it is played.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */

import type { HttpRequest, HttpResponse } from "../http";
import { getAccount, updateAccount } from "./apigateway-account-api";
import * as authorizers from "./apigateway-authorizer-api";
import { createResource, putIntegration, putMethod } from "./apigateway-creation-api";
import { deleteMethod, deleteResource, deleteRestApi, deleteStage } from "./apigateway-deletion-api";
import { getExport } from "./apigateway-export-api";
import { getMethod, getResources, updateMethod } from "./apigateway-method-api";
import { getRestApi, getRestApis } from "./apigateway-parts";
import * as stages from "./apigateway-stage-api";
import type { ApiPlace } from "./aws-api";
import { answerRestApi, type RestService } from "./rest-api";

const API = "/restapis/{restapi_id}";
const AUTHORIZER = `${API}/authorizers/{authorizer_id}`;
const RESOURCE = `${API}/resources/{resource_id}`;
const METHOD = `${RESOURCE}/methods/{http_method}`;
const STAGE = `${API}/stages/{stage_name}`;

const apiGateway: RestService<ApiPlace> = {
  operations: {
    CreateAuthorizer: ["POST", `${API}/authorizers`, authorizers.createAuthorizer],
    CreateDeployment: ["POST", `${API}/deployments`, stages.createDeployment],
    CreateResource: ["POST", RESOURCE, createResource],
    DeleteAuthorizer: ["DELETE", AUTHORIZER, authorizers.deleteAuthorizer],
    DeleteMethod: ["DELETE", METHOD, deleteMethod],
    DeleteResource: ["DELETE", RESOURCE, deleteResource],
    DeleteRestApi: ["DELETE", API, deleteRestApi],
    DeleteStage: ["DELETE", STAGE, deleteStage],
    GetAccount: ["GET", "/account", getAccount],
    GetAuthorizer: ["GET", AUTHORIZER, authorizers.getAuthorizer],
    GetAuthorizers: ["GET", `${API}/authorizers`, authorizers.getAuthorizers],
    GetDeployment: ["GET", `${API}/deployments/{deployment_id}`, stages.getDeployment],
    GetDeployments: ["GET", `${API}/deployments`, stages.getDeployments],
    GetExport: ["GET", `${STAGE}/exports/{export_type}`, getExport],
    GetMethod: ["GET", METHOD, getMethod],
    GetResources: ["GET", `${API}/resources`, getResources],
    GetRestApi: ["GET", API, getRestApi],
    GetRestApis: ["GET", "/restapis", getRestApis],
    GetStage: ["GET", STAGE, stages.getStage],
    GetStages: ["GET", `${API}/stages`, stages.getStages],
    PutIntegration: ["PUT", `${METHOD}/integration`, putIntegration],
    PutMethod: ["PUT", METHOD, putMethod],
    UpdateAccount: ["PATCH", "/account", updateAccount],
    UpdateAuthorizer: ["PATCH", AUTHORIZER, authorizers.updateAuthorizer],
    UpdateMethod: ["PATCH", METHOD, updateMethod],
    UpdateStage: ["PATCH", STAGE, stages.updateStage],
  },
  refusal: ({ message }) => ({ message }),
  invalid: "BadRequestException",
};

export const apiGatewayOperations: readonly string[] = Object.keys(apiGateway.operations);

/** Answers a request to `apigateway.<region>.amazonaws.com`. */
export function answerApiGatewayApi(place: ApiPlace, request: HttpRequest): Promise<HttpResponse> {
  return answerRestApi(apiGateway, place, request);
}
