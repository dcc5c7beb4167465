/**
 * Gateway responses: what API Gateway itself answers.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GatewayResponse.html
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_gateway_response
 */
import type * as sdk from "@aws-sdk/client-api-gateway";
import type { TablePlace } from "../../account/table";
import type { OperationContext } from "../../protocols/service";
import { present, type Wire } from "../../protocols/values";
import { defineResource } from "../../terraform/resource";
import { checkGatewayResponse } from "./mappings";
import { entries, type PatchRules, type PatchText, patched, replacing } from "./patch";
import { type GatewayResponseRecord, gatewayResponses, requireApi } from "./records";
import { badRequest, missing, notFound } from "./refusals";
import { creating } from "./shared-operations";

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
const DEFAULT_TEMPLATES = { "application/json": '{"message":$context.error.messageString}' };

type Response = Wire<sdk.GatewayResponse>;

/** The response in effect: as it was set, or else with what is set for all errors of its class, or else AWS's own. */
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
  const { responseType = "DEFAULT_4XX", responseParameters = {}, responseTemplates = DEFAULT_TEMPLATES } = input;
  const statusCode = input.statusCode ?? STATUSES[responseType];
  const { id } = requireApi(context, input.restApiId);
  return put(context, id, { responseType, statusCode, responseParameters, responseTemplates });
}

export function getGatewayResponse(context: OperationContext, input: Wire<sdk.GetGatewayResponseRequest>) {
  return describe(context, requireApi(context, input.restApiId).id, input.responseType ?? "DEFAULT_4XX");
}

/** All of them: the list has one page. */
export function getGatewayResponses(context: OperationContext, input: Wire<sdk.GetGatewayResponsesRequest>) {
  const { id } = requireApi(context, input.restApiId);
  return { items: (Object.keys(STATUSES) as sdk.GatewayResponseType[]).map((type) => describe(context, id, type)) };
}

const requireValue = (member: string) => (value: string) => {
  if (value === "") throw badRequest(`Invalid null or empty value in ${member}`);
  return value;
};
const noParameter = () => notFound("parameter name");

const RULES: PatchRules<Response> = {
  "/statusCode": replacing("statusCode"),
  "/responseParameters/*": entries("responseParameters", noParameter, requireValue("responseParameters")),
  "/responseTemplates/*": entries("responseTemplates", noParameter, requireValue("responseTemplates")),
};

/** Of a response that was never set, this sets one that starts as AWS's own. */
export function updateGatewayResponse(context: OperationContext, input: Wire<sdk.UpdateGatewayResponseRequest>) {
  const { id } = requireApi(context, input.restApiId);
  const response = describe(context, id, input.responseType ?? "DEFAULT_4XX");
  // An operation that a path does not have is refused as an unknown path.
  const text: PatchText = ({ path = null }) => `Invalid patch path ${path}`;
  const changed = patched(response, input.patchOperations, RULES, text);
  return put(context, id, { responseParameters: {}, responseTemplates: {}, ...changed });
}

export function deleteGatewayResponse(context: OperationContext, input: Wire<sdk.DeleteGatewayResponseRequest>) {
  const found = gatewayResponses.find(context, requireApi(context, input.restApiId).id, input.responseType);
  if (found === undefined) throw missing("Gateway response type not defined on api");
  gatewayResponses.delete(context, found);
  return {};
}

const putAll = creating("PutGatewayResponse");

/** As with the real provider, a plan has AWS's own template and status where the configuration has none. */
export const gatewayResponseResource = defineResource("aws_api_gateway_gateway_response", {
  service: "apigateway",
  id: "aggr-<rest_api_id>-<response_type>",
  importId: "<rest_api_id>/<response_type>",
  forceNew: ["response_type", "rest_api_id"],
  create: putAll,
  // A deleted one is found as AWS's own.
  read: "GetGatewayResponse",
  update: async (planned, _prior, aws) => void (await putAll(planned, aws)),
  delete: "DeleteGatewayResponse",
});
