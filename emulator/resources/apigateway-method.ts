/** Methods of a REST API and what answers them: integrations and the responses that both declare. */
import { type Attributes, text } from "../attributes";
import { defineKind, type Place } from "../provider/kind";
import { partOfApi, requireResource } from "./apigateway";
import { authorizer } from "./apigateway-access";
import { badRequest, composedId, notFound, refuseExisting, slashed } from "./apigateway-rules";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method */
export const method = defineKind("aws_api_gateway_method", {
  forceNew: ["http_method", "resource_id", "rest_api_id"],
  defaults: { api_key_required: false },
  refused: ["request_models", "request_validator_id"],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  create(given, place) {
    requireResource(given, place);
    checkAuthorization(given, place);
    const id = composedId("agm", given, "http_method");
    refuseExisting(method, id, place, "Method already exists for this resource");
    return { id };
  },
  update(given, _prior, place) {
    checkAuthorization(given, place);
    return {};
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_response */
export const methodResponse = defineKind("aws_api_gateway_method_response", {
  forceNew: ["http_method", "resource_id", "rest_api_id", "status_code"],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  create(given, place) {
    requireMethod(given, place);
    const id = composedId("agmr", given, "http_method", "status_code");
    refuseExisting(methodResponse, id, place, "Response already exists for this resource");
    return { id };
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration */
export const integration = defineKind("aws_api_gateway_integration", {
  forceNew: [
    "credentials",
    "http_method",
    "integration_http_method",
    "passthrough_behavior",
    "resource_id",
    "rest_api_id",
    "type",
  ],
  defaults: { connection_type: "INTERNET", timeout_milliseconds: 29_000 },
  refused: [
    "connection_id",
    "content_handling",
    "credentials",
    "request_parameters",
    "cache_key_parameters",
    "tls_config",
  ],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  validate({ type }) {
    if (typeof type !== "string" || ["AWS_PROXY", "MOCK"].includes(type)) return;
    throw badRequest(`integration type ${type} is not emulated; emulated are AWS_PROXY and MOCK`);
  },
  create(given, place) {
    requireMethod(given, place);
    checkIntegration(given);
    return {
      id: composedId("agi", given, "http_method"),
      cache_namespace: given["cache_namespace"] ?? text(given, "resource_id"),
      passthrough_behavior: given["passthrough_behavior"] ?? "WHEN_NO_MATCH",
    };
  },
  update(given) {
    checkIntegration(given);
    return {};
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration_response */
export const integrationResponse = defineKind("aws_api_gateway_integration_response", {
  forceNew: ["http_method", "resource_id", "rest_api_id", "status_code"],
  refused: ["content_handling", "selection_pattern"],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  create(given, place) {
    requireMethod(given, place);
    const { account, region } = place;
    if (account.get(integration.type, `${region}/${composedId("agi", given, "http_method")}`) === undefined) {
      throw notFound("Integration");
    }
    return { id: composedId("agir", given, "http_method", "status_code") };
  },
});

for (const kind of [method, methodResponse, integration, integrationResponse]) partOfApi(kind);

function requireMethod(given: Attributes, place: Place): void {
  requireResource(given, place);
  const id = composedId("agm", given, "http_method");
  if (place.account.get(method.type, `${place.region}/${id}`) === undefined) throw notFound("Method");
}

function checkAuthorization(given: Attributes, place: Place): void {
  const kind = text(given, "authorization");
  if (kind === "NONE") return;
  if (kind !== "COGNITO_USER_POOLS") throw badRequest(`authorization ${kind} is not emulated`);
  const id = given["authorizer_id"];
  const found = typeof id === "string" ? place.account.get(authorizer.type, `${place.region}/${id}`) : undefined;
  if (found === undefined || found.attributes["rest_api_id"] !== given["rest_api_id"]) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
}

function checkIntegration(given: Attributes): void {
  if (given["type"] !== "AWS_PROXY") return;
  if (given["integration_http_method"] !== "POST") {
    throw badRequest("Enumeration value for HttpMethod must be non-empty: Lambda functions are invoked by POST");
  }
  if (!/:lambda:path\/.*\/functions\/arn:aws:lambda:.*\/invocations$/.test(`${given["uri"]}`)) {
    throw badRequest("Invalid ARN specified in the request");
  }
}
