/**
 * Every value that the real provider refuses before it plans, by Terraform type and path. Attributes that are refused
 * here anyway have no rule. Checks that need more than one value are with the kind, and AWS's own with its creation.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/tree/v6.25.0/internal/service
 */
import type { ValueRules } from "../terraform/kind-values";
import {
  all,
  any,
  arn,
  between,
  json,
  length,
  must,
  oneOf,
  oneOfNumbers,
  oneOfWords,
  pattern,
} from "../terraform/value-rule";
import {
  apiGatewayApiKey,
  apiGatewayAuthorizer,
  apiGatewayDomainName,
  apiGatewayIntegration,
  apiGatewayMethod,
  apiGatewayMethodSettings,
  apiGatewayRestApi,
  apiGatewayStage,
  apiGatewayUsagePlan,
} from "./apigateway/value-rules";
import { cloudwatchDashboard, cloudwatchLogGroup, cloudwatchMetricAlarm } from "./cloudwatch/value-rules";
import { cognitoUserPoolClient } from "./cognito/client-value-rules";
import { cognitoResourceServer, cognitoUserPool, cognitoUserPoolDomain } from "./cognito/value-rules";
import { iamRole, iamRolePolicy, iamRolePolicyAttachment } from "./iam/value-rules";
import { lambdaFunction, lambdaPermission } from "./lambda/value-rules";
import { s3Bucket, s3BucketPolicy, s3Encryption, s3OwnershipControls, s3Versioning } from "./s3/value-rules";

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/secretsmanager/secret.go */
const secret: ValueRules = {
  name: all(
    must(
      (value) => /^[0-9A-Za-z/_+=.@-]+$/.test(String(value)),
      (_value, { key }) => `only alphanumeric characters and /_+=.@- special characters are allowed in "${key}"`,
    ),
    must(
      (value) => Buffer.byteLength(String(value)) <= 512,
      (_value, { key }) => `"${key}" cannot be greater than 512 characters`,
    ),
  ),
  policy: json,
  recovery_window_in_days: any(between(7, 30), oneOfNumbers(0)),
};

const wafName = all(
  length(1, 128),
  pattern(/^[0-9A-Za-z_-]+$/, "must contain only alphanumeric hyphen and underscore characters"),
);

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/wafv2/web_acl.go */
const webAcl: ValueRules = {
  description: length(1, 256),
  name: wafName,
  rule_json: json,
  scope: oneOf("CLOUDFRONT", "REGIONAL"),
  "visibility_config.metric_name": wafName,
};

/** @see https://github.com/hashicorp/terraform-provider-aws/blob/v6.25.0/internal/service/iam/policy_document_data_source.go */
const policyDocument: ValueRules = {
  "statement.effect": oneOfWords("Allow", "Deny"),
  "statement.sid": pattern(/^[0-9A-Za-z]*$/, "must only include alphanumeric characters"),
  version: oneOfWords("2008-10-17", "2012-10-17"),
};

/** By Terraform type; that of a data source begins with `data.`. */
export const valueRules: ReadonlyMap<string, ValueRules> = new Map([
  ["aws_api_gateway_api_key", apiGatewayApiKey],
  ["aws_api_gateway_authorizer", apiGatewayAuthorizer],
  ["aws_api_gateway_domain_name", apiGatewayDomainName],
  ["aws_api_gateway_integration", apiGatewayIntegration],
  ["aws_api_gateway_integration_response", apiGatewayMethod],
  ["aws_api_gateway_method", apiGatewayMethod],
  ["aws_api_gateway_method_response", apiGatewayMethod],
  ["aws_api_gateway_method_settings", apiGatewayMethodSettings],
  ["aws_api_gateway_rest_api", apiGatewayRestApi],
  ["aws_api_gateway_stage", apiGatewayStage],
  ["aws_api_gateway_usage_plan", apiGatewayUsagePlan],
  ["aws_cloudwatch_dashboard", cloudwatchDashboard],
  ["aws_cloudwatch_log_group", cloudwatchLogGroup],
  ["aws_cloudwatch_metric_alarm", cloudwatchMetricAlarm],
  ["aws_cognito_resource_server", cognitoResourceServer],
  ["aws_cognito_user_pool", cognitoUserPool],
  ["aws_cognito_user_pool_client", cognitoUserPoolClient],
  ["aws_cognito_user_pool_domain", cognitoUserPoolDomain],
  ["aws_iam_role", iamRole],
  ["aws_iam_role_policy", iamRolePolicy],
  ["aws_iam_role_policy_attachment", iamRolePolicyAttachment],
  ["aws_lambda_function", lambdaFunction],
  ["aws_lambda_permission", lambdaPermission],
  ["aws_s3_bucket", s3Bucket],
  ["aws_s3_bucket_ownership_controls", s3OwnershipControls],
  ["aws_s3_bucket_policy", s3BucketPolicy],
  ["aws_s3_bucket_server_side_encryption_configuration", s3Encryption],
  ["aws_s3_bucket_versioning", s3Versioning],
  ["aws_secretsmanager_secret", secret],
  ["aws_secretsmanager_secret_policy", { policy: json, secret_arn: arn }],
  ["aws_wafv2_web_acl", webAcl],
  ["aws_wafv2_web_acl_association", { resource_arn: arn, web_acl_arn: arn }],
  ["data.aws_iam_policy_document", policyDocument],
]);
