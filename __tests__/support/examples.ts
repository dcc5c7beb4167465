/** One example of every resource kind, made with everything that it needs. */
import { type Attributes, text } from "../../emulator/terraform/attributes";
import { Workspace } from "./workspace";

/** Makes what it is asked for, once. */
type Make = (type: string) => Promise<Attributes>;

export const trustPolicy = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
});

const cognito: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_cognito_user_pool: async () => ({
    name: "machines",
    admin_create_user_config: [{ allow_admin_create_user_only: true }],
    account_recovery_setting: [{ recovery_mechanism: [{ name: "admin_only", priority: 1 }] }],
    tags: { team: "orders" },
  }),
  aws_cognito_user_pool_domain: async (make) => ({ domain: "orders-dev", ...(await ofPool(make)) }),
  aws_cognito_resource_server: async (make) => ({
    ...(await ofPool(make)),
    identifier: "orders",
    name: "Orders",
    scope: [
      { scope_name: "write", scope_description: "Write orders" },
      { scope_name: "read", scope_description: "Read orders" },
    ],
  }),
  aws_cognito_user_pool_client: async (make) => {
    await make("aws_cognito_resource_server");
    return {
      ...(await ofPool(make)),
      name: "billing",
      generate_secret: true,
      allowed_oauth_flows_user_pool_client: true,
      allowed_oauth_flows: ["client_credentials"],
      allowed_oauth_scopes: ["orders/write", "orders/read"],
      access_token_validity: 60,
      token_validity_units: [{ access_token: "minutes" }],
    };
  },
};

const apiGateway: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_api_gateway_rest_api: async () => ({ name: "orders", endpoint_configuration: [{ types: ["REGIONAL"] }] }),
  aws_api_gateway_resource: async (make) => {
    const api = await make("aws_api_gateway_rest_api");
    return { rest_api_id: text(api, "id"), parent_id: text(api, "root_resource_id"), path_part: "orders" };
  },
  aws_api_gateway_authorizer: async (make) => ({
    ...(await ofApi(make)),
    name: "machines",
    type: "COGNITO_USER_POOLS",
    provider_arns: [text(await make("aws_cognito_user_pool"), "arn")],
  }),
  aws_api_gateway_method: async (make) => ({
    ...(await ofApi(make)),
    resource_id: text(await make("aws_api_gateway_resource"), "id"),
    http_method: "GET",
    authorization: "COGNITO_USER_POOLS",
    authorizer_id: text(await make("aws_api_gateway_authorizer"), "id"),
    authorization_scopes: ["orders/write", "orders/read"],
  }),
  aws_api_gateway_method_response: async (make) => ({
    ...(await ofMethod(make)),
    status_code: "200",
    response_parameters: { "method.response.header.Access-Control-Allow-Origin": true },
  }),
  aws_api_gateway_integration: async (make) => ({
    ...(await ofMethod(make)),
    type: "AWS_PROXY",
    integration_http_method: "POST",
    uri: text(await make("aws_lambda_function"), "invoke_arn"),
  }),
  aws_api_gateway_request_validator: async (make) => ({
    ...(await ofApi(make)),
    name: "parameters",
    validate_request_parameters: true,
  }),
  aws_api_gateway_integration_response: async (make) => {
    await make("aws_api_gateway_method_response");
    await make("aws_api_gateway_integration");
    const at = await ofMethod(make);
    return { ...at, status_code: "200", response_templates: { "application/json": "" } };
  },
  aws_api_gateway_gateway_response: async (make) => ({
    ...(await ofApi(make)),
    response_type: "UNAUTHORIZED",
    status_code: "401",
    response_templates: { "application/json": '{"message":$context.error.messageString}' },
  }),
  aws_api_gateway_deployment: async (make) => {
    await make("aws_api_gateway_integration");
    return { ...(await ofApi(make)), triggers: { configuration: "0123abcd" } };
  },
  aws_api_gateway_stage: async (make) => ({
    ...(await ofApi(make)),
    deployment_id: text(await make("aws_api_gateway_deployment"), "id"),
    stage_name: "dev",
  }),
  aws_api_gateway_api_key: async () => ({ name: "billing", tags: { team: "orders" } }),
  aws_api_gateway_usage_plan: async (make) => ({
    name: "partners",
    api_stages: [
      {
        api_id: text(await make("aws_api_gateway_rest_api"), "id"),
        stage: text(await make("aws_api_gateway_stage"), "stage_name"),
      },
    ],
    throttle_settings: [{ burst_limit: 5, rate_limit: 10 }],
  }),
  aws_api_gateway_usage_plan_key: async (make) => ({
    key_id: text(await make("aws_api_gateway_api_key"), "id"),
    key_type: "API_KEY",
    usage_plan_id: text(await make("aws_api_gateway_usage_plan"), "id"),
  }),
  aws_api_gateway_method_settings: async (make) => ({
    ...(await ofApi(make)),
    stage_name: text(await make("aws_api_gateway_stage"), "stage_name"),
    method_path: "*/*",
    settings: [{ metrics_enabled: true, throttling_rate_limit: 10, throttling_burst_limit: 5 }],
  }),
  aws_api_gateway_domain_name: async () => ({
    domain_name: "api.example.com",
    regional_certificate_arn: "arn:aws:acm:eu-west-1:123456789012:certificate/0123abcd",
    endpoint_configuration: [{ types: ["REGIONAL"] }],
    security_policy: "TLS_1_2",
  }),
  aws_api_gateway_base_path_mapping: async (make) => ({
    api_id: text(await make("aws_api_gateway_rest_api"), "id"),
    domain_name: text(await make("aws_api_gateway_domain_name"), "domain_name"),
    stage_name: text(await make("aws_api_gateway_stage"), "stage_name"),
  }),
};

/** A rule that refuses an address from its eleventh call within a minute on, and changes to it. */
export function rateRule(changes: object = {}, statement: object = {}): object {
  const rate = { Limit: 10, EvaluationWindowSec: 60, AggregateKeyType: "IP", ...statement };
  const VisibilityConfig = { CloudWatchMetricsEnabled: true, MetricName: "rate", SampledRequestsEnabled: false };
  const rule = { Name: "rate", Priority: 0, Statement: { RateBasedStatement: rate }, Action: { Block: {} } };
  return { ...rule, VisibilityConfig, ...changes };
}

const firewall: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_wafv2_web_acl: async () => ({
    name: "orders",
    scope: "REGIONAL",
    default_action: [{ allow: [{}] }],
    rule_json: JSON.stringify([rateRule()]),
    visibility_config: [{ cloudwatch_metrics_enabled: true, metric_name: "orders", sampled_requests_enabled: false }],
  }),
  aws_wafv2_web_acl_association: async (make) => ({
    resource_arn: text(await make("aws_api_gateway_stage"), "arn"),
    web_acl_arn: text(await make("aws_wafv2_web_acl"), "arn"),
  }),
};

const secrets: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_secretsmanager_secret: async () => ({ name: "orders/billing", recovery_window_in_days: 7 }),
  aws_secretsmanager_secret_version: async (make) => ({
    secret_id: text(await make("aws_secretsmanager_secret"), "id"),
    secret_string: '{"clientId":"billing"}',
  }),
  aws_secretsmanager_secret_policy: async (make) => ({
    secret_arn: text(await make("aws_secretsmanager_secret"), "arn"),
    block_public_policy: true,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
          Principal: { AWS: "arn:aws:iam::123456789012:role/billing" },
        },
      ],
    }),
  }),
};

const others: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_iam_role: async () => ({ name: "orders", assume_role_policy: trustPolicy }),
  aws_iam_role_policy: async (make) => ({
    role: text(await make("aws_iam_role"), "name"),
    name: "logs",
    policy: JSON.stringify({ Version: "2012-10-17", Statement: [] }),
  }),
  aws_iam_role_policy_attachment: async (make) => ({
    role: text(await make("aws_iam_role"), "name"),
    policy_arn: "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
  }),
  aws_cloudwatch_metric_alarm: async () => ({
    alarm_name: "orders-errors",
    alarm_actions: ["arn:aws:sns:eu-west-1:123456789012:pager"],
    comparison_operator: "GreaterThanThreshold",
    dimensions: { ApiName: "orders", Stage: "dev" },
    evaluation_periods: 3,
    metric_name: "5XXError",
    namespace: "AWS/ApiGateway",
    period: 60,
    statistic: "Sum",
    threshold: 0.5,
  }),
  aws_cloudwatch_dashboard: async () => ({
    dashboard_name: "orders",
    dashboard_body: JSON.stringify({ widgets: [{ type: "text", properties: { markdown: "# Orders" } }] }),
  }),
  aws_cloudwatch_log_group: async () => ({ name: "/aws/lambda/orders", retention_in_days: 14 }),
  aws_lambda_function: async (make) => ({
    function_name: "orders",
    role: text(await make("aws_iam_role"), "arn"),
    filename: "function.zip",
    handler: "index.handler",
    runtime: "nodejs22.x",
    environment: [{ variables: { TABLE: "orders" } }],
    logging_config: [{ log_format: "JSON" }],
  }),
  aws_lambda_alias: async (make) => ({
    name: "live",
    function_name: text(await make("aws_lambda_function"), "function_name"),
    function_version: "$LATEST",
    description: "What callers get",
  }),
  aws_lambda_permission: async (make) => ({
    action: "lambda:InvokeFunction",
    function_name: text(await make("aws_lambda_function"), "function_name"),
    principal: "apigateway.amazonaws.com",
    statement_id: "api",
  }),
};

const bucket: Readonly<Record<string, (make: Make) => Promise<Attributes>>> = {
  aws_s3_bucket: async () => ({ bucket: "our-states" }),
  aws_s3_bucket_ownership_controls: async (make) => ({
    ...(await ofBucket(make)),
    rule: [{ object_ownership: "BucketOwnerEnforced" }],
  }),
  aws_s3_bucket_policy: async (make) => ({
    ...(await ofBucket(make)),
    policy: '{"Statement":[],"Version":"2012-10-17"}',
  }),
  aws_s3_bucket_public_access_block: async (make) => ({ ...(await ofBucket(make)), block_public_acls: true }),
  aws_s3_bucket_server_side_encryption_configuration: async (make) => ({
    ...(await ofBucket(make)),
    rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }],
  }),
  aws_s3_bucket_versioning: async (make) => ({
    ...(await ofBucket(make)),
    versioning_configuration: [{ status: "Enabled" }],
  }),
};

const configs = { ...cognito, ...apiGateway, ...firewall, ...secrets, ...others, ...bucket };

/** Examples in a workspace of their own. */
export class Examples {
  private readonly made = new Map<string, Attributes>();

  constructor(readonly workspace: Workspace = new Workspace()) {}

  static has(type: string): boolean {
    return configs[type] !== undefined;
  }

  /** The example's configuration; what it refers to is made. */
  async configOf(type: string, changes: Attributes = {}): Promise<Attributes> {
    const config = await configs[type]?.((other) => this.make(other));
    if (config === undefined) throw new Error(`there is no example of ${type}`);
    return { ...config, ...changes };
  }

  /** The example, made once. */
  async make(type: string): Promise<Attributes> {
    const made = this.made.get(type) ?? (await this.another(type));
    this.made.set(type, made);
    return made;
  }

  /** One more of the type, made of the example's configuration with changes. */
  async another(type: string, changes: Attributes = {}): Promise<Attributes> {
    return await this.workspace.create(type, await this.configOf(type, changes));
  }
}

async function ofBucket(make: Make): Promise<Attributes> {
  return { bucket: text(await make("aws_s3_bucket"), "id") };
}

async function ofPool(make: Make): Promise<Attributes> {
  return { user_pool_id: text(await make("aws_cognito_user_pool"), "id") };
}

async function ofApi(make: Make): Promise<Attributes> {
  return { rest_api_id: text(await make("aws_api_gateway_rest_api"), "id") };
}

async function ofMethod(make: Make): Promise<Attributes> {
  const { rest_api_id = null, resource_id = null, http_method = null } = await make("aws_api_gateway_method");
  return { rest_api_id, resource_id, http_method };
}
