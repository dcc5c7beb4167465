/** What a request has to carry before an integration hears of it. */
import { defineKind } from "../provider/kind";
import { partOfApi, requireApi } from "./apigateway";
import { slashed } from "./apigateway-rules";

/** @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs/resources/api_gateway_request_validator */
export const requestValidator = defineKind("aws_api_gateway_request_validator", {
  forceNew: ["rest_api_id"],
  defaults: { validate_request_body: false, validate_request_parameters: false },
  // Bodies are checked against models, which are not played.
  refused: ["validate_request_body"],
  importId: slashed("rest_api_id", "id"),
  create(given, place) {
    requireApi(given, place);
    return { id: place.account.randomId(6) };
  },
});

partOfApi(requestValidator);
