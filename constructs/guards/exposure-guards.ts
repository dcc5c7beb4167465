/**
 * Things that are unencrypted or public, by their types: what commonly stands beside an API of machines. What AWS always
 * encrypts (DynamoDB, Secrets Manager, S3, log groups) and what is right by default is not listed.
 */
import { isOff, isOn, isUnset, shown } from "./attribute-value";
import { all, type Guard, type GuardTable, when } from "./guard";

const PUBLIC_ACLS = ["public-read", "public-read-write", "authenticated-read"];
const BLOCKS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
/** Policies of a domain name that refuse TLS 1.0 and 1.1; the default is one of them. */
const SAFE_TLS = /^(?:TLS_1_2|SecurityPolicy_TLS1[23]_.+)$/;
const METHODS = "Write each method as an aws_api_gateway_method";
const ROUTES = "Write each route as an aws_apigatewayv2_route";

const encrypted = mustBeOn("storage_encrypted", "its data is unencrypted");
const withoutPublicAcl: Guard = ({ attributes: { acl } }) =>
  when(PUBLIC_ACLS.includes(String(acl)), `acl is ${shown(acl)}, so that anybody may read it`, "Leave acl out");

export const exposureGuards: GuardTable = {
  aws_s3_bucket: withoutPublicAcl,
  aws_s3_bucket_acl: withoutPublicAcl,
  aws_s3_bucket_public_access_block: all(BLOCKS.map((flag) => mustBeOn(flag, "the bucket may become public"))),
  aws_lambda_function_url: ({ attributes: { authorization_type: type } }) =>
    when(
      type !== "AWS_IAM",
      `authorization_type is ${shown(type)}, so that anybody may call the function`,
      "Put a route with scopes in front of the function",
    ),
  aws_api_gateway_domain_name: ({ attributes: { security_policy: policy } }) =>
    when(
      !isUnset(policy) && !SAFE_TLS.test(String(policy)),
      `security_policy is ${shown(policy)}, which lets in TLS older than 1.2`,
      "Set TLS_1_2",
    ),
  aws_api_gateway_rest_api: mustBeUnset("body", "no guard sees the methods of an OpenAPI body", METHODS),
  aws_api_gateway_rest_api_put: mustBeUnset("body", "no guard sees the methods of an OpenAPI body", METHODS),
  aws_apigatewayv2_api: all([
    mustBeUnset("body", "no guard sees the routes of an OpenAPI body", ROUTES),
    mustBeUnset("target", "a quick-created API has a route that anybody may call", ROUTES),
  ]),
  aws_api_gateway_account: () =>
    when(
      true,
      "it sets the logging role of all APIs of the region, and takes it from them when this stack goes",
      "Set the role once for the account, in a stack of its own",
    ),
  aws_sns_topic: ({ attributes }) =>
    when(isUnset(attributes["kms_master_key_id"]), "its messages are unencrypted", "Set kms_master_key_id"),
  aws_sqs_queue: ({ attributes }) =>
    when(
      !isUnset(attributes["sqs_managed_sse_enabled"]) &&
        !isOn(attributes["sqs_managed_sse_enabled"]) &&
        isUnset(attributes["kms_master_key_id"]),
      "its messages are unencrypted",
      "Leave sqs_managed_sse_enabled out, or set kms_master_key_id",
    ),
  aws_db_instance: all([encrypted, withoutPublicAddress()]),
  aws_rds_cluster: encrypted,
  aws_rds_cluster_instance: withoutPublicAddress(),
  aws_efs_file_system: mustBeOn("encrypted", "its data is unencrypted"),
  aws_ebs_volume: mustBeOn("encrypted", "its data is unencrypted"),
};

function mustBeOn(attribute: string, consequence: string): Guard {
  return ({ attributes }) =>
    when(!isOn(attributes[attribute]), `${attribute} is not true, so that ${consequence}`, `Set ${attribute} to true`);
}

function mustBeUnset(attribute: string, consequence: string, wayOut: string): Guard {
  return ({ attributes }) => when(!isUnset(attributes[attribute]), `it has a ${attribute}, and ${consequence}`, wayOut);
}

function withoutPublicAddress(): Guard {
  return ({ attributes }) =>
    when(
      !isOff(attributes["publicly_accessible"]),
      "publicly_accessible gives it an address on the Internet",
      "Leave publicly_accessible out",
    );
}
