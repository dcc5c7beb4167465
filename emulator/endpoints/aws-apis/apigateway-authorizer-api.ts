/**
 * Authorizers of a REST API. What is changed here is not live before a deployment.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAuthorizer.html
 */
import { type Attributes, text, texts } from "../../attributes";
import { authorizer } from "../../resources/apigateway-access";
import { badRequest, notFound } from "../../resources/apigateway-rules";
import { byHand, changeByHand, createByHand, removeByHand } from "../../resources/by-hand";
import { optionalTexts, refuseOthers, requiredText } from "./api-input";
import { type ApiGatewayOperation, findApi, ofApi, pageOfItems } from "./apigateway-parts";
import { changesOf, patchesIn } from "./apigateway-patch";
import { type ApiPlace, type Json, parseJson } from "./aws-api";
import { RestAnswer, type RestCall } from "./rest-api";

const POOL_ARN = /^arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/;

/** `GetAuthorizer`. */
export const getAuthorizer: ApiGatewayOperation = async (place, call) => describe(find(place, call));

/** `GetAuthorizers`. */
export const getAuthorizers: ApiGatewayOperation = async (place, call) =>
  pageOfItems(ofApi(place, call, authorizer.type).map(describe), call);

/** `UpdateAuthorizer`. */
export const updateAuthorizer: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const before = find(place, call);
    const changes = changesOf(patchesIn(parseJson(call.request.body)), settingsOf(before), {
      "/identitySource": { replace: (value) => ({ identity_source: value }) },
      "/name": { replace: (value) => ({ name: value }) },
      "/providerARNs": {
        add: (value, { provider_arns: arns }) => ({ provider_arns: [...new Set([...arns, poolArn(value)])] }),
        remove: (value, { provider_arns: arns }) => ({ provider_arns: arns.filter((arn) => arn !== value) }),
      },
    });
    return describe(await changeByHand(authorizer, place, before, changes));
  });

/** `CreateAuthorizer`. */
export const createAuthorizer: ApiGatewayOperation = (place, call) =>
  byHand(place, async () => {
    const input = parseJson(call.request.body);
    refuseOthers(input, ["name", "type", "providerARNs", "identitySource", "authorizerResultTtlInSeconds"]);
    const made = await createByHand(authorizer, place, {
      rest_api_id: text(findApi(place, call), "id"),
      name: requiredText(input, "name"),
      type: requiredText(input, "type"),
      provider_arns: optionalTexts(input, "providerARNs") ?? null,
      identity_source: requiredText(input, "identitySource"),
    });
    return new RestAnswer(201, describe(made));
  });

/** `DeleteAuthorizer`; a method that refers to it stands in the way. */
export const deleteAuthorizer: ApiGatewayOperation = (place, call) =>
  byHand(place, () => {
    removeByHand(authorizer, place, find(place, call));
    return new RestAnswer(202, "");
  });

function settingsOf(existing: Attributes) {
  return {
    identity_source: text(existing, "identity_source"),
    name: text(existing, "name"),
    provider_arns: texts(existing, "provider_arns"),
  };
}

function poolArn(value: string): string {
  if (POOL_ARN.test(value)) return value;
  throw badRequest(`Invalid ARN specified in the request. Expected one of a user pool, got '${value}'`);
}

function find(place: ApiPlace, call: RestCall): Attributes {
  const found = ofApi(place, call, authorizer.type).find(({ id }) => id === call.parts["authorizer_id"]);
  if (found === undefined) throw notFound("Authorizer identifier");
  return found;
}

function describe(existing: Attributes): Json {
  return {
    id: text(existing, "id"),
    name: text(existing, "name"),
    type: text(existing, "type"),
    providerARNs: texts(existing, "provider_arns"),
    authType: "cognito_user_pools",
    identitySource: text(existing, "identity_source"),
  };
}
