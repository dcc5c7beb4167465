/** Methods that are public, or that require no token with one of their scopes. */

import { isUnset, type StackJson, type StackResource } from "../contract/stack-json";
import { hasReason } from "../declared-reason";
import {
  type AuthorizerSpelling,
  authorizerFindings,
  HTTP_AUTHORIZER,
  REST_AUTHORIZER,
  scopeFindings,
} from "./authorizer-guards";
import { certainText } from "./certainty";
import { type Guard, type GuardTable, perStack, shown, when } from "./guard";

/** How a kind of API spells what a method demands. */
interface Spelling {
  readonly authorization: string;
  readonly authorizer: AuthorizerSpelling;
  readonly wayOut: string;
}

const OR_PUBLIC = "with an authorizer and scopes, or declare it public with a reason (declarePublic)";
const REST: Spelling = {
  authorization: "authorization",
  authorizer: REST_AUTHORIZER,
  wayOut: `Set COGNITO_USER_POOLS ${OR_PUBLIC}`,
};
const HTTP: Spelling = {
  authorization: "authorization_type",
  authorizer: HTTP_AUTHORIZER,
  wayOut: `Set JWT ${OR_PUBLIC}`,
};

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-enable-cognito-user-pool.html */
export const methodGuards: GuardTable = {
  aws_api_gateway_method: (method, stack) => (isPreflight(method, stack) ? [] : demands(REST)(method, stack)),
  aws_apigatewayv2_route: demands(HTTP),
};

function demands({ authorization, authorizer, wayOut }: Spelling): Guard {
  return ({ attributes, reason }, stack) => {
    const demanded = authorizer.ofPool;
    const given = attributes[authorization];
    const found = isUnset(given) ? "NONE" : certainText(given, stack);
    if (found === "NONE") {
      return when(!hasReason(reason), `it is public: ${authorization} is NONE`, wayOut);
    }
    if (found !== demanded) {
      return when(true, `${authorization} is ${shown(given)} instead of ${demanded}`, wayOut);
    }
    return [
      ...authorizerFindings(attributes["authorizer_id"], authorizer, stack),
      ...scopeFindings(attributes["authorization_scopes"], stack),
    ];
  };
}

/**
 * An OPTIONS that API Gateway answers itself: browsers send it without a token, and it reaches nothing. Of several
 * integrations, the one that is created last counts.
 */
function isPreflight(method: StackResource, stack: StackJson): boolean {
  const { http_method, authorization } = method.attributes;
  if (certainText(http_method, stack) !== "OPTIONS" || certainText(authorization ?? "NONE", stack) !== "NONE") {
    return false;
  }
  const place = placeOf(method, stack);
  const found = integrationsIn(stack).map((one) => ({ isMock: one.isMock, match: compared(one.place, place) }));
  return found.some(({ match }) => match === "same") && found.every((one) => one.isMock || one.match === "different");
}

/** API, resource and verb, as far as they are certain. */
type Place = readonly (string | undefined)[];

const integrationsIn = perStack((stack) =>
  stack.ofType("aws_api_gateway_integration").map((integration) => {
    const isMock = certainText(integration.attributes["type"], stack) === "MOCK";
    return { isMock, place: placeOf(integration, stack) };
  }),
);

function placeOf({ attributes }: StackResource, stack: StackJson): Place {
  return ["rest_api_id", "resource_id", "http_method"].map((name) => certainText(attributes[name], stack));
}

/** Whether both are the same; `unknown` as far as one of them is not certain. */
function compared(one: Place, other: Place): "same" | "different" | "unknown" {
  const found = one.map((text, index) => comparedTexts(text, other[index]));
  if (found.includes("different")) return "different";
  return found.includes("unknown") ? "unknown" : "same";
}

function comparedTexts(one: string | undefined, other: string | undefined) {
  if (one === undefined || other === undefined) return "unknown";
  if (one === other) return "same";
  // A data source, or an id that is written, may be of the same resource.
  const areLiterals = !one.includes("${") && !other.includes("${");
  const areOfStack = one.startsWith("${aws_") && other.startsWith("${aws_");
  return areLiterals || areOfStack ? "different" : "unknown";
}
