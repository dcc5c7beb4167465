/**
 * The operations of AWS that the tables of shapes hold, by room of `emulator/services`. To have one in a table, add its
 * name here and run `npm run aws-model -- <models folder>`.
 */

import { corrections } from "./corrections";
import { words } from "./words";

/** Where the table of a service comes from. */
export interface TableSource {
  /** Name of the file in the folder of models. */
  readonly model: string;
  /** Package whose schemas have what is newer than the model. */
  readonly sdk: string;
  /** Protocols that the service speaks besides the one in the model. */
  readonly alsoSpeaks?: readonly string[];
  /** Whether `^` and `$` around a pattern are AWS's own; the models put them around the patterns of other services. */
  readonly keepsAnchors?: true;
  readonly operations: readonly string[];
  /**
   * What model and schemas do not say, or say wrongly, by shape. Values of an enum come first in the order in which AWS
   * got them, which decides how a violation lists them; those that are not named follow.
   */
  readonly corrections?: Readonly<Record<string, object>>;
  /** Statuses of answers where the model has another one than AWS, by operation. */
  readonly statuses?: Readonly<Record<string, number>>;
  /** Shapes of members, by name, in structures that only the SDK has: its schemas have no constraints. */
  readonly memberShapes?: Readonly<Record<string, string>>;
}

/** By room. */
export const tableSources: Readonly<Record<string, TableSource>> = {
  apigateway: {
    model: "api-gateway-2015-07-09.json",
    sdk: "@aws-sdk/client-api-gateway",
    operations: words(`
      CreateApiKey GetApiKey GetApiKeys UpdateApiKey DeleteApiKey
      CreateAuthorizer GetAuthorizer GetAuthorizers UpdateAuthorizer DeleteAuthorizer TestInvokeAuthorizer
      CreateBasePathMapping GetBasePathMapping GetBasePathMappings UpdateBasePathMapping DeleteBasePathMapping
      CreateDeployment GetDeployment GetDeployments UpdateDeployment DeleteDeployment
      CreateDomainName GetDomainName GetDomainNames UpdateDomainName DeleteDomainName
      CreateModel GetModel GetModels UpdateModel DeleteModel
      CreateRequestValidator GetRequestValidator GetRequestValidators UpdateRequestValidator DeleteRequestValidator
      CreateResource GetResource GetResources UpdateResource DeleteResource
      CreateRestApi GetRestApi GetRestApis UpdateRestApi DeleteRestApi ImportRestApi PutRestApi
      CreateStage GetStage GetStages UpdateStage DeleteStage FlushStageAuthorizersCache FlushStageCache
      CreateUsagePlan GetUsagePlan GetUsagePlans UpdateUsagePlan DeleteUsagePlan GetUsage
      CreateUsagePlanKey GetUsagePlanKey GetUsagePlanKeys DeleteUsagePlanKey
      GetAccount UpdateAccount GetExport
      PutGatewayResponse GetGatewayResponse GetGatewayResponses UpdateGatewayResponse DeleteGatewayResponse
      PutMethod GetMethod UpdateMethod DeleteMethod TestInvokeMethod
      PutMethodResponse GetMethodResponse UpdateMethodResponse DeleteMethodResponse
      PutIntegration GetIntegration UpdateIntegration DeleteIntegration
      PutIntegrationResponse GetIntegrationResponse UpdateIntegrationResponse DeleteIntegrationResponse
      TagResource UntagResource GetTags
    `),
    corrections: corrections.apigateway,
  },
  cloudtrail: {
    model: "cloudtrail-2013-11-01.json",
    sdk: "@aws-sdk/client-cloudtrail",
    operations: ["LookupEvents"],
  },
  cloudwatch: {
    model: "cloudwatch-2010-08-01.json",
    sdk: "@aws-sdk/client-cloudwatch",
    alsoSpeaks: ["awsJson1_0", "rpcv2Cbor"],
    operations: words(`
      PutMetricAlarm PutCompositeAlarm DescribeAlarms DescribeAlarmsForMetric DeleteAlarms SetAlarmState
      DescribeAlarmHistory EnableAlarmActions DisableAlarmActions
      PutDashboard GetDashboard ListDashboards DeleteDashboards
      TagResource UntagResource ListTagsForResource
    `),
    corrections: corrections.cloudwatch,
  },
  cognito: {
    model: "cognito-identity-provider-2016-04-18.json",
    sdk: "@aws-sdk/client-cognito-identity-provider",
    operations: words(`
      CreateUserPool DescribeUserPool ListUserPools UpdateUserPool DeleteUserPool AddCustomAttributes
      GetUserPoolMfaConfig SetUserPoolMfaConfig GetUICustomization
      CreateUserPoolClient DescribeUserPoolClient ListUserPoolClients UpdateUserPoolClient DeleteUserPoolClient
      AddUserPoolClientSecret ListUserPoolClientSecrets DeleteUserPoolClientSecret GetClientToken
      CreateUserPoolDomain DescribeUserPoolDomain UpdateUserPoolDomain DeleteUserPoolDomain
      CreateResourceServer DescribeResourceServer ListResourceServers UpdateResourceServer DeleteResourceServer
      TagResource UntagResource ListTagsForResource
    `),
    memberShapes: {
      UserPoolId: "UserPoolIdType",
      ClientId: "ClientIdType",
      ClientSecret: "ClientSecretType",
      Secret: "ClientSecretType",
      NextToken: "PaginationKey",
      Scopes: "ScopeListType",
      ClientMetadata: "ClientMetadataType",
    },
    corrections: corrections.cognito,
  },
  iam: {
    model: "iam-2010-05-08.json",
    sdk: "@aws-sdk/client-iam",
    operations: words(`
      CreateRole GetRole ListRoles UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole
      PutRolePermissionsBoundary DeleteRolePermissionsBoundary
      PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy
      AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
      CreatePolicy GetPolicy ListPolicies DeletePolicy ListEntitiesForPolicy
      CreatePolicyVersion GetPolicyVersion ListPolicyVersions SetDefaultPolicyVersion DeletePolicyVersion
      TagRole UntagRole ListRoleTags TagPolicy UntagPolicy ListPolicyTags
      ListInstanceProfilesForRole RemoveRoleFromInstanceProfile
    `),
    corrections: corrections.iam,
  },
  lambda: {
    model: "lambda-2015-03-31.json",
    sdk: "@aws-sdk/client-lambda",
    operations: words(`
      CreateFunction GetFunction ListFunctions DeleteFunction Invoke
      GetFunctionConfiguration UpdateFunctionConfiguration UpdateFunctionCode
      PublishVersion ListVersionsByFunction
      CreateAlias GetAlias ListAliases UpdateAlias DeleteAlias
      AddPermission RemovePermission GetPolicy
      PutFunctionConcurrency GetFunctionConcurrency DeleteFunctionConcurrency
      GetFunctionCodeSigningConfig PutFunctionCodeSigningConfig DeleteFunctionCodeSigningConfig
      PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig
      ListFunctionEventInvokeConfigs DeleteFunctionEventInvokeConfig
      CreateFunctionUrlConfig GetFunctionUrlConfig UpdateFunctionUrlConfig ListFunctionUrlConfigs DeleteFunctionUrlConfig
      GetRuntimeManagementConfig PutRuntimeManagementConfig GetFunctionRecursionConfig PutFunctionRecursionConfig
      PutProvisionedConcurrencyConfig GetProvisionedConcurrencyConfig ListProvisionedConcurrencyConfigs
      DeleteProvisionedConcurrencyConfig
      GetAccountSettings TagResource UntagResource ListTags
    `),
    corrections: corrections.lambda,
  },
  logs: {
    model: "cloudwatch-logs-2014-03-28.json",
    sdk: "@aws-sdk/client-cloudwatch-logs",
    operations: words(`
      CreateLogGroup DescribeLogGroups ListLogGroups DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy
      AssociateKmsKey DisassociateKmsKey
      CreateLogStream DescribeLogStreams DeleteLogStream
      PutLogEvents GetLogEvents FilterLogEvents
      TagResource UntagResource ListTagsForResource TagLogGroup UntagLogGroup ListTagsLogGroup
    `),
    corrections: corrections.logs,
  },
  s3: {
    model: "s3-2006-03-01.json",
    sdk: "@aws-sdk/client-s3",
    statuses: { PutBucketPolicy: 204, PutBucketTagging: 204 },
    operations: words(`
      CreateBucket HeadBucket ListBuckets DeleteBucket GetBucketLocation
      GetBucketAccelerateConfiguration PutBucketAccelerateConfiguration GetBucketAcl PutBucketAcl
      GetBucketCors PutBucketCors DeleteBucketCors
      GetBucketEncryption PutBucketEncryption DeleteBucketEncryption
      GetBucketLifecycleConfiguration PutBucketLifecycleConfiguration DeleteBucketLifecycle
      GetBucketLogging PutBucketLogging GetBucketNotificationConfiguration PutBucketNotificationConfiguration
      GetBucketOwnershipControls PutBucketOwnershipControls DeleteBucketOwnershipControls
      GetBucketPolicy PutBucketPolicy DeleteBucketPolicy GetBucketPolicyStatus
      GetBucketReplication PutBucketReplication DeleteBucketReplication
      GetBucketRequestPayment PutBucketRequestPayment
      GetBucketTagging PutBucketTagging DeleteBucketTagging
      GetBucketVersioning PutBucketVersioning
      GetBucketWebsite PutBucketWebsite DeleteBucketWebsite
      GetObjectLockConfiguration PutObjectLockConfiguration
      GetPublicAccessBlock PutPublicAccessBlock DeletePublicAccessBlock
      PutObject GetObject HeadObject DeleteObject DeleteObjects ListObjects ListObjectsV2 ListObjectVersions
      GetObjectTagging PutObjectTagging DeleteObjectTagging GetObjectAcl
      CreateMultipartUpload UploadPart CompleteMultipartUpload AbortMultipartUpload ListMultipartUploads
    `),
  },
  secretsmanager: {
    model: "secrets-manager-2017-10-17.json",
    sdk: "@aws-sdk/client-secrets-manager",
    operations: words(`
      CreateSecret DescribeSecret ListSecrets UpdateSecret DeleteSecret RestoreSecret
      PutSecretValue GetSecretValue UpdateSecretVersionStage ListSecretVersionIds
      PutResourcePolicy GetResourcePolicy DeleteResourcePolicy ValidateResourcePolicy
      RotateSecret CancelRotateSecret GetRandomPassword
      TagResource UntagResource
    `),
  },
  ssm: {
    model: "ssm-2014-11-06.json",
    sdk: "@aws-sdk/client-ssm",
    operations: words("PutParameter GetParameter GetParameters DescribeParameters DeleteParameter"),
  },
  sts: {
    model: "sts-2011-06-15.json",
    sdk: "@aws-sdk/client-sts",
    operations: words("GetCallerIdentity GetFederationToken GetSessionToken AssumeRole AssumeRoleWithWebIdentity"),
  },
  wafv2: {
    model: "wafv2-2019-07-29.json",
    sdk: "@aws-sdk/client-wafv2",
    keepsAnchors: true,
    operations: words(`
      CreateWebACL GetWebACL ListWebACLs UpdateWebACL DeleteWebACL
      AssociateWebACL DisassociateWebACL GetWebACLForResource ListResourcesForWebACL
      PutLoggingConfiguration GetLoggingConfiguration ListLoggingConfigurations DeleteLoggingConfiguration
      TagResource UntagResource ListTagsForResource
    `),
  },
};
