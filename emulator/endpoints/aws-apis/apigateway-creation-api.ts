/**
 * What somebody adds to a REST API. It answers nobody before a deployment.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html
 */
import { text } from "../../attributes";
import { apiResource } from "../../resources/apigateway";
import { integration, method } from "../../resources/apigateway-method";
import { badRequest } from "../../resources/apigateway-rules";
import { byHand, createByHand } from "../../resources/by-hand";
import {
  optionalBoolean,
  optionalNumber,
  optionalText,
  optionalTextMap,
  optionalTexts,
  refuseOthers,
  requiredText,
} from "./api-input";
import { describeMethod, describeResource, findMethod } from "./apigateway-method-api";
import { type ApiGatewayOperation, findApi, findResource } from "./apigateway-parts";
import { parseJson } from "./aws-api";
import { RestAnswer } from "./rest-api";

const METHODS: readonly string[] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];
const MOST_MILLISECONDS = 29_000;

/** `CreateResource`, below the resource of the path. */
export const createResource: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const input = parseJson(call.request.body);
    refuseOthers(input, ["pathPart"]);
    const made = await createByHand(apiResource, place, {
      rest_api_id: text(findApi(place, call), "id"),
      parent_id: text(findResource(place, call), "id"),
      path_part: requiredText(input, "pathPart"),
    });
    return new RestAnswer(201, describeResource(place, call, made, false));
  });

/** `PutMethod`, where there is none yet. */
export const putMethod: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const http_method = call.parts["http_method"] ?? "";
    if (!METHODS.includes(http_method)) throw badRequest(`Invalid HttpMethod specified. Valid options are ${METHODS}`);
    const input = parseJson(call.request.body);
    const played = ["authorizationType", "authorizerId", "authorizationScopes", "apiKeyRequired", "operationName"];
    refuseOthers(input, played);
    const made = await createByHand(method, place, {
      rest_api_id: text(findApi(place, call), "id"),
      resource_id: text(findResource(place, call), "id"),
      http_method,
      authorization: requiredText(input, "authorizationType"),
      authorizer_id: optionalText(input, "authorizerId") ?? null,
      authorization_scopes: optionalTexts(input, "authorizationScopes") ?? null,
      api_key_required: optionalBoolean(input, "apiKeyRequired") ?? false,
      operation_name: optionalText(input, "operationName") ?? null,
    });
    return new RestAnswer(201, describeMethod(place, call, made));
  });

/** `PutIntegration`, in place of the one that the method may have; its responses stay, which is unconfirmed. */
export const putIntegration: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const input = parseJson(call.request.body);
    const played = ["type", "httpMethod", "uri", "requestParameters", "requestTemplates", "passthroughBehavior"];
    refuseOthers(input, [...played, "timeoutInMillis"]);
    const existing = findMethod(place, call);
    const { rest_api_id = null, resource_id = null, http_method = null } = existing;
    await createByHand(integration, place, {
      ...{ rest_api_id, resource_id, http_method },
      type: requiredText(input, "type"),
      integration_http_method: optionalText(input, "httpMethod") ?? null,
      uri: optionalText(input, "uri") ?? null,
      request_parameters: optionalTextMap(input, "requestParameters") ?? null,
      request_templates: optionalTextMap(input, "requestTemplates") ?? null,
      passthrough_behavior: optionalText(input, "passthroughBehavior") ?? null,
      timeout_milliseconds: optionalNumber(input, "timeoutInMillis", 50, MOST_MILLISECONDS) ?? MOST_MILLISECONDS,
    });
    return new RestAnswer(201, describeMethod(place, call, existing)["methodIntegration"] ?? {});
  });
