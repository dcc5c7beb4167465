/**
 * Gateway responses: what API Gateway itself answers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_gateway_response
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import { AwsError } from "../../errors";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import type { Attributes } from "../../terraform/attributes";
import type { Aws } from "../../terraform/aws";
import { defineResource } from "../../terraform/resource";
import { checkGatewayResponse } from "./mappings";
import { entries, type PatchRules, type PatchTexts, patched, replacing } from "./patch";
import { requireApi } from "./rest-api";
import { type ApiPart, ApiPartTable, badRequest } from "./rules";

/** A gateway response as the account keeps it: only those that were set. */
export interface GatewayResponseRecord extends Wire<sdk.GatewayResponse>, ApiPart {
  readonly responseType: sdk.GatewayResponseType;
}

export const gatewayResponses = new ApiPartTable<GatewayResponseRecord>(
  "GatewayResponse",
  ({ responseType }) => responseType,
);

/** AWS's own statuses, in the order of lists. */
const STATUSES: Readonly<Record<sdk.GatewayResponseType, string | undefined>> = {
  ACCESS_DENIED: "403",
  API_CONFIGURATION_ERROR: "500",
  AUTHORIZER_CONFIGURATION_ERROR: "500",
  AUTHORIZER_FAILURE: "500",
  BAD_REQUEST_BODY: "400",
  BAD_REQUEST_PARAMETERS: "400",
  DEFAULT_4XX: undefined,
  DEFAULT_5XX: undefined,
  EXPIRED_TOKEN: "403",
  INTEGRATION_FAILURE: "504",
  INTEGRATION_TIMEOUT: "504",
  INVALID_API_KEY: "403",
  INVALID_SIGNATURE: "403",
  MISSING_AUTHENTICATION_TOKEN: "403",
  QUOTA_EXCEEDED: "429",
  REQUEST_TOO_LARGE: "413",
  RESOURCE_NOT_FOUND: "404",
  THROTTLED: "429",
  UNAUTHORIZED: "401",
  UNSUPPORTED_MEDIA_TYPE: "415",
  WAF_FILTERED: "403",
};
const TYPES = Object.keys(STATUSES) as sdk.GatewayResponseType[];
const DEFAULT_TEMPLATES = { "application/json": '{"message":$context.error.messageString}' };

type Response = Wire<sdk.GatewayResponse>;

/** The response as it is in effect: as it was set, or as the response for all errors of its class, or AWS's own. */
function describe(context: TablePlace, restApiId: string, responseType: sdk.GatewayResponseType): Response {
  const own = gatewayResponses.find(context, restApiId, responseType);
  if (own !== undefined) {
    const { restApiId: _, ...response } = own;
    return { ...response, defaultResponse: false };
  }
  const status = STATUSES[responseType];
  const className = (status ?? "") < "500" ? "DEFAULT_4XX" : "DEFAULT_5XX";
  const ofClass = status === undefined ? undefined : gatewayResponses.find(context, restApiId, className);
  return present({
    responseType,
    statusCode: ofClass?.statusCode ?? status,
    responseParameters: ofClass?.responseParameters ?? {},
    responseTemplates: ofClass?.responseTemplates ?? DEFAULT_TEMPLATES,
    defaultResponse: true,
  });
}

function put(context: TablePlace, restApiId: string, response: Response): Response {
  checkGatewayResponse(response);
  const { defaultResponse: _, ...kept } = present(response) as GatewayResponseRecord;
  gatewayResponses.put(context, { ...kept, restApiId });
  return describe(context, restApiId, kept.responseType);
}

export function putGatewayResponse(context: OperationContext, input: Wire<sdk.PutGatewayResponseRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const { responseType = "DEFAULT_4XX" } = input;
  return put(context, id, {
    responseType,
    statusCode: input.statusCode ?? STATUSES[responseType],
    responseParameters: input.responseParameters ?? {},
    responseTemplates: input.responseTemplates ?? DEFAULT_TEMPLATES,
  });
}

export function getGatewayResponse(context: OperationContext, input: Wire<sdk.GetGatewayResponseRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return describe(context, id, input.responseType ?? "DEFAULT_4XX");
}

/** All of them: the list has one page. */
export function getGatewayResponses(context: OperationContext, input: Wire<sdk.GetGatewayResponsesRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return { items: TYPES.map((type) => describe(context, id, type)) };
}

const missing = () => new AwsError("NotFoundException", "Invalid parameter name specified", 404);
const requireValue = (member: string) => (value: string) => {
  if (value === "") throw badRequest(`Invalid null or empty value in ${member}`);
  return value;
};

const PATCHES: PatchRules<Response> = {
  "/statusCode": replacing("statusCode"),
  "/responseParameters/*": entries("responseParameters", missing, requireValue("responseParameters")),
  "/responseTemplates/*": entries("responseTemplates", missing, requireValue("responseTemplates")),
};

/** AWS words an operation that a path does not have as it words an unknown path. */
const TEXTS: PatchTexts = {
  unknownPath: ({ path = null }) => `Invalid patch path ${path}`,
  unknownOperation: ({ path }) => `Invalid patch path ${path}`,
};

/** Of a response that was never set, this sets one that starts as AWS's own. */
export function updateGatewayResponse(context: OperationContext, input: Wire<sdk.UpdateGatewayResponseRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const response = describe(context, id, input.responseType ?? "DEFAULT_4XX");
  const changed = patched(response, input.patchOperations, PATCHES, TEXTS);
  return put(context, id, { responseParameters: {}, responseTemplates: {}, ...changed });
}

export function deleteGatewayResponse(context: OperationContext, input: Wire<sdk.DeleteGatewayResponseRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const found = gatewayResponses.find(context, id, input.responseType);
  if (found === undefined) throw new AwsError("NotFoundException", "Gateway response type not defined on api", 404);
  gatewayResponses.delete(context, found);
  return {};
}

async function putByOperation(planned: Attributes, aws: Aws): Promise<Attributes> {
  await aws.call("PutGatewayResponse", aws.inputOf("PutGatewayResponse", planned));
  return {};
}

/**
 * As with the real provider, a plan tells of AWS's own template and status where the configuration has none.
 */
export const gatewayResponseResource = defineResource("aws_api_gateway_gateway_response", {
  service: "apigateway",
  id: "aggr-<rest_api_id>-<response_type>",
  importId: "<rest_api_id>/<response_type>",
  forceNew: ["response_type", "rest_api_id"],
  create: putByOperation,
  // A deleted one is found as AWS's own.
  read: "GetGatewayResponse",
  update: async (planned, _prior, aws) => {
    await putByOperation(planned, aws);
  },
  delete: "DeleteGatewayResponse",
});
