/**
 * Methods of a REST API: who may call them, and what a request to them declares.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { authorizers } from "./authorizer";
import { checkRequestParameters } from "./mappings";
import { requireModels } from "./model";
import { byPatches, entries, isTrue, items, type PatchRules, patched, replacing } from "./patch";
import { requestValidators } from "./request-validator";
import { putMethodAt, requireMethod, requireResource, resources } from "./resource";
import { badRequest, conflict, requireEmulated } from "./rules";

type Method = Wire<sdk.Method>;

const HTTP_METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

/** Authorization types that a stage enforces. */
const AUTHORIZATIONS: readonly string[] = ["NONE", "COGNITO_USER_POOLS"];

const parameterMissing = () => new AwsError("NotFoundException", "Invalid parameter name specified", 404);
const contentTypeMissing = () => new AwsError("NotFoundException", "Content-Type specified was not found", 404);

/** Entries of parameters that are required or not. */
export const parameterEntries = <T extends object>(member: keyof T & string) =>
  entries<T>(member, parameterMissing, isTrue);
/** Entries of models by content type. */
export const modelEntries = <T extends object>(member: keyof T & string) => entries<T>(member, contentTypeMissing);

export function putMethod(context: OperationContext, input: Wire<sdk.PutMethodRequest>) {
  const { resourceId: _, restApiId, httpMethod = "", ...given } = input;
  const resource = requireResource(context, input);
  if (!HTTP_METHODS.includes(httpMethod)) {
    throw badRequest(`Invalid HttpMethod specified. Valid options are ${HTTP_METHODS}`);
  }
  const authorizationType = given.authorizationType?.toUpperCase();
  const method = checked(context, resource.restApiId, {
    ...present({ ...given, authorizationType, apiKeyRequired: given.apiKeyRequired ?? false, httpMethod }),
  });
  if (Object.hasOwn(resource.resourceMethods, httpMethod)) throw conflict("Method already exists for this resource");
  putMethodAt(context, resource, method);
  return method;
}

/** The method, if AWS takes it; of one that anyone may call, an authorizer is ignored. @throws {AwsError} */
function checked(context: OperationContext, restApiId: string, method: Method): Method {
  const { authorizationType = "NONE", authorizerId, requestValidatorId } = method;
  const needsAuthorizer = authorizationType === "CUSTOM" || authorizationType === "COGNITO_USER_POOLS";
  if (needsAuthorizer && authorizers.find(context, restApiId, authorizerId) === undefined) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
  requireEmulated("authorizationType", authorizationType, AUTHORIZATIONS);
  checkRequestParameters(method);
  if (
    requestValidatorId !== undefined &&
    requestValidators.find(context, restApiId, requestValidatorId) === undefined
  ) {
    throw badRequest("Invalid Request Validator identifier specified");
  }
  requireModels(context, restApiId, method.requestModels);
  return needsAuthorizer ? method : present({ ...method, authorizerId: undefined });
}

export function getMethod(context: OperationContext, input: Wire<sdk.GetMethodRequest>) {
  return requireMethod(context, input).method;
}

const PATCHES: PatchRules<Method> = {
  "/operationName": replacing("operationName"),
  "/apiKeyRequired": replacing("apiKeyRequired", isTrue),
  "/authorizationType": replacing("authorizationType"),
  "/authorizerId": replacing("authorizerId"),
  "/authorizationScopes": items("authorizationScopes", "value"),
  "/requestValidatorId": replacing("requestValidatorId"),
  "/requestParameters/*": parameterEntries("requestParameters"),
  "/requestModels/*": modelEntries("requestModels"),
};

export function updateMethod(context: OperationContext, input: Wire<sdk.UpdateMethodRequest>) {
  const { resource, method } = requireMethod(context, input);
  const changed = checked(context, resource.restApiId, patched(method, input.patchOperations, PATCHES));
  putMethodAt(context, resource, changed);
  return changed;
}

/** Deletes the method with its integration and all responses. */
export function deleteMethod(context: OperationContext, input: Wire<sdk.DeleteMethodRequest>) {
  const { resource, method } = requireMethod(context, input);
  const { [method.httpMethod ?? ""]: _, ...resourceMethods } = resource.resourceMethods;
  resources.put(context, { ...resource, resourceMethods });
  return {};
}

export const methodResource = defineResource("aws_api_gateway_method", {
  service: "apigateway",
  names: { authorization: "authorizationType" },
  id: "agm-<rest_api_id>-<resource_id>-<http_method>",
  importId: "<rest_api_id>/<resource_id>/<http_method>",
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  defaults: { api_key_required: false },
  validate(config) {
    requireEmulated("aws_api_gateway_method.authorization", optionalText(config, "authorization"), AUTHORIZATIONS);
  },
  create: "PutMethod",
  read: "GetMethod",
  update: byPatches("UpdateMethod", {
    request_models: "/requestModels",
    request_parameters: "/requestParameters",
    authorization: "/authorizationType",
    authorizer_id: "/authorizerId",
    authorization_scopes: "/authorizationScopes",
    api_key_required: "/apiKeyRequired",
    request_validator_id: "/requestValidatorId",
    operation_name: "/operationName",
  }),
  delete: "DeleteMethod",
});
