/** What an account holds, as Terraform would name it: to compare with a state, file against file. */
import type { Entries, StoredRecord } from "../../emulator/account/file";

interface Parts {
  readonly resourceMethods?: Readonly<Record<string, MethodParts>>;
  readonly methodSettings?: Readonly<Record<string, unknown>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly statements?: readonly { readonly Sid: string }[];
  readonly versions?: readonly { readonly VersionId: string }[];
}
interface MethodParts {
  readonly methodIntegration?: { readonly integrationResponses?: object };
  readonly methodResponses?: object;
}

type ThingsOf = (record: StoredRecord & Parts) => readonly string[];

const one =
  (type: string, id: (record: StoredRecord) => unknown): ThingsOf =>
  (record) => [`${type} ${id(record)}`];

/** S3's settings by the member that holds them. */
const BUCKET_SETTINGS: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/ownership/i, "ownership_controls"],
  [/^policy/i, "policy"],
  [/publicaccess/i, "public_access_block"],
  [/encryption/i, "server_side_encryption_configuration"],
  [/versioning/i, "versioning"],
];

/** By table; what is in no table here is a part of something else. */
const TABLES: Readonly<Record<string, ThingsOf>> = {
  "apigateway/Authorizer": one("aws_api_gateway_authorizer", ({ id }) => id),
  "apigateway/BasePathMapping": one(
    "aws_api_gateway_base_path_mapping",
    (of) => `${of["domainName"]}/${of["basePath"]}`,
  ),
  "apigateway/Deployment": one("aws_api_gateway_deployment", ({ id }) => id),
  "apigateway/DomainName": one("aws_api_gateway_domain_name", ({ domainName }) => domainName),
  "apigateway/GatewayResponse": one(
    "aws_api_gateway_gateway_response",
    ({ restApiId, responseType }) => `aggr-${restApiId}-${responseType}`,
  ),
  "apigateway/RequestValidator": one("aws_api_gateway_request_validator", ({ id }) => id),
  "apigateway/Resource": ({ restApiId, id, path, resourceMethods = {} }) => [
    ...(path === "/" ? [] : [`aws_api_gateway_resource ${id}`]),
    ...Object.entries(resourceMethods).flatMap(([name, method]) => methodThings(`${restApiId}-${id}-${name}`, method)),
  ],
  "apigateway/RestApi": one("aws_api_gateway_rest_api", ({ id }) => id),
  "apigateway/Stage": ({ restApiId, stageName, methodSettings = {} }) => [
    `aws_api_gateway_stage ags-${restApiId}-${stageName}`,
    ...Object.keys(methodSettings).map((path) => `aws_api_gateway_method_settings ${restApiId}-${stageName}-${path}`),
  ],
  "cloudwatch/Dashboard": one("aws_cloudwatch_dashboard", ({ DashboardName }) => DashboardName),
  "cloudwatch/MetricAlarm": one("aws_cloudwatch_metric_alarm", ({ AlarmName }) => AlarmName),
  "cognito-idp/ResourceServer": one("aws_cognito_resource_server", (of) => `${of["UserPoolId"]}|${of["Identifier"]}`),
  "cognito-idp/UserPool": one("aws_cognito_user_pool", ({ Id }) => Id),
  "cognito-idp/UserPoolClient": one("aws_cognito_user_pool_client", ({ ClientId }) => ClientId),
  "cognito-idp/UserPoolDomain": one("aws_cognito_user_pool_domain", ({ Domain }) => Domain),
  "iam/AttachedRolePolicy": one("aws_iam_role_policy_attachment", (of) => `${of["RoleName"]}/${of["PolicyArn"]}`),
  "iam/Role": one("aws_iam_role", ({ RoleName }) => RoleName),
  "iam/RolePolicy": one("aws_iam_role_policy", ({ RoleName, PolicyName }) => `${RoleName}:${PolicyName}`),
  "lambda/Function": one("aws_lambda_function", ({ FunctionName }) => FunctionName),
  "lambda/Policy": ({ statements = [] }) => statements.map(({ Sid }) => `aws_lambda_permission ${Sid}`),
  "logs/LogGroup": one("aws_cloudwatch_log_group", ({ logGroupName }) => logGroupName),
  "s3/Bucket": ({ Name, settings = {} }) => [
    `aws_s3_bucket ${Name}`,
    ...BUCKET_SETTINGS.filter(([pattern]) =>
      Object.entries(settings).some(([member, value]) => pattern.test(member) && value !== undefined),
    ).map(([, type]) => `aws_s3_bucket_${type} ${Name}`),
  ],
  "secretsmanager/Secret": ({ ARN, versions = [], DeletedDate }) =>
    DeletedDate === undefined
      ? [
          `aws_secretsmanager_secret ${ARN}`,
          ...versions.map(({ VersionId }) => `aws_secretsmanager_secret_version ${ARN}|${VersionId}`),
        ]
      : [],
  "wafv2/Association": one("aws_wafv2_web_acl_association", (of) => `${of["WebACLArn"]},${of["ResourceArn"]}`),
  "wafv2/WebACL": one("aws_wafv2_web_acl", ({ Id }) => Id),
};

function methodThings(at: string, { methodIntegration, methodResponses = {} }: MethodParts): readonly string[] {
  return [
    `aws_api_gateway_method agm-${at}`,
    ...Object.keys(methodResponses).map((status) => `aws_api_gateway_method_response agmr-${at}-${status}`),
    ...(methodIntegration === undefined ? [] : [`aws_api_gateway_integration agi-${at}`]),
    ...Object.keys(methodIntegration?.integrationResponses ?? {}).map(
      (status) => `aws_api_gateway_integration_response agir-${at}-${status}`,
    ),
  ];
}

/** `<Terraform type> <id>` of everything. */
export function thingsIn(entries: Entries): readonly string[] {
  return [...entries].flatMap(([type, of]) => [...of.values()].flatMap((record) => TABLES[type]?.(record) ?? []));
}
