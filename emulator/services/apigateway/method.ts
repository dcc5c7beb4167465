/**
 * Methods of a REST API, which decide who may call them and declare what requests have, and the responses that they
 * declare.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_MethodResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { optionalText } from "../../terraform/attributes";
import { defineResource } from "../../terraform/resource";
import { checkRequestParameters, checkResponseParameters } from "./mappings";
import { requireModels } from "./model";
import { byPatches, entries, isTrue, items, type PatchRules, patched, replacing, without } from "./patch";
import { authorizers, type ResourceRecord, requestValidators, resources } from "./records";
import { badRequest, conflict, missing, notFound, requireEmulated } from "./refusals";
import { type ResourceKey, requireResource } from "./resource";

type Method = Wire<sdk.Method>;

const HTTP_METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

/** Authorization types that a stage enforces. */
const AUTHORIZATIONS: readonly string[] = ["NONE", "COGNITO_USER_POOLS"];

/** What names a method in an input. */
export interface MethodKey extends ResourceKey {
  readonly httpMethod: string | undefined;
}

/** A method with its resource. */
export interface PlacedMethod {
  readonly resource: ResourceRecord;
  readonly method: Method;
}

/** The method that the input names. @throws {AwsError} `NotFoundException` */
export function requireMethod(context: TablePlace, input: MethodKey): PlacedMethod {
  const resource = requireResource(context, input);
  const { httpMethod = "" } = input;
  const method = Object.hasOwn(resource.resourceMethods, httpMethod) ? resource.resourceMethods[httpMethod] : undefined;
  if (method === undefined) throw notFound("Method identifier");
  return { resource, method };
}

/** Puts the method at the resource, in place of the one that it has. */
export function putMethodAt(context: TablePlace, resource: ResourceRecord, method: Method): void {
  const resourceMethods = { ...resource.resourceMethods, [method.httpMethod ?? ""]: present(method) };
  resources.put(context, { ...resource, resourceMethods });
}

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
  const { authorizationType = "NONE", authorizerId, requestValidatorId: validatorId } = method;
  const needsAuthorizer = authorizationType === "CUSTOM" || authorizationType === "COGNITO_USER_POOLS";
  if (needsAuthorizer && authorizers.find(context, restApiId, authorizerId) === undefined) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
  requireEmulated("authorizationType", authorizationType, AUTHORIZATIONS);
  checkRequestParameters(method);
  if (validatorId !== undefined && requestValidators.find(context, restApiId, validatorId) === undefined) {
    throw badRequest("Invalid Request Validator identifier specified");
  }
  requireModels(context, restApiId, method.requestModels);
  return needsAuthorizer ? method : present({ ...method, authorizerId: undefined });
}

export function getMethod(context: OperationContext, input: Wire<sdk.GetMethodRequest>) {
  return requireMethod(context, input).method;
}

/** Entries of parameters that are required or not, and of models by content type. */
const parameters = <T extends object>(member: keyof T & string) =>
  entries<T>(member, () => notFound("parameter name"), isTrue);
const models = <T extends object>(member: keyof T & string) =>
  entries<T>(member, () => missing("Content-Type specified was not found"));

const RULES: PatchRules<Method> = {
  "/operationName": replacing("operationName"),
  "/apiKeyRequired": replacing("apiKeyRequired", isTrue),
  "/authorizationType": replacing("authorizationType"),
  "/authorizerId": replacing("authorizerId"),
  "/authorizationScopes": items("authorizationScopes", "value"),
  "/requestValidatorId": replacing("requestValidatorId"),
  "/requestParameters/*": parameters("requestParameters"),
  "/requestModels/*": models("requestModels"),
};

export function updateMethod(context: OperationContext, input: Wire<sdk.UpdateMethodRequest>) {
  const { resource, method } = requireMethod(context, input);
  const changed = checked(context, resource.restApiId, patched(method, input.patchOperations, RULES));
  putMethodAt(context, resource, changed);
  return changed;
}

/** Deletes the method with its integration and all responses. */
export function deleteMethod(context: OperationContext, input: Wire<sdk.DeleteMethodRequest>) {
  const { resource, method } = requireMethod(context, input);
  const resourceMethods = without(resource.resourceMethods, method.httpMethod ?? "") ?? {};
  resources.put(context, { ...resource, resourceMethods });
  return {};
}

type Response = Wire<sdk.MethodResponse>;
type ResponseKey = MethodKey & { readonly statusCode: string | undefined };

/** The response that the input names, with its method. @throws {AwsError} `NotFoundException` */
function requireResponse(context: OperationContext, input: ResponseKey) {
  const placed = requireMethod(context, input);
  const response = placed.method.methodResponses?.[input.statusCode ?? ""];
  if (response === undefined) throw notFound("Response status code");
  return { ...placed, response };
}

function putResponse(context: OperationContext, { resource, method }: PlacedMethod, response: Response): Response {
  checkResponseParameters(response.responseParameters);
  requireModels(context, resource.restApiId, response.responseModels);
  const methodResponses = { ...method.methodResponses, [response.statusCode ?? ""]: response };
  putMethodAt(context, resource, { ...method, methodResponses });
  return response;
}

export function putMethodResponse(context: OperationContext, input: Wire<sdk.PutMethodResponseRequest>) {
  const placed = requireMethod(context, input);
  const { statusCode = "", responseParameters, responseModels } = input;
  if (placed.method.methodResponses?.[statusCode] !== undefined) {
    throw conflict("Response already exists for this resource");
  }
  return putResponse(context, placed, present({ statusCode, responseParameters, responseModels }));
}

export function getMethodResponse(context: OperationContext, input: Wire<sdk.GetMethodResponseRequest>) {
  return requireResponse(context, input).response;
}

const RESPONSE_RULES: PatchRules<Response> = {
  "/responseParameters/*": parameters("responseParameters"),
  "/responseModels/*": models("responseModels"),
};

/** AWS answers it with 201. */
export function updateMethodResponse(context: OperationContext, input: Wire<sdk.UpdateMethodResponseRequest>) {
  const { response, ...placed } = requireResponse(context, input);
  return putResponse(context, placed, patched(response, input.patchOperations, RESPONSE_RULES));
}

export function deleteMethodResponse(context: OperationContext, input: Wire<sdk.DeleteMethodResponseRequest>) {
  const { resource, method, response } = requireResponse(context, input);
  const methodResponses = without(method.methodResponses, response.statusCode ?? "");
  putMethodAt(context, resource, { ...method, methodResponses });
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

export const methodResponseResource = defineResource("aws_api_gateway_method_response", {
  service: "apigateway",
  id: "agmr-<rest_api_id>-<resource_id>-<http_method>-<status_code>",
  importId: "<rest_api_id>/<resource_id>/<http_method>/<status_code>",
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  create: "PutMethodResponse",
  read: "GetMethodResponse",
  // The real provider neither replaces it for another status nor changes that: it patches a response that does not exist.
  update: byPatches("UpdateMethodResponse", {
    response_models: "/responseModels",
    response_parameters: "/responseParameters",
  }),
  delete: "DeleteMethodResponse",
});
