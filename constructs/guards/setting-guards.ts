/**
 * Settings that leave something unencrypted, public or logged for ever, by resource type: what commonly stands beside an
 * API of machines. What AWS always encrypts (DynamoDB, Secrets Manager, S3, log groups) and what is right by default is
 * not listed.
 */
import { CLIENT_TOKEN_FLOW } from "../contract/contract";
import { blocksOf, isUnset, listOf, type StackJson, type StackResource } from "../contract/stack-json";
import { hasReason } from "../declared-reason";
import { certainText } from "./certainty";
import { all, type Guard, type GuardTable, hasExpression, isOff, isOn, shown, when } from "./guard";

/** Policies of a domain name that refuse TLS 1.0 and 1.1; the default is one of them. */
const SAFE_TLS = /^(?:TLS_1_2|SecurityPolicy_TLS1[23]_.+)$/;
const METHODS = "Write each method as an aws_api_gateway_method";
const ROUTES = "Write each route as an aws_apigatewayv2_route";

const encrypted = mustBeOn("storage_encrypted", "its data is unencrypted");
const withoutBody = mustBeUnset("body", "guards cannot check the methods of an OpenAPI body", METHODS);
const withoutPublicAddress = mustBeOff("publicly_accessible", "gives it an address on the Internet");
const ENCRYPT = "Set cache_data_encrypted to true";
const withoutTemplate: Guard = () =>
  when(true, "guards cannot check the resources that it creates", "Write each resource in Terraform");
const withSafeTls = (policy: unknown) =>
  when(
    !isUnset(policy) && !SAFE_TLS.test(String(policy)),
    `security_policy is ${shown(policy)}, which allows TLS versions older than 1.2`,
    "Set TLS_1_2",
  );

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetClientToken.html */
const withoutClientToken: Guard = ({ attributes: { explicit_auth_flows: flows }, reason }) => {
  const isUnknown = listOf(flows).some(hasExpression);
  return when(
    !hasReason(reason) && (isUnknown || listOf(flows).includes(CLIENT_TOKEN_FLOW)),
    isUnknown
      ? `explicit_auth_flows is ${shown(flows)}, which cannot be checked before deployment`
      : `it can get tokens without the domain, because explicit_auth_flows has ${CLIENT_TOKEN_FLOW}`,
    "Let it use the token endpoint (allowed_oauth_flows), or declare it with a reason (declareClientToken)",
  );
};

export const settingGuards: GuardTable = {
  aws_api_gateway_domain_name: ({ attributes: { security_policy: policy } }) => withSafeTls(policy),
  aws_apigatewayv2_domain_name: ({ attributes }) =>
    blocksOf(attributes["domain_name_configuration"]).flatMap(({ security_policy: policy }) => withSafeTls(policy)),
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
  aws_sns_topic: ({ attributes: { kms_master_key_id: key } }, stack) =>
    when(!isCertainlySet(key, stack), "its messages are unencrypted", "Set kms_master_key_id"),
  aws_sqs_queue: ({ attributes: { sqs_managed_sse_enabled: managed, kms_master_key_id: key } }, stack) =>
    when(
      !isUnset(managed) && !isOn(managed) && !isCertainlySet(key, stack),
      "its messages are unencrypted",
      "Remove sqs_managed_sse_enabled, or set kms_master_key_id",
    ),
  aws_db_instance: all(encrypted, withoutPublicAddress),
  aws_rds_cluster: encrypted,
  aws_cognito_identity_pool: mustBeOff("allow_unauthenticated_identities", "gives everyone credentials of AWS"),
  aws_ram_resource_share: mustBeOff("allow_external_principals", "shares with accounts outside the organization"),
  aws_dms_replication_instance: withoutPublicAddress,
  aws_lightsail_database: withoutPublicAddress,
  aws_m2_environment: withoutPublicAddress,
  aws_mq_broker: withoutPublicAddress,
  aws_neptune_cluster_instance: withoutPublicAddress,
  aws_rds_cluster_instance: withoutPublicAddress,
  aws_rds_shard_group: withoutPublicAddress,
  aws_redshift_cluster: withoutPublicAddress,
  aws_redshiftserverless_workgroup: withoutPublicAddress,
  aws_timestreaminfluxdb_db_cluster: withoutPublicAddress,
  aws_timestreaminfluxdb_db_instance: withoutPublicAddress,
  aws_cloudcontrolapi_resource: withoutTemplate,
  aws_cloudformation_stack: withoutTemplate,
  aws_cloudformation_stack_set: withoutTemplate,
  aws_serverlessapplicationrepository_cloudformation_stack: withoutTemplate,
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
        ENCRYPT,
      ),
    ]),

  /** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html */
  aws_api_gateway_stage: (stage, stack) =>
    when(
      !isOff(stage.attributes["cache_cluster_enabled"]) && !isCacheEncrypted(stage, stack),
      "cache_cluster_enabled caches responses of GET methods without encryption",
      `${ENCRYPT} in an aws_api_gateway_method_settings of the stage with the method_path */*`,
    ),

  aws_cognito_user_pool_client: withoutClientToken,
  aws_cognito_managed_user_pool_client: withoutClientToken,

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

/** Whether all settings of the stage encrypt, or its API has no method that is cached unless its settings say otherwise. */
function isCacheEncrypted({ type, name, attributes }: StackResource, stack: StackJson): boolean {
  const names = [`\${${type}.${name}.stage_name}`, attributes["stage_name"]];
  const mayBeOfApi = ({ attributes: { rest_api_id: id } }: StackResource) =>
    [undefined, certainText(attributes["rest_api_id"], stack)].includes(certainText(id, stack));
  const hasSettings = stack
    .ofType("aws_api_gateway_method_settings")
    .filter((one) => one.attributes["method_path"] === "*/*" && names.includes(one.attributes["stage_name"]))
    .filter(mayBeOfApi)
    .flatMap((one) => blocksOf(one.attributes["settings"]))
    .some((settings) => isOn(settings["cache_data_encrypted"]) || isOffExplicitly(settings["caching_enabled"]));
  const methods = stack.ofType("aws_api_gateway_method").filter(mayBeOfApi);
  const verbs = methods.map((method) => certainText(method.attributes["http_method"], stack));
  return hasSettings || (verbs.length > 0 && verbs.every((verb) => ![undefined, "GET", "ANY"].includes(verb)));
}

function isOffExplicitly(value: unknown): boolean {
  return !isUnset(value) && isOff(value);
}

function isCertainlySet(value: unknown, stack: StackJson): boolean {
  return !isUnset(value) && !isUnset(certainText(value, stack));
}

function mustBeOff(attribute: string, consequence: string): Guard {
  return ({ attributes }) => when(!isOff(attributes[attribute]), `${attribute} ${consequence}`, `Remove ${attribute}`);
}

function mustBeOn(attribute: string, consequence: string): Guard {
  return ({ attributes }) =>
    when(!isOn(attributes[attribute]), `${attribute} is not true, so ${consequence}`, `Set ${attribute} to true`);
}

function mustBeUnset(attribute: string, consequence: string, wayOut: string): Guard {
  return ({ attributes }) => when(!isUnset(attributes[attribute]), `it has a ${attribute}, and ${consequence}`, wayOut);
}
