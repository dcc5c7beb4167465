/**
 * Resources of a REST API with their methods, and who may call a method. What is changed here is not live before a
 * deployment.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateMethod.html
 */
import { type Attributes, number, optionalText, text, textMap, texts } from "../../attributes";
import { apiResource } from "../../resources/apigateway";
import { integration, integrationResponse, method, methodResponse } from "../../resources/apigateway-method";
import { badRequest, notFound } from "../../resources/apigateway-rules";
import { byHand, changeByHand } from "../../resources/by-hand";
import { type ApiGatewayOperation, findApi, findResource, ofApi, pageOfItems } from "./apigateway-parts";
import { changesOf, patchesIn } from "./apigateway-patch";
import { type ApiPlace, type Json, parseJson, present } from "./aws-api";
import type { RestCall } from "./rest-api";

/** `GetResources`; with `embed=methods`, methods are described as {@link getMethod} does. */
export const getResources: ApiGatewayOperation = async (place, call) => {
  const root = { id: text(findApi(place, call), "root_resource_id"), path: "/" };
  const resources: readonly Attributes[] = [root, ...ofApi(place, call, apiResource.type)];
  const isEmbedded = call.query["embed"] === "methods";
  return pageOfItems(
    resources.map((resource) => describeResource(place, call, resource, isEmbedded)),
    call,
  );
};

/** `GetMethod`. */
export const getMethod: ApiGatewayOperation = async (place, call) =>
  describeMethod(place, call, findMethod(place, call));

/** `UpdateMethod`, of what decides who may call. */
export const updateMethod: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const before = findMethod(place, call);
    const changes = changesOf(patchesIn(parseJson(call.request.body)), scopesAndMore(before), {
      "/apiKeyRequired": { replace: (value) => ({ api_key_required: booleanOf(value) }) },
      "/authorizationScopes": {
        add: (value, { authorization_scopes: scopes }) => ({ authorization_scopes: [...new Set([...scopes, value])] }),
        remove: (value, { authorization_scopes: scopes }) => ({
          authorization_scopes: scopes.filter((scope) => scope !== value),
        }),
      },
      "/authorizationType": { replace: (value) => ({ authorization: value }) },
      "/authorizerId": { replace: (value) => ({ authorizer_id: value === "" ? null : value }) },
    });
    const { authorization_scopes: scopes } = changes;
    const authorization_scopes = scopes.length === 0 ? null : scopes;
    return describeMethod(place, call, await changeByHand(method, place, before, { ...changes, authorization_scopes }));
  });

function scopesAndMore(existing: Attributes) {
  return {
    api_key_required: existing["api_key_required"] === true,
    authorization: text(existing, "authorization"),
    authorization_scopes: texts(existing, "authorization_scopes"),
    authorizer_id: optionalText(existing, "authorizer_id") ?? null,
  };
}

function booleanOf(value: string): boolean {
  if (value === "true" || value === "false") return value === "true";
  throw badRequest(`Invalid value '${value}', expected true or false`);
}

/** The method of the path. @throws {AwsError} `NotFoundException` */
export function findMethod(place: ApiPlace, call: RestCall): Attributes {
  const resource = findResource(place, call);
  const found = ofApi(place, call, method.type).find(
    ({ resource_id, http_method }) => resource_id === resource["id"] && http_method === call.parts["http_method"],
  );
  if (found === undefined) throw notFound("Method identifier");
  return found;
}

/** A resource as AWS tells it. @param isEmbedded whether its methods are told, too, and not only named */
export function describeResource(place: ApiPlace, call: RestCall, resource: Attributes, isEmbedded: boolean): Json {
  const methods = ofApi(place, call, method.type).filter(({ resource_id }) => resource_id === resource["id"]);
  const described = methods.map((one) => [
    text(one, "http_method"),
    isEmbedded ? describeMethod(place, call, one) : {},
  ]);
  return present({
    id: text(resource, "id"),
    parentId: optionalText(resource, "parent_id"),
    pathPart: optionalText(resource, "path_part"),
    path: text(resource, "path"),
    resourceMethods: methods.length === 0 ? undefined : Object.fromEntries(described),
  });
}

/** A method as AWS tells it. */
export function describeMethod(place: ApiPlace, call: RestCall, existing: Attributes): Json {
  const ofMethod = (type: string) =>
    ofApi(place, call, type).filter(
      (part) => part["resource_id"] === existing["resource_id"] && part["http_method"] === existing["http_method"],
    );
  const [integrated] = ofMethod(integration.type);
  return present({
    httpMethod: text(existing, "http_method"),
    authorizationType: text(existing, "authorization"),
    authorizerId: optionalText(existing, "authorizer_id"),
    apiKeyRequired: existing["api_key_required"] === true,
    requestValidatorId: optionalText(existing, "request_validator_id"),
    operationName: optionalText(existing, "operation_name"),
    requestParameters: mapOrNone(existing, "request_parameters"),
    methodResponses: byStatus(ofMethod(methodResponse.type), (response) => ({
      responseParameters: mapOrNone(response, "response_parameters"),
      responseModels: mapOrNone(response, "response_models"),
    })),
    methodIntegration: integrated && describeIntegration(integrated, ofMethod(integrationResponse.type)),
    authorizationScopes: listOrNone(existing, "authorization_scopes"),
  });
}

function describeIntegration(existing: Attributes, responses: readonly Attributes[]): Json {
  return present({
    type: text(existing, "type"),
    httpMethod: optionalText(existing, "integration_http_method"),
    uri: optionalText(existing, "uri"),
    connectionType: optionalText(existing, "connection_type"),
    requestParameters: mapOrNone(existing, "request_parameters"),
    requestTemplates: mapOrNone(existing, "request_templates"),
    passthroughBehavior: optionalText(existing, "passthrough_behavior"),
    timeoutInMillis: number(existing, "timeout_milliseconds", 29_000),
    cacheNamespace: optionalText(existing, "cache_namespace"),
    cacheKeyParameters: texts(existing, "cache_key_parameters"),
    responseTransferMode: optionalText(existing, "response_transfer_mode"),
    integrationResponses: byStatus(responses, (response) => ({
      selectionPattern: optionalText(response, "selection_pattern"),
      responseParameters: mapOrNone(response, "response_parameters"),
      responseTemplates: mapOrNone(response, "response_templates"),
    })),
  });
}

function byStatus(responses: readonly Attributes[], members: (response: Attributes) => Json): Json | undefined {
  if (responses.length === 0) return undefined;
  return Object.fromEntries(
    responses.map((response) => {
      const statusCode = text(response, "status_code");
      return [statusCode, present({ statusCode, ...members(response) })];
    }),
  );
}

/** A map of texts or booleans as it is kept; `undefined` when it is empty. */
function mapOrNone(attributes: Attributes, name: string): unknown {
  return Object.keys(textMap(attributes, name)).length === 0 ? undefined : attributes[name];
}

function listOrNone(attributes: Attributes, name: string): readonly string[] | undefined {
  const list = texts(attributes, name);
  return list.length === 0 ? undefined : list;
}
