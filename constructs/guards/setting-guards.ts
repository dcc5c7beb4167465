/**
 * Settings that leave something unencrypted, public or logged for ever, by resource type: what commonly stands beside an
 * API of machines. What AWS always encrypts (DynamoDB, Secrets Manager, S3, log groups) and what is right by default is
 * not listed.
 */
import { CLIENT_TOKEN_FLOW } from "../contract/contract";
import { blocksOf, isUnset, listOf, type StackJson } from "../contract/stack-json";
import { all, type Guard, type GuardTable, hasExpression, isOff, isOn, shown, when } from "./guard";

const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];
const BLOCKS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
/** Policies of a domain name that refuse TLS 1.0 and 1.1; the default is one of them. */
const SAFE_TLS = /^(?:TLS_1_2|SecurityPolicy_TLS1[23]_.+)$/;
const METHODS = "Write each method as an aws_api_gateway_method";
const ROUTES = "Write each route as an aws_apigatewayv2_route";
const IN_FRONT = "Put a route with scopes in front of the function";

const encrypted = mustBeOn("storage_encrypted", "its data is unencrypted");
const withoutBody = mustBeUnset("body", "guards cannot check the methods of an OpenAPI body", METHODS);
const withoutPublicAcl: Guard = ({ attributes: { acl } }) =>
  when(PUBLIC_ACLS.includes(String(acl)), `acl is ${shown(acl)}, so it is public`, "Remove acl");
const withoutPublicAddress: Guard = ({ attributes }) =>
  when(
    !isOff(attributes["publicly_accessible"]),
    "publicly_accessible gives it an address on the Internet",
    "Remove publicly_accessible",
  );

export const settingGuards: GuardTable = {
  aws_s3_bucket: withoutPublicAcl,
  aws_s3_bucket_acl: withoutPublicAcl,
  aws_s3_bucket_public_access_block: all(...BLOCKS.map((flag) => mustBeOn(flag, "the bucket may become public"))),
  aws_lambda_function_url: ({ attributes: { authorization_type: type } }) =>
    when(type !== "AWS_IAM", `authorization_type is ${shown(type)}, so the function is public`, IN_FRONT),
  aws_api_gateway_domain_name: ({ attributes: { security_policy: policy } }) =>
    when(
      !isUnset(policy) && !SAFE_TLS.test(String(policy)),
      `security_policy is ${shown(policy)}, which allows TLS versions older than 1.2`,
      "Set TLS_1_2",
    ),
  aws_api_gateway_rest_api: withoutBody,
  aws_api_gateway_rest_api_put: withoutBody,
  aws_apigatewayv2_api: all(
    mustBeUnset("body", "guards cannot check the routes of an OpenAPI body", ROUTES),
    mustBeUnset("target", "a quick-created API has a public route", ROUTES),
  ),
  aws_api_gateway_account: () =>
    when(
      true,
      "it sets the logging role of all APIs in the region, and removes it when this stack is destroyed",
      "Set the role once for the account, in a separate stack",
    ),
  aws_sns_topic: ({ attributes }) =>
    when(isUnset(attributes["kms_master_key_id"]), "its messages are unencrypted", "Set kms_master_key_id"),
  aws_sqs_queue: ({ attributes: { sqs_managed_sse_enabled: managed, kms_master_key_id: key } }) =>
    when(
      !isUnset(managed) && !isOn(managed) && isUnset(key),
      "its messages are unencrypted",
      "Remove sqs_managed_sse_enabled, or set kms_master_key_id",
    ),
  aws_db_instance: all(encrypted, withoutPublicAddress),
  aws_rds_cluster: encrypted,
  aws_rds_cluster_instance: withoutPublicAddress,
  aws_efs_file_system: mustBeOn("encrypted", "its data is unencrypted"),
  aws_ebs_volume: mustBeOn("encrypted", "its data is unencrypted"),

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html */
  aws_cloudwatch_log_group: ({ attributes: { retention_in_days: days } }) =>
    when(
      !(Number(days) > 0),
      hasExpression(days)
        ? `retention_in_days is ${shown(days)}, which cannot be checked before deployment`
        : "its log events never expire, because retention_in_days is not set",
      "Set retention_in_days",
    ),

  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html */
  aws_api_gateway_method_settings: ({ attributes }) =>
    blocksOf(attributes["settings"]).flatMap((settings) => [
      ...when(
        !isOff(settings["data_trace_enabled"]),
        "data_trace_enabled logs whole requests, including tokens",
        "Remove it, and use the stage's access log",
      ),
      ...when(
        !isOff(settings["caching_enabled"]) && !isOn(settings["cache_data_encrypted"]),
        "caching_enabled caches responses without encryption",
        "Set cache_data_encrypted to true",
      ),
    ]),

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html */
  aws_cognito_user_pool_client: ({ attributes: { explicit_auth_flows: flows }, reason = "" }) => {
    const isUnknown = listOf(flows).some(hasExpression);
    return when(
      reason.trim() === "" && (isUnknown || listOf(flows).includes(CLIENT_TOKEN_FLOW)),
      isUnknown
        ? `explicit_auth_flows is ${shown(flows)}, which cannot be checked before deployment`
        : `it can get tokens without the domain, because explicit_auth_flows has ${CLIENT_TOKEN_FLOW}`,
      "Let it use the token endpoint (allowed_oauth_flows), or declare it with a reason (declareClientToken)",
    );
  },

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html */
  aws_cognito_user_pool: ({ name, attributes }, stack) =>
    when(
      blocksOf(attributes["issuer_configuration"]).some(({ type }) => type !== "ORIGINAL") &&
        isBehindRestApi(name, stack),
      "issuer_configuration is not ORIGINAL, and no COGNITO_USER_POOLS authorizer accepts tokens with another issuer",
      "Remove issuer_configuration",
    ),
};

function isBehindRestApi(pool: string, stack: StackJson): boolean {
  const arns = stack
    .ofType("aws_api_gateway_authorizer")
    .flatMap(({ attributes }) => listOf(attributes["provider_arns"]));
  return arns.some((arn) => String(arn).includes(`aws_cognito_user_pool.${pool}.`));
}

function mustBeOn(attribute: string, consequence: string): Guard {
  return ({ attributes }) =>
    when(!isOn(attributes[attribute]), `${attribute} is not true, so ${consequence}`, `Set ${attribute} to true`);
}

function mustBeUnset(attribute: string, consequence: string, wayOut: string): Guard {
  return ({ attributes }) => when(!isUnset(attributes[attribute]), `it has a ${attribute}, and ${consequence}`, wayOut);
}
