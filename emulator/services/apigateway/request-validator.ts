/**
 * Request validators: what a request must carry before its integration is called.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RequestValidator.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_request_validator
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { pageOfItems } from "./pages";
import { byPatches, isTrue, listingTexts, type PatchRules, patched, replacing } from "./patch";
import { requireApi, restApis } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest, notFound } from "./rules";

/** A request validator as the account keeps it. */
export interface RequestValidatorRecord extends Wire<sdk.RequestValidator>, ApiPart {
  readonly id: string;
}

export const requestValidators = new ApiPartTable<RequestValidatorRecord>("RequestValidator", ({ id }) => id);

interface ValidatorKey {
  readonly restApiId: string | undefined;
  readonly requestValidatorId: string | undefined;
}

function requireValidator(context: TablePlace, { restApiId, requestValidatorId }: ValidatorKey) {
  const found = requestValidators.find(context, restApiId, requestValidatorId);
  if (found === undefined) throw notFound("Request Validator identifier");
  return found;
}

const describe = ({ restApiId: _, ...validator }: RequestValidatorRecord): Wire<sdk.RequestValidator> => validator;

export function createRequestValidator(context: OperationContext, input: Wire<sdk.CreateRequestValidatorRequest>) {
  const api = restApis.get(context, input.restApiId ?? "");
  if (api === undefined) throw badRequest("Invalid REST API identifier specified");
  const validator = requestValidators.put(context, {
    restApiId: api.id,
    id: context.account.randomId(6),
    name: requireName(input.name),
    validateRequestBody: input.validateRequestBody ?? false,
    validateRequestParameters: input.validateRequestParameters ?? false,
  });
  return describe(validator);
}

function requireName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw badRequest("Request Validator name cannot be blank");
  return name;
}

export function getRequestValidator(context: OperationContext, input: Wire<sdk.GetRequestValidatorRequest>) {
  return describe(requireValidator(context, input));
}

export function getRequestValidators(context: OperationContext, input: Wire<sdk.GetRequestValidatorsRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return pageOfItems(requestValidators.ofApi(context, id).map(describe), input);
}

const PATCHES: PatchRules<RequestValidatorRecord> = {
  "/name": replacing("name", requireName),
  "/validateRequestParameters": replacing("validateRequestParameters", isTrue),
  "/validateRequestBody": replacing("validateRequestBody", isTrue),
};

export function updateRequestValidator(context: OperationContext, input: Wire<sdk.UpdateRequestValidatorRequest>) {
  const validator = requireValidator(context, input);
  return describe(requestValidators.put(context, patched(validator, input.patchOperations, PATCHES, listingTexts)));
}

export function deleteRequestValidator(context: OperationContext, input: Wire<sdk.DeleteRequestValidatorRequest>) {
  requestValidators.delete(context, requireValidator(context, input));
  return {};
}

export const requestValidatorResource = defineResource("aws_api_gateway_request_validator", {
  service: "apigateway",
  names: { id: ["id", "requestValidatorId"] },
  importId: "<rest_api_id>/<id>",
  forceNew: ["rest_api_id"],
  defaults: { validate_request_body: false, validate_request_parameters: false },
  create: "CreateRequestValidator",
  read: "GetRequestValidator",
  update: byPatches("UpdateRequestValidator", {
    name: "/name",
    validate_request_body: "/validateRequestBody",
    validate_request_parameters: "/validateRequestParameters",
  }),
  delete: "DeleteRequestValidator",
});
