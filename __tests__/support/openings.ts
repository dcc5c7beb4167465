/** Resources that open access, by what docs/guards.md says that synthesis refuses. */
import {
  ATTACHED_POLICIES,
  IDENTITY_POLICIES,
  KEY_POLICIES,
  PRINCIPALS,
  RESOURCE_POLICIES,
} from "../../constructs/contract/checked-types";

type Attributes = Readonly<Record<string, unknown>>;

/** Writes a value on which the decision depends, in plain form or in disguise. */
export type Write = (value: string | boolean) => unknown;

/** A resource that opens access. Blocks that decide are in `settings`-like attributes and may be made dynamic. */
export interface Opening {
  readonly type: string;
  readonly attributes: (write: Write) => Attributes;
  /** Name of a block that may be a dynamic one. */
  readonly block?: string;
}

const POOL = "$\x7baws_cognito_user_pool.pool.arn}";
const SECRET = "$\x7baws_cognito_user_pool_client.shop.client_secret}";
const API = "$\x7baws_api_gateway_rest_api.api.execution_arn}";
const CALLER = "arn:aws:iam::123456789012:role/caller";
const METHOD = {
  rest_api_id: "api",
  resource_id: "r",
  http_method: "GET",
  authorization: "COGNITO_USER_POOLS",
  authorizer_id: "$\x7baws_api_gateway_authorizer.pool.id}",
  authorization_scopes: ["orders/read"],
};
const ROUTE = {
  api_id: "api",
  route_key: "GET /orders",
  authorization_type: "JWT",
  authorizer_id: "$\x7baws_apigatewayv2_authorizer.pool.id}",
  authorization_scopes: ["orders/read"],
};
const PERMISSION = {
  action: "lambda:InvokeFunction",
  principal: "apigateway.amazonaws.com",
  source_arn: `${API}/dev/GET/orders`,
};

/** Name of the role of the function in access.yaml, in its first environment. */
const FUNCTION_ROLE = "cc-demo-dev-access-ap-northeast-1";
const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:jobs";
const ONE_POLICY = "arn:aws:iam::123456789012:policy/send-jobs";

const opening = (type: string, attributes: Opening["attributes"], block?: string): Opening => {
  return block === undefined ? { type, attributes } : { type, attributes, block };
};
const each = (types: Readonly<Record<string, string>>, written: (write: Write) => unknown): readonly Opening[] =>
  Object.entries(types).map(([type, path]) => opening(type, (write) => at(path, written(write))));
const policy = (statement: Attributes) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const withAction = (write: Write) => policy({ Action: write("s3:*"), Resource: "arn:aws:s3:::bucket/*" });
const withResource = (write: Write) => policy({ Action: "s3:GetObject", Resource: write("*") });
const withPrincipal = (write: Write) => policy({ Action: "a:B", Resource: "*", Principal: { AWS: write("*") } });
const flags = (type: string, ...names: readonly string[]) =>
  names.map((name) => opening(type, (write) => ({ [name]: write(false) })));

/** By the entries of the list in docs/guards.md. */
export const OPENINGS: Readonly<Record<string, readonly Opening[]>> = {
  "a method or route without a token that is not declared public with a reason": [
    opening("aws_api_gateway_method", (write) => ({ ...METHOD, authorization: write("NONE") })),
    opening("aws_api_gateway_method", (write) => ({ ...METHOD, authorization: write("AWS_IAM") })),
    opening("aws_api_gateway_method", (write) => ({
      ...METHOD,
      http_method: write("OPTIONS"),
      authorization: write("NONE"),
    })),
    opening("aws_apigatewayv2_route", (write) => ({ ...ROUTE, authorization_type: write("NONE") })),
  ],
  "an authorizer that accepts tokens of other pools than the stack's": [
    opening("aws_api_gateway_authorizer", (write) => ({
      type: "COGNITO_USER_POOLS",
      provider_arns: [POOL, write("arn:aws:cognito-idp:eu-west-1:210987654321:userpool/eu-west-1_elsewhere")],
    })),
    opening(
      "aws_apigatewayv2_authorizer",
      (write) => ({
        authorizer_type: "JWT",
        jwt_configuration: { issuer: write("https://issuer.example.com") },
      }),
      "jwt_configuration",
    ),
  ],
  "a method or route whose authorizer is not one of the stack": [
    opening("aws_api_gateway_method", (write) => ({ ...METHOD, authorizer_id: write("a1b2c3") })),
    opening("aws_api_gateway_method", () => ({
      ...METHOD,
      authorizer_id: "$\x7baws_api_gateway_authorizer.token.id}",
    })),
    opening("aws_apigatewayv2_route", (write) => ({ ...ROUTE, authorizer_id: write("a1b2c3") })),
  ],
  "a method or route whose scopes no resource server of the stack has": [
    opening("aws_api_gateway_method", (write) => ({ ...METHOD, authorization_scopes: [write("orders/all")] })),
    opening("aws_apigatewayv2_route", (write) => ({ ...ROUTE, authorization_scopes: [write("orders/all")] })),
  ],
  "a client that gets tokens without the domain (`ALLOW_CLIENT_TOKEN_AUTH`) and is not declared with a reason": [
    opening("aws_cognito_user_pool_client", (write) => ({ explicit_auth_flows: [write("ALLOW_CLIENT_TOKEN_AUTH")] })),
  ],
  "a pool with the UPDATED issuer behind a REST API": [
    opening(
      "aws_cognito_user_pool",
      (write) => ({ name: "pool", issuer_configuration: { type: write("UPDATED") } }),
      "issuer_configuration",
    ),
  ],
  "the secret of a client in an output that is not sensitive, a function's environment, a tag, or anything but a secret or an encrypted parameter":
    [
      opening("aws_lambda_function", () => ({ environment: [{ variables: { SECRET } }] }), "environment"),
      opening("aws_lambda_function", () => ({ tags: { secret: SECRET } })),
      opening("aws_api_gateway_stage", () => ({ variables: { [SECRET]: "x" } })),
      opening("aws_ssm_parameter", (write) => ({ type: write("String"), value: SECRET })),
      opening("terraform_data", () => ({ input: `$\x7bnonsensitive(${SECRET.slice(2, -1)})}` })),
    ],
  "a function's own URL that needs no signature": [
    opening("aws_lambda_function_url", (write) => ({ authorization_type: write("NONE") })),
    opening("aws_lambda_web_function", () => ({})),
    opening("aws_lambda_permission", (write) => ({
      action: "lambda:InvokeFunctionUrl",
      principal: CALLER,
      function_url_auth_type: write("NONE"),
    })),
  ],
  "a permission to invoke a function for everyone, or for an API, a stage, methods or paths that are not named": [
    opening("aws_lambda_permission", (write) => ({ ...PERMISSION, principal: write("*") })),
    opening("aws_lambda_permission", (write) => ({ ...PERMISSION, principal: CALLER, action: write("lambda:*") })),
    opening("aws_lambda_permission", () => ({ ...PERMISSION, source_arn: null })),
    opening("aws_lambda_permission", (write) => ({ ...PERMISSION, source_arn: write("arn:aws:execute-api:*:*:*") })),
    ...["/*", "/*/GET/orders", "/dev/*/orders", "/dev/GET/*", "/dev/GET/ord?rs"].map((end) =>
      opening("aws_lambda_permission", () => ({ ...PERMISSION, source_arn: `${API}${end}` })),
    ),
    opening("aws_lambda_permission", (write) => ({
      ...PERMISSION,
      principal: "events.amazonaws.com",
      source_arn: write("arn:aws:events:eu-west-1:123456789012:rule/*"),
    })),
  ],
  "an IAM policy with a wildcard in its actions or resources, and AWS's own policies for all of a service": [
    ...each(IDENTITY_POLICIES, withAction),
    ...each(IDENTITY_POLICIES, withResource),
    ...each(ATTACHED_POLICIES, (write) => write("arn:aws:iam::aws:policy/AdministratorAccess")),
  ],
  "permissions of a function's role that access.yaml does not state": [
    opening("aws_iam_role_policy", (write) => ({
      role: write(FUNCTION_ROLE),
      policy: policy({ Action: "sqs:SendMessage", Resource: QUEUE }),
    })),
    opening("aws_iam_role_policy_attachment", (write) => ({ role: write(FUNCTION_ROLE), policy_arn: ONE_POLICY })),
    opening("aws_iam_policy_attachment", (write) => ({
      name: "more",
      roles: [write(FUNCTION_ROLE)],
      policy_arn: ONE_POLICY,
    })),
    opening("aws_iam_role_policies_exclusive", (write) => ({
      role_name: write(FUNCTION_ROLE),
      policy_names: ["more"],
    })),
    opening("aws_iam_role_policy_attachments_exclusive", (write) => ({
      role_name: write(FUNCTION_ROLE),
      policy_arns: [ONE_POLICY],
    })),
    opening("aws_iam_role_policy", (write) => ({
      role: FUNCTION_ROLE,
      policy: policy({ Action: "sqs:SendMessage", Resource: write(QUEUE) }),
    })),
  ],
  "a resource's policy, ACL or list of principals that names everyone": [
    ...each({ ...RESOURCE_POLICIES, ...KEY_POLICIES, aws_iam_role: "assume_role_policy" }, withPrincipal),
    ...each(PRINCIPALS, (write) => write("*")),
    ...["aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"].map(
      (type) => opening(type, (write) => ({ acl: write("public-read") })),
    ),
    opening(
      "aws_s3_bucket",
      (write) => ({ grant: { uri: write("http://acs.amazonaws.com/groups/global/AllUsers") } }),
      "grant",
    ),
    opening("aws_cognito_identity_pool", (write) => ({ allow_unauthenticated_identities: write(true) })),
  ],
  "a bucket without the block of public access that it sets": [
    ...flags(
      "aws_s3_bucket_public_access_block",
      "block_public_acls",
      "block_public_policy",
      "ignore_public_acls",
      "restrict_public_buckets",
    ),
    ...flags("aws_s3_account_public_access_block", "block_public_policy"),
    opening(
      "aws_s3_access_point",
      (write) => ({ public_access_block_configuration: { block_public_policy: write(false) } }),
      "public_access_block_configuration",
    ),
  ],
  "a database, broker or cluster with an address on the Internet": [
    "aws_db_instance",
    "aws_mq_broker",
    "aws_redshift_cluster",
    "aws_neptune_cluster_instance",
  ].map((type) => opening(type, (write) => ({ storage_encrypted: true, publicly_accessible: write(true) }))),
  "a log group without an expiry, and logs of whole requests": [
    opening("aws_cloudwatch_log_group", (write) => ({ retention_in_days: write("0") })),
    opening(
      "aws_api_gateway_method_settings",
      (write) => ({ settings: { data_trace_enabled: write(true) } }),
      "settings",
    ),
  ],
  "an unencrypted topic, queue, database, file system, volume or response cache": [
    opening("aws_sns_topic", (write) => ({ kms_master_key_id: write("") })),
    opening("aws_sqs_queue", (write) => ({ sqs_managed_sse_enabled: write(false) })),
    opening("aws_db_instance", (write) => ({ storage_encrypted: write(false) })),
    opening("aws_rds_cluster", (write) => ({ storage_encrypted: write(false) })),
    opening("aws_efs_file_system", (write) => ({ encrypted: write(false) })),
    opening("aws_ebs_volume", (write) => ({ encrypted: write(false) })),
    opening("aws_api_gateway_stage", (write) => ({ stage_name: "dev", cache_cluster_enabled: write(true) })),
    opening(
      "aws_api_gateway_method_settings",
      (write) => ({ settings: { caching_enabled: true, cache_data_encrypted: write(false) } }),
      "settings",
    ),
  ],
  "a domain that accepts TLS versions older than 1.2": [
    opening("aws_api_gateway_domain_name", (write) => ({ security_policy: write("TLS_1_0") })),
    opening("aws_apigatewayv2_domain_name", (write) => ({
      domain_name_configuration: { security_policy: write("TLS_1_0") },
    })),
  ],
  "API Gateway's settings of the account": [opening("aws_api_gateway_account", () => ({}))],
  "an OpenAPI body, a template or a policy that cannot be read before deployment": [
    opening("aws_api_gateway_rest_api", (write) => ({ body: write("{}") })),
    opening("aws_api_gateway_rest_api_put", (write) => ({ body: write("{}") })),
    opening("aws_apigatewayv2_api", (write) => ({ body: write("{}") })),
    opening("aws_cloudformation_stack", () => ({ template_body: "{}" })),
    opening("aws_cloudcontrolapi_resource", () => ({ desired_state: "{}" })),
    opening("aws_iam_policy", () => ({ policy: "$\x7bjsonencode(local.policy)}" })),
  ],
  "variables, local values, functions and literals within `${}` where a decision depends on them": [
    ...each(RESOURCE_POLICIES, () => withPrincipal(() => "$\x7blocal.everyone}")),
    opening("aws_cloudwatch_log_group", () => ({ retention_in_days: "$\x7bvar.days}" })),
  ],
  "`dynamic` blocks in resources that are checked": [
    opening("aws_iam_role", () => ({
      assume_role_policy: policy({ Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }),
      dynamic: { inline_policy: { for_each: "$\x7bvar.policies}", content: {} } },
    })),
  ],
};

function at(path: string, value: unknown): Attributes {
  const [name = "", ...rest] = path.split(".");
  return { [name]: rest.length === 0 ? value : [at(rest.join("."), value)] };
}
