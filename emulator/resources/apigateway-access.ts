/** Who may call a REST API, and what those hear who may not: authorizers and gateway responses. */
import { text } from "../attributes";
import { defineKind } from "../provider/kind";
import { partOfApi, requireApi } from "./apigateway";
import { badRequest, conflict, slashed } from "./apigateway-rules";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_authorizer */
export const authorizer = defineKind("aws_api_gateway_authorizer", {
  forceNew: ["rest_api_id"],
  defaults: {
    authorizer_result_ttl_in_seconds: 300,
    identity_source: "method.request.header.Authorization",
    type: "TOKEN",
  },
  refused: ["authorizer_uri", "authorizer_credentials", "identity_validation_expression"],
  importId: slashed("rest_api_id", "id"),
  validate({ type }) {
    if (typeof type !== "string" || type === "COGNITO_USER_POOLS") return;
    throw badRequest(`authorizer type ${type} is not emulated; emulated is COGNITO_USER_POOLS`);
  },
  create(given, place) {
    const api = requireApi(given, place);
    const id = place.account.randomId(6);
    return { id, arn: `${text(api, "arn")}/authorizers/${id}` };
  },
  remove({ id }, { account }) {
    if (account.list("aws_api_gateway_method").some(({ authorizer_id }) => authorizer_id === id)) {
      throw conflict("Authorizer is referenced in method");
    }
  },
});

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_gateway_response */
export const gatewayResponse = defineKind("aws_api_gateway_gateway_response", {
  forceNew: ["response_type", "rest_api_id"],
  importId: slashed("rest_api_id", "response_type"),
  create(given, place) {
    requireApi(given, place);
    return { id: `aggr-${text(given, "rest_api_id")}-${text(given, "response_type")}` };
  },
});

partOfApi(authorizer);
partOfApi(gatewayResponse);
