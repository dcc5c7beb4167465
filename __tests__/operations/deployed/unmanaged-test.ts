/**
 * Each kind of unmanaged resources: added to an embedded AWS, it is found with a command, and the command removes it. The
 * kinds that are not emulated are found in scripted responses.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { strToU8, zipSync } from "fflate";
import { type Emulator, startEmulator } from "../../../emulator/index";
import type { LeftResource } from "../../../operations/deployed/left-state";
import { findUnmanaged, UNMANAGED_KINDS } from "../../../operations/deployed/unmanaged";
import { oldSecrets } from "../../../operations/drift/old-secrets";
import type { Finding } from "../../../operations/plan-file/finding";
import { type Aws, AwsError, aws } from "../../../platform/aws";
import { runAwsCommand } from "../../support/aws-command";
import { sdkOptions } from "../../support/aws-sdk";

const region = "eu-west-1";
const folder = mkdtempSync(join(tmpdir(), "unmanaged-"));
const ROLE = "arn:aws:iam::123456789012:role/orders";
const FN = "orders";
const policyOf = (Service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
  });
const ALLOW_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "secretsmanager:GetSecretValue", Resource: "*" }],
});

let emulator: Emulator;
let clients: (region: string) => Aws;
let sdk: Awaited<ReturnType<typeof sdkClients>>;
let stack: Awaited<ReturnType<typeof deploy>>;

beforeAll(async () => {
  emulator = await startEmulator({ folder, workingDirectories: () => [] });
  const made = new Map<string, Aws>();
  clients = (name) => {
    const found = made.get(name) ?? aws(name, sdkOptions(emulator, name));
    made.set(name, found);
    return found;
  };
  sdk = await sdkClients();
  stack = await deploy();
});

afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const left = (type: string, values: object): LeftResource => ({
  address: `${type}.one`,
  type,
  values: { region, ...values },
});

async function sdkClients() {
  const { apiGateway, cognito, lambda, logs, secretsManager, waf } = clients(region);
  const [gateway, secrets, iam] = [await apiGateway(), await secretsManager(), await clients("us-east-1").iam()];
  return {
    gateway,
    secrets,
    iam,
    cognito: await cognito(),
    lambda: await lambda(),
    logs: await logs(),
    waf: await waf(),
  };
}

/** A small stack as its deployment leaves it, and the state that Terraform has of it. */
async function deploy() {
  const { gateway, cognito, lambda, iam, logs, secrets } = sdk;
  const pool = (await cognito.createUserPool({ PoolName: "orders" })).UserPool ?? {};
  const UserPoolId = pool.Id ?? "";
  const client = (await cognito.createUserPoolClient({ UserPoolId, ClientName: "shop", GenerateSecret: true }))
    .UserPoolClient;
  await iam.createRole({ RoleName: "orders", AssumeRolePolicyDocument: policyOf("lambda.amazonaws.com") });
  const ZipFile = zipSync({ "index.js": strToU8("exports.handler = async () => 1;") });
  const runs = { Runtime: "nodejs22.x", Handler: "index.handler", Role: ROLE } as const;
  const fn = await lambda.createFunction({ FunctionName: FN, Code: { ZipFile }, ...runs });
  const api = await gateway.createRestApi({ name: "orders" });
  const [restApiId, parentId] = [api.id ?? "", api.rootResourceId ?? ""];
  const resourceId = (await gateway.createResource({ restApiId, parentId, pathPart: "orders" })).id ?? "";
  const at = { restApiId, resourceId, httpMethod: "GET" };
  const providerARNs = [pool.Arn ?? ""];
  const identitySource = "method.request.header.Authorization";
  const gate = { restApiId, name: "pool", type: "COGNITO_USER_POOLS", providerARNs, identitySource } as const;
  const authorizerId = (await gateway.createAuthorizer(gate)).id ?? "";
  await gateway.putMethod({ ...at, authorizationType: "COGNITO_USER_POOLS", authorizerId });
  await gateway.putIntegration({ ...at, type: "MOCK" });
  const deployment = (await gateway.createDeployment({ restApiId, stageName: "dev" })).id ?? "";
  const patchOperations = ["~1orders/GET", "~1/GET", "~1orders~1{id}/GET"].map((path) => ({
    op: "replace" as const,
    path: `/${path}/throttling/burstLimit`,
    value: "9",
  }));
  await gateway.updateStage({ restApiId, stageName: "dev", patchOperations });
  const plan = (await gateway.createUsagePlan({ name: "orders" })).id ?? "";
  const group = "/aws/lambda/orders";
  await logs.createLogGroup({ logGroupName: group });
  const secret = await secrets.createSecret({ Name: "orders", SecretString: "x" });
  const ofMethod = { rest_api_id: restApiId, resource_id: resourceId, http_method: "GET" };
  const state = [
    left("aws_api_gateway_rest_api", { id: restApiId, root_resource_id: parentId }),
    left("aws_api_gateway_resource", { id: resourceId, rest_api_id: restApiId }),
    left("aws_api_gateway_method", ofMethod),
    left("aws_api_gateway_integration", ofMethod),
    left("aws_api_gateway_authorizer", { id: authorizerId, rest_api_id: restApiId }),
    left("aws_api_gateway_deployment", { id: deployment, rest_api_id: restApiId }),
    left("aws_api_gateway_stage", { stage_name: "dev", rest_api_id: restApiId }),
    ...["orders/GET", "~1/GET", "~1orders~1{id}/GET"].map((method_path) =>
      left("aws_api_gateway_method_settings", { stage_name: "dev", rest_api_id: restApiId, method_path }),
    ),
    left("aws_api_gateway_usage_plan", { id: plan }),
    left("aws_cognito_user_pool", { id: UserPoolId, arn: pool.Arn }),
    left("aws_cognito_user_pool_client", { id: client?.ClientId, user_pool_id: UserPoolId, name: "shop" }),
    left("aws_lambda_function", { function_name: FN, arn: fn.FunctionArn }),
    left("aws_iam_role", { name: "orders", region: null }),
    left("aws_cloudwatch_log_group", { name: group }),
    left("aws_secretsmanager_secret", { name: "orders", arn: secret.ARN }),
  ];
  return { state, restApiId, parentId, at, authorizerId, UserPoolId, providerARNs, plan, group, client };
}

const look = (given: readonly LeftResource[] = stack.state) => findUnmanaged(given, { environment: "dev", clients });
const short = (findings: readonly Finding[]) => findings.map(({ attribute, severity }) => `${severity} ${attribute}`);

/** Adds one of a kind, as a console user does. */
const ADDED: Readonly<Record<string, () => Promise<unknown>>> = {
  // First, as AWS deploys no method without an integration.
  "critical stage, info deployment": () =>
    sdk.gateway.createDeployment({ restApiId: stack.restApiId, stageName: "old" }),
  "critical method": async () => {
    const at = { ...stack.at, httpMethod: "PUT" };
    await sdk.gateway.putMethod({ ...at, authorizationType: "NONE" });
  },
  "warning method": async () => {
    await sdk.gateway.putMethod({ ...stack.at, httpMethod: "OPTIONS", authorizationType: "NONE" });
    await sdk.gateway.putIntegration({ ...stack.at, httpMethod: "OPTIONS", type: "MOCK" });
  },
  "critical method, warning resource": async () => {
    const { restApiId, parentId } = stack;
    const { id = "" } = await sdk.gateway.createResource({ restApiId, parentId, pathPart: "backdoor" });
    await sdk.gateway.putMethod({ restApiId, resourceId: id, httpMethod: "GET", authorizationType: "NONE" });
    await sdk.gateway.createResource({ restApiId, parentId: id, pathPart: "deep" });
  },
  "info method_response, warning integration_response": async () => {
    await sdk.gateway.putMethodResponse({ ...stack.at, statusCode: "200" });
    await sdk.gateway.putIntegrationResponse({ ...stack.at, statusCode: "200" });
  },
  "critical gateway_response": () => refuseWith("200"),
  "warning gateway_response": () => refuseWith("418"),
  "warning authorizer": async () => {
    const { restApiId, providerARNs } = stack;
    const rest = { providerARNs, identitySource: "method.request.header.X-Token" };
    await sdk.gateway.createAuthorizer({ restApiId, name: "other", type: "COGNITO_USER_POOLS", ...rest });
  },
  "info request_validator, info model": async () => {
    const { restApiId } = stack;
    await sdk.gateway.createRequestValidator({ restApiId, name: "body", validateRequestBody: true });
    await sdk.gateway.createModel({ restApiId, name: "Order", contentType: "application/json", schema: "{}" });
  },
  "warning usage_plan": async () => {
    const apiStages = [{ apiId: stack.restApiId, stage: "dev" }];
    await sdk.gateway.createUsagePlan({ name: "other", apiStages });
  },
  "critical usage_plan_key": async () => {
    const { id: keyId } = await sdk.gateway.createApiKey({ name: "partner", enabled: true });
    await sdk.gateway.createUsagePlanKey({ usagePlanId: stack.plan, keyId, keyType: "API_KEY" });
  },
  "warning method_settings": async () => {
    const patchOperations = [{ op: "replace" as const, path: "/*/*/throttling/burstLimit", value: "7" }];
    const input = { restApiId: stack.restApiId, stageName: "dev", patchOperations };
    await sdk.gateway.updateStage(input);
  },
  "warning web_acl": async () => {
    const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: "acl" };
    const rest = { Name: "acl", Scope: "REGIONAL", DefaultAction: { Allow: {} }, VisibilityConfig } as const;
    const { Summary } = await sdk.waf.createWebACL(rest);
    const ResourceArn = `arn:aws:apigateway:${region}::/restapis/${stack.restApiId}/stages/dev`;
    await sdk.waf.associateWebACL({ WebACLArn: Summary?.ARN, ResourceArn });
  },
  "warning app_client, critical app_client": async () => {
    const { UserPoolId } = stack;
    await sdk.cognito.createUserPoolClient({ UserPoolId, ClientName: "a" });
    await sdk.cognito.createUserPoolClient({
      UserPoolId,
      ClientName: "b",
      GenerateSecret: true,
      ExplicitAuthFlows: ["ALLOW_CLIENT_TOKEN_AUTH" as never],
    });
  },
  "warning resource_server": async () => {
    const server = { UserPoolId: stack.UserPoolId, Identifier: "it's$HOME", Name: "x" };
    await sdk.cognito.createResourceServer(server);
  },
  "warning domain": async () => {
    const input = { UserPoolId: stack.UserPoolId, Domain: "second-domain" };
    await sdk.cognito.createUserPoolDomain(input);
  },
  "critical issuer_configuration": async () => {
    const IssuerConfiguration = { Type: "UPDATED" as const };
    await sdk.cognito.updateUserPool({ UserPoolId: stack.UserPoolId, IssuerConfiguration });
  },
  "critical policy": async () => {
    const permission = { FunctionName: FN, StatementId: "backdoor", Action: "lambda:InvokeFunction", Principal: "*" };
    await sdk.lambda.addPermission(permission);
  },
  "warning policy": async () => {
    const permission = { FunctionName: FN, StatementId: "other", Action: "lambda:InvokeFunction" };
    await sdk.lambda.addPermission({ ...permission, Principal: "210987654321" });
  },
  "warning alias, info version": async () => {
    const { Version } = await sdk.lambda.publishVersion({ FunctionName: FN });
    await sdk.lambda.createAlias({ FunctionName: FN, Name: "live", FunctionVersion: Version });
  },
  "critical inline_policy, warning managed_policy_arns": async () => {
    const PolicyDocument = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
    await sdk.iam.putRolePolicy({ RoleName: "orders", PolicyName: "backdoor", PolicyDocument });
    await sdk.iam.attachRolePolicy({ RoleName: "orders", PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
  },
  "critical policy 2": () =>
    sdk.secrets.putResourcePolicy({
      SecretId: "orders",
      ResourcePolicy: ALLOW_ALL.replace('"*"', '{"AWS":"123456789012"}'),
    }),
};

/** A gateway response for refused calls. */
function refuseWith(statusCode: string) {
  const { restApiId } = stack;
  return sdk.gateway.putGatewayResponse({ restApiId, responseType: "UNAUTHORIZED", statusCode });
}

describe("findUnmanaged", () => {
  it("finds nothing in a stack to which nothing was added, and names what it could not check", async () => {
    const { findings, notChecked } = await look();

    expect(findings).toEqual([]);
    expect(notChecked).toContainEqual({
      address: "aws_cognito_user_pool.one",
      attribute: "identity_provider",
      operation: "cognito-idp:ListIdentityProviders",
      code: "UnknownOperationException",
    });
  });

  // Two halves, as some are additions to the same: each look reads the whole account.
  it.each([0, 1])("finds all of half %i that is added, each with commands that remove it", async (half) => {
    const added = Object.entries(ADDED).filter((_, index) => index % 2 === half);
    const expected = added.flatMap(([kinds]) => kinds.replace(/ \d$/, "").split(", "));
    for (const [, add] of added) await add();
    const { findings } = await look();

    expect(short(findings).toSorted()).toEqual(expected.toSorted());
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(["unmanaged-resource"]));
    for (const undo of new Set(findings.map(({ undo }) => undo ?? "no command"))) await runAwsCommand(undo, clients);
    expect(short((await look()).findings)).toEqual([]);
  });
});

/** Body of a response by operation, or by the path of a REST request; every other operation is unknown. */
type Script = Readonly<Record<string, unknown>>;

const UNKNOWN = { __type: "UnknownOperationException" };

/** An AWS that responds by a script; a number is the status of an access-denied error. */
function scripted(script: Script, onCall: () => Promise<void> = async () => undefined) {
  const requestHandler = {
    handle: async ({ headers, path, body }: { headers: Record<string, string>; path: string; body?: unknown }) => {
      await onCall();
      const target = headers["x-amz-target"]?.split(".")[1] ?? new URLSearchParams(String(body)).get("Action");
      const name = Object.keys(script).find((one) => one === target || (!target && path.includes(one)));
      const [statusCode, json] =
        typeof script[name ?? ""] === "number" ? [403, {}] : [200, script[name ?? ""] ?? UNKNOWN];
      const code = json === UNKNOWN ? UNKNOWN.__type : "AccessDeniedException";
      const isRefused = statusCode === 403 || json === UNKNOWN;
      const xml = `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`;
      const text = typeof json === "string" ? json : target && !headers["x-amz-target"] ? xml : JSON.stringify(json);
      const response = {
        statusCode: isRefused ? 403 : 200,
        headers: isRefused ? { "x-amzn-errortype": code } : {},
        body: Readable.from([Buffer.from(text)]),
      };
      return { response };
    },
  };
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return (name: string) => aws(name, { credentials, requestHandler: requestHandler as never, maxAttempts: 1 });
}

const lookAt = (state: readonly LeftResource[], script: Script, written?: ReadonlyMap<string, readonly string[]>) =>
  findUnmanaged(state, { environment: "dev", clients: scripted(script), ...(written && { written }) });

const api = left("aws_api_gateway_rest_api", { id: "api", root_resource_id: "root" });
const pool = left("aws_cognito_user_pool", { id: "eu-west-1_a", arn: "arn:pool" });
const client = left("aws_cognito_user_pool_client", { id: "1", name: "shop", user_pool_id: "eu-west-1_a" });
const fn = left("aws_lambda_function", { function_name: "orders", arn: "arn:aws:lambda:eu-west-1:1:function:orders" });
const role = left("aws_iam_role", { name: "orders", region: null });
const group = left("aws_cloudwatch_log_group", { name: "logs", arn: "arn:logs" });
const API = "--region eu-west-1 --rest-api-id api";
const POOL = "--region eu-west-1 --user-pool-id eu-west-1_a";
const FUNCTION = "--region eu-west-1 --function-name orders";
const LOGS = "--region eu-west-1 --log-group-name logs";
const QUALIFIED = "arn:aws:lambda:eu-west-1:1:function:orders:live";
const PROFILES = `<ListInstanceProfilesForRoleResponse><ListInstanceProfilesForRoleResult><InstanceProfiles><member>
  <InstanceProfileName>hosts</InstanceProfileName></member></InstanceProfiles><IsTruncated>false</IsTruncated>
  </ListInstanceProfilesForRoleResult></ListInstanceProfilesForRoleResponse>`;
const METHOD = { httpMethod: "GET", methodIntegration: { type: "MOCK" } };
const RESOURCES = { item: [{ id: "root", path: "/", resourceMethods: { GET: METHOD } }] };

/** What the stack itself has of a kind. */
const own = (type: string, values: object) => left(type, values);

/** Kinds that are not emulated: holder, response, the stack's own resource of that key, and the command. */
const SCRIPTED: readonly (readonly [kind: string, LeftResource, Script, own: LeftResource, undo: string])[] = [
  [
    "warning integration",
    api,
    { "/resources": RESOURCES },
    own("aws_api_gateway_integration", { rest_api_id: "api", resource_id: "root", http_method: "GET" }),
    `aws apigateway delete-integration ${API} --resource-id root --http-method GET`,
  ],
  [
    "critical policy",
    api,
    { "/restapis/api": { policy: '{\\"Version\\":\\"2012-10-17\\"}' } },
    own("aws_api_gateway_rest_api_policy", { rest_api_id: "api", id: "api" }),
    `aws apigateway update-rest-api ${API} --patch-operations op=replace,path=/policy,value=`,
  ],
  [
    "warning base_path_mapping",
    api,
    {
      basepathmappings: { item: [{ basePath: "(none)", restApiId: "api" }] },
      "/domainnames": { item: [{ domainName: "a.b" }] },
    },
    own("aws_api_gateway_base_path_mapping", { domain_name: "a.b", base_path: "" }),
    "aws apigateway delete-base-path-mapping --region eu-west-1 --domain-name a.b --base-path '(none)'",
  ],
  [
    "info documentation_part",
    api,
    { "/documentation/parts": { item: [{ id: "p" }] } },
    own("aws_api_gateway_documentation_part", { rest_api_id: "api", documentation_part_id: "p" }),
    `aws apigateway delete-documentation-part ${API} --documentation-part-id p`,
  ],
  [
    "info documentation_version",
    api,
    { "/documentation/versions": { item: [{ version: "1" }] } },
    own("aws_api_gateway_documentation_version", { rest_api_id: "api", version: "1" }),
    `aws apigateway delete-documentation-version ${API} --documentation-version 1`,
  ],
  [
    "critical identity_provider",
    pool,
    { ListIdentityProviders: { Providers: [{ ProviderName: "Corp", ProviderType: "SAML" }] } },
    own("aws_cognito_identity_provider", { user_pool_id: "eu-west-1_a", provider_name: "Corp" }),
    `aws cognito-idp delete-identity-provider ${POOL} --provider-name Corp`,
  ],
  [
    "warning group",
    pool,
    { ListGroups: { Groups: [{ GroupName: "admins" }] } },
    own("aws_cognito_user_group", { user_pool_id: "eu-west-1_a", name: "admins" }),
    `aws cognito-idp delete-group ${POOL} --group-name admins`,
  ],
  [
    "warning user",
    pool,
    { ListUsers: { Users: [{ Username: "eve" }] } },
    own("aws_cognito_user", { user_pool_id: "eu-west-1_a", username: "eve" }),
    `aws cognito-idp admin-delete-user ${POOL} --username eve`,
  ],
  [
    "warning replica",
    pool,
    { ListUserPoolReplicas: { UserPoolReplicas: [{ RegionName: "us-east-1" }, { RegionName: "eu-west-1" }] } },
    own("aws_cognito_user_pool", {}),
    `aws cognito-idp delete-user-pool-replica ${POOL} --region-name us-east-1`,
  ],
  [
    "critical lambda_config",
    pool,
    { DescribeUserPool: { UserPool: { LambdaConfig: { PreSignUp: "arn:a", KMSKeyID: "arn:k" } } } },
    own("aws_cognito_user_pool", {}),
    "",
  ],
  [
    "warning web_acl",
    pool,
    { GetWebACLForResource: { WebACL: { Name: "acl", ARN: "arn:acl" } } },
    own("aws_wafv2_web_acl_association", { resource_arn: "arn:pool" }),
    "aws wafv2 disassociate-web-acl --region eu-west-1 --resource-arn arn:pool",
  ],
  [
    "warning log_delivery",
    pool,
    { GetLogDeliveryConfiguration: { LogDeliveryConfiguration: { LogConfigurations: [{ LogLevel: "INFO" }] } } },
    own("aws_cognito_log_delivery_configuration", { user_pool_id: "eu-west-1_a" }),
    `aws cognito-idp set-log-delivery-configuration ${POOL} --log-configurations '[]'`,
  ],
  [
    "info ui_customization",
    pool,
    { GetUICustomization: { UICustomization: { ClientId: "ALL", CSS: ".a {}" } } },
    own("aws_cognito_user_pool_ui_customization", { user_pool_id: "eu-west-1_a", client_id: "ALL" }),
    `aws cognito-idp set-ui-customization ${POOL} --client-id ALL`,
  ],
  [
    "info branding",
    client,
    {
      DescribeManagedLoginBrandingByClient: {
        ManagedLoginBranding: { ManagedLoginBrandingId: "b", UserPoolId: "eu-west-1_a" },
      },
    },
    own("aws_cognito_managed_login_branding", { client_id: "1" }),
    `aws cognito-idp delete-managed-login-branding ${POOL} --managed-login-branding-id b`,
  ],
  [
    "critical function_url",
    fn,
    { "/url": { FunctionUrl: "https://a.on.aws/", AuthType: "NONE" } },
    own("aws_lambda_function_url", { function_name: "orders" }),
    `aws lambda delete-function-url-config ${FUNCTION}`,
  ],
  [
    "critical event_source_mapping",
    fn,
    { "/event-source-mappings": { EventSourceMappings: [{ UUID: "u", EventSourceArn: "arn:queue" }] } },
    own("aws_lambda_event_source_mapping", { function_name: "orders", uuid: "u" }),
    "aws lambda delete-event-source-mapping --region eu-west-1 --uuid u",
  ],
  [
    "warning event_invoke_config",
    fn,
    {
      "/event-invoke-config": {
        FunctionEventInvokeConfigs: [{ FunctionArn: `${QUALIFIED.replace("live", "$LATEST")}` }],
      },
    },
    own("aws_lambda_function_event_invoke_config", { function_name: "orders" }),
    `aws lambda delete-function-event-invoke-config ${FUNCTION}`,
  ],
  [
    "info provisioned_concurrency",
    fn,
    { "/provisioned-concurrency": { ProvisionedConcurrencyConfigs: [{ FunctionArn: QUALIFIED }] } },
    own("aws_lambda_provisioned_concurrency_config", { function_name: "orders", qualifier: "live" }),
    `aws lambda delete-provisioned-concurrency-config ${FUNCTION} --qualifier live`,
  ],
  [
    "warning instance_profile",
    role,
    { ListInstanceProfilesForRole: PROFILES },
    own("aws_iam_instance_profile", { role: "orders", name: "hosts" }),
    "aws iam remove-role-from-instance-profile --role-name orders --instance-profile-name hosts",
  ],
  [
    "warning subscription_filter",
    group,
    { DescribeSubscriptionFilters: { subscriptionFilters: [{ filterName: "f", destinationArn: "arn:d" }] } },
    own("aws_cloudwatch_log_subscription_filter", { log_group_name: "logs", name: "f" }),
    `aws logs delete-subscription-filter ${LOGS} --filter-name f`,
  ],
  [
    "info metric_filter",
    group,
    { DescribeMetricFilters: { metricFilters: [{ filterName: "f", filterPattern: "" }] } },
    own("aws_cloudwatch_log_metric_filter", { log_group_name: "logs", name: "f" }),
    `aws logs delete-metric-filter ${LOGS} --filter-name f`,
  ],
  [
    "critical resource_policy",
    group,
    {
      DescribeResourcePolicies: {
        resourcePolicies: [{ resourceArn: "arn:logs", policyDocument: "{}", revisionId: "1" }],
      },
    },
    own("aws_cloudwatch_log_resource_policy", { resource_arn: "arn:logs" }),
    "aws logs delete-resource-policy --region eu-west-1 --resource-arn arn:logs --expected-revision-id 1",
  ],
  [
    "warning client_secrets",
    client,
    { ListUserPoolClientSecrets: { ClientSecrets: [{}, {}] } },
    own("aws_cognito_user_pool_client", {}),
    "npx access rotate shop --env dev --to <file> --finish",
  ],
];

describe("findUnmanaged by scripted responses", () => {
  it.each(SCRIPTED)("finds %s, unless it is the stack's own", async (kind, holder, script, owned, undo) => {
    // Of the stack's own methods, which hold integrations.
    const method = left("aws_api_gateway_method", { rest_api_id: "api", resource_id: "root", http_method: "GET" });
    const { findings } = await lookAt([holder, method], script);
    const isOwnable = !["aws_cognito_user_pool", "aws_cognito_user_pool_client"].includes(owned.type);

    expect(short(findings)).toEqual(undo === "" ? [] : [kind]);
    expect(findings[0]?.undo ?? "").toBe(undo);
    if (isOwnable) expect((await lookAt([holder, method, owned], script)).findings).toEqual([]);
  });

  it.each<[string, object, Partial<Finding>]>([
    [
      "some actions",
      { Action: ["s3:GetObject"], Resource: "arn:aws:s3:::reports/*" },
      {
        severity: "warning",
        found:
          '{"name":"extra","statements":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::reports/*"]}]}',
      },
    ],
    [
      "every action of a service",
      { Action: ["sqs:SendMessage", "s3:*"], Resource: "*" },
      { severity: "critical", effect: "aws_iam_role.one has every action of a service: s3:*" },
    ],
    [
      "all but some actions",
      { NotAction: "iam:*", Resource: "*" },
      {
        severity: "critical",
        found: '{"name":"extra","statements":[{"Effect":"Allow","Resource":["*"],"NotAction":["iam:*"]}]}',
      },
    ],
  ])("shows what an inline policy grants: %s", async (_what, statement, expected) => {
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
    const policy = { RoleName: "orders", PolicyName: "extra" };
    await sdk.iam.putRolePolicy({ ...policy, PolicyDocument });
    const { findings } = await look();
    await sdk.iam.deleteRolePolicy(policy);

    expect(findings).toEqual([expect.objectContaining({ attribute: "inline_policy", ...expected })]);
  });

  it("has a test of each kind", () => {
    const tested = [...Object.keys(ADDED).flatMap((kinds) => kinds.split(", ")), ...SCRIPTED.map(([found]) => found)];
    const attributes = new Set(tested.map((one) => one.split(" ")[1]));

    expect([...attributes].toSorted()).toEqual(
      [...new Set(UNMANAGED_KINDS.map(({ attribute }) => attribute))].toSorted(),
    );
  });

  it.each([
    ["iam:ListRolePolicies", role, "ListRolePolicies"],
    ["iam:ListAttachedRolePolicies", role, "ListAttachedRolePolicies"],
    ["cognito-idp:ListUserPoolClients", pool, "ListUserPoolClients"],
    ["cognito-idp:ListResourceServers", pool, "ListResourceServers"],
    ["cognito-idp:DescribeUserPool", pool, "DescribeUserPool"],
    ["cognito-idp:ListUserPoolClientSecrets", client, "ListUserPoolClientSecrets"],
    ["lambda:GetPolicy", fn, "/policy"],
    ["lambda:GetFunctionUrlConfig", fn, "/url"],
    ["apigateway:GET", api, "/authorizers"],
    ["apigateway:GET", api, "/stages"],
    ["apigateway:GET", api, "/resources"],
  ] as const)("is an error that names the permission when AWS denies %s", async (operation, holder, path) => {
    const denied = lookAt([holder], { [path]: 403 });

    await expect(denied).rejects.toThrow(`The credentials need the permission ${operation}.`);
  });

  it("names the other kinds as not checked when AWS denies them", async () => {
    const { findings, notChecked } = await lookAt([group], {
      DescribeMetricFilters: 403,
      DescribeSubscriptionFilters: {},
    });

    expect(findings).toEqual([]);
    expect(notChecked.map(({ operation, code }) => `${operation} ${code}`)).toEqual([
      "logs:DescribeMetricFilters AccessDeniedException",
      "logs:DescribeResourcePolicies UnknownOperationException",
    ]);
  });

  it("reads a few lists at a time", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => ({
      ...group,
      address: `aws_cloudwatch_log_group.${index}`,
    }));
    let [now, most] = [0, 0];
    const clients = scripted({}, async () => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
    });
    await findUnmanaged(roles, { environment: "dev", clients });

    expect(most).toBe(8);
  });
});

describe("the commands that undo", () => {
  const state = [
    api,
    left("aws_api_gateway_resource", { id: "orders", rest_api_id: "api" }),
    left("aws_api_gateway_method", { resource_id: "orders", http_method: "GET", rest_api_id: "api" }),
    left("aws_api_gateway_integration", { resource_id: "orders", http_method: "GET", rest_api_id: "api" }),
  ];
  const GET = { authorizationType: "COGNITO_USER_POOLS", authorizerId: "evil" };
  const root = { id: "root", path: "/" };
  const above = { id: "a;b", parentId: "root", path: "/a", resourceMethods: { GET: { authorizationType: "NONE" } } };
  const resourcesWith = (...item: readonly object[]) => ({ "/resources": { item: [root, ...item] } });

  it("delete no resource of the stack along", async () => {
    const moved = { id: "orders", parentId: "a;b", path: "/a/orders", resourceMethods: { GET } };
    const [open] = (await lookAt(state, resourcesWith(above, moved))).findings;

    expect([open?.attribute, open?.undo]).toEqual(["method", undefined]);
  });

  it("are no words that a shell takes for more than a word", async () => {
    const [open] = (await lookAt(state, resourcesWith(above))).findings;

    expect(open?.undo).toMatch(/ 'a;b'$/);
  });

  it("are left out for an authorizer that a method of the stack uses: AWS refuses to delete it", async () => {
    const orders = { id: "orders", parentId: "root", path: "/orders", resourceMethods: { GET } };
    const authorizers = { "/authorizers": { item: [{ id: "evil", name: "evil" }] } };
    const { findings } = await lookAt(state, { ...resourcesWith(orders), ...authorizers });

    expect(findings.map(({ attribute, undo }) => [attribute, undo])).toEqual([["authorizer", undefined]]);
  });

  it("keep who may add users when they reset the issuer", async () => {
    const closed = {
      ...pool,
      values: { ...pool.values, admin_create_user_config: [{ allow_admin_create_user_only: true }] },
    };
    const script = { DescribeUserPool: { UserPool: { IssuerConfiguration: { Type: "UPDATED" } } } };
    const [found] = (await lookAt([closed], script)).findings;
    const own = { ...pool, values: { ...pool.values, issuer_configuration: [{ type: "UPDATED" }] } };

    expect(found).toMatchObject({ expected: '"ORIGINAL"', found: '"UPDATED"', effect: expect.any(String) });
    expect(found?.undo).toBe(
      `aws cognito-idp update-user-pool ${POOL} --issuer-configuration Type=ORIGINAL --admin-create-user-config AllowAdminCreateUserOnly=true`,
    );
    expect((await lookAt([own], script)).findings).toEqual([]);
  });

  it("count policies in a role's own blocks only where the code sets them: a refresh brings all into the state", async () => {
    const inCode = { ...role, values: { ...role.values, inline_policy: [{ name: "evil" }] } };
    const ListRolePolicies = `<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames><member>evil</member>
      </PolicyNames><IsTruncated>false</IsTruncated></ListRolePoliciesResult></ListRolePoliciesResponse>`;
    const written = new Map([[role.address, ["inline_policy"]]]);

    expect(short((await lookAt([inCode], { ListRolePolicies })).findings)).toEqual(["warning inline_policy"]);
    expect((await lookAt([inCode], { ListRolePolicies }, written)).findings).toEqual([]);
  });
});

describe("the clients of a large pool", () => {
  const apps = Array.from({ length: 100 }, (_, index) => ({
    ...client,
    address: `aws_cognito_user_pool_client.app-${index}`,
    values: { ...client.values, id: `app-${index}`, name: `app-${index}` },
  }));

  /** Counts calls by operation; every secret is of 2020. */
  function counting() {
    const calls = new Map<string, number>();
    const count = (operation: string) => calls.set(operation, (calls.get(operation) ?? 0) + 1);
    const cognito = {
      listUserPoolClientSecrets: async () => {
        count("ListUserPoolClientSecrets");
        return { ClientSecrets: [{ ClientSecretCreateDate: new Date("2020-01-01T00:00:00Z") }] };
      },
      describeManagedLoginBrandingByClient: async () => {
        count("DescribeManagedLoginBrandingByClient");
        throw new AwsError("cognito-idp:DescribeManagedLoginBrandingByClient", UNKNOWN.__type, 400, "unknown");
      },
    };
    return { calls, clients: () => ({ region, cognito: async () => cognito }) as unknown as Aws };
  }

  it("are each named as not checked, though an operation that is unknown is not called for each", async () => {
    const { calls, clients } = counting();
    const { notChecked } = await findUnmanaged(apps, { environment: "dev", clients });

    expect(notChecked.map(({ address, attribute }) => `${address} ${attribute}`)).toEqual(
      apps.map(({ address }) => `${address} branding`),
    );
    expect(calls.get("DescribeManagedLoginBrandingByClient")).toBeLessThan(10);
  });

  it("are asked for their secrets once, for the number and for the age of them", async () => {
    const { calls, clients } = counting();
    const rotateAfterDays = new Map(apps.map(({ values }) => [values.name, 90]));
    const kinds = [...UNMANAGED_KINDS, oldSecrets(rotateAfterDays, Date.parse("2026-11-30T12:00:00Z"))];
    const { findings } = await findUnmanaged(apps, { environment: "dev", clients, kinds });

    expect(findings).toHaveLength(apps.length);
    expect(calls.get("ListUserPoolClientSecrets")).toBe(apps.length);
  });
});
