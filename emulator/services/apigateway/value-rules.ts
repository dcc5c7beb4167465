/** Values that the real provider takes for the parts of a REST API. What API Gateway refuses later is not here. */
import type { ValueRules } from "../../terraform/kind-values";
import {
  all,
  anything,
  atLeastItems,
  atMostItems,
  between,
  length,
  oneOf,
  oneOfShape,
  oneOfWords,
  wordBetween,
} from "../../terraform/value-rule";

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/validate.go */
const httpMethod = oneOfWords("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

const endpointTypes = all(atLeastItems(1), atMostItems(1));

/** By Terraform type. */
export const apiGatewayRules: Readonly<Record<string, ValueRules>> = {
  aws_api_gateway_api_key: { value: length(20, 128) },
  aws_api_gateway_authorizer: { authorizer_result_ttl_in_seconds: between(0, 3600) },
  aws_api_gateway_domain_name: { "endpoint_configuration.types": endpointTypes, regional_certificate_arn: anything },
  aws_api_gateway_gateway_response: { response_type: anything },
  aws_api_gateway_integration: {
    http_method: httpMethod,
    integration_http_method: httpMethod,
    passthrough_behavior: oneOfWords("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
    timeout_milliseconds: between(50, 300_000),
  },
  aws_api_gateway_integration_response: { http_method: httpMethod },
  aws_api_gateway_method: { http_method: httpMethod },
  aws_api_gateway_method_response: { http_method: httpMethod },
  aws_api_gateway_method_settings: {
    "settings.logging_level": oneOfWords("OFF", "ERROR", "INFO"),
    "settings.unauthorized_cache_control_header_strategy": oneOfShape(
      "apigateway",
      "UnauthorizedCacheControlHeaderStrategy",
    ),
  },
  aws_api_gateway_rest_api: {
    "endpoint_configuration.types": endpointTypes,
    "endpoint_configuration.vpc_endpoint_ids": atLeastItems(1),
    minimum_compression_size: wordBetween(-1, 10_485_760),
    put_rest_api_mode: oneOf("merge", "overwrite"),
  },
};
