/**
 * Request validators: what a request must carry before its integration is called.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_RequestValidator.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_request_validator
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { OperationContext } from "../../protocols/service";
import type { Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { byPatches, isTrue, listingText, replacing } from "./patch";
import { type RequestValidatorRecord, requestValidators, restApis } from "./records";
import { badRequest } from "./refusals";
import { partTraits, sharedOperations, withoutApi } from "./shared-operations";

export function createRequestValidator(context: OperationContext, input: Wire<sdk.CreateRequestValidatorRequest>) {
  const { restApiId = "", name, validateRequestBody = false, validateRequestParameters = false } = input;
  if (restApis.get(context, restApiId) === undefined) throw badRequest("Invalid REST API identifier specified");
  const id = context.account.randomId(6);
  const given = { name: requireName(name), validateRequestBody, validateRequestParameters };
  return withoutApi(requestValidators.put(context, { restApiId, id, ...given }));
}

function requireName(name: string | undefined): string {
  if (name === undefined || name.trim() === "") throw badRequest("Request Validator name cannot be blank");
  return name;
}

interface ValidatorKey {
  readonly restApiId: string | undefined;
  readonly requestValidatorId: string | undefined;
}

export const operations = sharedOperations<RequestValidatorRecord, ValidatorKey>({
  ...partTraits("RequestValidator", requestValidators),
  require: (context, { restApiId, requestValidatorId }) =>
    requestValidators.require(context, restApiId, requestValidatorId),
  rules: {
    "/name": replacing("name", requireName),
    "/validateRequestParameters": replacing("validateRequestParameters", isTrue),
    "/validateRequestBody": replacing("validateRequestBody", isTrue),
  },
  text: listingText,
});

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
