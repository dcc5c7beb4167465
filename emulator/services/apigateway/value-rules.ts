/** Values that the real provider takes for the parts of a REST API. What API Gateway refuses later is not here. */
import type { ValueRules } from "../../terraform/kind-values";
import { arn, atLeastItems, between, length, oneOf, oneOfWords } from "../../terraform/value-rule";

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/validate.go */
const httpMethod = oneOfWords("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");

const endpoint: ValueRules = {
  "endpoint_configuration.ip_address_type": oneOf("ipv4", "dualstack"),
  "endpoint_configuration.types": atLeastItems(1),
  "endpoint_configuration.types[]": oneOf("REGIONAL", "EDGE", "PRIVATE"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/rest_api.go */
export const apiGatewayRestApi: ValueRules = {
  ...endpoint,
  "endpoint_configuration.vpc_endpoint_ids": atLeastItems(1),
  api_key_source: oneOf("HEADER", "AUTHORIZER"),
  put_rest_api_mode: oneOf("merge", "overwrite"),
};

/** Methods and the responses that both they and integrations declare. */
export const apiGatewayMethod: ValueRules = { http_method: httpMethod };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/integration.go */
export const apiGatewayIntegration: ValueRules = {
  connection_type: oneOf("INTERNET", "VPC_LINK"),
  http_method: httpMethod,
  integration_http_method: httpMethod,
  passthrough_behavior: oneOfWords("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"),
  response_transfer_mode: oneOf("BUFFERED", "STREAM"),
  timeout_milliseconds: between(50, 300_000),
  type: oneOf("HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/authorizer.go */
export const apiGatewayAuthorizer: ValueRules = {
  authorizer_result_ttl_in_seconds: between(0, 3600),
  "provider_arns[]": arn,
  type: oneOf("TOKEN", "REQUEST", "COGNITO_USER_POOLS"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/stage.go */
export const apiGatewayStage: ValueRules = {
  "access_log_settings.destination_arn": arn,
  cache_cluster_size: oneOf("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/method_settings.go */
export const apiGatewayMethodSettings: ValueRules = {
  "settings.logging_level": oneOfWords("OFF", "ERROR", "INFO"),
  "settings.unauthorized_cache_control_header_strategy": oneOf(
    "FAIL_WITH_403",
    "SUCCEED_WITH_RESPONSE_HEADER",
    "SUCCEED_WITHOUT_RESPONSE_HEADER",
  ),
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/api_key.go */
export const apiGatewayApiKey: ValueRules = { value: length(20, 128) };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/usage_plan.go */
export const apiGatewayUsagePlan: ValueRules = { "quota_settings.period": oneOf("DAY", "WEEK", "MONTH") };

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/apigateway/domain_name.go */
export const apiGatewayDomainName: ValueRules = endpoint;
