import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { TerraformStack } from "cdktf";
import { declareClientToken, declareException } from "../../../constructs/declared-reason";
import { findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

type Attributes = Readonly<Record<string, unknown>>;

const UNKNOWN = "$\x7bvar.unknown}";
const PUBLIC_ADDRESSES = [
  "aws_dms_replication_instance",
  "aws_lightsail_database",
  "aws_m2_environment",
  "aws_mq_broker",
  "aws_neptune_cluster_instance",
  "aws_rds_shard_group",
  "aws_redshift_cluster",
  "aws_redshiftserverless_workgroup",
  "aws_timestreaminfluxdb_db_cluster",
  "aws_timestreaminfluxdb_db_instance",
];
const TEMPLATES = [
  "aws_cloudcontrolapi_resource",
  "aws_cloudformation_stack",
  "aws_cloudformation_stack_set",
  "aws_serverlessapplicationrepository_cloudformation_stack",
];

describe("a resource", () => {
  it.each<[type: string, attributes: Attributes, ...beginnings: string[]]>([
    ["aws_api_gateway_domain_name", { security_policy: "TLS_1_0" }, 'security_policy is "TLS_1_0"'],
    ["aws_api_gateway_rest_api", { body: "{}" }, "it has a body"],
    ["aws_api_gateway_rest_api_put", { body: "{}" }, "it has a body"],
    ["aws_apigatewayv2_api", { target: "arn:f", body: "{}" }, "it has a body", "it has a target"],
    ["aws_api_gateway_account", {}, "it sets the logging role of all APIs in the region"],
    ["aws_apigatewayv2_domain_name", { domain_name_configuration: { security_policy: UNKNOWN } }, "security_policy is"],
    ["aws_sns_topic", { kms_master_key_id: UNKNOWN }, "its messages are unencrypted"],
    ["aws_sqs_queue", { sqs_managed_sse_enabled: UNKNOWN, kms_master_key_id: UNKNOWN }, "its messages are unencrypted"],
    ["aws_cognito_identity_pool", { allow_unauthenticated_identities: true }, "allow_unauthenticated_identities gives"],
    ["aws_ram_resource_share", { allow_external_principals: UNKNOWN }, "allow_external_principals shares"],
    ...PUBLIC_ADDRESSES.map((type): [string, Attributes, string] => [
      type,
      { publicly_accessible: UNKNOWN },
      "publicly_accessible gives",
    ]),
    ...TEMPLATES.map((type): [string, Attributes, string] => [
      type,
      {},
      "guards cannot check the resources that it creates",
    ]),
    ["aws_api_gateway_stage", { cache_cluster_enabled: true }, "cache_cluster_enabled caches"],
    ["aws_api_gateway_stage", { cache_cluster_enabled: UNKNOWN }, "cache_cluster_enabled caches"],
    ["aws_sns_topic", {}, "its messages are unencrypted. Set kms_master_key_id."],
    ["aws_sqs_queue", { sqs_managed_sse_enabled: false }, "its messages are unencrypted"],
    ["aws_db_instance", {}, "storage_encrypted is not true"],
    ["aws_db_instance", { storage_encrypted: true, publicly_accessible: true }, "publicly_accessible gives"],
    [
      "aws_db_instance",
      { storage_encrypted: UNKNOWN, publicly_accessible: UNKNOWN },
      "storage_encrypted is not true",
      "publicly_accessible gives",
    ],
    ["aws_rds_cluster", { storage_encrypted: false }, "storage_encrypted is not true"],
    ["aws_rds_cluster_instance", { publicly_accessible: "true" }, "publicly_accessible gives"],
    ["aws_efs_file_system", {}, "encrypted is not true"],
    ["aws_ebs_volume", {}, "encrypted is not true"],
    ["aws_cloudwatch_log_group", {}, "its log events never expire"],
    ["aws_cloudwatch_log_group", { retention_in_days: "0" }, "its log events never expire"],
    ["aws_cloudwatch_log_group", { retention_in_days: UNKNOWN }, `retention_in_days is "${UNKNOWN}"`],
    ["aws_api_gateway_method_settings", { settings: { data_trace_enabled: "true" } }, "data_trace_enabled logs"],
    ["aws_api_gateway_method_settings", { settings: [{ data_trace_enabled: UNKNOWN }] }, "data_trace_enabled logs"],
    [
      "aws_api_gateway_method_settings",
      { settings: { caching_enabled: true, cache_data_encrypted: false, data_trace_enabled: true } },
      "data_trace_enabled logs",
      "caching_enabled caches",
    ],
    [
      "aws_cognito_user_pool_client",
      { explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      "it can get tokens without the domain",
    ],
    [
      "aws_cognito_managed_user_pool_client",
      { explicit_auth_flows: ["ALLOW_CLIENT_TOKEN_AUTH"] },
      "it can get tokens without the domain",
    ],
    ["aws_cognito_user_pool_client", { explicit_auth_flows: UNKNOWN }, `explicit_auth_flows is "${UNKNOWN}"`],
  ])("%s is refused as %j", (type, attributes, ...beginnings) => {
    expect(findingsIn(type, attributes)).toEqual(beginnings.map((text) => expect.stringContaining(text)));
  });

  it.each<[string, Attributes]>([
    ["aws_api_gateway_domain_name", {}],
    ["aws_api_gateway_domain_name", { security_policy: "TLS_1_2" }],
    ["aws_api_gateway_domain_name", { security_policy: "SecurityPolicy_TLS13_1_3_2025_09" }],
    ["aws_api_gateway_rest_api", { name: "api" }],
    ["aws_apigatewayv2_api", { protocol_type: "HTTP" }],
    ...PUBLIC_ADDRESSES.map((type): [string, Attributes] => [type, {}]),
    ["aws_api_gateway_stage", { cache_cluster_enabled: false }],
    ["aws_sns_topic", { kms_master_key_id: "alias/aws/sns" }],
    ["aws_sns_topic", { kms_master_key_id: "$\x7baws_kms_key.key.arn}" }],
    ["aws_sqs_queue", {}],
    ["aws_sqs_queue", { sqs_managed_sse_enabled: false, kms_master_key_id: "alias/aws/sqs" }],
    ["aws_db_instance", { storage_encrypted: true }],
    ["aws_rds_cluster", { storage_encrypted: "true" }],
    ["aws_rds_cluster_instance", { publicly_accessible: false }],
    ["aws_efs_file_system", { encrypted: true }],
    ["aws_ebs_volume", { encrypted: true }],
    ["aws_dynamodb_table", {}],
    ["aws_cloudwatch_log_group", { retention_in_days: "30" }],
    ["aws_api_gateway_method_settings", { settings: { logging_level: "INFO", data_trace_enabled: false } }],
    ["aws_api_gateway_method_settings", { settings: { caching_enabled: true, cache_data_encrypted: true } }],
    ["aws_cognito_user_pool_client", {}],
    ["aws_cognito_user_pool_client", { explicit_auth_flows: ["ALLOW_REFRESH_TOKEN_AUTH"] }],
    ["aws_cognito_user_pool", { issuer_configuration: { type: "UPDATED" } }],
  ])("%s passes as %j", (type, attributes) => {
    expect(findingsIn(type, attributes)).toEqual([]);
  });

  it.each([
    ["It has no way to the domain", 0],
    [" ", 1],
  ])("that gets tokens without the domain passes when it is declared with a reason: %j", (reason, count) => {
    const declared = (stack: TerraformStack) => {
      const props = { name: "billing", userPoolId: "pool", explicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH"] };
      declareClientToken(new CognitoUserPoolClient(stack, "it", props), reason);
    };

    expect(refusalsOf(declared)).toHaveLength(count);
  });

  it.each<[Attributes, number]>([
    [{}, 0],
    [{ issuer_configuration: { type: "ORIGINAL" } }, 0],
    [{ issuer_configuration: [{ type: "UPDATED" }] }, 1],
    [{ issuer_configuration: { type: UNKNOWN } }, 1],
  ])("user pool behind a REST API as %j has %d findings", (attributes, count) => {
    const lines = refusalsOf((stack) => {
      const pool = resource(stack, "aws_cognito_user_pool", attributes);
      resource(stack, "aws_api_gateway_authorizer", { provider_arns: [`\${${pool.fqn}.arn}`] }, "gate");
    });

    expect(lines).toEqual(Array(count).fill(expect.stringContaining("issuer_configuration is not ORIGINAL")));
  });

  it.each([
    [["POST", "PUT"], 0],
    [["POST", "GET"], 1],
    [["ANY"], 1],
    [["$\x7bvar.verb}"], 1],
  ])("stage with a cache in front of the methods %j has %d findings", (verbs, count) => {
    const lines = refusalsOf((stack) => {
      resource(stack, "aws_api_gateway_stage", { rest_api_id: "api", cache_cluster_enabled: true });
      for (const http_method of verbs) {
        const method = resource(stack, "aws_api_gateway_method", { rest_api_id: "api", http_method }, http_method);
        declareException(method, "Not what is tested");
      }
    });

    expect(lines).toHaveLength(count);
  });

  const ALL = { rest_api_id: "api", stage_name: "dev", method_path: "*/*", settings: { cache_data_encrypted: true } };

  it.each<[Attributes, number]>([
    [ALL, 0],
    [{ ...ALL, settings: [{ caching_enabled: false }] }, 0],
    [{ ...ALL, stage_name: "$\x7baws_api_gateway_stage.it.stage_name}" }, 0],
    [{ ...ALL, settings: {} }, 1],
    [{ ...ALL, settings: { cache_data_encrypted: UNKNOWN } }, 1],
    [{ ...ALL, method_path: "orders/GET" }, 1],
    [{ ...ALL, stage_name: "prod" }, 1],
    [{ ...ALL, rest_api_id: "other" }, 1],
  ])("stage with a cache and the settings %j has %d findings", (settings, count) => {
    const lines = refusalsOf((stack) => {
      const cached = { rest_api_id: "api", stage_name: "dev", cache_cluster_enabled: true };
      stack.addOverride("resource.aws_api_gateway_stage.it", cached);
      resource(stack, "aws_api_gateway_method_settings", settings);
    });

    expect(lines).toHaveLength(count);
  });
});
