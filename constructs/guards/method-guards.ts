/** Methods that are public, or that require no token with one of their scopes. */
import { isUnset, listOf, type StackJson, type StackResource } from "../contract/stack-json";
import { type Guard, type GuardTable, shown, when } from "./guard";

/** How a kind of API spells what a method demands. */
interface Spelling {
  readonly authorization: string;
  readonly demanded: string;
  readonly wayOut: string;
}

const REST: Spelling = {
  authorization: "authorization",
  demanded: "COGNITO_USER_POOLS",
  wayOut: "Set COGNITO_USER_POOLS with an authorizer and scopes, or declare it public with a reason (declarePublic)",
};
const HTTP: Spelling = {
  authorization: "authorization_type",
  demanded: "JWT",
  wayOut: "Set JWT with an authorizer and scopes",
};

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html */
export const methodGuards: GuardTable = {
  aws_api_gateway_method: (method, stack) => (isPreflight(method, stack) ? [] : demands(REST)(method, stack)),
  aws_apigatewayv2_route: demands(HTTP),
};

function demands({ authorization, demanded, wayOut }: Spelling): Guard {
  return ({ attributes, reason = "" }) => {
    const given = isUnset(attributes[authorization]) ? "NONE" : attributes[authorization];
    if (given === "NONE") {
      return when(reason.trim() === "", `it is public: ${authorization} is NONE`, wayOut);
    }
    if (given !== demanded) {
      return when(true, `${authorization} is ${shown(given)} instead of ${demanded}`, wayOut);
    }
    const scopes = attributes["authorization_scopes"];
    return [
      ...when(isUnset(attributes["authorizer_id"]), "it has no authorizer_id", "Name the authorizer of the user pool"),
      ...when(
        !hasScopes(scopes),
        isUnset(scopes) || Array.isArray(scopes)
          ? "it has no authorization_scopes, so it accepts ID tokens and denies access tokens"
          : `authorization_scopes is ${shown(scopes)}, which cannot be checked before deployment`,
        "List the scopes as <resource server>/<scope>",
      ),
    ];
  };
}

function hasScopes(scopes: unknown): boolean {
  return Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => !isUnset(scope));
}

/** An OPTIONS that API Gateway answers itself: browsers send it without a token, and it reaches nothing. */
function isPreflight(method: StackResource, stack: StackJson): boolean {
  if (method.attributes["http_method"] !== "OPTIONS") return false;
  const integrations = stack
    .ofType("aws_api_gateway_integration")
    .filter((integration) => belongs(integration, method));
  return integrations.length > 0 && integrations.every(({ attributes }) => attributes["type"] === "MOCK");
}

/** Whether the integration names the method's API, resource and verb, by the same text or by reference to the method. */
function belongs(integration: StackResource, method: StackResource): boolean {
  return ["rest_api_id", "resource_id", "http_method"].every((attribute) =>
    listOf([method.attributes[attribute], `\${${method.type}.${method.name}.${attribute}}`]).includes(
      integration.attributes[attribute],
    ),
  );
}
