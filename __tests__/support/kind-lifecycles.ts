/** What happens to the examples of the resource kinds in a lifecycle: changes, replacements and deletions. */
import { rateRule } from "./examples";
import { allowing, type Resources } from "./kind-examples";

/** Settings of the examples that are changed in place, by Terraform type. */
export const kindChanges: Resources = {
  aws_cognito_user_pool: { name: "robots", tags: { team: "billing" }, password_policy: { minimum_length: 20 } },
  aws_cognito_resource_server: { name: "All orders", scope: { scope_name: "read", scope_description: "Read" } },
  aws_cognito_user_pool_client: { name: "bills", allowed_oauth_scopes: ["orders/read"], access_token_validity: 10 },
  aws_api_gateway_rest_api: { name: "all-orders", description: "All orders" },
  aws_api_gateway_resource: { path_part: "all-orders" },
  aws_api_gateway_authorizer: { name: "robots", authorizer_result_ttl_in_seconds: 0 },
  aws_api_gateway_method: { authorization_scopes: ["orders/read"], operation_name: "list" },
  aws_api_gateway_method_response: { response_parameters: {} },
  aws_api_gateway_integration: { timeout_milliseconds: 5000 },
  aws_api_gateway_integration_response: { response_templates: { "text/plain": "" } },
  aws_api_gateway_gateway_response: { status_code: "401" },
  aws_api_gateway_deployment: { description: "Scopes" },
  aws_api_gateway_stage: { description: "Development", xray_tracing_enabled: true },
  aws_api_gateway_request_validator: { name: "all-parameters" },
  aws_api_gateway_api_key: { name: "bills", enabled: false, tags: { team: "billing" } },
  aws_api_gateway_usage_plan: {
    name: "all-partners",
    quota_settings: [],
    throttle_settings: { burst_limit: 5, rate_limit: 2.5 },
  },
  aws_api_gateway_method_settings: { settings: { throttling_rate_limit: 20, throttling_burst_limit: 5 } },
  aws_api_gateway_domain_name: { tags: { team: "billing" } },
  aws_api_gateway_base_path_mapping: { base_path: "orders" },
  aws_wafv2_web_acl: { rule_json: JSON.stringify([rateRule({}, { Limit: 100 })]) },
  aws_secretsmanager_secret: { description: "Billing" },
  aws_secretsmanager_secret_policy: {
    policy: '{"Statement":[{"Effect":"Deny","Action":"secretsmanager:PutSecretValue","Resource":"*","Principal":"*"}]}',
  },
  aws_iam_role: { description: "Orders", max_session_duration: 7200 },
  aws_iam_role_policy: { policy: allowing("logs:CreateLogStream") },
  aws_cloudwatch_log_group: { retention_in_days: 30 },
  aws_cloudwatch_metric_alarm: { threshold: 2, datapoints_to_alarm: 2, treat_missing_data: "notBreaching" },
  aws_cloudwatch_dashboard: { dashboard_body: '{"widgets":[{"type":"text"}]}' },
  aws_s3_bucket: { tags: { team: "billing" } },
  aws_s3_bucket_ownership_controls: { rule: { object_ownership: "ObjectWriter" } },
  aws_s3_bucket_policy: { policy: allowing("s3:PutObject", { Principal: { AWS: "*" } }) },
  aws_s3_bucket_public_access_block: { ignore_public_acls: true },
  aws_s3_bucket_server_side_encryption_configuration: {
    rule: { apply_server_side_encryption_by_default: { sse_algorithm: "aws:kms" }, bucket_key_enabled: true },
  },
  aws_s3_bucket_versioning: { versioning_configuration: { status: "Suspended" } },
  aws_lambda_alias: { description: "What callers call" },
  aws_lambda_function: { memory_size: 256, environment: {}, logging_config: { log_format: "Text" } },
};

/**
 * Types that can be deleted at once, each after what AWS wants to be deleted before it. AWS deletes along what belongs
 * to them.
 */
export const deletionWaves: readonly (readonly string[])[] = [
  [
    ...["cognito_user_pool_domain", "cognito_user_pool_client", "api_gateway_integration_response"],
    ...["api_gateway_integration", "api_gateway_method_response", "api_gateway_gateway_response"],
    ...["api_gateway_request_validator", "api_gateway_method_settings", "api_gateway_base_path_mapping"],
    "api_gateway_usage_plan_key",
    ...["wafv2_web_acl_association", "secretsmanager_secret_version", "secretsmanager_secret_policy"],
    ...["lambda_alias", "lambda_permission", "iam_role_policy", "iam_role_policy_attachment", "cloudwatch_log_group"],
    ...["cloudwatch_metric_alarm", "cloudwatch_dashboard", "s3_bucket_ownership_controls", "s3_bucket_policy"],
    ...["s3_bucket_public_access_block", "s3_bucket_server_side_encryption_configuration", "s3_bucket_versioning"],
  ],
  [
    ...["wafv2_web_acl_association", "api_gateway_usage_plan_key", "api_gateway_api_key", "api_gateway_usage_plan"],
    ...["api_gateway_base_path_mapping", "api_gateway_domain_name", "api_gateway_stage", "api_gateway_deployment"],
    ...["api_gateway_method", "api_gateway_authorizer", "api_gateway_resource"],
    ...["cognito_resource_server", "lambda_function"],
    ...["wafv2_web_acl", "secretsmanager_secret", "s3_bucket"],
    ...["iam_role_policy", "iam_role_policy_attachment", "iam_role"],
  ],
  [...["api_gateway_base_path_mapping", "api_gateway_rest_api"], ...["cognito_user_pool_domain", "cognito_user_pool"]],
].map((types) => types.map((type) => `aws_${type}`));

/**
 * Types that are still there after their deletion: versions of a secret stay, a bucket always has encryption and
 * versioning, and a secret without a policy is answered as one with an empty policy.
 */
export const keptByAws: readonly string[] = [
  "aws_api_gateway_gateway_response",
  "aws_secretsmanager_secret_version",
  "aws_secretsmanager_secret_policy",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

/**
 * Settings of the examples that demand a replacement, in steps so that each type is replaced by its own change first. A user
 * pool is the last of Cognito's, since what belongs to it is replaced with it.
 */
export const kindReplacements: readonly Resources[] = [
  {
    aws_cognito_user_pool_domain: { domain: "orders-new" },
    aws_cognito_user_pool_client: {
      generate_secret: false,
      allowed_oauth_flows: ["implicit"],
      allowed_oauth_scopes: ["bills/write", "bills/read"],
      callback_urls: ["https://example.com"],
    },
    aws_cognito_resource_server: { identifier: "bills" },
    aws_api_gateway_gateway_response: { response_type: "ACCESS_DENIED" },
    aws_api_gateway_method_settings: { method_path: "orders/GET" },
    aws_api_gateway_api_key: { value: "0123456789abcdefghij" },
    aws_api_gateway_deployment: { triggers: { configuration: "other" } },
    aws_secretsmanager_secret_version: { secret_string: "another one" },
    aws_lambda_alias: { name: "test" },
    aws_lambda_permission: { statement_id: "new" },
    aws_iam_role_policy: { name: "other" },
    aws_iam_role_policy_attachment: { policy_arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
    aws_cloudwatch_log_group: { name: "/aws/lambda/bills" },
    aws_cloudwatch_metric_alarm: { alarm_name: "bills-errors" },
    aws_cloudwatch_dashboard: { dashboard_name: "bills" },
    aws_wafv2_web_acl: { name: "bills" },
  },
  {
    aws_cognito_user_pool: { username_configuration: { case_sensitive: true } },
    aws_api_gateway_method: { http_method: "POST" },
    aws_api_gateway_stage: { stage_name: "test" },
    aws_api_gateway_domain_name: { domain_name: "new.example.com" },
    // Replaced with what they refer to. An integration that is replaced alone is deleted with the one before it, since the
    // deployment has what it depends on created before the old one is destroyed.
    aws_api_gateway_base_path_mapping: {},
    aws_api_gateway_integration: {},
    aws_secretsmanager_secret: { name: "bills" },
    aws_lambda_function: { function_name: "bills" },
    aws_iam_role: { name: "bills" },
    aws_s3_bucket: { bucket: "our-new-states" },
  },
];

/** Settings that the provider does not read and that replace an imported resource, each taken away. */
export const unreadSettings: Resources = {
  aws_api_gateway_deployment: { triggers: null },
  aws_cognito_user_pool_client: { generate_secret: null },
};

/** Types with settings that the provider does not read, and so sets again after an import. */
export const changedByImport: readonly string[] = [
  "aws_lambda_function",
  "aws_secretsmanager_secret_policy",
  "aws_wafv2_web_acl",
];
