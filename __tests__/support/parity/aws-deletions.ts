/** Deletes by the AWS SDK what Terraform created, one operation of AWS or a few for each resource type. */
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { CognitoIdentityProvider } from "@aws-sdk/client-cognito-identity-provider";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type Scope, WAFV2 } from "@aws-sdk/client-wafv2";
import type { Emulator } from "../../../emulator";
import { sdkOptions } from "../aws-sdk";

type Texts = Readonly<Record<string, string>>;
type Aws = ReturnType<typeof clientsOf>;
type Deletion = (aws: Aws, at: Texts) => Promise<unknown>;

const method = ({ rest_api_id, resource_id, http_method }: Texts) => ({
  restApiId: rest_api_id,
  resourceId: resource_id,
  httpMethod: http_method,
});

const deletions: Readonly<Record<string, Deletion>> = {
  aws_cognito_user_pool: ({ cognito }, { id }) => cognito.deleteUserPool({ UserPoolId: id }),
  aws_cognito_user_pool_domain: ({ cognito }, { domain, user_pool_id }) =>
    cognito.deleteUserPoolDomain({ Domain: domain, UserPoolId: user_pool_id }),
  aws_cognito_resource_server: ({ cognito }, { identifier, user_pool_id }) =>
    cognito.deleteResourceServer({ Identifier: identifier, UserPoolId: user_pool_id }),
  aws_cognito_user_pool_client: ({ cognito }, { id, user_pool_id }) =>
    cognito.deleteUserPoolClient({ ClientId: id, UserPoolId: user_pool_id }),

  aws_api_gateway_rest_api: ({ gateway }, { id }) => gateway.deleteRestApi({ restApiId: id }),
  aws_api_gateway_resource: ({ gateway }, { id, rest_api_id }) =>
    gateway.deleteResource({ restApiId: rest_api_id, resourceId: id }),
  aws_api_gateway_authorizer: ({ gateway }, { id, rest_api_id }) =>
    gateway.deleteAuthorizer({ restApiId: rest_api_id, authorizerId: id }),
  aws_api_gateway_method: ({ gateway }, at) => gateway.deleteMethod(method(at)),
  aws_api_gateway_method_response: ({ gateway }, at) =>
    gateway.deleteMethodResponse({ ...method(at), statusCode: at["status_code"] }),
  aws_api_gateway_integration: ({ gateway }, at) => gateway.deleteIntegration(method(at)),
  aws_api_gateway_integration_response: ({ gateway }, at) =>
    gateway.deleteIntegrationResponse({ ...method(at), statusCode: at["status_code"] }),
  aws_api_gateway_gateway_response: ({ gateway }, { rest_api_id }) =>
    gateway.deleteGatewayResponse({ restApiId: rest_api_id, responseType: "UNAUTHORIZED" }),
  aws_api_gateway_request_validator: ({ gateway }, { id, rest_api_id }) =>
    gateway.deleteRequestValidator({ restApiId: rest_api_id, requestValidatorId: id }),
  aws_api_gateway_deployment: ({ gateway }, { id, rest_api_id }) =>
    gateway.deleteDeployment({ restApiId: rest_api_id, deploymentId: id }),
  aws_api_gateway_stage: ({ gateway }, { stage_name, rest_api_id }) =>
    gateway.deleteStage({ restApiId: rest_api_id, stageName: stage_name }),
  aws_api_gateway_method_settings: ({ gateway }, { rest_api_id, stage_name, method_path }) =>
    gateway.updateStage({
      restApiId: rest_api_id,
      stageName: stage_name,
      patchOperations: [{ op: "remove", path: `/${method_path}` }],
    }),
  aws_api_gateway_domain_name: ({ gateway }, { domain_name }) => gateway.deleteDomainName({ domainName: domain_name }),
  aws_api_gateway_base_path_mapping: ({ gateway }, { domain_name }) =>
    gateway.deleteBasePathMapping({ domainName: domain_name, basePath: "(none)" }),

  aws_api_gateway_api_key: ({ gateway }, { id }) => gateway.deleteApiKey({ apiKey: id }),
  aws_api_gateway_usage_plan_key: ({ gateway }, { usage_plan_id, key_id }) =>
    gateway.deleteUsagePlanKey({ usagePlanId: usage_plan_id, keyId: key_id }),
  aws_api_gateway_usage_plan: async ({ gateway }, { id }) => {
    const { apiStages = [] } = await gateway.getUsagePlan({ usagePlanId: id });
    const patchOperations = apiStages.map(({ apiId, stage }) => ({
      op: "remove" as const,
      path: "/apiStages",
      value: `${apiId}:${stage}`,
    }));
    await gateway.updateUsagePlan({ usagePlanId: id, patchOperations });
    return await gateway.deleteUsagePlan({ usagePlanId: id });
  },

  aws_wafv2_web_acl: async ({ firewall }, at) => {
    const acl = { Id: at["id"], Name: at["name"], Scope: at["scope"] as Scope };
    const { LockToken } = await firewall.getWebACL(acl);
    return await firewall.deleteWebACL({ ...acl, LockToken });
  },
  aws_wafv2_web_acl_association: ({ firewall }, { resource_arn }) =>
    firewall.disassociateWebACL({ ResourceArn: resource_arn }),

  aws_secretsmanager_secret: ({ secrets }, { id }) =>
    secrets.deleteSecret({ SecretId: id, ForceDeleteWithoutRecovery: true }),
  aws_secretsmanager_secret_policy: ({ secrets }, { secret_arn }) =>
    secrets.deleteResourcePolicy({ SecretId: secret_arn }),

  aws_iam_role: ({ iam }, { name }) => iam.deleteRole({ RoleName: name }),
  aws_iam_role_policy: ({ iam }, { role, name }) => iam.deleteRolePolicy({ RoleName: role, PolicyName: name }),
  aws_iam_role_policy_attachment: ({ iam }, { role, policy_arn }) =>
    iam.detachRolePolicy({ RoleName: role, PolicyArn: policy_arn }),

  aws_cloudwatch_log_group: ({ logs }, { name }) => logs.deleteLogGroup({ logGroupName: name }),
  aws_cloudwatch_metric_alarm: ({ watch }, { alarm_name }) => watch.deleteAlarms({ AlarmNames: [String(alarm_name)] }),
  aws_cloudwatch_dashboard: ({ watch }, { dashboard_name }) =>
    watch.deleteDashboards({ DashboardNames: [String(dashboard_name)] }),

  aws_lambda_function: ({ lambda }, { function_name }) => lambda.deleteFunction({ FunctionName: function_name }),
  aws_lambda_alias: ({ lambda }, { function_name, name }) =>
    lambda.deleteAlias({ FunctionName: function_name, Name: name }),
  aws_lambda_permission: ({ lambda }, { function_name, statement_id }) =>
    lambda.removePermission({ FunctionName: function_name, StatementId: statement_id }),

  aws_s3_bucket: ({ s3 }, { bucket }) => s3.deleteBucket({ Bucket: bucket }),
  aws_s3_bucket_ownership_controls: ({ s3 }, { bucket }) => s3.deleteBucketOwnershipControls({ Bucket: bucket }),
  aws_s3_bucket_policy: ({ s3 }, { bucket }) => s3.deleteBucketPolicy({ Bucket: bucket }),
  aws_s3_bucket_public_access_block: ({ s3 }, { bucket }) => s3.deletePublicAccessBlock({ Bucket: bucket }),
};

/** Types of which AWS deletes nothing: versions of a secret stay, and a bucket always has encryption and versioning. */
export const NOT_DELETED: readonly string[] = [
  "aws_secretsmanager_secret_version",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_s3_bucket_versioning",
];

/** Whether AWS has an operation that deletes a resource of the type. */
export function isDeletable(type: string): boolean {
  return deletions[type] !== undefined;
}

/** Clients of all services; end them with {@link AwsDeletions.close}. */
export class AwsDeletions {
  private readonly clients: Aws;

  constructor(emulator: Emulator, region: string) {
    this.clients = clientsOf(emulator, region);
  }

  /** @param values the resource's attributes in Terraform's state */
  async delete(type: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    await deletions[type]?.(this.clients, values as Texts);
  }

  close(): void {
    for (const client of Object.values(this.clients)) client.destroy();
  }
}

function clientsOf(emulator: Emulator, region: string) {
  const options = sdkOptions(emulator, region);
  return {
    cognito: new CognitoIdentityProvider(options),
    gateway: new APIGateway(options),
    firewall: new WAFV2(options),
    secrets: new SecretsManager(options),
    iam: new IAM(options),
    logs: new CloudWatchLogs(options),
    watch: new CloudWatch(options),
    lambda: new Lambda(options),
    s3: new S3(options),
  };
}
