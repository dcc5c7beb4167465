/**
 * Method responses: statuses, headers and models that a method declares.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_MethodResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_response
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { checkResponseParameters } from "./mappings";
import { modelEntries, parameterEntries } from "./method";
import { requireModels } from "./model";
import { byPatches, type PatchRules, patched } from "./patch";
import { type MethodKey, putMethodAt, type ResourceRecord, requireMethod } from "./resource";
import { conflict, notFound } from "./rules";

type Response = Wire<sdk.MethodResponse>;

/** The response that the input names, with where it is. @throws {AwsError} `NotFoundException` */
function requireResponse(context: OperationContext, input: MethodKey & { readonly statusCode: string | undefined }) {
  const placed = requireMethod(context, input);
  const response = placed.method.methodResponses?.[input.statusCode ?? ""];
  if (response === undefined) throw notFound("Response status code");
  return { ...placed, response };
}

function put(context: OperationContext, resource: ResourceRecord, method: Wire<sdk.Method>, response: Response) {
  checkResponseParameters(response.responseParameters);
  requireModels(context, resource.restApiId, response.responseModels);
  const methodResponses = { ...method.methodResponses, [response.statusCode ?? ""]: response };
  putMethodAt(context, resource, { ...method, methodResponses });
  return response;
}

export function putMethodResponse(context: OperationContext, input: Wire<sdk.PutMethodResponseRequest>) {
  const { resource, method } = requireMethod(context, input);
  const { statusCode = "", responseParameters, responseModels } = input;
  if (method.methodResponses?.[statusCode] !== undefined) {
    throw conflict("Response already exists for this resource");
  }
  return put(context, resource, method, present({ statusCode, responseParameters, responseModels }));
}

export function getMethodResponse(context: OperationContext, input: Wire<sdk.GetMethodResponseRequest>) {
  return requireResponse(context, input).response;
}

const PATCHES: PatchRules<Response> = {
  "/responseParameters/*": parameterEntries("responseParameters"),
  "/responseModels/*": modelEntries("responseModels"),
};

/** AWS answers it with 201. */
export function updateMethodResponse(context: OperationContext, input: Wire<sdk.UpdateMethodResponseRequest>) {
  const { resource, method, response } = requireResponse(context, input);
  return put(context, resource, method, patched(response, input.patchOperations, PATCHES));
}

export function deleteMethodResponse(context: OperationContext, input: Wire<sdk.DeleteMethodResponseRequest>) {
  const { resource, method, response } = requireResponse(context, input);
  const { [response.statusCode ?? ""]: _, ...others } = method.methodResponses ?? {};
  const methodResponses = Object.keys(others).length === 0 ? undefined : others;
  putMethodAt(context, resource, { ...method, methodResponses });
  return {};
}

export const methodResponseResource = defineResource("aws_api_gateway_method_response", {
  service: "apigateway",
  id: "agmr-<rest_api_id>-<resource_id>-<http_method>-<status_code>",
  importId: "<rest_api_id>/<resource_id>/<http_method>/<status_code>",
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  create: "PutMethodResponse",
  read: "GetMethodResponse",
  // The real provider neither replaces it for another status nor can change that: it asks for a change of a response
  // that is not there.
  update: byPatches("UpdateMethodResponse", {
    response_models: "/responseModels",
    response_parameters: "/responseParameters",
  }),
  delete: "DeleteMethodResponse",
});
