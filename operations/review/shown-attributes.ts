/** Which values a review shows: what is not known to be harmless may be a secret. */
import { ALLOWED } from "../../access/access-model";

/**
 * Attributes whose values are shown, by the type of the resource; of all others only that they change. Those of blocks are
 * named `block.attribute`.
 */
export const SHOWN_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  aws_api_gateway_authorizer: ["name", "type", "identity_source", "provider_arns"],
  aws_api_gateway_base_path_mapping: ["domain_name", "base_path", "stage_name"],
  aws_api_gateway_domain_name: ["domain_name", "security_policy"],
  aws_api_gateway_gateway_response: ["response_type", "status_code"],
  aws_api_gateway_integration: ["http_method", "type", "timeout_milliseconds", "passthrough_behavior"],
  aws_api_gateway_method: ["http_method", "authorization", "authorization_scopes", "api_key_required"],
  aws_api_gateway_method_settings: [
    "method_path",
    "settings.throttling_rate_limit",
    "settings.throttling_burst_limit",
    "settings.logging_level",
    "settings.data_trace_enabled",
    "settings.metrics_enabled",
    "settings.caching_enabled",
    "settings.cache_ttl_in_seconds",
    "settings.cache_data_encrypted",
    "settings.require_authorization_for_cache_control",
  ],
  aws_api_gateway_resource: ["path_part", "path"],
  aws_api_gateway_rest_api: ["name"],
  aws_api_gateway_stage: ["stage_name", "xray_tracing_enabled", "cache_cluster_enabled", "cache_cluster_size"],
  aws_cloudwatch_dashboard: ["dashboard_name"],
  aws_cloudwatch_log_group: ["name", "retention_in_days"],
  aws_cloudwatch_metric_alarm: [
    "alarm_name",
    "metric_name",
    "threshold",
    "period",
    "evaluation_periods",
    "actions_enabled",
    "treat_missing_data",
  ],
  aws_cognito_resource_server: ["identifier", "name", "scope"],
  aws_cognito_user_pool: ["name", "deletion_protection", "user_pool_tier"],
  aws_cognito_user_pool_client: [
    "name",
    "allowed_oauth_scopes",
    "allowed_oauth_flows",
    "allowed_oauth_flows_user_pool_client",
    "explicit_auth_flows",
    "access_token_validity",
    "token_validity_units.access_token",
    "enable_token_revocation",
    "prevent_user_existence_errors",
    "generate_secret",
  ],
  aws_cognito_user_pool_domain: ["domain"],
  aws_iam_role: ["name", "max_session_duration"],
  aws_iam_role_policy: ["name"],
  aws_lambda_function: [
    "function_name",
    "runtime",
    "handler",
    "architectures",
    "memory_size",
    "timeout",
    "layers",
    "vpc_config.subnet_ids",
    "vpc_config.security_group_ids",
    "reserved_concurrent_executions",
    "tracing_config.mode",
  ],
  aws_lambda_permission: ["action", "principal"],
  aws_secretsmanager_secret: ["name", "recovery_window_in_days"],
  aws_secretsmanager_secret_policy: ["block_public_policy"],
  aws_wafv2_web_acl: ["name", "scope"],
};

/** Environment variables by which functions check their callers; any other one may hold a secret. */
export function isShownVariable(name: string): boolean {
  return Object.values<string>(ALLOWED).includes(name);
}
