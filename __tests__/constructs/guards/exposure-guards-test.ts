import { findingsIn } from "../../support/guarded-stack";

const FLAGS = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
const BLOCKED = Object.fromEntries(FLAGS.map((flag) => [flag, true]));
const PUBLIC_ADDRESS = "publicly_accessible gives it an address on the Internet. Leave publicly_accessible out.";
const STORAGE = "storage_encrypted is not true, so that its data is unencrypted. Set storage_encrypted to true.";

describe("something public or unencrypted", () => {
  it.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ["aws_s3_bucket", { acl: "public-read" }, ['acl is "public-read", so that anybody may read it. Leave acl out.']],
    [
      "aws_s3_bucket_acl",
      { acl: "public-read-write" },
      ['acl is "public-read-write", so that anybody may read it. Leave acl out.'],
    ],
    [
      "aws_s3_bucket_public_access_block",
      {},
      FLAGS.map((flag) => `${flag} is not true, so that the bucket may become public. Set ${flag} to true.`),
    ],
    [
      "aws_s3_bucket_public_access_block",
      { ...BLOCKED, block_public_policy: false },
      ["block_public_policy is not true, so that the bucket may become public. Set block_public_policy to true."],
    ],
    [
      "aws_lambda_function_url",
      { authorization_type: "NONE" },
      [
        'authorization_type is "NONE", so that anybody may call the function. Put a route with scopes in front of the function.',
      ],
    ],
    [
      "aws_api_gateway_domain_name",
      { security_policy: "TLS_1_0" },
      ['security_policy is "TLS_1_0", which lets in TLS older than 1.2. Set TLS_1_2.'],
    ],
    [
      "aws_api_gateway_rest_api",
      { body: "{}" },
      [
        "it has a body, and no guard sees the methods of an OpenAPI body. Write each method as an aws_api_gateway_method.",
      ],
    ],
    [
      "aws_apigatewayv2_api",
      { target: "arn:aws:lambda:eu-west-1:123456789012:function:f" },
      [
        "it has a target, and a quick-created API has a route that anybody may call. Write each route as an aws_apigatewayv2_route.",
      ],
    ],
    [
      "aws_api_gateway_account",
      {},
      [
        "it sets the logging role of all APIs of the region, and takes it from them when this stack goes. Set the role once for the account, in a stack of its own.",
      ],
    ],
    ["aws_sns_topic", {}, ["its messages are unencrypted. Set kms_master_key_id."]],
    [
      "aws_sqs_queue",
      { sqs_managed_sse_enabled: false },
      ["its messages are unencrypted. Leave sqs_managed_sse_enabled out, or set kms_master_key_id."],
    ],
    ["aws_db_instance", {}, [STORAGE]],
    ["aws_db_instance", { storage_encrypted: true, publicly_accessible: true }, [PUBLIC_ADDRESS]],
    [
      "aws_db_instance",
      { storage_encrypted: "$\x7bvar.on}", publicly_accessible: "$\x7bvar.on}" },
      [STORAGE, PUBLIC_ADDRESS],
    ],
    ["aws_rds_cluster", { storage_encrypted: false }, [STORAGE]],
    ["aws_rds_cluster_instance", { publicly_accessible: "true" }, [PUBLIC_ADDRESS]],
    ["aws_efs_file_system", {}, ["encrypted is not true, so that its data is unencrypted. Set encrypted to true."]],
    ["aws_ebs_volume", {}, ["encrypted is not true, so that its data is unencrypted. Set encrypted to true."]],
  ])("is refused: %s %j", (type, attributes, expected) => {
    expect(findingsIn(type, attributes)).toEqual(expected);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
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
  ])("is told from what is right: %s %j", (type, attributes) => {
    expect(findingsIn(type, attributes)).toEqual([]);
  });
});
