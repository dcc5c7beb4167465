/** Who may call a REST API, and what those hear who may not: authorizers and gateway responses. */
import { type Attributes, text, texts } from "../attributes";
import { defineKind, type Place } from "../provider/kind";
import { apiResource, partOfApi, requireApi } from "./apigateway";
import { checkGatewayResponse } from "./apigateway-mappings";
import { badRequest, conflict, requireEmulated, slashed } from "./apigateway-rules";
import { LIMITS } from "./limits";

const POOL = /^arn:aws:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9a-zA-Z]+$/;

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_authorizer */
export const authorizer = defineKind("aws_api_gateway_authorizer", {
  // The real provider replaces it when the type changes from or to COGNITO_USER_POOLS, the only one played here.
  forceNew: ["rest_api_id", "type"],
  limits: LIMITS.aws_api_gateway_authorizer,
  defaults: {
    authorizer_result_ttl_in_seconds: 300,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  },
  refused: ["authorizer_uri", "authorizer_credentials", "identity_validation_expression"],
  importId: slashed("rest_api_id", "id"),
  validate({ type }) {
    requireEmulated("aws_api_gateway_authorizer", "type", { type: type ?? "TOKEN" }, ["COGNITO_USER_POOLS"]);
  },
  create(given, place) {
    const api = requireApi(given, place);
    requireProviders(given);
    requireFreeName(given, place);
    const id = place.account.randomId(6);
    return { id, arn: `${text(api, "arn")}/authorizers/${id}` };
  },
  update(given, _prior, place) {
    requireProviders(given);
    requireFreeName(given, place);
    return {};
  },
  remove({ id, name }, place) {
    const user = place.account.list("aws_api_gateway_method").find(({ authorizer_id }) => authorizer_id === id);
    if (user === undefined) return;
    const where = `${text(user, "http_method")}/${pathOfMethod(user, place)}`;
    throw conflict(`Cannot delete authorizer '${name}', is referenced in method: ${where}`);
  },
});

/**
 * @throws {AwsError} without a user pool, as the real provider does, and for what is none, as AWS does
 * @see https://github.com/aws/chalice/issues/1338
 */
function requireProviders(given: Attributes): void {
  const pools = texts(given, "provider_arns");
  if (pools.length === 0) {
    throw badRequest("provider_arns must be set non-empty when authorizer type is COGNITO_USER_POOLS");
  }
  const invalid = pools.filter((arn) => !POOL.test(arn));
  if (invalid.length === 0) return;
  throw badRequest(`ProviderARNs need to be valid Cognito Userpools. Invalid ARNs- ${invalid.join(", ")}`);
}

/** @throws {AwsError} `BadRequestException` for a name that another authorizer of the API has */
function requireFreeName({ id = null, name = null, rest_api_id }: Attributes, { account }: Place): void {
  const others = account.list("aws_api_gateway_authorizer").filter((other) => other["rest_api_id"] === rest_api_id);
  if (!others.some((other) => other["name"] === name && other["id"] !== id)) return;
  throw badRequest(`Authorizer name must be unique. Authorizer ${name} already exists in this RestApi.`);
}

function pathOfMethod(method: Attributes, { account, region }: Place): string {
  const resource = account.get(apiResource.type, `${region}/${text(method, "resource_id")}`);
  return resource === undefined ? "/" : text(resource.attributes, "path");
}

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_gateway_response */
export const gatewayResponse = defineKind("aws_api_gateway_gateway_response", {
  forceNew: ["response_type", "rest_api_id"],
  importId: slashed("rest_api_id", "response_type"),
  create(given, place) {
    requireApi(given, place);
    checkGatewayResponse(given);
    return { id: `aggr-${text(given, "rest_api_id")}-${text(given, "response_type")}` };
  },
  update(given) {
    checkGatewayResponse(given);
    return {};
  },
});

partOfApi(authorizer);
partOfApi(gatewayResponse);
