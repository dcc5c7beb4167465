/** The emulated resource types and data sources; `npm run schema` writes their schema to `bindings.json`. */
export const resourceTypes = [
  "aws_api_gateway_api_key",
  "aws_api_gateway_authorizer",
  "aws_api_gateway_base_path_mapping",
  "aws_api_gateway_deployment",
  "aws_api_gateway_domain_name",
  "aws_api_gateway_gateway_response",
  "aws_api_gateway_integration",
  "aws_api_gateway_integration_response",
  "aws_api_gateway_method",
  "aws_api_gateway_method_response",
  "aws_api_gateway_method_settings",
  "aws_api_gateway_request_validator",
  "aws_api_gateway_resource",
  "aws_api_gateway_rest_api",
  "aws_api_gateway_stage",
  "aws_api_gateway_usage_plan",
  "aws_api_gateway_usage_plan_key",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_log_group",
  "aws_cloudwatch_metric_alarm",
  "aws_cognito_resource_server",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
  "aws_cognito_user_pool_domain",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_lambda_alias",
  "aws_lambda_function",
  "aws_lambda_permission",
  "aws_s3_bucket",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_policy",
  "aws_secretsmanager_secret_version",
  "aws_wafv2_web_acl",
  "aws_wafv2_web_acl_association",
] as const;

/** A resource type of the embedded AWS. */
export type ResourceType = (typeof resourceTypes)[number];

export const dataSourceTypes = [
  "aws_api_gateway_rest_api",
  "aws_caller_identity",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
  "aws_cognito_user_pool_clients",
  "aws_cognito_user_pools",
  "aws_iam_policy_document",
  "aws_partition",
  "aws_region",
] as const;

/** A data source of the embedded AWS. */
export type DataSourceType = (typeof dataSourceTypes)[number];
