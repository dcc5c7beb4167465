/**
 * One example of every resource kind as Terraform's JSON, with references between them: the set that lifecycles with the
 * embedded and with the real provider, and the comparison of both, start from.
 */
import { createHash } from "node:crypto";
import { rateRule, trustPolicy } from "./examples";
import { functionZip } from "./workspace";

/** A reference as Terraform writes it. */
const ref = (address: string) => ["${", address, "}"].join("");

/** A policy with one statement: without any, the real provider takes a policy for none. */
export function allowing(action: string, more: object = {}): string {
  const statement = { Action: action, Effect: "Allow", Resource: "*", ...more };
  return JSON.stringify({ Statement: [statement], Version: "2012-10-17" });
}

const of = {
  api: ref("aws_api_gateway_rest_api.one.id"),
  pool: ref("aws_cognito_user_pool.one.id"),
  method: {
    rest_api_id: ref("aws_api_gateway_rest_api.one.id"),
    resource_id: ref("aws_api_gateway_resource.one.id"),
    http_method: ref("aws_api_gateway_method.one.http_method"),
  },
};

export const cognito = {
  aws_cognito_user_pool: {
    name: "machines",
    admin_create_user_config: { allow_admin_create_user_only: true },
    account_recovery_setting: { recovery_mechanism: { name: "admin_only", priority: 1 } },
    tags: { team: "orders" },
  },
  aws_cognito_user_pool_domain: { domain: "orders-dev", user_pool_id: of.pool },
  aws_cognito_resource_server: {
    user_pool_id: of.pool,
    identifier: "orders",
    name: "Orders",
    scope: ["write", "read"].map((scope_name) => ({ scope_name, scope_description: scope_name })),
  },
  aws_cognito_user_pool_client: {
    user_pool_id: of.pool,
    name: "billing",
    generate_secret: true,
    allowed_oauth_flows_user_pool_client: true,
    allowed_oauth_flows: ["client_credentials"],
    allowed_oauth_scopes: ["orders/write", "orders/read"],
    access_token_validity: 60,
    token_validity_units: { access_token: "minutes" },
    depends_on: ["aws_cognito_resource_server.one"],
  },
};

export const apiGateway = {
  aws_api_gateway_rest_api: { name: "orders", endpoint_configuration: { types: ["REGIONAL"] } },
  aws_api_gateway_resource: {
    rest_api_id: of.api,
    parent_id: ref("aws_api_gateway_rest_api.one.root_resource_id"),
    path_part: "orders",
  },
  aws_api_gateway_authorizer: {
    rest_api_id: of.api,
    name: "machines",
    type: "COGNITO_USER_POOLS",
    provider_arns: [ref("aws_cognito_user_pool.one.arn")],
  },
  aws_api_gateway_method: {
    rest_api_id: of.api,
    resource_id: of.method.resource_id,
    http_method: "GET",
    authorization: "COGNITO_USER_POOLS",
    authorizer_id: ref("aws_api_gateway_authorizer.one.id"),
    authorization_scopes: ["orders/write", "orders/read"],
  },
  aws_api_gateway_method_response: {
    ...of.method,
    status_code: "200",
    response_parameters: { "method.response.header.Access-Control-Allow-Origin": true },
  },
  aws_api_gateway_integration: {
    ...of.method,
    type: "AWS_PROXY",
    integration_http_method: "POST",
    uri: ref("aws_lambda_function.one.invoke_arn"),
  },
  aws_api_gateway_integration_response: {
    ...of.method,
    status_code: "200",
    response_templates: { "application/json": "" },
    depends_on: ["aws_api_gateway_integration.one", "aws_api_gateway_method_response.one"],
  },
  aws_api_gateway_request_validator: { rest_api_id: of.api, name: "parameters", validate_request_parameters: true },
  aws_api_gateway_gateway_response: {
    rest_api_id: of.api,
    response_type: "UNAUTHORIZED",
    // AWS tells one in any case.
    status_code: "403",
    response_templates: { "application/json": '{"message":$context.error.messageString}' },
  },
  aws_api_gateway_deployment: {
    rest_api_id: of.api,
    triggers: { configuration: "0123abcd" },
    lifecycle: { create_before_destroy: true },
    depends_on: ["aws_api_gateway_integration.one", "aws_api_gateway_integration_response.one"],
  },
  aws_api_gateway_stage: {
    rest_api_id: of.api,
    deployment_id: ref("aws_api_gateway_deployment.one.id"),
    stage_name: "dev",
  },
  aws_api_gateway_method_settings: {
    rest_api_id: of.api,
    stage_name: ref("aws_api_gateway_stage.one.stage_name"),
    method_path: "*/*",
    settings: { throttling_rate_limit: 10, throttling_burst_limit: 5 },
  },
};

const surroundings = {
  aws_api_gateway_api_key: { name: "billing", tags: { team: "orders" } },
  aws_api_gateway_usage_plan: {
    name: "partners",
    api_stages: { api_id: of.api, stage: ref("aws_api_gateway_stage.one.stage_name") },
    throttle_settings: { burst_limit: 5, rate_limit: 10 },
    quota_settings: { limit: 1000, period: "DAY" },
  },
  aws_api_gateway_usage_plan_key: {
    key_id: ref("aws_api_gateway_api_key.one.id"),
    key_type: "API_KEY",
    usage_plan_id: ref("aws_api_gateway_usage_plan.one.id"),
  },
  aws_api_gateway_domain_name: {
    domain_name: "api.example.com",
    regional_certificate_arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0123abcd",
    endpoint_configuration: { types: ["REGIONAL"] },
  },
  aws_api_gateway_base_path_mapping: {
    api_id: of.api,
    domain_name: ref("aws_api_gateway_domain_name.one.domain_name"),
    stage_name: ref("aws_api_gateway_stage.one.stage_name"),
  },
  aws_wafv2_web_acl: {
    name: "orders",
    scope: "REGIONAL",
    default_action: { allow: {} },
    rule_json: JSON.stringify([rateRule()]),
    visibility_config: { cloudwatch_metrics_enabled: true, metric_name: "orders", sampled_requests_enabled: false },
  },
  aws_wafv2_web_acl_association: {
    resource_arn: ref("aws_api_gateway_stage.one.arn"),
    web_acl_arn: ref("aws_wafv2_web_acl.one.arn"),
  },
  aws_secretsmanager_secret: { name: "orders/billing", recovery_window_in_days: 0 },
  aws_secretsmanager_secret_version: {
    secret_id: ref("aws_secretsmanager_secret.one.id"),
    secret_string: "not much of a secret",
  },
  aws_secretsmanager_secret_policy: {
    secret_arn: ref("aws_secretsmanager_secret.one.arn"),
    block_public_policy: true,
    policy: '{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}]}',
  },
};

export const others = {
  aws_iam_role: { name: "orders", assume_role_policy: trustPolicy },
  aws_iam_role_policy: { role: ref("aws_iam_role.one.name"), name: "logs", policy: allowing("logs:PutLogEvents") },
  aws_iam_role_policy_attachment: {
    role: ref("aws_iam_role.one.name"),
    policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  },
  aws_cloudwatch_log_group: { name: "/aws/lambda/orders", retention_in_days: 14 },
  aws_cloudwatch_metric_alarm: {
    alarm_name: "orders-errors",
    alarm_actions: ["arn:aws:sns:eu-west-1:123456789012:pager"],
    comparison_operator: "GreaterThanThreshold",
    dimensions: { ApiName: "orders" },
    evaluation_periods: 3,
    metric_name: "5XXError",
    namespace: "AWS/ApiGateway",
    period: 60,
    statistic: "Sum",
    threshold: 0.5,
  },
  aws_cloudwatch_dashboard: { dashboard_name: "orders", dashboard_body: '{"widgets":[]}' },
  aws_lambda_function: {
    function_name: "orders",
    role: ref("aws_iam_role.one.arn"),
    filename: "function.zip",
    source_code_hash: createHash("sha256").update(functionZip).digest("base64"),
    handler: "index.handler",
    runtime: "nodejs22.x",
    environment: { variables: { TABLE: "orders" } },
    logging_config: { log_format: "JSON", application_log_level: "WARN", system_log_level: "INFO" },
    tracing_config: { mode: "Active" },
  },
  aws_lambda_alias: {
    name: "live",
    function_name: ref("aws_lambda_function.one.function_name"),
    function_version: ref("aws_lambda_function.one.version"),
    description: "What callers get",
  },
  aws_lambda_permission: {
    action: "lambda:InvokeFunction",
    function_name: ref("aws_lambda_function.one.function_name"),
    principal: "apigateway.amazonaws.com",
    source_arn: `${ref("aws_api_gateway_rest_api.one.execution_arn")}/*`,
    statement_id: "api",
  },
};

const bucket = ref("aws_s3_bucket.one.id");
const stateBucket = {
  aws_s3_bucket: { bucket: "our-states" },
  aws_s3_bucket_ownership_controls: { bucket, rule: { object_ownership: "BucketOwnerEnforced" } },
  aws_s3_bucket_policy: { bucket, policy: allowing("s3:GetObject", { Principal: { AWS: "*" } }) },
  aws_s3_bucket_public_access_block: { bucket, block_public_acls: true },
  aws_s3_bucket_server_side_encryption_configuration: {
    bucket,
    rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" } },
  },
  aws_s3_bucket_versioning: { bucket, versioning_configuration: { status: "Enabled" } },
};

/** Configurations by Terraform type. */
export type Resources = Readonly<Record<string, object>>;

/** One example of every kind, named `one`, with everything that it refers to. `function.zip` is {@link functionZip}. */
export const kindExamples: Resources = { ...cognito, ...apiGateway, ...surroundings, ...others, ...stateBucket };

/** What `terraform import` takes, as attributes joined by slashes; a type that is not here is imported by its `id`. */
export const importIds: Readonly<Record<string, string>> = {
  aws_api_gateway_authorizer: "rest_api_id/id",
  aws_api_gateway_deployment: "rest_api_id/id",
  aws_api_gateway_gateway_response: "rest_api_id/response_type",
  aws_api_gateway_integration: "rest_api_id/resource_id/http_method",
  aws_api_gateway_integration_response: "rest_api_id/resource_id/http_method/status_code",
  aws_api_gateway_method: "rest_api_id/resource_id/http_method",
  aws_api_gateway_method_response: "rest_api_id/resource_id/http_method/status_code",
  aws_api_gateway_method_settings: "rest_api_id/stage_name/method_path",
  aws_api_gateway_request_validator: "rest_api_id/id",
  aws_api_gateway_resource: "rest_api_id/id",
  aws_api_gateway_stage: "rest_api_id/stage_name",
  aws_api_gateway_usage_plan_key: "usage_plan_id/key_id",
  aws_cognito_user_pool_client: "user_pool_id/id",
  aws_lambda_alias: "function_name/name",
  aws_iam_role_policy_attachment: "role/policy_arn",
  aws_lambda_permission: "function_name/id",
  aws_wafv2_web_acl: "id/name/scope",
};

/** A Terraform configuration of the resources, each with some settings changed. */
export function configOf(resources: Resources, changes: Resources = {}, provider: object = {}): object {
  const changed = Object.entries(resources).map(([type, config]) => [type, { one: { ...config, ...changes[type] } }]);
  return {
    terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
    provider: { aws: { region: "eu-west-1", ...provider } },
    resource: Object.fromEntries(changed),
  };
}
