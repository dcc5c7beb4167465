/**
 * Resource types that the guards know: those with a policy or with principals, by the attribute that holds them, and
 * those with other settings. A type that none of the lists names may open access in a way that no guard looks for.
 */
import { StackJson } from "./stack-json";

/** Policies with principals, by the path of their attribute. */
export const RESOURCE_POLICIES: Readonly<Record<string, string>> = {
  aws_acmpca_policy: "policy",
  aws_backup_vault_policy: "policy",
  aws_cloudsearch_domain_service_access_policy: "access_policy",
  aws_cloudwatch_event_bus_policy: "policy",
  aws_cloudwatch_log_delivery_destination_policy: "delivery_destination_policy",
  aws_cloudwatch_log_destination_policy: "access_policy",
  aws_cloudwatch_log_resource_policy: "policy_document",
  aws_codeartifact_domain_permissions_policy: "policy_document",
  aws_codeartifact_repository_permissions_policy: "policy_document",
  aws_codebuild_resource_policy: "policy",
  aws_dynamodb_resource_policy: "policy",
  aws_ecr_registry_policy: "policy",
  aws_ecr_repository_creation_template: "repository_policy",
  aws_ecr_repository_policy: "policy",
  aws_ecrpublic_repository_policy: "policy",
  aws_efs_file_system_policy: "policy",
  aws_elasticsearch_domain: "access_policies",
  aws_elasticsearch_domain_policy: "access_policies",
  aws_fsx_s3_access_point_attachment: "s3_access_point.policy",
  aws_glacier_vault: "access_policy",
  aws_glacier_vault_lock: "policy",
  aws_glue_resource_policy: "policy",
  aws_kinesis_resource_policy: "policy",
  aws_media_store_container_policy: "policy",
  aws_msk_cluster_policy: "policy",
  aws_networkfirewall_resource_policy: "policy",
  aws_oam_sink_policy: "policy",
  aws_opensearch_domain: "access_policies",
  aws_opensearch_domain_policy: "access_policies",
  aws_organizations_resource_policy: "content",
  aws_prometheus_resource_policy: "policy_document",
  aws_redshift_resource_policy: "policy",
  aws_redshiftserverless_resource_policy: "policy",
  aws_s3_access_point: "policy",
  aws_s3_bucket: "policy",
  aws_s3_bucket_policy: "policy",
  aws_s3control_access_grants_instance_resource_policy: "policy",
  aws_s3control_access_point_policy: "policy",
  aws_s3control_bucket_policy: "policy",
  aws_s3control_multi_region_access_point_policy: "details.policy",
  aws_s3control_object_lambda_access_point_policy: "policy",
  aws_s3tables_table_bucket_policy: "resource_policy",
  aws_s3tables_table_policy: "resource_policy",
  aws_s3vectors_vector_bucket_policy: "policy",
  aws_sagemaker_model_package_group_policy: "resource_policy",
  aws_schemas_registry_policy: "policy",
  aws_secretsmanager_secret: "policy",
  aws_secretsmanager_secret_policy: "policy",
  aws_ses_identity_policy: "policy",
  aws_sesv2_email_identity_policy: "policy",
  aws_sns_topic: "policy",
  aws_sns_topic_policy: "policy",
  aws_sqs_queue: "policy",
  aws_sqs_queue_policy: "policy",
  aws_vpclattice_auth_policy: "policy",
  aws_vpclattice_resource_policy: "policy",
  aws_xray_resource_policy: "policy_document",
};

/** Policies of keys, which give the key's own account everything. */
export const KEY_POLICIES: Readonly<Record<string, string>> = {
  aws_kms_external_key: "policy",
  aws_kms_key: "policy",
  aws_kms_key_policy: "policy",
  aws_kms_replica_external_key: "policy",
  aws_kms_replica_key: "policy",
};

/** Policies of identities, which have no principals. */
export const IDENTITY_POLICIES: Readonly<Record<string, string>> = {
  aws_iam_group_policy: "policy",
  aws_iam_policy: "policy",
  aws_iam_role: "inline_policy.policy",
  aws_iam_role_policy: "policy",
  aws_iam_user_policy: "policy",
  aws_iot_policy: "policy",
  aws_ssoadmin_permission_set_inline_policy: "inline_policy",
};

/** ARNs of managed policies. */
export const ATTACHED_POLICIES: Readonly<Record<string, string>> = {
  aws_iam_group_policy_attachment: "policy_arn",
  aws_iam_group_policy_attachments_exclusive: "policy_arns",
  aws_iam_policy_attachment: "policy_arn",
  aws_iam_role: "managed_policy_arns",
  aws_iam_role_policy_attachment: "policy_arn",
  aws_iam_role_policy_attachments_exclusive: "policy_arns",
  aws_iam_user_policy_attachment: "policy_arn",
  aws_iam_user_policy_attachments_exclusive: "policy_arns",
  aws_ssoadmin_managed_policy_attachment: "managed_policy_arn",
};

/** Principals outside of a policy. */
export const PRINCIPALS: Readonly<Record<string, string>> = {
  aws_acmpca_permission: "principal",
  aws_cloudwatch_event_permission: "principal",
  aws_globalaccelerator_cross_account_attachment: "principals",
  aws_kms_grant: "grantee_principal",
  aws_lambda_layer_version_permission: "principal",
  aws_licensemanager_grant: "principal",
  aws_ram_principal_association: "principal",
  aws_signer_signing_profile_permission: "principal",
  aws_vpc_endpoint_service: "allowed_principals",
  aws_vpc_endpoint_service_allowed_principal: "principal_arn",
};

/** Types with other settings that the guards look at. */
export const CHECKED_SETTINGS = [
  "aws_api_gateway_account",
  "aws_api_gateway_authorizer",
  "aws_api_gateway_domain_name",
  "aws_api_gateway_method",
  "aws_api_gateway_method_settings",
  "aws_api_gateway_rest_api",
  "aws_api_gateway_rest_api_put",
  "aws_api_gateway_stage",
  "aws_apigatewayv2_api",
  "aws_apigatewayv2_authorizer",
  "aws_apigatewayv2_domain_name",
  "aws_apigatewayv2_route",
  "aws_cloudcontrolapi_resource",
  "aws_cloudformation_stack",
  "aws_cloudformation_stack_set",
  "aws_cloudwatch_log_group",
  "aws_cognito_identity_pool",
  "aws_cognito_managed_user_pool_client",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
  "aws_db_instance",
  "aws_dms_replication_instance",
  "aws_ebs_volume",
  "aws_efs_file_system",
  "aws_lambda_function_url",
  "aws_lambda_permission",
  "aws_lightsail_database",
  "aws_m2_environment",
  "aws_mq_broker",
  "aws_neptune_cluster_instance",
  "aws_ram_resource_share",
  "aws_rds_cluster",
  "aws_rds_cluster_instance",
  "aws_rds_shard_group",
  "aws_redshift_cluster",
  "aws_redshiftserverless_workgroup",
  "aws_s3_account_public_access_block",
  "aws_s3_bucket_acl",
  "aws_s3_bucket_logging",
  "aws_s3_bucket_object",
  "aws_s3_bucket_public_access_block",
  "aws_s3_object",
  "aws_s3_object_copy",
  "aws_serverlessapplicationrepository_cloudformation_stack",
  "aws_timestreaminfluxdb_db_cluster",
  "aws_timestreaminfluxdb_db_instance",
] as const;

/** Types that open nothing by themselves. Policies of REST APIs, their domains and VPC endpoints only limit callers. */
const HARMLESS = [
  "aws_api_gateway_base_path_mapping",
  "aws_api_gateway_deployment",
  "aws_api_gateway_documentation_part",
  "aws_api_gateway_documentation_version",
  "aws_api_gateway_gateway_response",
  "aws_api_gateway_integration",
  "aws_api_gateway_integration_response",
  "aws_api_gateway_method_response",
  "aws_api_gateway_model",
  "aws_api_gateway_request_validator",
  "aws_api_gateway_resource",
  "aws_api_gateway_rest_api_policy",
  "aws_api_gateway_usage_plan",
  "aws_apigatewayv2_api_mapping",
  "aws_apigatewayv2_deployment",
  "aws_apigatewayv2_integration",
  "aws_apigatewayv2_stage",
  "aws_cloudwatch_dashboard",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_log_metric_filter",
  "aws_cloudwatch_metric_alarm",
  "aws_cognito_resource_server",
  "aws_cognito_user_pool_domain",
  "aws_dynamodb_table",
  "aws_kms_alias",
  "aws_lambda_alias",
  "aws_lambda_function",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
  "aws_secretsmanager_secret_version",
  "aws_ssm_parameter",
  "aws_vpc_endpoint",
  "aws_vpc_endpoint_policy",
  "aws_wafv2_ip_set",
  "aws_wafv2_web_acl",
  "aws_wafv2_web_acl_association",
  "random_id",
  "random_uuid",
  "terraform_data",
] as const;

const KNOWN: ReadonlySet<string> = new Set([
  ...[RESOURCE_POLICIES, KEY_POLICIES, IDENTITY_POLICIES, ATTACHED_POLICIES, PRINCIPALS].flatMap(Object.keys),
  ...CHECKED_SETTINGS,
  ...HARMLESS,
]);

/** Whether a list names the type. */
export function isKnownType(type: string): boolean {
  return KNOWN.has(type);
}

/** Something in a stack that no guard looks into. */
export interface Unchecked {
  /** Terraform address, such as `aws_lb.front` or `module.network`. */
  readonly address: string;
  /** Type of the resource, or `module`. */
  readonly type: string;
  /** Path of its construct; `undefined` when an override of the stack alone made it. */
  readonly path: string | undefined;
  /** Sentence without a full stop. */
  readonly why: string;
}

/** Resources of types that no list names, and modules. @param json content of `cdk.tf.json` */
export function uncheckedIn(json: unknown): readonly Unchecked[] {
  const stack = new StackJson(json);
  const resources = stack.resources
    .filter(({ type }) => !isKnownType(type))
    .map(({ type, name, path }) => {
      return { address: `${type}.${name}`, type, path, why: "no guard knows this type, so it may open access" };
    });
  const modules = stack.modules.map(({ type, name, path }) => {
    return { address: `${type}.${name}`, type, path, why: "no guard looks into a module, so it may open access" };
  });
  return [...resources, ...modules];
}
