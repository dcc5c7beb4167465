/** Methods of a REST API and what answers them: integrations and the responses that both declare. */
import { type Attributes, optionalText, text, textMap } from "../attributes";
import { UnsupportedError } from "../errors";
import { defineKind, type Kind, keyOf, type Place } from "../provider/kind";
import { partOfApi, requireResource } from "./apigateway";
import { authorizer } from "./apigateway-access";
import { checkRequestMappings, checkRequestParameters, checkResponse, checkTemplates } from "./apigateway-mappings";
import {
  badRequest,
  composedId,
  METHOD_KEY,
  notFound,
  refuseExisting,
  requireEmulated,
  slashed,
} from "./apigateway-rules";
import { requestValidator } from "./apigateway-validator";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method */
export const method = defineKind("aws_api_gateway_method", {
  forceNew: [...METHOD_KEY],
  defaults: { api_key_required: false },
  refused: ["api_key_required", "request_models"],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  validate(config) {
    requireEmulated("aws_api_gateway_method", "authorization", config, ["NONE", "COGNITO_USER_POOLS"]);
  },
  create(given, place) {
    requireResource(given, place);
    checkMethod(given, place);
    const id = composedId("agm", given, "http_method");
    refuseExisting(method, id, place, "Method already exists for this resource");
    return { id };
  },
  update(given, _prior, place) {
    checkMethod(given, place);
    return {};
  },
  remove(existing, { account }) {
    for (const kind of [methodResponse, integration, integrationResponse]) {
      for (const part of account.list(kind.type)) {
        const isOfMethod = METHOD_KEY.every((name) => part[name] === existing[name]);
        if (isOfMethod) account.delete(kind.type, keyOf(kind, part));
      }
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_method_response */
export const methodResponse = defineKind("aws_api_gateway_method_response", {
  forceNew: [...METHOD_KEY],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  create(given, place) {
    requireMethod(given, place);
    const id = composedId("agmr", given, "http_method", "status_code");
    refuseExisting(methodResponse, id, place, "Response already exists for this resource");
    return { id };
  },
  // The real provider neither replaces it nor can change it: it asks for a change of a response that is not there.
  update(given, prior) {
    if (given["status_code"] !== prior["status_code"]) throw notFound("Response status code");
    return {};
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
  refused: ["connection_id", "content_handling", "credentials", "integration_target", "tls_config"],
  importId: slashed("rest_api_id", "resource_id", "http_method"),
  validate(config) {
    requireEmulated("aws_api_gateway_integration", "type", config, ["AWS_PROXY", "HTTP", "HTTP_PROXY", "MOCK"]);
    requireEmulated("aws_api_gateway_integration", "connection_type", config, ["INTERNET"]);
    requireEmulated("aws_api_gateway_integration", "response_transfer_mode", config, ["BUFFERED"]);
    checkTemplates("aws_api_gateway_integration", "request_templates", config);
  },
  create(given, place) {
    checkIntegration(given, requireMethod(given, place));
    return {
      id: composedId("agi", given, "http_method"),
      cache_namespace: given["cache_namespace"] ?? text(given, "resource_id"),
      passthrough_behavior: given["passthrough_behavior"] ?? "WHEN_NO_MATCH",
      response_transfer_mode: given["response_transfer_mode"] ?? "BUFFERED",
    };
  },
  update(given, _prior, place) {
    checkIntegration(given, requireMethod(given, place));
    return {};
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_integration_response */
export const integrationResponse = defineKind("aws_api_gateway_integration_response", {
  forceNew: [...METHOD_KEY],
  refused: ["content_handling"],
  importId: slashed("rest_api_id", "resource_id", "http_method", "status_code"),
  validate(config) {
    checkTemplates("aws_api_gateway_integration_response", "response_templates", config);
  },
  create(given, place) {
    requireMethod(given, place);
    checkIntegrationResponse(given, place);
    return { id: composedId("agir", given, "http_method", "status_code") };
  },
  update(given, prior, place) {
    if (given["status_code"] === prior["status_code"]) {
      checkIntegrationResponse(given, place);
      return {};
    }
    throw new UnsupportedError(
      `aws_api_gateway_integration_response.status_code does not change in place: on AWS, the response for ${prior["status_code"]} would stay behind. Use terraform apply -replace=<address>.`,
    );
  },
});

for (const kind of [method, methodResponse, integration, integrationResponse]) partOfApi(kind);

/** The method that the part belongs to. @throws {AwsError} `NotFoundException` */
function requireMethod(given: Attributes, place: Place): Attributes {
  requireResource(given, place);
  const found = find(method, composedId("agm", given, "http_method"), place);
  if (found === undefined) throw notFound("Method identifier");
  return found;
}

function find(kind: Kind, id: string, { account, region }: Place): Attributes | undefined {
  return account.get(kind.type, `${region}/${id}`)?.attributes;
}

function checkMethod(given: Attributes, place: Place): void {
  checkAuthorization(given, place);
  checkRequestParameters(given);
  const id = optionalText(given, "request_validator_id");
  if (id === undefined) return;
  const validator = find(requestValidator, id, place);
  if (validator?.["rest_api_id"] !== given["rest_api_id"])
    throw badRequest("Invalid Request Validator identifier specified");
}

function checkAuthorization(given: Attributes, place: Place): void {
  if (given["authorization"] === "NONE") return;
  const id = given["authorizer_id"];
  const found = typeof id === "string" ? find(authorizer, id, place) : undefined;
  if (found === undefined || found["rest_api_id"] !== given["rest_api_id"]) {
    throw badRequest(
      "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
    );
  }
}

function checkIntegration(given: Attributes, ofMethod: Attributes): void {
  checkRequestMappings(given, ofMethod);
  if (given["type"] === "AWS_PROXY") checkFunction(given);
  if (given["type"] !== "HTTP" && given["type"] !== "HTTP_PROXY") return;
  if (optionalText(given, "integration_http_method") === undefined) {
    throw badRequest("Enumeration value for HttpMethod must be non-empty");
  }
  if (!/^https?:\/\/[^/?#\s]+(?:[/?]\S*)?$/.test(`${given["uri"]}`)) {
    throw badRequest("Invalid HTTP endpoint specified for URI");
  }
}

function checkFunction(given: Attributes): void {
  if (Object.keys(textMap(given, "request_parameters")).length > 0) {
    throw new UnsupportedError("aws_api_gateway_integration.request_parameters is not emulated for AWS_PROXY");
  }
  if (given["integration_http_method"] !== "POST") {
    throw badRequest("Enumeration value for HttpMethod must be non-empty: Lambda functions are invoked by POST");
  }
  if (!/:lambda:path\/.*\/functions\/arn:aws:lambda:.*\/invocations$/.test(`${given["uri"]}`)) {
    throw badRequest("Invalid ARN specified in the request");
  }
}

function checkIntegrationResponse(given: Attributes, place: Place): void {
  if (find(integration, composedId("agi", given, "http_method"), place) === undefined) {
    throw notFound("Integration identifier");
  }
  checkResponse(given, find(methodResponse, composedId("agmr", given, "http_method", "status_code"), place));
}
