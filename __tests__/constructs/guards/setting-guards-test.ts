import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import type { TerraformStack } from "cdktf";
import { declareClientToken } from "../../../constructs/declared-reason";
import { findingsIn, refusalsOf, resource } from "../../support/guarded-stack";

type Attributes = Readonly<Record<string, unknown>>;

const UNKNOWN = "$\x7bvar.unknown}";
const FLAGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
const BLOCKED = Object.fromEntries(FLAGS.map((flag) => [flag, true]));

describe("a resource", () => {
  it.each<[type: string, attributes: Attributes, ...beginnings: string[]]>([
    ["aws_s3_bucket", { acl: "public-read" }, 'acl is "public-read"'],
    ["aws_s3_bucket_acl", { acl: "public-read-write" }, 'acl is "public-read-write"'],
    ["aws_s3_bucket_public_access_block", {}, ...FLAGS.map((flag) => `${flag} is not true`)],
    [
      "aws_s3_bucket_public_access_block",
      { ...BLOCKED, block_public_policy: false },
      "block_public_policy is not true, so the bucket may become public. Set block_public_policy to true.",
    ],
    [
      "aws_lambda_function_url",
      { authorization_type: "NONE" },
      'authorization_type is "NONE", so the function is public. Put a route with scopes in front',
    ],
    ["aws_api_gateway_domain_name", { security_policy: "TLS_1_0" }, 'security_policy is "TLS_1_0"'],
    ["aws_api_gateway_rest_api", { body: "{}" }, "it has a body"],
    ["aws_api_gateway_rest_api_put", { body: "{}" }, "it has a body"],
    ["aws_apigatewayv2_api", { target: "arn:f", body: "{}" }, "it has a body", "it has a target"],
    ["aws_api_gateway_account", {}, "it sets the logging role of all APIs in the region"],
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
    ["aws_cognito_user_pool_client", { explicit_auth_flows: UNKNOWN }, `explicit_auth_flows is "${UNKNOWN}"`],
  ])("%s is refused as %j", (type, attributes, ...beginnings) => {
    expect(findingsIn(type, attributes)).toEqual(beginnings.map((text) => expect.stringContaining(text)));
  });

  it.each<[string, Attributes]>([
    ["aws_s3_bucket", {}],
    ["aws_s3_bucket_acl", { acl: "private" }],
    ["aws_s3_bucket_public_access_block", BLOCKED],
    ["aws_lambda_function_url", { authorization_type: "AWS_IAM" }],
    ["aws_api_gateway_domain_name", {}],
    ["aws_api_gateway_domain_name", { security_policy: "TLS_1_2" }],
    ["aws_api_gateway_domain_name", { security_policy: "SecurityPolicy_TLS13_1_3_2025_09" }],
    ["aws_api_gateway_rest_api", { name: "api" }],
    ["aws_apigatewayv2_api", { protocol_type: "HTTP" }],
    ["aws_sns_topic", { kms_master_key_id: "alias/aws/sns" }],
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
});
